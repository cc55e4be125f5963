import { z } from "zod";
import { isId } from "../platform/ids.ts";
import { dayField } from "../platform/web/day-field.ts";
import { FACT_KEYS } from "./known.ts";

const yearId = z.string().regex(/^\d{4}-\d{4}$/, { error: "bad_year" });
const id = z.string().refine(isId, { error: "not_a_choice" });

/** What a URL may ask for. What it says wrongly is as if it said nothing. */
export const Asked = z.object({ year: yearId.optional().catch(undefined), unit: id.optional().catch(undefined) });

const text = (max: number) => z.string().trim().max(max).default("");

/** The answer to a criterion that gives up to `max` points; of a mandatory one, yes or no. */
export function answerForm(criterion: { points: number; mandatory: boolean }) {
  const common = {
    revision: z.coerce.number().int().min(0),
    note: text(2000),
    evidence_url: z.union([z.literal(""), z.url({ protocol: /^https?$/, error: "bad_url" }).max(1000)]).default(""),
  };
  if (criterion.mandatory) return z.strictObject({ ...common, done: z.enum(["yes", "no"], { error: "required" }) }).transform(({ done, ...rest }) => ({ ...rest, points: done === "yes" ? 1 : 0 }));
  return z.strictObject({ ...common, points: pointsOf(criterion.points) });
}

function pointsOf(max: number) {
  return z.string({ error: "required" }).trim().min(1, { error: "required" }).regex(/^\d{1,3}$/, { error: "bad_whole_number" }).transform(Number).pipe(z.number().max(max));
}

export function checkForm(criterion: { points: number; mandatory: boolean }) {
  return z.strictObject({ points: pointsOf(criterion.mandatory ? 1 : criterion.points), check_note: z.string({ error: "required" }).trim().min(1, { error: "comment_needed" }).max(1000) });
}

export const ReturnForm = z.strictObject({ comment: z.string({ error: "comment_needed" }).trim().min(1, { error: "comment_needed" }).max(1000) });

const points = z.coerce.number({ error: "bad_whole_number" }).int().min(0).max(100);
const settings = {
  name: z.string({ error: "required" }).trim().min(1).max(300),
  source: z.string({ error: "required" }).trim().min(1).max(300),
  basic_from: points,
  well_above: points,
  send_by: dayField,
  publish_by: dayField,
};
const inOrder = <F extends { basic_from: number; well_above: number; send_by: string; publish_by: string }>(form: z.ZodType<F>) =>
  form.refine((one) => one.basic_from <= one.well_above, { path: ["well_above"], error: "limits_in_order" }).refine((one) => one.send_by <= one.publish_by, { path: ["publish_by"], error: "ends_before" });

export const FormForm = inOrder(z.strictObject(settings));
/** `from`: a version to copy, or `template`. */
export const NewFormForm = inOrder(z.strictObject({ ...settings, year: yearId, from: z.union([z.literal("template"), id], { error: "not_a_choice" }) }));

export const CriterionForm = z
  .strictObject({
    code: z.string({ error: "required" }).trim().min(1).regex(/^[0-9A-Za-z.]{1,12}$/, { error: "bad_code" }),
    part: z.enum(["1", "2"], { error: "not_a_choice" }).transform(Number),
    name_vi: z.string({ error: "required" }).trim().min(1).max(300),
    name_en: text(300),
    evidence_vi: text(500),
    evidence_en: text(500),
    points,
    mandatory: z.literal("yes").optional().transform((value) => value === "yes"),
    fact: z.union([z.literal(""), z.enum(FACT_KEYS)], { error: "not_a_choice" }).default("").transform((key) => (key === "" ? null : key)),
    full_at: z
      .string()
      .trim()
      .default("")
      .refine((typed) => /^\d{0,6}$/.test(typed), { error: "bad_whole_number" })
      .transform((typed) => (typed === "" || Number(typed) === 0 ? null : Number(typed))),
  })
  // A mandatory condition gives no points: it is there or not.
  .transform((form) => ({ ...form, points: form.mandatory ? 0 : form.points }));

import { z } from "zod";
import { isId } from "../platform/ids.ts";
import { dayField } from "../platform/web/day-field.ts";
import { AREAS, DIRECTIONS, FIGURE_MAX, MEASURES, wholeNumber, type Measure, type Thresholds } from "./rules.ts";
import { COMPUTER_KEYS, COMPUTERS } from "./computers.ts";
import { SOURCES } from "./store/tables.ts";

const yearId = z.string().regex(/^\d{4}-\d{4}$/, { error: "bad_year" });
export const month = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, { error: "not_a_choice" });
const id = z.string().refine(isId, { error: "not_a_choice" });

/** What a URL of the scoreboard may ask for. What it says wrongly is as if it said nothing. */
export const Asked = z.object({
  year: yearId.optional().catch(undefined),
  month: month.optional().catch(undefined),
  unit: id.optional().catch(undefined),
  area: z.enum(AREAS).optional().catch(undefined),
});
export type Asked = z.infer<typeof Asked>;

const whole = z
  .string({ error: "required" })
  .trim()
  .min(1, { error: "required" })
  .max(20)
  .transform((typed) => wholeNumber(typed) ?? -1)
  .refine((n) => n >= 0 && n <= FIGURE_MAX, { error: "bad_whole_number" });

/** A declared value; which fields it has depends on how the indicator is measured. */
export function declareForm(measure: Measure) {
  const common = {
    month,
    seen: z.string().max(26).default(""),
    note: z.string().trim().max(2000).default(""),
    evidence_url: z.union([z.literal(""), z.url({ protocol: /^https?$/, error: "bad_url" }).max(1000)]).default(""),
  };
  if (measure === "schools")
    return z.strictObject({ ...common, answer: z.enum(["yes", "no"], { error: "required" }) }).transform(({ answer, ...rest }) => ({ ...rest, part: answer === "yes" ? 1 : 0, whole: 1 }));
  if (measure === "count") return z.strictObject({ ...common, part: whole }).transform((form) => ({ ...form, whole: 1 }));
  return z
    .strictObject({ ...common, part: whole, whole })
    .refine((form) => form.whole > 0, { path: ["whole"], error: "too_small_whole" })
    .refine((form) => form.part <= form.whole, { path: ["part"], error: "part_above_whole" });
}

export const ReturnForm = z.strictObject({ comment: z.string().trim().min(1, { error: "comment_needed" }).max(1000) });

const boardName = z.string({ error: "required" }).trim().min(1).max(200);
const boardSource = z.string({ error: "required" }).trim().min(1).max(300);
export const BoardForm = z.strictObject({ name: boardName, source: boardSource });
/** `from`: a version to copy, or `template`. */
export const NewBoardForm = z.strictObject({ year: yearId, from: z.union([z.literal("template"), id], { error: "not_a_choice" }), name: boardName, source: boardSource });

/** A threshold as people write it: `95`, `2,5`, or nothing. Hundredths; a count drops them. */
const threshold = z
  .string()
  .trim()
  .max(12)
  .default("")
  .refine((typed) => typed === "" || /^\d{1,8}([.,]\d{1,2})?$/.test(typed), { error: "bad_threshold" })
  .transform((typed) => (typed === "" ? undefined : Math.round(Number(typed.replace(",", ".")) * 100)));

const levels = z.union([z.string().transform((one) => [one]), z.array(z.string())]).default([]);
const LEVELS = ["preschool", "primary", "lower_secondary", "upper_secondary", "primary_lower", "lower_upper", "continuing"];

export const IndicatorForm = z
  .strictObject({
    code: z.string({ error: "required" }).trim().min(1).regex(/^[0-9A-Za-z.]{1,12}$/, { error: "bad_code" }),
    section: z.coerce.number().int().min(1).max(4),
    name_vi: z.string({ error: "required" }).trim().min(1).max(300),
    name_en: z.string().trim().max(300).default(""),
    definition_vi: z.string({ error: "required" }).trim().min(1).max(4000),
    definition_en: z.string().trim().max(4000).default(""),
    measure: z.enum(MEASURES),
    unit_vi: z.string({ error: "required" }).trim().min(1).max(80),
    unit_en: z.string().trim().max(80).default(""),
    direction: z.enum(DIRECTIONS),
    ...{ all: threshold, town: threshold, rural: threshold, mountain: threshold },
    deadline: z.union([z.literal(""), dayField]).default(""),
    source: z.enum(SOURCES),
    computer: z.union([z.literal(""), z.enum(COMPUTER_KEYS)], { error: "not_a_choice" }).default(""),
    levels: levels.refine((all) => all.every((one) => LEVELS.includes(one)), { error: "not_a_choice" }),
  })
  .refine((form) => form.source !== "computed" || form.computer !== "", { path: ["computer"], error: "computer_needed" })
  .refine((form) => form.source !== "computed" || form.computer === "" || COMPUTERS[form.computer].measure === form.measure, { path: ["measure"], error: "measure_of_computer" })
  .refine((form) => form.measure === "count" || [form.all, form.town, form.rural, form.mountain].every((one) => one === undefined || one <= 10_000), { path: ["all"], error: "bad_percent" })
  .transform(({ all, town, rural, mountain, deadline, computer, ...rest }) => {
    const given = Object.entries({ all, town, rural, mountain }).filter((entry): entry is [string, number] => entry[1] !== undefined);
    const thresholds: Thresholds = Object.fromEntries(given.map(([area, value]) => [area, rest.measure === "count" ? Math.round(value / 100) : value]));
    return { ...rest, thresholds, deadline: deadline === "" ? null : deadline, computer: rest.source === "computed" && computer !== "" ? computer : null };
  });

export const ModelForm = z.strictObject({
  year: yearId,
  unit: id,
  decision: z.string({ error: "required" }).trim().min(1).max(200),
  note: z.string().trim().max(500).default(""),
});

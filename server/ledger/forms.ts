import { z } from "zod";
import { isDay } from "../calendar/rules.ts";

const day = z.string().refine(isDay, { error: "bad_date" });
const why = z.string().trim().min(1).max(500);

/** One click for a week of one course. */
export const WeekForm = z.strictObject({ course: z.string().max(26), week: z.coerce.number().int().min(1).max(60) });

/** Why a record is reversed or not confirmed. */
export const WhyForm = z.strictObject({ why });

/** A period taught with another tool. `period` names the lesson and the period in it: `<lesson id>.<number>`. */
export const DeclarationForm = z
  .strictObject({
    course: z.string().max(26),
    period: z.string().regex(/^[0-9a-z]{26}\.\d{1,3}$/, { error: "not_a_choice" }),
    taught_on: day,
    legal_form: z.enum(["supporting", "replacing"]),
    legal_reason: z.string().trim().max(300).default(""),
    proof_url: z.union([z.literal(""), z.url({ protocol: /^https?$/, error: "bad_url" }).max(1000)]).default(""),
  })
  .refine((form) => form.legal_form === "supporting" || form.legal_reason !== "", { path: ["legal_reason"], error: "required" })
  .transform(({ period, ...form }) => ({ ...form, lesson: period.slice(0, 26), number: Number(period.slice(27)) }));

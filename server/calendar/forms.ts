import { z } from "zod";
import { dayField } from "../platform/web/day-field.ts";

/** Two calendar years that follow each other: `2026-2027`. */
export const yearId = z
  .string({ error: "required" })
  .trim()
  .regex(/^20\d\d-20\d\d$/, { error: "bad_year" })
  .refine((id) => Number(id.slice(5)) === Number(id.slice(0, 4)) + 1, { error: "bad_year" });

const weeks = z.coerce.number({ error: "invalid" }).int().min(1).max(30);

export const YearForm = z.strictObject({
  term1_starts_on: dayField,
  term1_weeks: weeks,
  term2_starts_on: dayField,
  term2_weeks: weeks,
  ends_on: dayField,
});

export const NewYearForm = YearForm.extend({ id: yearId });

export const HolidayForm = z.strictObject({
  year_id: yearId,
  name: z.string({ error: "required" }).trim().min(1).max(120),
  from_on: dayField,
  to_on: dayField,
});

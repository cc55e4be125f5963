import { z } from "zod";
import { isId } from "../platform/ids.ts";
import { dayField } from "../platform/web/day-field.ts";
import { classNames, gradeOfName } from "./rules.ts";

const idField = z.string({ error: "required" }).min(1).refine(isId, { error: "not_a_choice" });
/** Nothing chosen arrives as an empty text. */
const maybeId = z.preprocess((value) => (value === "" ? undefined : value), idField.optional()).transform((value) => value ?? null);
const yearField = z.string().regex(/^20\d\d-20\d\d$/, { error: "bad_year" });

/** Several classes at once: their names say their grades. */
export const NewClassesForm = z.strictObject({
  year_id: yearField,
  names: z
    .string({ error: "required" })
    .trim()
    .min(1)
    .max(2000)
    .transform(classNames)
    .refine((names) => names.length > 0 && names.length <= 60 && names.every((name) => name.length <= 40), { error: "too_long_list" })
    .refine((names) => names.every((name) => gradeOfName(name) !== undefined), { error: "name_without_grade" }),
  campus_id: maybeId,
});

export const ClassForm = z.strictObject({
  name: z.string({ error: "required" }).trim().min(1).max(40),
  campus_id: maybeId,
  homeroom_teacher_id: maybeId,
});

/** The grid: `now.<class>.<subject>` is what was chosen, `was.<class>.<subject>` what the page had shown. */
export const GridForm = z
  .object({ year_id: yearField, grade: z.coerce.number().int().min(1).max(12), on: dayField })
  .catchall(z.string().max(26));

export const AddTeacherForm = z.strictObject({ person_id: idField, from_on: dayField, to_on: z.union([z.literal("").transform(() => null), dayField]) });

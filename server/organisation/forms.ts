import { z } from "zod";
import { isId } from "../platform/ids.ts";
import { dayField } from "../platform/web/day-field.ts";

export const idField = z.string({ error: "required" }).min(1).refine(isId, { error: "not_a_choice" });
const nameField = z.string({ error: "required" }).trim().min(1).max(200);
const codeField = z.string({ error: "required" }).trim().min(1).max(40).regex(/^[\p{L}\p{N}._/-]+$/u, { error: "invalid" });
/** Nothing chosen arrives as an empty text. */
const maybe = <S extends z.ZodType<unknown, string | undefined>>(schema: S) =>
  z.preprocess((value) => (value === "" ? undefined : value), schema.optional()).transform((value) => value ?? null);

export const LEVELS = ["preschool", "primary", "lower_secondary", "upper_secondary", "primary_lower", "lower_upper", "continuing"] as const;
export const AREAS = ["town", "rural", "mountain"] as const;

export const NewUnitForm = z.strictObject({
  kind: z.enum(["commune", "cluster", "school", "campus"]),
  name: nameField,
  code: codeField,
  level: maybe(z.enum(LEVELS)),
  area: maybe(z.enum(AREAS)),
  opened_on: dayField,
});

export const EditUnitForm = z.strictObject({ name: nameField, level: maybe(z.enum(LEVELS)), area: maybe(z.enum(AREAS)) });

export const MoveForm = z.strictObject({ parent_id: idField, on: dayField });

/** One or many ticked boxes arrive as a text or a list. */
const idList = z.preprocess((value) => (value === undefined ? [] : [value].flat()), z.array(idField).max(50));

export const MergerForm = z.strictObject({
  /** `new`, or the id of the surviving school. */
  into: z.string({ error: "required" }).min(1).max(26),
  from: idList,
  on: dayField,
  name: z.string().trim().max(200).optional(),
  code: z.string().trim().max(40).optional(),
  level: z.string().max(20).optional(),
  leaders: idList,
  /** The commune that the list of schools was narrowed to. */
  place: z.string().max(26).optional(),
});
export type MergerInput = z.infer<typeof MergerForm>;

export const ClusterMemberForm = z.strictObject({ school_id: idField, on: dayField });
export const EndForm = z.strictObject({ on: dayField });

export const SubjectGroupForm = z.strictObject({
  name: z.string({ error: "required" }).trim().min(1).max(120),
  subjects: z.preprocess((value) => (value === undefined ? [] : [value].flat()), z.array(z.string().max(20)).max(60)),
});

/** Roles that are given in a school, and in an office. A pupil's role comes with the class, a parent's with the child. */
export const SCHOOL_GIVEN = ["teacher", "department_head", "school_leader", "school_admin"] as const;
export const OFFICE_GIVEN = ["commune_officer", "province_officer", "system_admin"] as const;

export const RoleForm = z.strictObject({
  /** Sign-in name, e-mail or teacher code of somebody who has an account. */
  who: z.string({ error: "required" }).trim().min(1).max(200),
  role: z.enum([...SCHOOL_GIVEN, ...OFFICE_GIVEN]),
  subject_group_id: maybe(idField),
  from_on: dayField,
});

export const NewPersonForm = z.strictObject({
  name: z.string({ error: "required" }).trim().min(2).max(120),
  email: maybe(z.email({ error: "invalid" }).max(200)),
  role: z.enum([...SCHOOL_GIVEN, ...OFFICE_GIVEN]),
  subject_group_id: maybe(idField),
  from_on: dayField,
});

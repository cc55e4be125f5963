import { z } from "zod";
import { isDay } from "../calendar/rules.ts";
import { LEVELS, PARTIAL_PERIODS, THRESHOLDS, type Level, type LevelThresholds, type Threshold } from "../ledger/rules.ts";
import { LESSON_KINDS, type NewDefinition } from "../ledger/store/definitions.ts";
import type { Lang } from "../platform/i18n.ts";
import { basisPoints } from "../platform/units.ts";
import { COUNTERS } from "./rules.ts";
import { ORDERS, RESULTS } from "./table-rules.ts";

const isSchoolYearId = (text: string): boolean => /^\d{4}-\d{4}$/.test(text);

const oneOf = <const V extends readonly [string, ...string[]]>(values: V) => z.enum(values).optional().catch(undefined);
const number = (max: number) => z.coerce.number().int().min(1).max(max).optional().catch(undefined);
const text = z.string().regex(/^[A-Z0-9_]{1,20}$/i).optional().catch(undefined);

/** What a URL of the measures may ask for. What it says wrongly is as if it said nothing. */
export const Asked = z.object({
  year: z.string().refine(isSchoolYearId).optional().catch(undefined),
  date: z.string().refine(isDay).optional().catch(undefined),
  month: z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/).optional().catch(undefined),
  week: number(60),
  campus: z.string().regex(/^[0-9a-z]{26}$/).optional().catch(undefined),
  subject: text,
  grade: number(12),
  state: oneOf(["counted", "not_counted"]),
  reason: z.string().regex(/^[a-z_]{1,40}$/).optional().catch(undefined),
  covered: oneOf(["yes", "no"]),
  by: oneOf(["week", "month"]),
  before: z.string().regex(/^\d{4}-\d{2}-\d{2}\.[0-9a-z]{26}$/).optional().catch(undefined),
});
export type Asked = z.infer<typeof Asked>;

/** What the address of an office's table may ask for besides its year. */
export const TableAsked = Asked.pick({ year: true }).extend({
  level: z.string().regex(/^[a-z_]{1,20}$/).optional().catch(undefined),
  area: z.string().regex(/^[a-z]{1,20}$/).optional().catch(undefined),
  result: oneOf(RESULTS),
  order: z.enum(ORDERS).catch("online_far"),
  q: z.string().trim().max(100).catch(""),
  page: z.coerce.number().int().min(1).max(1000).catch(1),
});
export type TableAsked = z.infer<typeof TableAsked>;

/** A percentage as people write it, `2`, `2,5` or `2.50`, in basis points. */
const percent = z
  .string()
  .trim()
  .regex(/^\d{1,3}([.,]\d{1,2})?$/, { error: "bad_percent" })
  .transform((typed) => Math.round(Number(typed.replace(",", ".")) * 100))
  .refine((bp) => bp <= 10_000, { error: "bad_percent" });

/** The other way: basis points as people write them into a field, `2,5`. */
export function percentWriter(lang: Lang): (bp: number) => string {
  return (bp) => String(bp / 100).replace(".", lang === "vi" ? "," : ".");
}

export const TargetsForm = z.strictObject({
  year: z.string().refine(isSchoolYearId, { error: "not_a_choice" }),
  level: z.enum(["all", "preschool", "primary", "lower_secondary", "upper_secondary", "primary_lower", "lower_upper", "continuing"]),
  online_share: percent,
  digitised: percent,
  source: z.string().trim().min(1, { error: "required" }).max(200),
  /** The targets on top of which it was looked at; a form without script or preview does not say. */
  was: z.string().max(300).optional(),
});

const kinds = z.union([z.enum(LESSON_KINDS).transform((kind) => [kind]), z.array(z.enum(LESSON_KINDS)).min(1).max(6)], { error: "required" });

/** A share that a school level may have of its own: left empty, it is as for all. */
const ownPercent = z
  .string()
  .trim()
  .default("")
  .transform((typed) => (typed === "" ? undefined : typed))
  .pipe(percent.optional());

export type LevelField = `${Level}.${Threshold}`;
export const levelField = (level: Level, name: Threshold): LevelField => `${level}.${name}`;
const levelFields = Object.fromEntries(LEVELS.flatMap((level) => THRESHOLDS.map((name) => [levelField(level, name), ownPercent]))) as Record<LevelField, typeof ownPercent>;

export const DefinitionForm = z.strictObject({
  valid_from: z.string().refine(isDay, { error: "bad_date" }),
  live_length: percent,
  live_class_present: percent,
  live_pupil_stayed: percent,
  self_study_completed: percent,
  ...levelFields,
  partial_periods: z.enum(PARTIAL_PERIODS, { error: "not_a_choice" }).default("whole_only"),
  lesson_kinds: kinds,
  digitised_counter: z.enum(COUNTERS, { error: "not_a_choice" }).default("all"),
  note: z.string().trim().max(2000).default(""),
});

/** What the form says, as a definition. */
export function definitionTyped(form: z.infer<typeof DefinitionForm>): NewDefinition {
  const { valid_from, partial_periods, lesson_kinds, digitised_counter, note } = form;
  const own = (level: Level) => THRESHOLDS.flatMap((name) => (form[levelField(level, name)] === undefined ? [] : [[name, basisPoints(form[levelField(level, name)] ?? 0)] as const]));
  const levels: LevelThresholds = Object.fromEntries(LEVELS.flatMap((level) => (own(level).length === 0 ? [] : [[level, Object.fromEntries(own(level))]])));
  const thresholds = {
    live_length: basisPoints(form.live_length),
    live_class_present: basisPoints(form.live_class_present),
    live_pupil_stayed: basisPoints(form.live_pupil_stayed),
    self_study_completed: basisPoints(form.self_study_completed),
  };
  return { valid_from, thresholds, levels, partial_periods, lesson_kinds, digitised_counter, note };
}

/** The other way: a definition as the fields of the form, in the writing of a language. */
export function fieldsOfDefinition({ valid_from, thresholds, levels, partial_periods, lesson_kinds, digitised_counter, note }: NewDefinition, lang: Lang): { name: string; value: string }[] {
  const percent = percentWriter(lang);
  return [
    { name: "valid_from", value: valid_from },
    ...THRESHOLDS.map((name) => ({ name, value: percent(thresholds[name]) })),
    ...LEVELS.flatMap((level) => THRESHOLDS.map((name) => ({ name: levelField(level, name), value: ownText(levels[level]?.[name], percent) }))),
    { name: "partial_periods", value: partial_periods },
    ...lesson_kinds.map((value) => ({ name: "lesson_kinds", value })),
    { name: "digitised_counter", value: digitised_counter },
    { name: "note", value: note },
  ];
}

export function ownText(bp: number | undefined, percent: (bp: number) => string): string {
  return bp === undefined ? "" : percent(bp);
}

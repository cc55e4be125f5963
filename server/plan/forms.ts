import { z } from "zod";
import { readForm, typedOf, type FieldError, type Typed } from "../platform/web/form.ts";
import { CHAPTER_MAX, KINDS, MODES, NOTES_MAX, PERIODS_MAX, ROWS_MAX, TITLE_MAX, WEEKS, type PlanRow } from "./rules.ts";

export const gradeField = z.coerce.number({ error: "invalid" }).int().min(1).max(12);
export const yearField = z.string().regex(/^20\d\d-20\d\d$/, { error: "invalid" });
const codeField = z.string().regex(/^[A-Z0-9]{2,20}$/, { error: "not_a_choice" });
const idField = z.string().regex(/^[0-9a-hjkmnp-tv-z]{26}$/, { error: "invalid" });

/** For which subject, grade and year; a campus where it has a plan of its own. */
export const PlaceForm = z.object({
  subject: codeField,
  grade: gradeField,
  year: yearField,
  campus: idField.or(z.literal("")).optional().transform((id) => (id ? id : null)),
});
export const CopyForm = PlaceForm.extend({ from: idField });
export const RevisionForm = z.strictObject({ revision: z.coerce.number().int().min(1) });
export const ModeForm = z.strictObject({ mode: z.enum(MODES) });

/** "3" or "3-5"; empty where the plan does not say. */
const weekField = z
  .string()
  .trim()
  .max(20)
  .regex(/^$|^\d{1,2}(\s*[-–,]\s*\d{1,2})?$/, { error: "bad_week" })
  .transform((text) => text.split(/\s*[-–,]\s*/).filter((part) => part !== "").map(Number))
  .refine((weeks) => weeks.every((week) => week >= 1 && week <= WEEKS), { error: "week_out_of_range" })
  .refine(([from, to]) => from === undefined || to === undefined || to >= from, { error: "weeks_reversed" });

const ticked = z.literal("yes").optional().transform((value) => value === "yes");

/** One row of the editor and of the preview. */
const RowForm = z.object({
  title: z.string({ error: "required" }).trim().max(TITLE_MAX),
  chapter: z.string().trim().max(CHAPTER_MAX).default(""),
  periods: z.string().trim().regex(/^$|^\d{1,3}$/, { error: "bad_periods" }).transform((text) => (text === "" ? null : Number(text))),
  kind: z.enum(KINDS),
  week: weekField.default([]),
  term: z.enum(["", "1", "2"]).default("").transform((text) => (text === "" ? null : Number(text))),
  mode: z.enum(MODES).default("in_class"),
  digital: ticked,
  ai: ticked,
  notes: z.string().max(NOTES_MAX).default("").transform((text) => text.replace(/\r\n?/g, "\n").trim()),
  include: ticked,
});
export type RowTyped = Omit<PlanRow, "periods"> & { periods: number | null; include: boolean };

const FIELDS = ["title", "chapter", "periods", "kind", "week", "term", "mode", "digital", "ai", "notes", "include"] as const;

/** What was sent of all rows: in the order in which they stood on the page. */
export interface RowsSent {
  revision: number;
  /** The button that was pressed: `save`, `up.<id>`, `split.<id>`, …. */
  act: { name: string; id: string };
  rows: RowTyped[];
  /** What each row was when the page was made. */
  was: Map<string, string>;
  errors: FieldError[];
  typed: Typed;
}

const Frame = z.object({ revision: z.coerce.number().int().min(1), act: z.string().regex(/^[a-z]+(\.[a-z0-9]{1,40})?$/).default("save") });
const rowKey = /^[a-z0-9]{1,40}$/;

/**
 * Reads the form of all rows. A row is complete or carries errors at its fields; a row that is to be removed or left out
 * is not checked, because what is wrong with it no longer matters.
 */
export function readRows(body: unknown): RowsSent | undefined {
  const sent = typedOf(typeof body === "object" && body !== null ? body : {});
  const frame = Frame.safeParse({ revision: sent["revision"], act: sent["act"] });
  const keys = [...new Set([sent["row"] ?? []].flat())];
  if (!frame.success || keys.length > ROWS_MAX || !keys.every((key) => rowKey.test(key))) return undefined;
  const [name = "save", id = ""] = frame.data.act.split(".");
  const result: RowsSent = { revision: frame.data.revision, act: { name, id }, rows: [], was: new Map(), errors: [], typed: sent };
  for (const key of keys) {
    const fields = Object.fromEntries(FIELDS.flatMap((field) => (sent[`${field}.${key}`] === undefined ? [] : [[field, sent[`${field}.${key}`]]])));
    const read = readForm(RowForm, fields);
    if (!read.ok) {
      if (!(name === "remove" && id === key)) result.errors.push(...read.errors.map((error) => ({ ...error, field: `${error.field}.${key}` })));
      continue;
    }
    const { week, mode, digital, ai, ...row } = read.value;
    const [from = null, to = from] = week;
    result.rows.push({ ...row, id: key, week_from: from, week_to: to, planned_mode: mode, digital_content: digital, ai_content: ai });
    const was = sent[`was.${key}`];
    if (typeof was === "string") result.was.set(key, was);
  }
  return result;
}

/** What a row still needs before it can stand in a plan. */
export function rowErrors(rows: readonly RowTyped[]): FieldError[] {
  return rows.flatMap((row) => {
    const errors: FieldError[] = [];
    if (row.title === "") errors.push({ field: `title.${row.id}`, code: "required", params: {} });
    if (row.periods === null) errors.push({ field: `periods.${row.id}`, code: "required", params: {} });
    else if (row.periods < 1) errors.push({ field: `periods.${row.id}`, code: "too_small", params: { min: 1 } });
    else if (row.periods > PERIODS_MAX) errors.push({ field: `periods.${row.id}`, code: "too_big", params: { max: PERIODS_MAX } });
    return errors;
  });
}

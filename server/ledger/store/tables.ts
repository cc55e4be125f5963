import { z } from "zod";
import { col, table, type RowOf } from "../../platform/db.ts";

const MODES = ["in_class", "online"] as const;
const KINDS = ["live", "self_study", "external"] as const;
export const ACTS = ["judge", "confirm", "refuse", "reverse", "restore"] as const;

/** Numbers of a verdict, as they were when it was given. */
const numbers = z.record(z.string(), z.number());

/** What was delivered: facts, never changed and never removed. */
export const deliveries = table("deliveries", {
  id: col.id(),
  course_id: col.id(),
  plan_lesson_id: col.id(),
  period_number: col.int(),
  mode: col.oneOf(MODES),
  evidence_kind: col.oneOf(KINDS).nullable(),
  evidence_id: col.maybeId(),
  taught_on: col.day(),
  taught_by: col.maybeId(),
  legal_form: col.oneOf(["supporting", "replacing"]),
  legal_reason: col.text(),
  proof_url: col.maybeText(),
  proof_blob: col.maybeText(),
  proof_name: col.maybeText(),
  declared_by: col.maybeId(),
  created_at: col.instant(),
});
export type DeliveryRow = RowOf<typeof deliveries>;

/** What was said of a delivery: judged, confirmed, refused, reversed, restored. Appended, never changed. */
export const deliveryActs = table("delivery_acts", {
  id: col.id(),
  delivery_id: col.id(),
  act: col.oneOf(ACTS),
  counted: col.maybeFlag(),
  reason: col.maybeText(),
  params: col.json(numbers),
  by: col.maybeId(),
  at: col.instant(),
  /** What the person said who confirmed, refused or reversed. */
  comment: col.text(),
});
export type ActRow = RowOf<typeof deliveryActs>;

/** What stands today for each period: a projection of the two tables above. */
export const ledgerPeriods = table("ledger_periods", {
  course_id: col.id(),
  plan_lesson_id: col.id(),
  period_number: col.int(),
  delivery_id: col.id(),
  mode: col.oneOf(MODES),
  state: col.oneOf(["recorded", "counted", "not_counted"]),
  reason: col.maybeText(),
  params: col.json(numbers),
  evidence_kind: col.oneOf(KINDS).nullable(),
  evidence_id: col.maybeId(),
  taught_on: col.day(),
  confirmed_at: col.maybeInstant(),
  /** For how much of a period it counts: 100 for a whole one, 0 where it does not count. */
  hundredths: col.hundredths(),
});
export type PeriodRow = RowOf<typeof ledgerPeriods>;

/** Counted online periods in hundredths, summed as the projection changes. One row is one school × campus × subject × grade × day. */
export const onlineTotals = table("measure_online_totals", {
  school_id: col.id(),
  campus_id: col.text(),
  year_id: col.text(),
  subject_code: col.text(),
  grade: col.int(),
  taught_on: col.day(),
  counted: col.hundredths(),
});

export const definitions = table("definitions", {
  version: col.int(),
  valid_from: col.day(),
  settings: col.text(),
  created_by: col.maybeId(),
  created_at: col.instant(),
  note: col.text(),
});

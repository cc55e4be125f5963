import { col, table, type RowOf } from "../../platform/db.ts";

/** Planned periods and lessons, summed. One row is one school × campus × year × subject × grade. */
export const planTotals = table("measure_plan_totals", {
  school_id: col.id(),
  campus_id: col.text(),
  year_id: col.text(),
  subject_code: col.text(),
  grade: col.int(),
  courses: col.int(),
  planned_periods: col.int(),
  from_national: col.flag(),
  lessons_planned: col.int(),
  lessons_covered: col.int(),
  lessons_own: col.int(),
});
export type PlanTotalRow = RowOf<typeof planTotals>;

/** Counted periods of a school and year, in hundredths, which the database itself keeps beside their cells (`measure_online_totals`). */
export const schoolTotals = table("measure_school_totals", {
  school_id: col.id(),
  year_id: col.text(),
  counted: col.hundredths(),
});

/** Periods planned up to each study week. One row is one school × campus × year × week. */
export const plannedWeeks = table("measure_planned_weeks", {
  school_id: col.id(),
  campus_id: col.text(),
  year_id: col.text(),
  week: col.int(),
  planned_periods: col.int(),
});
export type PlannedWeekRow = RowOf<typeof plannedWeeks>;

/** What a year asks of the schools of one level. */
export const targets = table("targets", {
  year_id: col.text(),
  level: col.text(),
  online_share_bp: col.int(),
  digitised_bp: col.int(),
  source: col.text(),
});
export type TargetRow = RowOf<typeof targets>;

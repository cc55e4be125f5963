import { z } from "zod";
import type { Day } from "../../platform/clock.ts";
import { all, col, one, type Db } from "../../platform/db.ts";
import { remember } from "../../platform/remember.ts";
import type { Hundredths } from "../../platform/units.ts";
import type { LessonKind } from "../../ledger/store/definitions.ts";
import type { Scope } from "./figures.ts";
import { COVERED } from "./plans.ts";

/** Narrowing of a list of evidence; everything that is undefined is not asked for. */
export interface PeriodFilter {
  subject: string | undefined;
  grade: number | undefined;
  from: Day | undefined;
  to: Day;
  state: "counted" | "not_counted" | undefined;
  reason: string | undefined;
}

const periodRow = z.object({
  delivery_id: col.id(),
  course_name: col.text(),
  subject_code: col.text(),
  lesson_title: col.text(),
  lesson_periods: col.int(),
  period_number: col.int(),
  taught_on: col.day(),
  state: col.oneOf(["counted", "not_counted", "recorded"]),
  reason: col.maybeText(),
  params: col.json(z.record(z.string(), z.number())),
  evidence_kind: col.oneOf(["live", "self_study", "external"]).nullable(),
});
export type OnlinePeriodRow = z.infer<typeof periodRow>;

export const PERIODS_A_PAGE = 50;
/** As many as a file of them holds. */
export const PERIODS_A_FILE = 10_000;

/** Where a page of the list begins: behind the last period of the page before. */
export interface ListPlace {
  on: Day;
  id: string;
}

/** What decides which periods are listed, and in which study week they were taught. */
const LISTED = ["ledger_periods", "courses", "plan_lessons", "school_years", "holidays"];

/** A page of the online periods behind a figure, and how many there are in all. */
export interface PeriodsFound {
  count: number;
  /** For how much they count. */
  counted: Hundredths;
  /** One more than a page shows, where there is another page. */
  rows: readonly OnlinePeriodRow[];
}

/** A page of the list: the same for everybody who follows the same link. */
export function findOnlinePeriods(db: Db, scope: Scope, filter: PeriodFilter, before: ListPlace | undefined): Promise<PeriodsFound> {
  return periodsFound(db, JSON.stringify({ scope, filter, before }));
}

const listSum = z.object({ count: col.int(), counted: col.hundredths() });

/** `asked` is JSON, to be a key of what is remembered. */
const periodsFound = remember(LISTED, async (db: Db, asked: string): Promise<PeriodsFound> => {
  const { scope, filter, before } = JSON.parse(asked) as { scope: Scope; filter: PeriodFilter; before?: ListPlace };
  const sum = onlinePeriods(db, scope, filter).count("* as count").select(db.raw("COALESCE(SUM(p.hundredths), 0) AS counted"));
  const [listed, rows] = await Promise.all([one(listSum, sum), listOnlinePeriods(db, scope, filter, before)]);
  return { ...listed, rows };
});

/** Online periods behind a figure, the newest first. Without a single name: officers read the same list. */
export function listOnlinePeriods(db: Db, scope: Scope, filter: PeriodFilter, before: ListPlace | undefined, most = PERIODS_A_PAGE + 1): Promise<OnlinePeriodRow[]> {
  const newest = [
    { column: "p.taught_on", order: "desc" },
    { column: "p.delivery_id", order: "desc" },
  ] as const;
  const rows = onlinePeriods(db, scope, filter)
    .select("p.delivery_id", "p.plan_lesson_id", "c.name as course_name", "c.subject_code", "p.period_number", "p.taught_on", "p.state", "p.reason", "p.params", "p.evidence_kind")
    .orderBy([...newest])
    .limit(most);
  if (before) void rows.whereRaw("(p.taught_on < ? OR (p.taught_on = ? AND p.delivery_id < ?))", [before.on, before.on, before.id]);
  // Lessons are looked up for those that are shown, not for all that were sorted.
  return all(periodRow, db(rows.as("p")).join("plan_lessons as l", "l.id", "p.plan_lesson_id").select("p.*", "l.title as lesson_title", "l.periods as lesson_periods").orderBy([...newest]));
}

const reasonRow = z.object({ reason: col.text(), count: col.int() });

/** Why online periods of a school are not counted. One row is one reason. */
export function listReasons(db: Db, { school_id, year_id, date, campus_id }: Scope): Promise<readonly z.infer<typeof reasonRow>[]> {
  return reasonsOf(db, school_id, year_id, date, campus_id);
}

const reasonsOf = remember(["ledger_periods", "courses"], (db: Db, school_id: string, year_id: string, date: Day, campus_id: string | undefined): Promise<readonly z.infer<typeof reasonRow>[]> => {
  const none = { subject: undefined, grade: undefined, from: undefined, reason: undefined };
  const rows = onlinePeriods(db, { school_id, year_id, date, campus_id }, { ...none, to: date, state: "not_counted" });
  return all(reasonRow, rows.select("p.reason").count("* as count").groupBy("p.reason").orderBy("p.reason"));
});

function onlinePeriods(db: Db, scope: Scope, filter: PeriodFilter) {
  const rows = db("ledger_periods as p")
    .join("courses as c", "c.id", "p.course_id")
    .where({ "c.school_id": scope.school_id, "c.year_id": scope.year_id, "p.mode": "online" })
    .where("p.taught_on", "<=", filter.to);
  if (scope.campus_id !== undefined) void rows.where("c.campus_id", scope.campus_id);
  if (filter.subject !== undefined) void rows.where("c.subject_code", filter.subject);
  if (filter.grade !== undefined) void rows.where("c.grade", filter.grade);
  if (filter.from !== undefined) void rows.where("p.taught_on", ">=", filter.from);
  if (filter.state !== undefined) void rows.where("p.state", filter.state);
  if (filter.reason !== undefined) void rows.where("p.reason", filter.reason);
  return rows;
}

const lessonRow = z.object({
  id: col.id(),
  plan_id: col.id(),
  subject_code: col.text(),
  grade: col.int(),
  title: col.text(),
  week_from: col.maybeInt(),
  covered: col.flag(),
  stage: col.int(),
});
export type LessonCoverRow = z.infer<typeof lessonRow>;

const LESSONS_MAX = 500;
export const LESSONS_A_FILE = 5_000;

/** A plan of a campus, or one that its courses follow. */
const FOLLOWED_BY = "(p.campus_id = ? OR p.id IN (SELECT c.plan_id FROM courses c WHERE c.campus_id = ?))";

/** What decides which lessons are covered. */
const COVERING = ["materials", "material_lessons", "plan_lessons", "plans", "courses"];

/** How far the material of an uncovered lesson has come: 0 passed, 1 submitted, 2 draft, 3 none. */
const STAGE = `COALESCE((SELECT MIN(CASE m.state WHEN 'passed' THEN 0 WHEN 'submitted' THEN 1 WHEN 'draft' THEN 2 ELSE 3 END)
  FROM material_lessons ml JOIN materials m ON m.id = ml.material_id
 WHERE ml.plan_lesson_id = l.id AND m.school_id = p.school_id), 3)`;

/** Lessons of the plans that are in the denominator. One row is one lesson, in the order of the plans. */
export function listLessonCovers(
  db: Db,
  scope: Scope,
  kinds: readonly LessonKind[],
  filter: { subject: string | undefined; grade: number | undefined; covered: boolean | undefined },
  most = LESSONS_MAX,
): Promise<LessonCoverRow[]> {
  const rows = db("plan_lessons as l")
    .join("plans as p", "p.id", "l.plan_id")
    .where({ "p.school_id": scope.school_id, "p.year_id": scope.year_id })
    .where("p.version", ">", 0)
    .whereNull("l.removed_at")
    .whereIn("l.kind", kinds);
  if (filter.subject !== undefined) void rows.where("p.subject_code", filter.subject);
  if (filter.grade !== undefined) void rows.where("p.grade", filter.grade);
  if (filter.covered !== undefined) void rows.whereRaw(filter.covered ? COVERED : `NOT ${COVERED}`);
  if (scope.campus_id !== undefined) void rows.whereRaw(FOLLOWED_BY, [scope.campus_id, scope.campus_id]);
  void rows
    .select("l.id", "l.plan_id", "p.subject_code", "p.grade", "l.title", "l.week_from")
    .select(db.raw(`CASE WHEN ${COVERED} THEN 1 ELSE 0 END AS covered`), db.raw(`${STAGE} AS stage`))
    .orderBy(["p.subject_code", "p.grade", "l.position", "l.id"])
    .limit(most);
  return all(lessonRow, rows);
}

/** As many lessons as a dashboard proposes. */
export const QUICKEST_SHOWN = 8;

/** Uncovered lessons whose material waits for somebody: the quickest way to a higher coverage. */
export const listNearlyCovered = remember(COVERING, (db: Db, schoolId: string, yearId: string, kinds: string): Promise<readonly LessonCoverRow[]> => {
  const waiting = db("materials as m")
    .join("material_lessons as ml", "ml.material_id", "m.id")
    .select("ml.plan_lesson_id")
    .where({ "m.school_id": schoolId })
    .whereIn("m.state", ["passed", "submitted"]);
  return all(
    lessonRow,
    uncovered(db, schoolId, yearId, kinds)
      .whereIn("l.id", waiting)
      .orderBy(["l.week_from", "l.id"])
      .limit(LESSONS_MAX),
  );
});

/** Of one subject, the uncovered lessons whose material is nearest to approval, then those taught soonest. The order is `quickestLessons`'. */
export const listQuickest = remember(COVERING, (db: Db, schoolId: string, yearId: string, kinds: string, subject: string, campusId: string | undefined): Promise<readonly LessonCoverRow[]> =>
  all(
    lessonRow,
    uncovered(db, schoolId, yearId, kinds)
      .where({ "p.subject_code": subject })
      .modify((rows) => campusId !== undefined && void rows.whereRaw(FOLLOWED_BY, [campusId, campusId]))
      .orderByRaw(`stage, COALESCE(l.week_from, ${Number.MAX_SAFE_INTEGER}), l.id`)
      .limit(QUICKEST_SHOWN),
  ),
);

/** Lessons of the published plans without material that counts. `kinds` are joined by spaces, to be a key of what is remembered. */
function uncovered(db: Db, schoolId: string, yearId: string, kinds: string) {
  return db("plan_lessons as l")
    .join("plans as p", "p.id", "l.plan_id")
    .where({ "p.school_id": schoolId, "p.year_id": yearId })
    .where("p.version", ">", 0)
    .whereNull("l.removed_at")
    .whereIn("l.kind", kinds.split(" "))
    .whereRaw(`NOT ${COVERED}`)
    .select("l.id", "l.plan_id", "p.subject_code", "p.grade", "l.title", "l.week_from")
    .select(db.raw("0 AS covered"), db.raw(`${STAGE} AS stage`));
}

const materialRow = z.object({ id: col.id(), title: col.text(), plan_lesson_id: col.id(), state: col.text(), origin: col.text(), approved: col.flag() });

/** Materials of the school behind these lessons; those in use and those on their way. */
export function listMaterialsOfLessons(db: Db, scope: Scope, lessonIds: readonly string[]): Promise<z.infer<typeof materialRow>[]> {
  return all(
    materialRow,
    db("material_lessons as ml")
      .join("materials as m", "m.id", "ml.material_id")
      .select("m.id", "m.title", "ml.plan_lesson_id", "m.state", "m.origin")
      .select(db.raw("CASE WHEN m.approved_version_id IS NULL THEN 0 ELSE 1 END AS approved"))
      .where("m.school_id", scope.school_id)
      .whereNot("m.state", "retired")
      .whereIn("ml.plan_lesson_id", lessonIds)
      .orderBy(["ml.plan_lesson_id", "m.title", "m.id"]),
  );
}

const subjectRow = z.object({ code: col.text(), name_vi: col.text(), name_en: col.text(), position: col.int() });

/** Names of subjects in a language, in the order of the programme. */
export const subjectNames = remember(["subjects"], async (db: Db, lang: "vi" | "en"): Promise<ReadonlyMap<string, string>> => {
  const rows = await all(subjectRow, db("subjects").select(Object.keys(subjectRow.shape)).orderBy(["position", "code"]));
  return new Map(rows.map((row) => [row.code, lang === "vi" ? row.name_vi : row.name_en]));
});

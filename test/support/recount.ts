import { isPostgres, type Db } from "../../server/platform/db.ts";

/**
 * The two measures counted a second time: plain SQL over what happened (live classes, attendance, self-study, declarations
 * and what was said of them, plans, materials and their trail), written from DOMAIN §1 and §2 and sharing nothing with the
 * product. It does not look at judgements, at the projection of the ledger, or at any kept sum.
 */

/** What evidence is asked for, in basis points. */
export interface Asked {
  live_length: number;
  live_class_present: number;
  live_pupil_stayed: number;
  self_study_completed: number;
}
const LEVELS = ["primary", "lower_secondary", "upper_secondary", "continuing"] as const;

/** What a province asks, as the tests set it: a version of the definition, in force from a day on. */
export interface Terms extends Asked {
  version: number;
  from: string;
  /** What school levels are asked instead. */
  levels: Partial<Record<(typeof LEVELS)[number], Partial<Asked>>>;
  partial_periods: "whole_only" | "by_fraction";
  kinds: readonly string[];
}

interface Sums {
  /** In hundredths of a period. */
  counted: number;
  planned: number;
  to_date: number;
  lessons: number;
  covered: number;
  own: number;
}

/** One row is one school × campus × subject × grade that has courses or lessons. */
export interface CellCount extends Sums {
  school: string;
  campus: string;
  subject: string;
  grade: number;
}

/** The version in force on a day. */
export const termsOn = (terms: readonly Terms[], day: string): Terms => {
  const [newest] = [...terms].filter((one) => one.from <= day).sort((a, b) => b.version - a.version);
  if (newest === undefined) throw new Error(`no definition on ${day}`);
  return newest;
};

/** What differs between the engines: a day in Viet Nam, whole minutes between two instants. */
function dialect(db: Db) {
  return isPostgres(db)
    ? {
        day: (instant: string) => `to_char(${instant}::timestamptz AT TIME ZONE 'Asia/Ho_Chi_Minh', 'YYYY-MM-DD')`,
        minutes: (from: string, to: string) => `CAST(FLOOR(EXTRACT(EPOCH FROM (${to}::timestamptz - ${from}::timestamptz)) / 60) AS integer)`,
        least: "LEAST",
        greatest: "GREATEST",
      }
    : {
        day: (instant: string) => `date(${instant}, '+7 hours')`,
        minutes: (from: string, to: string) => `((CAST(strftime('%s', ${to}) AS integer) - CAST(strftime('%s', ${from}) AS integer)) / 60)`,
        least: "MIN",
        greatest: "MAX",
      };
}

/**
 * Every period that counts, by its deliveries: (course, lesson, number) with the day on which it was delivered and what of it
 * counts (`worth`, 100 for the whole), once for each piece of evidence that holds. `reversed`: the last of reverse and restore is a reversal.
 */
function countedSql(db: Db, terms: readonly Terms[], only: string): string {
  const { day, minutes, least, greatest } = dialect(db);
  // Each version ends where the next begins, whatever its level.
  const ordered = [...terms].sort((a, b) => a.version - b.version);
  const versions = ordered.flatMap((one, i) =>
    LEVELS.map((level) => {
      const asked = { ...one, ...one.levels[level] };
      return `SELECT '${level}' AS level, '${one.from}' AS since, '${ordered[i + 1]?.from ?? "9999-12-31"}' AS until, ${asked.live_length} AS length_bp, ${asked.live_class_present} AS present_bp, ${asked.live_pupil_stayed} AS stayed_bp, ${asked.self_study_completed} AS completed_bp, ${one.partial_periods === "by_fraction" ? 1 : 0} AS parts`;
    }),
  );
  // The version of the day, as it stands for the level of the course.
  const term = (on: string): string => `v.level = c.level AND ${on} >= v.since AND ${on} < v.until`;
  const length = "(CASE WHEN c.grade <= 5 THEN 35 ELSE 45 END)";
  const whole = `h.length * 10000 >= k.nth * ${length} * v.length_bp`;
  const held = `${least}(${length}, ${greatest}(0, h.length - (k.nth - 1) * ${length}))`;
  const lastAct = (acts: string): string => `(SELECT a.act FROM delivery_acts a WHERE a.delivery_id = d.id AND a.act IN (${acts}) ORDER BY a.id DESC LIMIT 1)`;
  return `
    version AS (${versions.join(" UNION ALL ")}),
    -- a course is judged by the level of its grade, but for centres of continuing education
    course AS (
      SELECT c.id, c.class_id, c.grade,
             CASE WHEN u.level = 'continuing' THEN 'continuing' WHEN c.grade <= 5 THEN 'primary' WHEN c.grade <= 9 THEN 'lower_secondary' ELSE 'upper_secondary' END AS level
        FROM courses c JOIN units u ON u.id = c.school_id),
    -- (course, lesson, period) that the plan of today foresees: only those can have been carried out
    place AS (
      SELECT c.id AS course_id, c.school_id, COALESCE(c.campus_id, '') AS campus_id, c.class_id, c.subject_code, c.grade, l.id AS plan_lesson_id, l.periods
        FROM courses c JOIN plans p ON p.id = c.plan_id AND p.version > 0 JOIN plan_lessons l ON l.plan_id = p.id AND l.removed_at IS NULL
       WHERE c.school_id IS NOT NULL ${only}),
    undone AS (SELECT d.course_id, d.plan_lesson_id, d.period_number, d.evidence_kind, d.evidence_id FROM deliveries d WHERE ${lastAct("'reverse', 'restore'")} = 'reverse'),
    class_held AS (
      SELECT lc.id, ${day("lc.opened_at")} AS day, ${minutes("lc.opened_at", "lc.ended_at")} AS length
        FROM live_classes lc WHERE lc.state = 'ended' AND lc.purpose = 'lesson' AND lc.engine <> 'link'),
    carried AS (
      SELECT lp.live_class_id, lp.course_id, lp.plan_lesson_id, lp.period_number,
             ROW_NUMBER() OVER (PARTITION BY lp.live_class_id, lp.course_id ORDER BY l.position, l.id, lp.period_number) AS nth
        FROM live_class_periods lp JOIN plan_lessons l ON l.id = lp.plan_lesson_id),
    -- who was on the class list on the day, and who of them was there long enough
    roll AS (
      SELECT h.id AS live_class_id, c.id AS course_id, COUNT(*) AS pupils,
             SUM(CASE WHEN a.corrected_present IS NOT NULL THEN (CASE WHEN a.corrected_present THEN 1 ELSE 0 END)
                      WHEN COALESCE(a.present_minutes, 0) > 0 AND a.present_minutes * 10000 >= h.length * v.stayed_bp THEN 1 ELSE 0 END) AS present
        FROM class_held h
        JOIN (SELECT DISTINCT live_class_id, course_id FROM live_class_periods) t ON t.live_class_id = h.id
        JOIN course c ON c.id = t.course_id
        JOIN class_enrolments e ON e.class_id = c.class_id AND e.from_on <= h.day AND (e.to_on IS NULL OR e.to_on > h.day)
        JOIN version v ON ${term("h.day")}
        LEFT JOIN attendances a ON a.live_class_id = h.id AND a.course_id = c.id AND a.person_id = e.person_id
       GROUP BY h.id, c.id),
    live AS (
      SELECT k.course_id, k.plan_lesson_id, k.period_number, h.day, CASE WHEN ${whole} THEN 100 ELSE (100 * ${held}) / ${length} END AS worth
        FROM carried k JOIN class_held h ON h.id = k.live_class_id
        JOIN roll r ON r.live_class_id = k.live_class_id AND r.course_id = k.course_id
        JOIN course c ON c.id = k.course_id
        JOIN version v ON ${term("h.day")}
       WHERE (${whole} OR (v.parts = 1 AND 100 * ${held} >= ${length})) AND r.present * 10000 >= r.pupils * v.present_bp
         AND NOT EXISTS (SELECT 1 FROM undone u WHERE u.evidence_kind = 'live' AND u.evidence_id = h.id AND u.course_id = k.course_id AND u.plan_lesson_id = k.plan_lesson_id AND u.period_number = k.period_number)),
    done AS (
      SELECT s.id, s.course_id, pr.done_at, ROW_NUMBER() OVER (PARTITION BY s.id ORDER BY CASE WHEN pr.done_at <= s.due_at THEN 0 ELSE 1 END, pr.done_at) AS nth,
             COUNT(*) OVER (PARTITION BY s.id) AS pupils, s.due_at
        FROM self_study_assignments s JOIN courses c ON c.id = s.course_id
        JOIN class_enrolments e ON e.class_id = c.class_id AND e.from_on <= ${day("s.due_at")} AND (e.to_on IS NULL OR e.to_on > ${day("s.due_at")})
        LEFT JOIN lesson_progress pr ON pr.course_id = s.course_id AND pr.plan_lesson_id = s.plan_lesson_id AND pr.pupil_id = e.person_id
       WHERE s.state <> 'cancelled'),
    -- the pupil with whom half of the class had completed it in time, and when
    studied AS (
      SELECT x.id, ${day("x.done_at")} AS day FROM done x JOIN course c ON c.id = x.course_id JOIN version v ON ${term(day("x.due_at"))}
       WHERE x.done_at <= x.due_at AND x.nth = (x.pupils * v.completed_bp + 9999) / 10000),
    study AS (
      SELECT s.course_id, s.plan_lesson_id, n.number AS period_number, st.day, 100 AS worth
        FROM self_study_assignments s JOIN studied st ON st.id = s.id
        JOIN (SELECT 1 AS number UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5) n ON n.number BETWEEN s.period_from AND s.period_to
       WHERE NOT EXISTS (SELECT 1 FROM undone u WHERE u.evidence_kind = 'self_study' AND u.evidence_id = s.id AND u.course_id = s.course_id AND u.plan_lesson_id = s.plan_lesson_id AND u.period_number = n.number)),
    external AS (
      SELECT d.course_id, d.plan_lesson_id, d.period_number, d.taught_on AS day, 100 AS worth FROM deliveries d
       WHERE d.evidence_kind = 'external' AND d.mode = 'online' AND (d.proof_url IS NOT NULL OR d.proof_blob IS NOT NULL)
         AND ${lastAct("'confirm', 'refuse'")} = 'confirm' AND COALESCE(${lastAct("'reverse', 'restore'")}, 'restore') = 'restore'),
    -- delivered once: by what counts for most of it, and of that on the first day; what was taught again never counts twice
    counted AS (
      SELECT school_id, campus_id, subject_code, grade, day, worth FROM (
      SELECT pl.school_id, pl.campus_id, pl.subject_code, pl.grade, o.day, o.worth,
             ROW_NUMBER() OVER (PARTITION BY o.course_id, o.plan_lesson_id, o.period_number ORDER BY o.worth DESC, o.day) AS nth
        FROM (SELECT * FROM live UNION ALL SELECT * FROM study UNION ALL SELECT * FROM external) o
        JOIN place pl ON pl.course_id = o.course_id AND pl.plan_lesson_id = o.plan_lesson_id AND o.period_number BETWEEN 1 AND pl.periods) best
       WHERE nth = 1)`;
}

/** Lessons of published plans at the end of a day: approved by this school, linked by then, not retired. */
function lessonSql(db: Db, kinds: readonly string[], only: string): string {
  const { day } = dialect(db);
  const last = (acts: string): string => `(SELECT s.act FROM material_steps s WHERE s.material_id = m.id AND s.act IN (${acts}) AND ${day("s.at")} <= ? ORDER BY s.at DESC, s.id DESC LIMIT 1)`;
  const holds = (own: string): string => `EXISTS (SELECT 1 FROM material_lessons ml JOIN materials m ON m.id = ml.material_id
        WHERE ml.plan_lesson_id = l.id AND m.school_id = p.school_id AND ${day("ml.linked_at")} <= ? ${own}
          AND ${last("'approve', 'withdraw'")} = 'approve' AND COALESCE(${last("'retire', 'restore'")}, 'restore') = 'restore')`;
  return `SELECT p.id AS plan_id, p.school_id, COALESCE(p.campus_id, '') AS campus_id, p.subject_code, p.grade, l.id,
                 CASE WHEN ${holds("")} THEN 1 ELSE 0 END AS covered, CASE WHEN ${holds("AND m.origin <> 'adopted'")} THEN 1 ELSE 0 END AS own
            FROM plans p JOIN plan_lessons l ON l.plan_id = p.id AND l.removed_at IS NULL AND l.kind IN (${kinds.map((kind) => `'${kind}'`).join(", ")})
           WHERE p.version > 0 ${only}`;
}

/** Days in `lessonSql`, in the order of its question marks. */
const lessonDays = (day: string): string[] => Array.from({ length: 6 }, () => day);

type Raw = Record<string, string | number | boolean | null>;
async function select(db: Db, sql: string, bindings: readonly string[] = []): Promise<Raw[]> {
  const answer = (await db.raw(sql, bindings)) as Raw[] | { rows: Raw[] };
  return Array.isArray(answer) ? answer : answer.rows;
}

/**
 * The figures of every school (or of one) up to a day, cell by cell; or those of one campus. `week`: how many study weeks have begun by then; the periods that
 * plans foresee up to it are rows spread evenly over their weeks, and rows without a week evenly over the 35.
 */
export async function recountCells(db: Db, terms: readonly Terms[], at: { day: string; week: number; school?: string; campus?: string }): Promise<CellCount[]> {
  const school = at.school === undefined ? "" : `AND x.school_id = '${at.school}'`;
  const courses = (c: string): string => (at.campus === undefined ? school : `AND x.campus_id = '${at.campus}'`).replace("x.", `${c}.`);
  // A campus is asked for the plans that its courses follow, whoever wrote them.
  const plans = at.campus === undefined ? school.replace("x.", "p.") : `AND (p.campus_id = '${at.campus}' OR EXISTS (SELECT 1 FROM courses f WHERE f.plan_id = p.id AND f.campus_id = '${at.campus}'))`;
  const { least } = dialect(db);
  const week = Math.min(35, at.week);
  const span = "(COALESCE(l.week_to, l.week_from) - l.week_from + 1)";
  const begun = `${least}(${span}, ${week} - l.week_from + 1)`;
  const due = `CASE WHEN l.week_from IS NULL OR ${begun} <= 0 THEN 0 WHEN ${begun} >= ${span} THEN l.periods ELSE (l.periods * ${begun} + ${span} - 1) / ${span} END`;
  const sql = `WITH ${countedSql(db, terms, courses("c"))},
    plan_sum AS (
      SELECT p.id, COALESCE(SUM(l.periods), 0) AS periods,
             COALESCE(SUM(${due}), 0) + (COALESCE(SUM(CASE WHEN l.week_from IS NULL THEN l.periods ELSE 0 END), 0) * ${week}) / 35 AS due
        FROM plans p LEFT JOIN plan_lessons l ON l.plan_id = p.id AND l.removed_at IS NULL WHERE p.version > 0 GROUP BY p.id),
    national AS (SELECT subject_code, grade, MAX(periods_per_year) AS periods FROM national_programme WHERE kind <> 'topic' GROUP BY subject_code, grade),
    course_sum AS (
      SELECT c.school_id, COALESCE(c.campus_id, '') AS campus_id, c.subject_code, c.grade, COALESCE(ps.periods, n.periods, 0) AS planned,
             COALESCE(ps.due, (COALESCE(n.periods, 0) * ${week}) / 35) AS due
        FROM courses c LEFT JOIN plan_sum ps ON ps.id = c.plan_id LEFT JOIN national n ON n.subject_code = c.subject_code AND n.grade = c.grade
       WHERE c.school_id IS NOT NULL ${courses("c")}),
    lesson AS (${lessonSql(db, termsOn(terms, at.day).kinds, plans)}),
    piece AS (
      SELECT school_id, campus_id, subject_code, grade, 0 AS counted, planned, due, 0 AS lessons, 0 AS covered, 0 AS own FROM course_sum
      UNION ALL SELECT school_id, campus_id, subject_code, grade, worth, 0, 0, 0, 0, 0 FROM counted WHERE day <= ?
      UNION ALL SELECT school_id, campus_id, subject_code, grade, 0, 0, 0, 1, covered, own FROM lesson)
    SELECT school_id AS school, campus_id AS campus, subject_code AS subject, grade, SUM(counted) AS counted, SUM(planned) AS planned, SUM(due) AS to_date,
           SUM(lessons) AS lessons, SUM(covered) AS covered, SUM(own) AS own
      FROM piece GROUP BY school_id, campus_id, subject_code, grade ORDER BY school_id, campus_id, subject_code, grade`;
  const rows = await select(db, sql, [...lessonDays(at.day), at.day]);
  return rows.map((row) => ({
    ...{ school: String(row["school"]), campus: String(row["campus"]), subject: String(row["subject"]), grade: Number(row["grade"]) },
    ...{ counted: Number(row["counted"]), planned: Number(row["planned"]), to_date: Number(row["to_date"]), lessons: Number(row["lessons"]), covered: Number(row["covered"]), own: Number(row["own"]) },
  }));
}

/** What a school's figures say, and its sums. */
export interface SchoolCount extends Sums {
  subjects: number;
  subjects_met: number;
  /** No published lesson in any plan: nothing can be divided, and nobody says 0 %. */
  plan: boolean;
  online_met: boolean;
  digitised_met: boolean;
}

/** Sums of cells and whether they meet both targets: strictly above the one, at least the other in every subject. */
export function schoolCount(cells: readonly CellCount[], target: { online: number; digitised: number }): SchoolCount {
  const total = (of: (cell: CellCount) => number, some = cells): number => some.reduce((sum, cell) => sum + of(cell), 0);
  const codes = [...new Set(cells.map((cell) => cell.subject))];
  const subjects = codes.map((code) => cells.filter((cell) => cell.subject === code)).filter((some) => total((cell) => cell.lessons, some) > 0);
  const met = subjects.filter((some) => 10_000 * total((cell) => cell.covered, some) >= target.digitised * total((cell) => cell.lessons, some)).length;
  const [counted, planned] = [total((cell) => cell.counted), total((cell) => cell.planned)];
  const plan = subjects.length > 0;
  return {
    ...{ counted, planned, to_date: total((cell) => cell.to_date), lessons: total((cell) => cell.lessons), covered: total((cell) => cell.covered), own: total((cell) => cell.own) },
    ...{ subjects: subjects.length, subjects_met: met, plan, online_met: plan && planned > 0 && 10_000 * counted > target.online * 100 * planned, digitised_met: plan && met === subjects.length },
  };
}

import { z } from "zod";
import { addDays, instantOf, type Day } from "../../platform/clock.ts";
import { all, col, isPostgres, one, type Db } from "../../platform/db.ts";
import type { LessonKind } from "../../ledger/store/definitions.ts";
import { AT_ONCE_PERCENT, AT_ONCE_PUPILS, DOOR_SECONDS, ODD_KINDS, SAME_FILE_LESSONS, SHORT_SECONDS, type OddCount, type OddKind } from "./rules.ts";

/**
 * The cases behind each odd figure of one school and year, read from what the system saw. One query a kind, each begun
 * at the school's own rows: live_classes (school_id, starts_at), materials (school_id, state), courses (school_id,
 * year_id), then by keys. No name of a person is read, only that so many did the same at once.
 */
export interface OddScope {
  school_id: string;
  year_id: string;
  /** The first day of the year, and the last that is looked at. */
  from: Day;
  to: Day;
  /** Lessons whose plan week is over by this study week are asked about when nobody opened them. */
  weeks_over: number;
  lesson_kinds: readonly LessonKind[];
}

export interface OddCase {
  /** The lesson or file that the case is about. */
  title: string;
  /** Course of a class, or subject and grade of a lesson. */
  course: string | null;
  subject_code: string | null;
  grade: number | null;
  at: string | null;
  /** Lessons of a file, seconds of a class, pupils at once, week of a lesson. */
  number: number;
  /** Of how many: minutes planned, pupils who came, materials of the lesson. */
  of: number;
  delivery_id: string | null;
}

const caseRow = z.object({ title: col.text(), course: col.maybeText(), subject_code: col.maybeText(), grade: col.maybeInt(), at: col.maybeText(), number: col.int(), of: col.int(), delivery_id: col.maybeId() });

export const CASES_SHOWN = 100;
export const CASES_A_FILE = 5_000;

export function listCases(db: Db, kind: OddKind, scope: OddScope, most = CASES_SHOWN): Promise<OddCase[]> {
  const { sql, bindings, order } = CASES[kind](db, scope);
  return all(caseRow, db.raw(`SELECT found.* FROM (${sql}) found ORDER BY ${order} LIMIT ${most}`, bindings));
}

/** Counts every kind of one school; none is a count too, and says that it was looked at. */
export async function countOdd(db: Db, scope: OddScope): Promise<OddCount[]> {
  const counts: OddCount[] = [];
  const counted = z.object({ n: col.int() });
  for (const kind of ODD_KINDS) {
    const { sql, bindings } = CASES[kind](db, scope);
    const { n: cases } = await one(counted, db.raw(`SELECT COUNT(*) AS n FROM (${sql}) found`, bindings));
    const among = AMONG[kind](scope);
    counts.push({ kind, cases, among: (await one(counted, db.raw(among.sql, among.bindings))).n });
  }
  return counts;
}

interface Query {
  sql: string;
  bindings: (string | number)[];
}
type CaseQuery = Query & { order: string };

/** Whole seconds: SQLite counts in parts of a day, in which five minutes are a little less than 300 seconds. */
const secondsBetween = (db: Db, from: string, to: string): string =>
  `ROUND(${isPostgres(db) ? `EXTRACT(EPOCH FROM (${to}::timestamptz - ${from}::timestamptz))` : `(julianday(${to}) - julianday(${from})) * 86400`})`;

/** `order` is a word of SQL, and so is `of`. */
const OF = '"of"';

/** The course, the lesson and the ledger's record of a live class `c`: of several, the first. */
const OF_CLASS = `(SELECT MIN(l.title) FROM live_class_periods p JOIN plan_lessons l ON l.id = p.plan_lesson_id WHERE p.live_class_id = c.id) AS title,
  (SELECT MIN(k.name) FROM live_class_periods p JOIN courses k ON k.id = p.course_id WHERE p.live_class_id = c.id) AS course`;
const DELIVERY_OF = `(SELECT MIN(d.id) FROM deliveries d WHERE d.evidence_kind = 'live' AND d.evidence_id = c.id) AS delivery_id`;

const spanOf = ({ school_id, from, to }: OddScope): string[] => [school_id, instantOf(from, "00:00"), instantOf(addDays(to, 1), "00:00")];
const HELD = `c.school_id = ? AND c.starts_at >= ? AND c.starts_at < ? AND c.state = 'ended' AND c.purpose = 'lesson'
  AND EXISTS (SELECT 1 FROM live_class_periods p WHERE p.live_class_id = c.id)`;

const IN_USE = `m.school_id = ? AND m.state <> 'retired' AND m.approved_version_id IS NOT NULL`;
const lessonsOf = (kinds: readonly LessonKind[]): string => `JOIN plan_lessons l ON l.id = ml.plan_lesson_id AND l.removed_at IS NULL AND l.kind IN (${kinds.map(() => "?").join(", ")})
  JOIN plans q ON q.id = l.plan_id AND q.school_id = m.school_id AND q.year_id = ? AND q.version > 0`;

/** A lesson `l` was shown to pupils: somebody opened it in a course of its plan, or a live class carried it. */
const OPENED = `EXISTS (SELECT 1 FROM courses k JOIN lesson_progress o ON o.course_id = k.id AND o.plan_lesson_id = l.id WHERE k.plan_id = l.plan_id)
  OR EXISTS (SELECT 1 FROM courses k JOIN live_class_periods o ON o.course_id = k.id AND o.plan_lesson_id = l.id WHERE k.plan_id = l.plan_id)`;

const COVERED_LESSONS = (scope: OddScope): Query => ({
  sql: `SELECT l.id, MIN(l.title) AS title, MIN(q.subject_code) AS subject_code, MIN(q.grade) AS grade, MIN(l.plan_id) AS plan_id, MIN(COALESCE(l.week_to, l.week_from)) AS week, COUNT(DISTINCT m.id) AS materials
          FROM materials m JOIN material_lessons ml ON ml.material_id = m.id ${lessonsOf(scope.lesson_kinds)}
         WHERE ${IN_USE} AND COALESCE(l.week_to, l.week_from) <= ?
         GROUP BY l.id`,
  bindings: [...scope.lesson_kinds, scope.year_id, scope.school_id, scope.weeks_over],
});

const CASES: Record<OddKind, (db: Db, scope: OddScope) => CaseQuery> = {
  same_file: (_db, scope) => ({
    sql: `SELECT MIN(m.title) AS title, NULL AS course, MIN(m.subject_code) AS subject_code, NULL AS grade, NULL AS at, COUNT(DISTINCT l.id) AS number, COUNT(DISTINCT m.id) AS ${OF}, NULL AS delivery_id
            FROM materials m JOIN material_versions v ON v.id = m.approved_version_id
            JOIN material_lessons ml ON ml.material_id = m.id ${lessonsOf(scope.lesson_kinds)}
           WHERE ${IN_USE}
           GROUP BY v.blob_hash HAVING COUNT(DISTINCT l.id) >= ${SAME_FILE_LESSONS}`,
    bindings: [...scope.lesson_kinds, scope.year_id, scope.school_id],
    order: "number DESC, title",
  }),
  short_live: (db, scope) => ({
    sql: `SELECT ${OF_CLASS}, NULL AS subject_code, NULL AS grade, c.opened_at AS at,
                 CAST(${secondsBetween(db, "c.opened_at", "c.ended_at")} AS INTEGER) AS number, c.length_minutes AS ${OF}, ${DELIVERY_OF}
            FROM live_classes c
           WHERE ${HELD} AND c.opened_at IS NOT NULL AND c.ended_at IS NOT NULL AND ${secondsBetween(db, "c.opened_at", "c.ended_at")} < ${SHORT_SECONDS}`,
    bindings: spanOf(scope),
    order: "at DESC, title",
  }),
  joined_at_once: (db, scope) => ({
    sql: `SELECT ${OF_CLASS}, NULL AS subject_code, NULL AS grade, MIN(seen.second) AS at, MAX(seen.together) AS number, MAX(seen.came) AS ${OF}, ${DELIVERY_OF}
            FROM live_classes c
            JOIN (SELECT first.live_class_id, SUBSTR(first.joined_at, 1, 19) AS second, COUNT(*) AS together,
                         MAX(first.came) AS came
                    FROM (SELECT r.live_class_id, r.person_id, MIN(r.joined_at) AS joined_at, COUNT(*) OVER (PARTITION BY r.live_class_id) AS came
                            FROM presence_marks r JOIN live_classes c ON c.id = r.live_class_id
                           WHERE ${HELD} AND r.person_id <> c.teacher_id
                           GROUP BY r.live_class_id, r.person_id) first
                    JOIN live_classes opened ON opened.id = first.live_class_id
                   WHERE ${secondsBetween(db, "opened.opened_at", "first.joined_at")} > ${DOOR_SECONDS}
                   GROUP BY first.live_class_id, SUBSTR(first.joined_at, 1, 19)
                  HAVING COUNT(*) >= ${AT_ONCE_PUPILS} AND COUNT(*) * 100 >= MAX(first.came) * ${AT_ONCE_PERCENT}) seen ON seen.live_class_id = c.id
           GROUP BY c.id`,
    bindings: spanOf(scope),
    order: "at DESC, title",
  }),
  // The kit of a class is finished by itself, not by the lesson's progress that is looked at here.
  done_at_once: (_db, scope) => ({
    sql: `SELECT MIN(l.title) AS title, MIN(k.name) AS course, NULL AS subject_code, NULL AS grade, MIN(o.second) AS at, MAX(o.together) AS number, MAX(o.did) AS ${OF},
                 (SELECT MIN(d.id) FROM deliveries d WHERE d.evidence_kind = 'self_study' AND d.evidence_id = s.id) AS delivery_id
            FROM courses k JOIN self_study_assignments s ON s.course_id = k.id
            JOIN plan_lessons l ON l.id = s.plan_lesson_id
            JOIN (SELECT p.course_id, p.plan_lesson_id, SUBSTR(p.done_at, 1, 19) AS second, COUNT(*) AS together, SUM(COUNT(*)) OVER (PARTITION BY p.course_id, p.plan_lesson_id) AS did
                    FROM courses k JOIN lesson_progress p ON p.course_id = k.id
                   WHERE k.school_id = ? AND k.year_id = ? AND p.done_at IS NOT NULL
                   GROUP BY p.course_id, p.plan_lesson_id, SUBSTR(p.done_at, 1, 19)) o
              ON o.course_id = s.course_id AND o.plan_lesson_id = s.plan_lesson_id AND o.together >= ${AT_ONCE_PUPILS} AND o.together * 100 >= o.did * ${AT_ONCE_PERCENT}
           WHERE k.school_id = ? AND k.year_id = ? AND s.state <> 'cancelled' AND s.live_class_id IS NULL
           GROUP BY s.id`,
    bindings: [scope.school_id, scope.year_id, scope.school_id, scope.year_id],
    order: "at DESC, title",
  }),
  never_opened: (_db, scope) => {
    const covered = COVERED_LESSONS(scope);
    return {
      sql: `SELECT l.title, NULL AS course, l.subject_code, l.grade, NULL AS at, l.week AS number, l.materials AS ${OF}, NULL AS delivery_id FROM (${covered.sql}) l WHERE NOT (${OPENED})`,
      bindings: covered.bindings,
      order: "number, title",
    };
  },
};

const AMONG: Record<OddKind, (scope: OddScope) => Query> = {
  same_file: ({ school_id }) => ({ sql: `SELECT COUNT(*) AS n FROM materials m WHERE ${IN_USE}`, bindings: [school_id] }),
  short_live: (scope) => ({ sql: `SELECT COUNT(*) AS n FROM live_classes c WHERE ${HELD}`, bindings: spanOf(scope) }),
  joined_at_once: (scope) => ({ sql: `SELECT COUNT(*) AS n FROM live_classes c WHERE ${HELD}`, bindings: spanOf(scope) }),
  done_at_once: ({ school_id, year_id }) => ({ sql: "SELECT COUNT(*) AS n FROM courses k JOIN self_study_assignments s ON s.course_id = k.id WHERE k.school_id = ? AND k.year_id = ? AND s.state <> 'cancelled' AND s.live_class_id IS NULL", bindings: [school_id, year_id] }),
  never_opened: (scope) => {
    const covered = COVERED_LESSONS(scope);
    return { sql: `SELECT COUNT(*) AS n FROM (${covered.sql}) l`, bindings: covered.bindings };
  },
};

import { z } from "zod";
import { instantOf, type Day } from "../../platform/clock.ts";
import { all, col, type Db } from "../../platform/db.ts";
import { PERIOD } from "../../platform/units.ts";

/**
 * What the system knows of schools without asking them: sums of many schools in one query each, never a name. The
 * scoreboard and the self-assessment read the same figures.
 */
export interface Asked {
  schoolIds: readonly string[];
  yearId: string;
  today: Day;
}

/** A part of a whole, by school. */
export interface Part {
  part: number;
  whole: number;
}

const row = z.object({ school_id: col.id(), part: col.int(), whole: col.int() });

async function bySchool(query: PromiseLike<unknown>): Promise<Map<string, Part>> {
  const rows = await all(row, query);
  return new Map(rows.map(({ school_id, part, whole }) => [school_id, { part, whole }]));
}

const none = (): Promise<Map<string, Part>> => Promise.resolve(new Map<string, Part>());
const marksOf = (ids: readonly unknown[]): string => ids.map(() => "?").join(", ");

/** Teachers of today who have ever signed in, and all teachers. */
export function teacherAccounts(db: Db, asked: Asked): Promise<Map<string, Part>> {
  return teachers(db, asked, "p.signed_in_at IS NOT NULL");
}

/** Teachers of today who have an approved material of their own, and all teachers. */
export function teachersMaking(db: Db, asked: Asked): Promise<Map<string, Part>> {
  return teachers(db, asked, "EXISTS (SELECT 1 FROM materials x WHERE x.uploaded_by = p.id AND x.school_id = s.id AND x.approved_version_id IS NOT NULL AND x.state <> 'retired')");
}

/** People of a campus are those of its school. */
function teachers(db: Db, { schoolIds, today }: Asked, who: string): Promise<Map<string, Part>> {
  if (schoolIds.length === 0) return none();
  return bySchool(
    db.raw(
      `SELECT s.id AS school_id, COUNT(DISTINCT CASE WHEN ${who} THEN p.id END) AS part, COUNT(DISTINCT p.id) AS whole
         FROM units s
         JOIN units u ON u.id = s.id OR (u.kind = 'campus' AND u.path LIKE s.path || '%')
         JOIN memberships m ON m.unit_id = u.id AND m.role IN ('teacher', 'department_head') AND m.from_on <= ? AND (m.to_on IS NULL OR m.to_on > ?)
         JOIN persons p ON p.id = m.person_id
        WHERE s.id IN (${marksOf(schoolIds)})
        GROUP BY s.id`,
      [today, today, ...schoolIds],
    ),
  );
}

/** Pupils of today's classes who signed in since a day, and all of them. */
export function pupilsSignedIn(db: Db, asked: Asked, since: Day): Promise<Map<string, Part>> {
  return pupils(db, asked, "p.signed_in_at >= ?", [instantOf(since)], "");
}

/** Pupils of grades 9 to 12 with a personal code (số định danh cá nhân), and all of them. Source: plan 1027, I.1. */
export function personalCodes(db: Db, asked: Asked): Promise<Map<string, Part>> {
  return pupils(db, asked, "p.personal_code IS NOT NULL", [], "AND c.grade >= 9");
}

function pupils(db: Db, { schoolIds, yearId, today }: Asked, who: string, bindings: readonly string[], narrow: string): Promise<Map<string, Part>> {
  if (schoolIds.length === 0) return none();
  return bySchool(
    db.raw(
      `SELECT c.school_id, COUNT(DISTINCT CASE WHEN ${who} THEN p.id END) AS part, COUNT(DISTINCT p.id) AS whole
         FROM classes c
         JOIN class_enrolments e ON e.class_id = c.id AND e.from_on <= ? AND (e.to_on IS NULL OR e.to_on > ?)
         JOIN persons p ON p.id = e.person_id
        WHERE c.year_id = ? AND c.school_id IN (${marksOf(schoolIds)}) ${narrow}
        GROUP BY c.school_id`,
      [...bindings, today, today, yearId, ...schoolIds],
    ),
  );
}

/** Parents of today's pupils who signed in this year, and all parents with an account. */
export function parentsSignedIn(db: Db, { schoolIds, yearId, today }: Asked, since: Day): Promise<Map<string, Part>> {
  if (schoolIds.length === 0) return none();
  return bySchool(
    db.raw(
      `SELECT c.school_id, COUNT(DISTINCT CASE WHEN p.signed_in_at >= ? THEN p.id END) AS part, COUNT(DISTINCT p.id) AS whole
         FROM classes c
         JOIN class_enrolments e ON e.class_id = c.id AND e.from_on <= ? AND (e.to_on IS NULL OR e.to_on > ?)
         JOIN guardianships g ON g.pupil_id = e.person_id AND (g.to_on IS NULL OR g.to_on > ?)
         JOIN persons p ON p.id = g.parent_id
        WHERE c.year_id = ? AND c.school_id IN (${marksOf(schoolIds)})
        GROUP BY c.school_id`,
      [instantOf(since), today, today, today, yearId, ...schoolIds],
    ),
  );
}

/** Online periods that count, of the year and since a day (`part`): with two decimals where one counts in part. */
export async function periodsCounted(db: Db, { schoolIds, yearId, today }: Asked, since: Day): Promise<Map<string, Part>> {
  const rows = db("measure_online_totals").where({ year_id: yearId }).whereIn("school_id", [...schoolIds]).where("taught_on", "<=", today).groupBy("school_id");
  const hundredths = await bySchool(rows.select("school_id", db.raw("SUM(CASE WHEN taught_on >= ? THEN counted ELSE 0 END) AS part", [since])).sum({ whole: "counted" }));
  return new Map([...hundredths].map(([id, { part, whole }]) => [id, { part: part / PERIOD, whole: whole / PERIOD }]));
}

/** Materials approved and in use (`whole`), and those approved since a day (`part`). */
export function materialsApproved(db: Db, { schoolIds }: Asked, since: Day): Promise<Map<string, Part>> {
  if (schoolIds.length === 0) return none();
  return bySchool(
    db.raw(
      `SELECT m.school_id, COUNT(*) AS whole,
              SUM(CASE WHEN EXISTS (SELECT 1 FROM material_steps s WHERE s.material_id = m.id AND s.act = 'approve' AND s.at >= ?) THEN 1 ELSE 0 END) AS part
         FROM materials m
        WHERE m.approved_version_id IS NOT NULL AND m.state <> 'retired' AND m.school_id IN (${marksOf(schoolIds)})
        GROUP BY m.school_id`,
      [instantOf(since), ...schoolIds],
    ),
  );
}

/** Lessons of published plans that carry digital-transformation content, and all lessons. */
export function digitalContent(db: Db, { schoolIds, yearId }: Asked): Promise<Map<string, Part>> {
  if (schoolIds.length === 0) return none();
  return bySchool(
    db.raw(
      `SELECT p.school_id, SUM(CASE WHEN l.digital_content = ? THEN 1 ELSE 0 END) AS part, COUNT(*) AS whole
         FROM plans p JOIN plan_lessons l ON l.plan_id = p.id AND l.removed_at IS NULL
        WHERE p.year_id = ? AND p.version > 0 AND p.school_id IN (${marksOf(schoolIds)})
        GROUP BY p.school_id`,
      [true, yearId, ...schoolIds],
    ),
  );
}

/** Self-study given to classes this year (`part`), and courses that were given any (`whole`). The kit of a live class is that class once more. */
export function studyAssigned(db: Db, { schoolIds, yearId }: Asked): Promise<Map<string, Part>> {
  const rows = db("self_study_assignments as a").join("courses as c", "c.id", "a.course_id").where("c.year_id", yearId).whereNot("a.state", "cancelled").whereNull("a.live_class_id").whereIn("c.school_id", [...schoolIds]);
  return bySchool(rows.groupBy("c.school_id").select("c.school_id").count({ part: "a.id" }).countDistinct({ whole: "a.course_id" }));
}

/** What teachers wrote to their classes in live rooms since a day (`part`), and live classes held (`whole`). */
export function teachersAnswer(db: Db, { schoolIds }: Asked, since: Day): Promise<Map<string, Part>> {
  if (schoolIds.length === 0) return none();
  return bySchool(
    db.raw(
      `SELECT l.school_id, COUNT(m.seq) AS part, COUNT(DISTINCT l.id) AS whole
         FROM live_classes l
         LEFT JOIN live_messages m ON m.live_class_id = l.id AND m.person_id = l.teacher_id AND m.removed_at IS NULL
        WHERE l.state = 'ended' AND l.purpose = 'lesson' AND l.starts_at >= ? AND l.school_id IN (${marksOf(schoolIds)})
        GROUP BY l.school_id`,
      [instantOf(since), ...schoolIds],
    ),
  );
}

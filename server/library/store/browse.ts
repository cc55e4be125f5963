import { z } from "zod";
import type { Granted } from "../../access/policy.ts";
import { COUNTED_LESSON_KINDS } from "../../materials/rules.ts";
import { all, col, type Db } from "../../platform/db.ts";

const IN_USE = "m.approved_version_id IS NOT NULL AND m.retired_at IS NULL";
/** A lesson `l` of a plan `p` that counts as digitised. Source: DOMAIN §2.2. */
const COVERED = `EXISTS (SELECT 1 FROM material_lessons ml JOIN materials m ON m.id = ml.material_id WHERE ml.plan_lesson_id = l.id AND m.school_id = p.school_id AND ${IN_USE})`;
const COUNTED = `l.kind IN (${COUNTED_LESSON_KINDS.map((kind) => `'${kind}'`).join(", ")})`;

const outline = z.object({ subject_code: col.text(), name_vi: col.text(), name_en: col.text(), grade: col.int(), planned: col.int(), covered: col.int() });
export type OutlineRow = z.infer<typeof outline>;

/** Subjects and grades of a school's published plans of a year, with their coverage. */
export function listOutline(db: Db, school: Granted<"read", { id: string }>, yearId: string): Promise<OutlineRow[]> {
  return all(
    outline,
    db.raw(
      `SELECT p.subject_code, s.name_vi, s.name_en, p.grade, COUNT(*) AS planned, SUM(CASE WHEN ${COVERED} THEN 1 ELSE 0 END) AS covered
         FROM plans p JOIN subjects s ON s.code = p.subject_code JOIN plan_lessons l ON l.plan_id = p.id AND l.removed_at IS NULL AND ${COUNTED}
        WHERE p.school_id = ? AND p.year_id = ? AND p.version > 0
        GROUP BY p.subject_code, s.name_vi, s.name_en, s.position, p.grade
        ORDER BY s.position, p.subject_code, p.grade`,
      [school.id, yearId],
    ),
  );
}

const lesson = z.object({
  id: col.id(),
  plan_id: col.id(),
  campus: col.maybeText(),
  chapter: col.text(),
  title: col.text(),
  kind: col.text(),
  periods: col.int(),
  week_from: col.maybeInt(),
  counted: col.flag(),
  approved: col.int(),
  drafts: col.int(),
});
export type BrowsedLesson = z.infer<typeof lesson>;

/** The lessons of a subject and grade in the order of the plan, with what the school has for each. */
export function listBrowsed(db: Db, school: Granted<"read", { id: string }>, place: { yearId: string; subject: string; grade: number }): Promise<BrowsedLesson[]> {
  return all(
    lesson,
    db.raw(
      `SELECT l.id, l.plan_id, c.name AS campus, l.chapter, l.title, l.kind, l.periods, l.week_from, CASE WHEN ${COUNTED} THEN 1 ELSE 0 END AS counted,
              COALESCE(SUM(CASE WHEN ${IN_USE} THEN 1 ELSE 0 END), 0) AS approved,
              COALESCE(SUM(CASE WHEN m.id IS NOT NULL AND m.approved_version_id IS NULL AND m.retired_at IS NULL THEN 1 ELSE 0 END), 0) AS drafts
         FROM plans p JOIN plan_lessons l ON l.plan_id = p.id AND l.removed_at IS NULL
         LEFT JOIN units c ON c.id = p.campus_id
         LEFT JOIN material_lessons ml ON ml.plan_lesson_id = l.id
         LEFT JOIN materials m ON m.id = ml.material_id AND m.school_id = p.school_id
        WHERE p.school_id = ? AND p.year_id = ? AND p.subject_code = ? AND p.grade = ? AND p.version > 0
        GROUP BY l.id, l.plan_id, c.name, l.chapter, l.title, l.kind, l.periods, l.week_from, l.position
        ORDER BY l.plan_id, l.position, l.id
        LIMIT 600`,
      [school.id, place.yearId, place.subject, place.grade],
    ),
  );
}

const schoolRow = z.object({ id: col.id(), name: col.text() });
export type SchoolChoice = z.infer<typeof schoolRow>;

/** Schools below these units that have a published plan in a year: officers choose one. */
export function listPlanSchools(db: Db, paths: readonly string[], yearId: string): Promise<SchoolChoice[]> {
  return all(
    schoolRow,
    db("units as u")
      .where((any) => paths.forEach((path) => void any.orWhere("u.path", "like", `${path}%`)))
      .whereIn("u.id", db("plans").where({ year_id: yearId }).where("version", ">", 0).select("school_id"))
      .orderBy(["u.name", "u.id"])
      .limit(700)
      .select("u.id", "u.name"),
  );
}

const candidate = z.object({ doc: col.int(), id: col.id(), title: col.text(), grade: col.maybeInt(), uses: col.int(), school_id: col.id() });
export type Candidate = z.infer<typeof candidate>;

/** The titles of hits, to be compared with titles of lessons. */
export async function listCandidates(db: Db, hits: readonly { doc: number }[]): Promise<Candidate[]> {
  if (hits.length === 0) return [];
  return all(
    candidate,
    db("library_index as i").join("materials as m", "m.id", "i.material_id").whereIn("i.doc", hits.map((hit) => hit.doc)).orderBy("i.doc", "desc").select("i.doc", "m.id", "m.title", "m.grade", "i.uses", "m.school_id"),
  );
}

/** Ids of the materials that serve a lesson already, or were taken from one that does. */
export async function linkedTo(db: Db, lessonId: string): Promise<ReadonlySet<string>> {
  const rows = await all(
    z.object({ id: col.id(), from_id: col.maybeId() }),
    db("material_lessons as ml").join("materials as m", "m.id", "ml.material_id").where("ml.plan_lesson_id", lessonId).limit(500).select("m.id", { from_id: "m.from_material_id" }),
  );
  return new Set(rows.flatMap((row) => [row.id, ...(row.from_id === null ? [] : [row.from_id])]));
}

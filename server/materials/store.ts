import { z } from "zod";
import { dayOf, type Instant } from "../platform/clock.ts";
import { all, col, maybeOne, table, type Db, type RowOf } from "../platform/db.ts";
import { isId } from "../platform/ids.ts";
import { COUNTED_LESSON_KINDS, MATERIAL_ORIGINS, MATERIAL_STATES, STEP_ACTS, VERSION_STATES } from "./rules.ts";

/** A digitised material (học liệu số) with its metadata, after IEEE LOM and Dublin Core. */
export const materials = table("materials", {
  id: col.id(),
  school_id: col.id(),
  campus_id: col.maybeId(),
  uploaded_by: col.id(),
  title: col.text(),
  description: col.text(),
  subject_code: col.maybeText(),
  grade: col.maybeInt(),
  kind: col.text(),
  language: col.text(),
  author: col.text(),
  source: col.text(),
  licence: col.text(),
  year: col.maybeInt(),
  keywords: col.text(),
  accessibility: col.text(),
  scope: col.text(),
  origin: col.oneOf(MATERIAL_ORIGINS),
  from_material_id: col.maybeId(),
  from_version_id: col.maybeId(),
  state: col.oneOf(MATERIAL_STATES),
  latest_version_id: col.maybeId(),
  approved_version_id: col.maybeId(),
  wanted_scope: col.maybeText(),
  wanted_by: col.maybeId(),
  wanted_at: col.maybeInstant(),
  public_since: col.maybeInstant(),
  taken_down_at: col.maybeInstant(),
  submitted_at: col.maybeInstant(),
  retired_at: col.maybeInstant(),
  revision: col.int(),
  search_text: col.text(),
  created_at: col.instant(),
  updated_at: col.instant(),
});

/** A file of a material; the newest is on its way, the approved one is in use. */
export const materialVersions = table("material_versions", {
  id: col.id(),
  material_id: col.id(),
  number: col.int(),
  state: col.oneOf(VERSION_STATES),
  blob_hash: col.text(),
  file_name: col.text(),
  mime: col.text(),
  size_bytes: col.int(),
  uploaded_by: col.id(),
  uploaded_at: col.instant(),
});
export type VersionRow = RowOf<typeof materialVersions>;

/** Which plan lessons a material serves. */
export const materialLessons = table("material_lessons", {
  material_id: col.id(),
  plan_lesson_id: col.id(),
  linked_by: col.id(),
  linked_at: col.instant(),
});

/** The trail: who, when, with what comment. Never changed. */
export const materialSteps = table("material_steps", {
  id: col.id(),
  material_id: col.id(),
  version_id: col.id(),
  act: col.oneOf(STEP_ACTS),
  by: col.id(),
  at: col.instant(),
  comment: col.text(),
  details: col.json(z.record(z.string(), z.unknown())),
});

/** Who looks, as far as reading a material needs to know. */
export interface Viewer {
  personId: string;
  /** Classes of the person as a pupil, and of the person's children. */
  classIds: readonly string[];
  at: Instant;
}

const loaded = materials.row.extend({
  school_path: col.text(),
  school_name: col.text(),
  /** The licence of the material that this one was copied from. */
  from_licence: col.maybeText(),
  uploader_name: col.text(),
  subject_vi: col.maybeText(),
  subject_en: col.maybeText(),
  other_leaders: col.int(),
  leaders_besides_uploader: col.int(),
  leaders: col.int(),
  other_heads: col.int(),
  shown_to_class: col.int(),
  turn_since: col.maybeInstant(),
});

/** A material with its newest version and what decisions about it need. */
export type MaterialRow = z.infer<typeof loaded> & {
  school: { id: string; path: string; name: string };
  attached_to_class: boolean;
  latest: VersionRow;
};

export async function loadMaterial(db: Db, id: string, viewer: Viewer): Promise<MaterialRow | undefined> {
  if (!isId(id)) return undefined;
  const row = await maybeOne(
    loaded,
    db("materials as m")
      .join("units as s", "s.id", "m.school_id")
      .join("persons as up", "up.id", "m.uploaded_by")
      .leftJoin("subjects as sub", "sub.code", "m.subject_code")
      .leftJoin("materials as o", "o.id", "m.from_material_id")
      .where("m.id", id)
      .select(materials.columns.map((name) => `m.${name}`))
      .select({ school_path: "s.path", school_name: "s.name", from_licence: "o.licence", uploader_name: "up.name", subject_vi: "sub.name_vi", subject_en: "sub.name_en" })
      .select(countsAround(db, viewer)),
  );
  const latest = row?.latest_version_id ? await loadVersion(db, row.id, row.latest_version_id) : undefined;
  if (row === undefined || latest === undefined) return undefined;
  return { ...row, school: { id: row.school_id, path: row.school_path, name: row.school_name }, attached_to_class: row.shown_to_class > 0, latest };
}

/**
 * Active holders of a role in the school of a material `m` (with school row `s`) or its campuses, found from the school
 * down, so that a list of materials takes as many look-ups as it has rows. Bindings: role, day, day.
 */
export const OTHERS_WITH_ROLE = `
  FROM memberships r JOIN persons rp ON rp.id = r.person_id
 WHERE r.unit_id IN (
         WITH RECURSIVE below(id) AS (SELECT s.id UNION ALL SELECT u.id FROM units u JOIN below ON u.parent_id = below.id)
         SELECT id FROM below)
   AND r.role = ? AND r.from_on <= ? AND (r.to_on IS NULL OR r.to_on > ?) AND rp.state = 'active'`;

const NOT_THE_UPLOADER = `r.person_id <> m.uploaded_by
   AND r.person_id <> COALESCE((SELECT lv.uploaded_by FROM material_versions lv WHERE lv.id = m.latest_version_id), '')`;

/** Somebody besides the uploader (of the material, of its newest version) who heads the group of the material's subject. Bindings: role, day, day. */
export const OTHER_HEADS = `(SELECT COUNT(DISTINCT r.person_id) ${OTHERS_WITH_ROLE} AND ${NOT_THE_UPLOADER}
   AND EXISTS (SELECT 1 FROM subject_group_subjects g WHERE g.subject_group_id = r.subject_group_id AND g.subject_code = m.subject_code))`;

/** Those who approve in a leader's place today in the school of a material `m`; the column is `r.person_id`. Bindings: day, day. */
const DEPUTIES = `(SELECT COUNT(DISTINCT r.person_id) FROM review_deputies r JOIN persons rp ON rp.id = r.person_id
  WHERE r.school_id = m.school_id AND r.ended_at IS NULL AND r.from_on <= ? AND r.to_on >= ? AND rp.state = 'active'`;

/** Leaders and their deputies besides the uploader. Bindings: role, day, day, day, day. */
export const LEADERS_BESIDES_UPLOADER = `((SELECT COUNT(DISTINCT r.person_id) ${OTHERS_WITH_ROLE} AND ${NOT_THE_UPLOADER}) + ${DEPUTIES} AND ${NOT_THE_UPLOADER}))`;

/** All leaders of the school. Bindings: role, day, day. */
export const LEADERS = `(SELECT COUNT(DISTINCT r.person_id) ${OTHERS_WITH_ROLE})`;

/** When the turn that a material `m` is in began: it was sent, or passed on. */
export const TURN_SINCE = "(SELECT MAX(turn.at) FROM material_steps turn WHERE turn.material_id = m.id AND turn.act IN ('submit', 'pass'))";

function countsAround(db: Db, viewer: Viewer): ReturnType<Db["raw"]>[] {
  const today = dayOf(viewer.at);
  const marks = viewer.classIds.map(() => "?").join(", ");
  const shown =
    viewer.classIds.length === 0
      ? "0"
      : `(SELECT COUNT(*) FROM lesson_attachments a JOIN courses c ON c.id = a.course_id WHERE a.material_id = m.id AND c.class_id IN (${marks}))`;
  return [
    db.raw(`((SELECT COUNT(DISTINCT r.person_id) ${OTHERS_WITH_ROLE} AND r.person_id <> ?) + ${DEPUTIES} AND r.person_id <> ?)) AS other_leaders`, ["school_leader", today, today, viewer.personId, today, today, viewer.personId]),
    db.raw(`${LEADERS_BESIDES_UPLOADER} AS leaders_besides_uploader`, ["school_leader", today, today, today, today]),
    db.raw(`${LEADERS} AS leaders`, ["school_leader", today, today]),
    db.raw(`${OTHER_HEADS} AS other_heads`, ["department_head", today, today]),
    db.raw(`${TURN_SINCE} AS turn_since`),
    db.raw(`${shown} AS shown_to_class`, [...viewer.classIds]),
  ];
}

export function loadVersion(db: Db, materialId: string, id: string): Promise<VersionRow | undefined> {
  if (!isId(id)) return Promise.resolve(undefined);
  return maybeOne(materialVersions.row, db("material_versions").where({ id, material_id: materialId }).select(materialVersions.columns));
}

const versionWithName = materialVersions.row.extend({ uploader_name: col.text() });
export type VersionWithName = z.infer<typeof versionWithName>;

const VERSIONS_SHOWN_MAX = 100;

/** The newest first. */
export function listVersions(db: Db, material: { id: string }): Promise<VersionWithName[]> {
  return all(
    versionWithName,
    db("material_versions as v")
      .join("persons as p", "p.id", "v.uploaded_by")
      .where("v.material_id", material.id)
      .orderBy("v.number", "desc")
      .limit(VERSIONS_SHOWN_MAX)
      .select(materialVersions.columns.map((name) => `v.${name}`))
      .select({ uploader_name: "p.name" }),
  );
}

const stepWithNames = materialSteps.row.extend({ name: col.text(), version_number: col.int() });
export type StepWithNames = z.infer<typeof stepWithNames>;

const STEPS_SHOWN_MAX = 200;

/** The newest first. */
export function listSteps(db: Db, material: { id: string }): Promise<StepWithNames[]> {
  return all(
    stepWithNames,
    db("material_steps as t")
      .join("persons as p", "p.id", "t.by")
      .join("material_versions as v", "v.id", "t.version_id")
      .where("t.material_id", material.id)
      .orderBy([{ column: "t.at", order: "desc" }, { column: "t.id", order: "desc" }])
      .limit(STEPS_SHOWN_MAX)
      .select(materialSteps.columns.map((name) => `t.${name}`))
      .select({ name: "p.name", version_number: "v.number" }),
  );
}

/** A plan lesson with the plan and the school it stands in. */
const lessonRow = z.object({
  id: col.id(),
  plan_id: col.id(),
  title: col.text(),
  chapter: col.text(),
  kind: col.text(),
  position: col.int(),
  periods: col.int(),
  week_from: col.maybeInt(),
  removed_at: col.maybeInstant(),
  subject_code: col.text(),
  subject_vi: col.text(),
  subject_en: col.text(),
  grade: col.int(),
  year_id: col.text(),
  school_id: col.id(),
  campus_id: col.maybeId(),
  school_path: col.text(),
  school_name: col.text(),
});
export type LessonRow = z.infer<typeof lessonRow> & { school: { id: string; path: string; name: string } };

const lessonsQuery = (db: Db) =>
  db("plan_lessons as l")
    .join("plans as p", "p.id", "l.plan_id")
    .join("units as s", "s.id", "p.school_id")
    .join("subjects as sub", "sub.code", "p.subject_code")
    .select("l.id", "l.plan_id", "l.title", "l.chapter", "l.kind", "l.position", "l.periods", "l.week_from", "l.removed_at")
    .select("p.subject_code", "p.grade", "p.year_id", "p.school_id", "p.campus_id")
    .select({ subject_vi: "sub.name_vi", subject_en: "sub.name_en", school_path: "s.path", school_name: "s.name" });

const withSchool = (row: z.infer<typeof lessonRow>): LessonRow => ({ ...row, school: { id: row.school_id, path: row.school_path, name: row.school_name } });

export async function loadLesson(db: Db, id: string): Promise<LessonRow | undefined> {
  const row = isId(id) ? await maybeOne(lessonRow, lessonsQuery(db).where("l.id", id)) : undefined;
  return row && withSchool(row);
}

/** The lessons a material serves, in the order of the plan. */
export async function listLessonsOf(db: Db, material: { id: string }): Promise<LessonRow[]> {
  const rows = await all(
    lessonRow,
    lessonsQuery(db)
      .join("material_lessons as ml", "ml.plan_lesson_id", "l.id")
      .where("ml.material_id", material.id)
      .orderBy([{ column: "p.year_id", order: "desc" }, { column: "p.grade" }, { column: "l.position" }, { column: "l.id" }])
      .limit(200),
  );
  return rows.map(withSchool);
}

/** Lessons of the school's plans of a subject (and grade) that a material could serve. */
export async function listLessonsFor(db: Db, material: { school_id: string; subject_code: string | null; grade: number | null }): Promise<LessonRow[]> {
  if (material.subject_code === null) return [];
  const query = lessonsQuery(db)
    .where({ "p.school_id": material.school_id, "p.subject_code": material.subject_code })
    .whereNull("l.removed_at")
    .orderBy([{ column: "p.year_id", order: "desc" }, { column: "p.grade" }, { column: "l.position" }, { column: "l.id" }])
    .limit(500);
  if (material.grade !== null) query.where("p.grade", material.grade);
  return (await all(lessonRow, query)).map(withSchool);
}

const subjectRow = z.object({ code: col.text(), name_vi: col.text(), name_en: col.text() });
export type SubjectRow = z.infer<typeof subjectRow>;

export function listSubjects(db: Db): Promise<SubjectRow[]> {
  return all(subjectRow, db("subjects").select("code", "name_vi", "name_en").orderBy(["position", "code"]).limit(200));
}

/** Lessons that have an approved material (and of these the school's own work), over the lessons of a subject in a school and year (DOMAIN §2.2). */
const coverageRow = z.object({ planned: col.int(), covered: col.int(), own: col.int() });
export type CoverageRow = z.infer<typeof coverageRow>;

export async function countCoverage(db: Db, place: { school_id: string; year_id: string; subject_code: string }): Promise<CoverageRow> {
  const kinds = COUNTED_LESSON_KINDS.map(() => "?").join(", ");
  const having = (narrow: string): string => `COALESCE(SUM(CASE WHEN EXISTS (
                SELECT 1 FROM material_lessons ml JOIN materials m ON m.id = ml.material_id
                 WHERE ml.plan_lesson_id = l.id AND m.school_id = p.school_id
                   AND m.approved_version_id IS NOT NULL AND m.retired_at IS NULL ${narrow}) THEN 1 ELSE 0 END), 0)`;
  const found = await maybeOne(
    coverageRow,
    db.raw(
      `SELECT COUNT(*) AS planned, ${having("")} AS covered, ${having("AND m.origin <> 'adopted'")} AS own
         FROM plan_lessons l JOIN plans p ON p.id = l.plan_id
        WHERE p.school_id = ? AND p.year_id = ? AND p.subject_code = ? AND p.version > 0
          AND l.removed_at IS NULL AND l.kind IN (${kinds})`,
      [place.school_id, place.year_id, place.subject_code, ...COUNTED_LESSON_KINDS],
    ),
  );
  return found ?? { planned: 0, covered: 0, own: 0 };
}

const originRow = z.object({ title: col.text(), author: col.text(), school_name: col.text(), approved_at: col.maybeInstant(), approver_name: col.maybeText() });
export type OriginRow = z.infer<typeof originRow>;

/** What a material was made from: its school, and who approved there the version that was taken. */
export function findOrigin(db: Db, material: { from_material_id: string | null; from_version_id: string | null }): Promise<OriginRow | undefined> {
  const approval = db("material_steps as t")
    .where({ "t.material_id": material.from_material_id, "t.act": "approve" })
    .modify((query) => material.from_version_id !== null && void query.where("t.version_id", material.from_version_id))
    .max("t.id");
  return maybeOne(
    originRow,
    db("materials as o")
      .join("units as os", "os.id", "o.school_id")
      .leftJoin("material_steps as st", (join) => join.on("st.id", db.raw("(?)", [approval])))
      .leftJoin("persons as by", "by.id", "st.by")
      .where("o.id", material.from_material_id)
      .select("o.title", "o.author", { school_name: "os.name", approved_at: "st.at", approver_name: "by.name" }),
  );
}

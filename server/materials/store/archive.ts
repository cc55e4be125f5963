import { z } from "zod";
import { requestDigitising } from "../../digitising/store.ts";
import type { Instant } from "../../platform/clock.ts";
import { all, col, insertAll, maybeOne, type Db } from "../../platform/db.ts";
import { newId } from "../../platform/ids.ts";
import { raise } from "../../platform/jobs/queue.ts";
import { saveBlob } from "../../platform/storage/store.ts";
import { materialApproved, materialLinksChanged } from "../events.ts";
import type { MaterialState, StepAct, VersionState } from "../rules.ts";
import { materials, materialSteps, materialVersions } from "../store.ts";
import { audit, searchText, type Act, type Metadata } from "./upload.ts";

/** A material as an archive tells it: everything but people and ids, which another installation does not know. */
export interface WholeMaterial extends Metadata {
  origin: "own" | "adopted" | "derived";
  state: MaterialState;
  createdAt: Instant;
  updatedAt: Instant;
  submittedAt: Instant | null;
  retiredAt: Instant | null;
  /** Number of the version in use. */
  inUse: number | null;
  versions: readonly { number: number; state: VersionState; hash: string; size: number; mime: string; name: string; by: string; at: Instant }[];
  steps: readonly { version: number; act: StepAct; by: string; at: Instant; comment: string; details: Record<string, unknown> }[];
  lessonIds: readonly string[];
}

/**
 * Puts a material back with its versions, states and trail. The rows are written by the person who restores; who did each
 * step is kept as a name in its details, so that nobody is made to have done what a file says.
 *
 * @param uploadedBy a person of this school, or whoever restores
 */
export async function restoreWhole(trx: Db, schoolId: string, whole: WholeMaterial, uploadedBy: string, act: Act): Promise<string> {
  const id = newId();
  const versions = [...whole.versions].sort((a, b) => a.number - b.number).map((version) => ({ ...version, id: newId() }));
  const idOf = (number: number | null): string | null => versions.find((version) => version.number === number)?.id ?? null;
  for (const version of versions) {
    await saveBlob(trx, { hash: version.hash, size: version.size, mime: version.mime }, act.at);
    await requestDigitising(trx, { hash: version.hash, mime: version.mime, name: version.name }, act.at);
  }
  const { title, description, subject_code, grade, kind, language, author, source, licence, year, keywords, accessibility, scope } = whole;
  await trx("materials").insert({
    id,
    school_id: schoolId,
    campus_id: null,
    uploaded_by: uploadedBy,
    ...{ title, description, subject_code, grade, kind, language, author, source, licence, year, keywords, accessibility, scope },
    origin: whole.origin,
    state: whole.state,
    latest_version_id: versions.at(-1)?.id ?? null,
    approved_version_id: idOf(whole.inUse),
    submitted_at: whole.submittedAt,
    retired_at: whole.retiredAt,
    search_text: searchText(whole),
    created_at: whole.createdAt,
    updated_at: whole.updatedAt,
  });
  await insertAll(trx, "material_versions", versions.map((version) => ({
    id: version.id,
    material_id: id,
    number: version.number,
    state: version.state,
    blob_hash: version.hash,
    file_name: version.name,
    mime: version.mime,
    size_bytes: version.size,
    uploaded_by: uploadedBy,
    uploaded_at: version.at,
  })));
  const ids = whole.steps.map(() => newId()).sort(); // the order of the trail is that of its ids
  await insertAll(trx, "material_steps", whole.steps.map((step, i) => ({
    id: ids[i],
    material_id: id,
    version_id: idOf(step.version),
    act: step.act,
    by: act.by,
    at: step.at,
    comment: step.comment,
    details: JSON.stringify({ ...step.details, restored_by_name: step.by }),
  })));
  await insertAll(trx, "material_lessons", whole.lessonIds.map((lesson) => ({ material_id: id, plan_lesson_id: lesson, linked_by: act.by, linked_at: act.at })));
  if (whole.lessonIds.length > 0) await raise(trx, materialLinksChanged, { materialId: id, planLessonIds: [...whole.lessonIds] }, act.at);
  if (whole.inUse !== null) await raise(trx, materialApproved, { materialId: id }, act.at);
  await audit(trx, "material.restore_from_archive", { id, school_id: schoolId }, { state: whole.state, versions: versions.length }, act);
  return id;
}

/**
 * Takes a material away as if it had never been: only for an import that is undone before anybody used what it brought.
 * Where another table refers to it, the database refuses.
 */
export async function removeWhole(trx: Db, material: { id: string; school_id: string }, act: Act): Promise<void> {
  const lessons = await all(z.object({ plan_lesson_id: col.id() }), trx("material_lessons").where({ material_id: material.id }).select("plan_lesson_id"));
  for (const name of ["material_lessons", "material_steps", "material_versions"]) await trx(name).where({ material_id: material.id }).del();
  await trx("materials").where({ id: material.id }).del();
  if (lessons.length > 0) await raise(trx, materialLinksChanged, { materialId: material.id, planLessonIds: lessons.map((l) => l.plan_lesson_id) }, act.at);
  await audit(trx, "material.undo_import", material, {}, act);
}

const untouched = z.object({ updated_at: col.instant(), revision: col.int(), versions: col.int(), others: col.int() });

/** What tells whether somebody dealt with a material since a moment; undefined where it is gone. */
export function findTraces(db: Db, id: string, since: Instant): Promise<z.infer<typeof untouched> | undefined> {
  return maybeOne(
    untouched,
    db("materials as m")
      .where("m.id", id)
      .select("m.updated_at", "m.revision")
      .select(
        db.raw("(SELECT COUNT(*) FROM material_versions v WHERE v.material_id = m.id) AS versions"),
        db.raw(
          `(SELECT COUNT(*) FROM lesson_attachments a WHERE a.material_id = m.id)
           + (SELECT COUNT(*) FROM material_lessons l WHERE l.material_id = m.id AND l.linked_at > ?)
           + (SELECT COUNT(*) FROM materials d WHERE d.from_material_id = m.id) AS others`,
          [since],
        ),
      ),
  );
}

const sized = z.object({ id: col.id(), bytes: col.int(), files: col.int() });

/** Every material of a school with what its versions weigh, in the order in which they were made. */
export function listSizes(db: Db, school: { id: string }): Promise<z.infer<typeof sized>[]> {
  return all(
    sized,
    db("materials as m")
      .join("material_versions as v", "v.material_id", "m.id")
      .where("m.school_id", school.id)
      .groupBy("m.id")
      .orderBy("m.id")
      .select("m.id", db.raw("SUM(v.size_bytes) AS bytes"), db.raw("COUNT(*) AS files")),
  );
}

const wholeRow = materials.row.extend({ uploader_name: col.text() });
const versionRow = materialVersions.row.extend({ by_name: col.text() });
const stepRow = materialSteps.row.extend({ by_name: col.text(), number: col.int() });
const lessonRow = z.object({ material_id: col.id(), year: col.text(), subject: col.text(), grade: col.int(), position: col.int(), title: col.text() });

/** Everything about some materials, in four queries: what an archive holds of them. */
export async function listWhole(db: Db, ids: readonly string[]) {
  const [rows, versions, steps, lessons] = await Promise.all([
    all(wholeRow, db("materials as m").join("persons as p", "p.id", "m.uploaded_by").whereIn("m.id", ids).orderBy("m.id").select(materials.columns.map((c) => `m.${c}`)).select({ uploader_name: "p.name" })),
    all(versionRow, db("material_versions as v").join("persons as p", "p.id", "v.uploaded_by").whereIn("v.material_id", ids).orderBy(["v.material_id", "v.number"]).select(materialVersions.columns.map((c) => `v.${c}`)).select({ by_name: "p.name" })),
    all(stepRow, db("material_steps as t").join("persons as p", "p.id", "t.by").join("material_versions as v", "v.id", "t.version_id").whereIn("t.material_id", ids).orderBy(["t.material_id", "t.id"]).select(materialSteps.columns.map((c) => `t.${c}`)).select({ by_name: "p.name", number: "v.number" })),
    all(
      lessonRow,
      db("material_lessons as ml")
        .join("plan_lessons as l", "l.id", "ml.plan_lesson_id")
        .join("plans as p", "p.id", "l.plan_id")
        .whereIn("ml.material_id", ids)
        .orderBy(["ml.material_id", "p.year_id", "p.subject_code", "p.grade", "l.position"])
        .select("ml.material_id", "l.position", "l.title", "p.grade")
        .select({ year: "p.year_id", subject: "p.subject_code" }),
    ),
  ]);
  return rows.map((material) => ({
    material,
    versions: versions.filter((v) => v.material_id === material.id),
    steps: steps.filter((s) => s.material_id === material.id),
    lessons: lessons.filter((l) => l.material_id === material.id),
  }));
}
export type WholeRow = Awaited<ReturnType<typeof listWhole>>[number];

import { z } from "zod";
import type { Granted } from "../../access/policy.ts";
import { record } from "../../platform/audit.ts";
import type { Instant } from "../../platform/clock.ts";
import { col, maybeOne, type Db } from "../../platform/db.ts";
import { conflict } from "../../platform/errors.ts";
import { newId } from "../../platform/ids.ts";
import { raise } from "../../platform/jobs/queue.ts";
import { requestDigitising } from "../../digitising/store.ts";
import { saveBlob } from "../../platform/storage/store.ts";
import type { Stored } from "../../platform/storage.ts";
import { fold } from "../../platform/text.ts";
import { materialDescribed, materialLinksChanged } from "../events.ts";
import { after, isWider, scopeMove, scopeOf, type MaterialKind, type Scope, type StepAct } from "../rules.ts";
import type { LessonRow, MaterialRow } from "../store.ts";
import { tellOfScope } from "./telling.ts";

/** Who acts, when, and under which request's number. */
export interface Act {
  by: string;
  at: Instant;
  requestId: string;
}

/** A file that lies in the blob store already. */
export interface UploadedFile extends Stored {
  name: string;
  mime: string;
}

/** Where an upload goes: a plan lesson, or a school's library. */
export type UploadPlace =
  | { lesson: Granted<"upload", LessonRow> }
  | { school: Granted<"upload", { id: string }>; subjectCode: string | null; grade: number | null };

export interface FirstMetadata {
  title: string;
  kind: MaterialKind;
  author: string;
}

/**
 * Saves one file as one material, a draft with its first version, linked to the lesson.
 *
 * The same file sent again by the same person to the same place is recognised and answers the material that is there: a
 * double click, a lost answer and a second try store nothing twice.
 */
export async function saveUpload(db: Db, place: UploadPlace, file: UploadedFile, meta: FirstMetadata, act: Act): Promise<{ id: string; known: boolean }> {
  return db.transaction(async (trx) => {
    await saveBlob(trx, file, act.at);
    const known = await findSame(trx, place, file, act);
    if (known !== undefined) return { id: known, known: true };
    const id = newId();
    const versionId = newId();
    await trx("materials").insert(newMaterial(id, versionId, place, meta, act));
    await trx("material_versions").insert(newVersion(versionId, id, 1, file, act));
    await step(trx, { materialId: id, versionId, act: "upload", comment: "", details: {} }, act);
    if ("lesson" in place) await link(trx, id, [place.lesson.id], act);
    await requestDigitising(trx, file, act.at);
    await raise(trx, materialDescribed, { materialId: id }, act.at);
    const schoolId = "lesson" in place ? place.lesson.school.id : place.school.id;
    await audit(trx, "material.upload", { id, school_id: schoolId }, { version: versionId, size: file.size }, act);
    return { id, known: false };
  });
}

async function findSame(trx: Db, place: UploadPlace, file: UploadedFile, act: Act): Promise<string | undefined> {
  const query = trx("materials as m")
    .join("material_versions as v", "v.id", "m.latest_version_id")
    .where({ "v.blob_hash": file.hash, "m.uploaded_by": act.by })
    .where("m.school_id", "lesson" in place ? place.lesson.school.id : place.school.id)
    .whereNull("m.retired_at")
    .orderBy("m.id")
    .first("m.id");
  if ("lesson" in place) {
    query.join("material_lessons as ml", "ml.material_id", "m.id").where("ml.plan_lesson_id", place.lesson.id);
  }
  return (await maybeOne(z.object({ id: col.id() }), query))?.id;
}

function newMaterial(id: string, versionId: string, place: UploadPlace, meta: FirstMetadata, act: Act): Record<string, unknown> {
  const where =
    "lesson" in place
      ? { school_id: place.lesson.school.id, campus_id: place.lesson.campus_id, subject_code: place.lesson.subject_code, grade: place.lesson.grade }
      : { school_id: place.school.id, campus_id: null, subject_code: place.subjectCode, grade: place.grade };
  return {
    ...where,
    id,
    uploaded_by: act.by,
    title: meta.title,
    kind: meta.kind,
    author: meta.author,
    state: "draft",
    latest_version_id: versionId,
    search_text: searchText({ ...meta, keywords: "", description: "" }),
    created_at: act.at,
    updated_at: act.at,
  };
}

function newVersion(id: string, materialId: string, number: number, file: UploadedFile, act: Act): Record<string, unknown> {
  return {
    id,
    material_id: materialId,
    number,
    state: "draft",
    blob_hash: file.hash,
    file_name: file.name,
    mime: file.mime,
    size_bytes: file.size,
    uploaded_by: act.by,
    uploaded_at: act.at,
  };
}

/**
 * Saves a newer version as a draft. A version that was still on its way gives up its place; one in use stays in use until
 * the new one is approved.
 *
 * @throws Refusal 409 when somebody added a version meanwhile, or when it is the same file as the newest one
 */
export async function saveVersion(db: Db, material: Granted<"edit", MaterialRow>, file: UploadedFile, act: Act): Promise<void> {
  if (material.state === "retired") throw conflict("material_moved_on");
  if (material.latest.blob_hash === file.hash) throw conflict("material_same_file");
  const versionId = newId();
  await db.transaction(async (trx) => {
    await saveBlob(trx, file, act.at);
    const moved = await trx("materials")
      .where({ id: material.id, latest_version_id: material.latest.id, state: material.state })
      .update({ latest_version_id: versionId, state: "draft", submitted_at: null, updated_at: act.at, revision: material.revision + 1 });
    if (moved === 0) throw conflict("material_moved_on");
    const given = material.latest.state === "approved" ? undefined : after(material.latest.state, "replace");
    if (given !== undefined) await trx("material_versions").where({ id: material.latest.id }).update({ state: given });
    await trx("material_versions").insert(newVersion(versionId, material.id, material.latest.number + 1, file, act));
    await requestDigitising(trx, file, act.at);
    await step(trx, { materialId: material.id, versionId, act: "upload", comment: "", details: {} }, act);
    await raise(trx, materialDescribed, { materialId: material.id }, act.at);
    await audit(trx, "material.version", material, { version: versionId, size: file.size }, act);
  });
}

/** What a person may change of a material without a new version. */
export interface Metadata {
  title: string;
  description: string;
  subject_code: string | null;
  grade: number | null;
  kind: string;
  language: string;
  author: string;
  source: string;
  licence: string;
  year: number | null;
  keywords: string;
  accessibility: string;
  /** What is asked for: leaving the school waits for a leader. */
  scope: Scope;
}

/** Saves the metadata; false when somebody else saved since `revision` was read. */
export async function saveMetadata(db: Db, material: Granted<"edit", MaterialRow>, meta: Metadata, revision: number, act: Act): Promise<boolean> {
  return db.transaction(async (trx) => {
    const saved = await trx("materials")
      .where({ id: material.id, revision })
      .update({ ...meta, ...scopeColumns(material, meta.scope, act), search_text: searchText(meta), revision: revision + 1, updated_at: act.at });
    if (saved === 0) return false;
    await raise(trx, materialDescribed, { materialId: material.id }, act.at);
    await scopeStep(trx, material, meta.scope, act);
    await audit(trx, "material.describe", material, { revision }, act);
    return true;
  });
}

function scopeColumns(material: MaterialRow, asked: Scope, act: Act): Record<string, unknown> {
  const now = scopeOf(material.scope);
  const move = scopeMove(now, asked);
  if (move !== "waits") return { scope: move === "stays" ? now : asked, wanted_scope: null, wanted_by: null, wanted_at: null };
  return material.wanted_scope === asked ? { scope: now } : { scope: now, wanted_scope: asked, wanted_by: act.by, wanted_at: act.at };
}

async function scopeStep(trx: Db, material: MaterialRow, asked: Scope, act: Act): Promise<void> {
  const move = scopeMove(scopeOf(material.scope), asked);
  if (move === "stays" || (move === "waits" && material.wanted_scope === asked)) return;
  const narrower = isWider(scopeOf(material.scope), asked);
  if (move === "holds" && !narrower) return; // from the class to the school
  await step(trx, { materialId: material.id, versionId: material.latest.id, act: move === "waits" ? "want_scope" : "narrow", comment: "", details: { from: material.scope, scope: asked } }, act);
  if (move === "waits") await tellOfScope(trx, material, "scope_asked", "", act);
}

/** Links a material to lessons; those that were linked already stay as they were. */
export async function saveLinks(db: Db, material: Granted<"edit", MaterialRow>, lessons: readonly LessonRow[], act: Act): Promise<void> {
  await db.transaction(async (trx) => {
    const ids = lessons.map((lesson) => lesson.id);
    await link(trx, material.id, ids, act);
    await audit(trx, "material.link", material, { lessons: ids }, act);
  });
}

/** Unlinks a material from a lesson; false when it was not linked. */
export async function removeLink(db: Db, material: Granted<"edit", MaterialRow>, lessonId: string, act: Act): Promise<boolean> {
  return db.transaction(async (trx) => {
    const removed = await trx("material_lessons").where({ material_id: material.id, plan_lesson_id: lessonId }).del();
    if (removed === 0) return false;
    await raise(trx, materialLinksChanged, { materialId: material.id, planLessonIds: [lessonId] }, act.at);
    await audit(trx, "material.unlink", material, { lessons: [lessonId] }, act);
    return true;
  });
}

async function link(trx: Db, materialId: string, lessonIds: readonly string[], act: Act): Promise<void> {
  if (lessonIds.length === 0) return;
  const rows = lessonIds.map((id) => ({ material_id: materialId, plan_lesson_id: id, linked_by: act.by, linked_at: act.at }));
  await trx("material_lessons").insert(rows).onConflict(["material_id", "plan_lesson_id"]).ignore();
  await raise(trx, materialLinksChanged, { materialId, planLessonIds: [...lessonIds] }, act.at);
}

export interface Step {
  materialId: string;
  versionId: string;
  act: StepAct;
  comment: string;
  details: object;
}

/** Adds a step to the trail, in the transaction of the act. */
export async function step(trx: Db, one: Step, act: Act): Promise<void> {
  await trx("material_steps").insert({
    id: newId(),
    material_id: one.materialId,
    version_id: one.versionId,
    act: one.act,
    by: act.by,
    at: act.at,
    comment: one.comment,
    details: JSON.stringify(one.details),
  });
}

export function audit(trx: Db, action: string, material: { id: string; school_id: string }, details: Record<string, unknown>, act: Act): Promise<void> {
  return record(trx, {
    at: act.at,
    actorId: act.by,
    action,
    subjectType: "material",
    subjectId: material.id,
    schoolId: material.school_id,
    details,
    requestId: act.requestId,
  });
}

export function searchText(meta: { title: string; author: string; keywords: string; description: string }): string {
  return fold([meta.title, meta.author, meta.keywords, meta.description].join(" ")).slice(0, 8000);
}

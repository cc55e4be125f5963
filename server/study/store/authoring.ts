import { z } from "zod";
import type { Actor } from "../../access/actor.ts";
import type { Granted } from "../../access/policy.ts";
import { auditOf, type By, type CourseRow, type LessonRow } from "../../courses/store.ts";
import { whereVisible } from "../../materials/access.ts";
import { VERSION_STATES } from "../../materials/rules.ts";
import type { VersionRow } from "../../materials/store.ts";
import { record } from "../../platform/audit.ts";
import type { Instant } from "../../platform/clock.ts";
import { all, col, countOf, maybeOne, table, type Db, type RowOf } from "../../platform/db.ts";
import { conflict } from "../../platform/errors.ts";
import { isId, newId } from "../../platform/ids.ts";
import { saveBlob } from "../../platform/storage/store.ts";
import type { Stored } from "../../platform/storage.ts";

/** A picture in the text of a course's lesson: drawn anew by the server, without what the camera wrote into it. */
export const lessonImages = table("lesson_images", {
  id: col.id(),
  course_id: col.id(),
  plan_lesson_id: col.id(),
  blob_hash: col.text(),
  mime: col.text(),
  width: col.int(),
  height: col.int(),
  size_bytes: col.int(),
  alt: col.text(),
  uploaded_by: col.id(),
  uploaded_at: col.instant(),
});
export type LessonImage = RowOf<typeof lessonImages>;

/** What somebody is writing and has not saved: their own, until they save or drop it. */
export const lessonDrafts = table("lesson_drafts", {
  course_id: col.id(),
  plan_lesson_id: col.id(),
  person_id: col.id(),
  body: col.text(),
  revision: col.int(),
  saved_at: col.instant(),
});
export type LessonDraft = RowOf<typeof lessonDrafts>;

const IMAGES_MAX = 200;

export function listImages(db: Db, course: { id: string }, lessonId: string): Promise<LessonImage[]> {
  return all(lessonImages.row, db("lesson_images").where({ course_id: course.id, plan_lesson_id: lessonId }).orderBy("id").limit(IMAGES_MAX).select(lessonImages.columns));
}

/** A picture of this lesson of this course: whoever opened the course may see it. */
export function findImage(db: Db, course: { id: string }, lessonId: string, id: string): Promise<LessonImage | undefined> {
  return maybeOne(lessonImages.row, db("lesson_images").where({ id, course_id: course.id, plan_lesson_id: lessonId }).first(lessonImages.columns));
}

export interface NewImage extends Stored {
  mime: string;
  width: number;
  height: number;
  alt: string;
}

/** @throws Refusal 409 where the lesson has as many pictures as it may have */
export async function saveImage(db: Db, course: Granted<"teach", CourseRow>, lesson: LessonRow, image: NewImage, act: By): Promise<LessonImage> {
  return db.transaction(async (trx) => {
    await saveBlob(trx, image, act.at);
    const before = await countOf(trx("lesson_images").where({ course_id: course.id, plan_lesson_id: lesson.id }).count({ n: "*" }));
    if (before >= IMAGES_MAX) throw conflict("lesson_images_full", { max: IMAGES_MAX });
    const row = { id: newId(), course_id: course.id, plan_lesson_id: lesson.id, blob_hash: image.hash, mime: image.mime, width: image.width, height: image.height, size_bytes: image.size, alt: image.alt, uploaded_by: act.by, uploaded_at: act.at };
    await trx("lesson_images").insert(row);
    await record(trx, { ...auditOf(course, act), action: "lesson.image", subjectType: "lesson", subjectId: lesson.id, details: { course_id: course.id, image_id: row.id } });
    return row;
  });
}

export function findDraft(db: Db, course: { id: string }, lessonId: string, personId: string): Promise<LessonDraft | undefined> {
  return maybeOne(lessonDrafts.row, db("lesson_drafts").where({ course_id: course.id, plan_lesson_id: lessonId, person_id: personId }).first(lessonDrafts.columns));
}

/** Keeps what is being written. It is nobody else's business, so it leaves no trace in the audit log. */
export async function saveDraft(db: Db, course: Granted<"teach", CourseRow>, lessonId: string, draft: { body: string; revision: number }, act: { by: string; at: Instant }): Promise<void> {
  await db("lesson_drafts")
    .insert({ course_id: course.id, plan_lesson_id: lessonId, person_id: act.by, ...draft, saved_at: act.at })
    .onConflict(["course_id", "plan_lesson_id", "person_id"])
    .merge({ ...draft, saved_at: act.at });
}

export async function dropDraft(db: Db, course: { id: string }, lessonId: string, personId: string): Promise<void> {
  await db("lesson_drafts").where({ course_id: course.id, plan_lesson_id: lessonId, person_id: personId }).del();
}

const embedded = z.object({ id: col.id(), title: col.text(), mime: col.text(), size_bytes: col.int() });
export type EmbeddedMaterial = z.infer<typeof embedded>;

const named = embedded.extend({ version: col.id(), version_number: col.int(), version_state: col.oneOf(VERSION_STATES), blob_hash: col.text(), file_name: col.text(), version_by: col.id(), version_at: col.instant() });
/** A material that a text names, with the file that its readers are shown. */
export type NamedMaterial = EmbeddedMaterial & { version: VersionRow };

const EMBEDDED_MAX = 50;

/** Those of the materials named in a text that this reader may read. */
export async function findEmbedded(db: Db, actor: Actor, ids: readonly string[]): Promise<NamedMaterial[]> {
  const known = [...new Set(ids)].filter(isId).slice(0, EMBEDDED_MAX);
  if (known.length === 0) return [];
  const query = db("materials as m")
    .join("units as s", "s.id", "m.school_id")
    .join("material_versions as v", (join) => void join.on("v.id", db.raw("COALESCE(m.approved_version_id, m.latest_version_id)")))
    .whereIn("m.id", known)
    .whereNull("m.retired_at")
    .select("m.id", "m.title", "v.mime", "v.size_bytes", "v.blob_hash", "v.file_name", { version: "v.id", version_number: "v.number", version_state: "v.state", version_by: "v.uploaded_by", version_at: "v.uploaded_at" });
  whereVisible(query, actor);
  const rows = await all(named, query);
  return rows.map(({ id, title, mime, size_bytes, ...v }) => ({
    id,
    title,
    mime,
    size_bytes,
    version: { id: v.version, material_id: id, number: v.version_number, state: v.version_state, blob_hash: v.blob_hash, file_name: v.file_name, mime, size_bytes, uploaded_by: v.version_by, uploaded_at: v.version_at },
  }));
}

/** Materials that can be put into the lesson's text: those linked to the lesson in this school, the newest first. */
export function listEmbeddable(db: Db, actor: Actor, course: Granted<"teach", CourseRow>, lessonId: string): Promise<EmbeddedMaterial[]> {
  const query = db("materials as m")
    .join("units as s", "s.id", "m.school_id")
    .join("material_lessons as ml", "ml.material_id", "m.id")
    .join("material_versions as v", (join) => void join.on("v.id", db.raw("COALESCE(m.approved_version_id, m.latest_version_id)")))
    .where({ "ml.plan_lesson_id": lessonId, "m.school_id": course.school_id })
    .whereNull("m.retired_at")
    .orderBy("m.id", "desc")
    .limit(EMBEDDED_MAX)
    .select("m.id", "m.title", "v.mime", "v.size_bytes");
  whereVisible(query, actor);
  return all(embedded, query);
}

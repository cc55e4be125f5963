import type { Granted } from "../../access/policy.ts";
import type { CourseRow, LessonRow } from "../../courses/store.ts";
import type { LessonRow as ShelfRow, MaterialRow } from "../../materials/store.ts";
import { saveUpload, saveVersion, type Act, type FirstMetadata, type UploadedFile } from "../../materials/store/upload.ts";
import { col, maybeOne, table, type Db, type RowOf } from "../../platform/db.ts";

/** The material that a course's lesson text was saved as. */
export const lessonPages = table("lesson_pages", {
  course_id: col.id(),
  plan_lesson_id: col.id(),
  material_id: col.id(),
  revision: col.int(),
  saved_by: col.id(),
  saved_at: col.instant(),
});
export type LessonPageRow = RowOf<typeof lessonPages>;

/** Where the lesson's text was saved as a material that is not retired. */
export function findSavedPage(db: Db, course: { id: string }, lessonId: string): Promise<LessonPageRow | undefined> {
  const query = db("lesson_pages as p")
    .join("materials as m", "m.id", "p.material_id")
    .where({ "p.course_id": course.id, "p.plan_lesson_id": lessonId })
    .whereNull("m.retired_at")
    .first(lessonPages.columns.map((name) => `p.${name}`));
  return maybeOne(lessonPages.row, query);
}

/** Saves the text as a new material, a draft linked to the lesson. A retired one before it gives up its place. */
export async function savePageAsMaterial(db: Db, course: Granted<"teach", CourseRow>, lesson: LessonRow, shelf: Granted<"upload", ShelfRow>, file: UploadedFile, meta: FirstMetadata, act: Act): Promise<string> {
  return db.transaction(async (trx) => {
    const { id } = await saveUpload(trx, { lesson: shelf }, file, meta, act);
    await note(trx, { course_id: course.id, plan_lesson_id: lesson.id, material_id: id, revision: lesson.revision, saved_by: act.by, saved_at: act.at });
    return id;
  });
}

/** Saves the text as it is now as a newer version; where nothing that is read has changed there is none. */
export async function savePageAsVersion(db: Db, course: Granted<"teach", CourseRow>, lesson: LessonRow, material: Granted<"edit", MaterialRow>, file: UploadedFile, act: Act): Promise<void> {
  await db.transaction(async (trx) => {
    if (material.latest.blob_hash !== file.hash) await saveVersion(trx, material, file, act);
    await note(trx, { course_id: course.id, plan_lesson_id: lesson.id, material_id: material.id, revision: lesson.revision, saved_by: act.by, saved_at: act.at });
  });
}

async function note(trx: Db, row: LessonPageRow): Promise<void> {
  await trx("lesson_pages").insert(row).onConflict(["course_id", "plan_lesson_id"]).merge(row);
}

import { createHash } from "node:crypto";
import { insertAll, isPostgres, type Db } from "../../server/platform/db.ts";
import { newId } from "../../server/platform/ids.ts";
import { fold } from "../../server/platform/text.ts";
import { indexMaterials } from "../../server/library/store/write.ts";
import { NOW, W } from "./world.ts";

/** A material of a test's library; approved by THCS Trần Phú where nothing else is said. */
export interface Shelved {
  title: string;
  description?: string;
  keywords?: string;
  author?: string;
  subject?: string | null;
  grade?: number | null;
  kind?: string;
  licence?: string;
  year?: number | null;
  school?: string;
  by?: string;
  scope?: string;
  state?: "draft" | "approved" | "retired";
  /** Text of the file, page by page. */
  pages?: string[];
  /** Lessons of classes that it is shown in. */
  shownIn?: readonly string[];
  lessons?: string[];
  uses?: number;
}

export interface Library {
  /** Adds materials and writes them into the index; answers their ids. */
  add(...materials: Shelved[]): Promise<string[]>;
  index(ids: string[]): Promise<void>;
  clear(): Promise<void>;
}

export function libraryOf(db: Db): Library {
  const hashes: string[] = [];
  return {
    async add(...materials) {
      const ids: string[] = [];
      for (const material of materials) ids.push(await addOne(db, material, hashes));
      await indexMaterials(db, ids, "renew", NOW);
      for (const [i, { uses }] of materials.entries()) if (uses) await use(db, ids[i] ?? "", uses);
      return ids;
    },
    index: (ids) => indexMaterials(db, ids, "renew", NOW),
    async clear() {
      const fts = isPostgres(db) ? "library_terms" : "library_fts";
      for (const name of [fts, "library_index", "library_pages", "library_words", "lesson_attachments", "material_lessons", "material_steps", "file_texts"]) await db(name).del();
      await db("materials").update({ from_material_id: null, from_version_id: null });
      for (const name of ["notices", "material_versions", "materials"]) await db(name).del();
    },
  };
}

async function addOne(db: Db, said: Shelved, hashes: string[]): Promise<string> {
  const [id, version] = [newId(), newId()];
  const state = said.state ?? "approved";
  const hash = createHash("sha256").update(id).digest("hex");
  const by = said.by ?? W.huong;
  hashes.push(hash);
  await db("blobs").insert({ hash, size_bytes: 1000, mime: "application/pdf", created_at: NOW });
  await db("materials").insert({
    id,
    school_id: said.school ?? W.tranPhu,
    uploaded_by: by,
    title: said.title,
    description: said.description ?? "",
    keywords: said.keywords ?? "",
    author: said.author ?? "",
    subject_code: said.subject === undefined ? "TOAN" : said.subject,
    grade: said.grade === undefined ? 6 : said.grade,
    kind: said.kind ?? "slides",
    licence: said.licence ?? "school-only",
    year: said.year ?? null,
    scope: said.scope ?? "school",
    state,
    latest_version_id: version,
    approved_version_id: state === "approved" ? version : null,
    retired_at: state === "retired" ? NOW : null,
    search_text: fold(said.title),
    created_at: NOW,
    updated_at: NOW,
  });
  await db("material_versions").insert({ id: version, material_id: id, number: 1, state: state === "approved" ? state : "draft", blob_hash: hash, file_name: "tep.pdf", mime: "application/pdf", size_bytes: 1000, uploaded_by: by, uploaded_at: NOW });
  if (said.pages) await insertAll(db, "file_texts", said.pages.map((text, i) => ({ blob_hash: hash, page: i + 1, text, source: "ocr" })));
  for (const course of said.shownIn ?? []) await db("lesson_attachments").insert({ course_id: course, plan_lesson_id: W.toanLesson(1), material_id: id, attached_by: by, attached_at: NOW });
  for (const lesson of said.lessons ?? []) await db("material_lessons").insert({ material_id: id, plan_lesson_id: lesson, linked_by: by, linked_at: NOW });
  return id;
}

/** Taken over so many times. */
async function use(db: Db, id: string, times: number): Promise<void> {
  const source = (await db("materials").where({ id }).first()) as Record<string, unknown>;
  const rows = Array.from({ length: times }, () => ({ ...source, id: newId(), school_id: W.leLoi, uploaded_by: W.quang, origin: "adopted", from_material_id: id, state: "draft", approved_version_id: null, latest_version_id: null }));
  await insertAll(db, "materials", rows);
  await indexMaterials(db, [id], "keep", NOW);
}

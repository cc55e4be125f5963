import { z } from "zod";
import type { Granted } from "../../access/policy.ts";
import type { Instant } from "../../platform/clock.ts";
import { requestDigitising } from "../../digitising/store.ts";
import { col, maybeOne, type Db } from "../../platform/db.ts";
import { conflict } from "../../platform/errors.ts";
import { newId } from "../../platform/ids.ts";
import { raise } from "../../platform/jobs/queue.ts";
import { saveBlob } from "../../platform/storage/store.ts";
import { fold } from "../../platform/text.ts";
import { materialDescribed, materialLinksChanged } from "../../materials/events.ts";
import type { LessonRow, MaterialRow, VersionRow } from "../../materials/store.ts";
import { tellOfAdoption } from "./telling.ts";
import { audit, saveVersion, step, type Act, type UploadedFile } from "../../materials/store/upload.ts";

/** The school that takes a copy, opened for uploading. */
export type CopyPlace = Granted<"upload", { id: string; name: string }>;

/** A copy as it is to be written: what it is called, by whom, under which licence, made of which file. */
interface Copy {
  origin: "adopted" | "derived";
  author: string;
  source: string;
  licence: string;
  file: { blob_hash: string; file_name: string; mime: string; size_bytes: number };
}

const idRow = z.object({ id: col.id() });

/**
 * Takes a shared material over into another school: a row of its own on the same file, with the author, the licence and
 * where it came from. It goes through that school's approval like any other and counts from then on, as adopted.
 *
 * The same school taking it over twice, even at the same moment, gets the one that is there.
 *
 * @param version the version in use, which is what is taken
 */
export async function saveAdoption(db: Db, original: Granted<"adopt", MaterialRow>, version: VersionRow, school: CopyPlace, lessons: readonly LessonRow[], act: Act): Promise<{ id: string; known: boolean }> {
  return db.transaction(async (trx) => {
    await lock(trx, original);
    const known = await findAdopted(trx, original.id, school.id);
    if (known !== undefined) return { id: known, known: true };
    const copy: Copy = { origin: "adopted", author: original.author || original.uploader_name, source: creditOf(original), licence: original.licence, file: version };
    const id = await insertCopy(trx, original, version.id, school, copy, act);
    if (lessons.length > 0) {
      const ids = lessons.map((lesson) => lesson.id);
      await trx("material_lessons").insert(ids.map((plan_lesson_id) => ({ material_id: id, plan_lesson_id, linked_by: act.by, linked_at: act.at })));
      await raise(trx, materialLinksChanged, { materialId: id, planLessonIds: ids }, act.at);
    }
    await tellOfAdoption(trx, original, school.name, act);
    await audit(trx, "material.adopt", { id, school_id: school.id }, { from: original.id, version: version.id, lessons: lessons.length }, act);
    return { id, known: false };
  });
}

/** Copies a material to change it: a draft on the same file or on a changed one, which names where it comes from. */
export async function saveDerivation(db: Db, original: Granted<"derive", MaterialRow>, version: VersionRow, school: CopyPlace, how: { author: string; licence: string; file: UploadedFile | undefined }, act: Act): Promise<string> {
  return db.transaction(async (trx) => {
    if (how.file !== undefined) {
      await saveBlob(trx, how.file, act.at);
      await requestDigitising(trx, how.file, act.at);
    }
    const file = how.file === undefined ? version : { blob_hash: how.file.hash, file_name: how.file.name, mime: how.file.mime, size_bytes: how.file.size };
    const id = await insertCopy(trx, original, version.id, school, { origin: "derived", author: how.author, source: creditOf(original), licence: how.licence, file }, act);
    await audit(trx, "material.derive", { id, school_id: school.id }, { from: original.id, version: version.id, changed: how.file !== undefined }, act);
    return id;
  });
}

/** Writers of copies of one material wait for each other, so that a school never has two. (SQLite has one writer anyway.) */
async function lock(trx: Db, original: { id: string }): Promise<void> {
  await trx("materials").where({ id: original.id }).forUpdate().select("id");
}

/** The adopted copy of a school, the one in use first. */
export async function findAdopted(db: Db, originalId: string, schoolId: string): Promise<string | undefined> {
  const row = await maybeOne(
    idRow,
    db("materials").where({ from_material_id: originalId, school_id: schoolId, origin: "adopted" }).orderBy([{ column: "retired_at" }, { column: "id" }]).limit(1).select("id"),
  );
  return row?.id;
}

async function insertCopy(trx: Db, original: MaterialRow, versionId: string, school: CopyPlace, copy: Copy, act: Act): Promise<string> {
  const id = newId();
  const own = newId();
  const { title, description, subject_code, grade, kind, language, year, keywords, accessibility } = original;
  await trx("materials").insert({
    id,
    school_id: school.id,
    campus_id: null,
    uploaded_by: act.by,
    ...{ title, description, subject_code, grade, kind, language, year, keywords, accessibility },
    author: copy.author.slice(0, 200),
    source: copy.source.slice(0, 500),
    licence: copy.licence,
    scope: "school",
    origin: copy.origin,
    from_material_id: original.id,
    from_version_id: versionId,
    state: "draft",
    latest_version_id: own,
    search_text: fold([title, copy.author, keywords, description].join(" ")).slice(0, 8000),
    created_at: act.at,
    updated_at: act.at,
  });
  const { blob_hash, file_name, mime, size_bytes } = copy.file;
  await trx("material_versions").insert({ id: own, material_id: id, number: 1, state: "draft", blob_hash, file_name, mime, size_bytes, uploaded_by: act.by, uploaded_at: act.at });
  await step(trx, { materialId: id, versionId: own, act: "upload", comment: "", details: { from: original.id, origin: copy.origin } }, act);
  await raise(trx, materialDescribed, { materialId: id }, act.at);
  return id;
}

/** The credit that every licence asks for: title, author, school, licence. */
function creditOf(original: MaterialRow): string {
  const who = [original.author || original.uploader_name, original.school_name].filter(Boolean).join(", ");
  return `“${original.title}”, ${who} (${original.licence})`;
}

/** A newer version of the original that an adopted material does not have yet. */
export interface NewerVersion {
  original: { id: string; title: string; school_name: string };
  version: VersionRow;
}

const newer = z.object({
  original_id: col.id(),
  original_title: col.text(),
  school_name: col.text(),
  id: col.id(),
  material_id: col.id(),
  number: col.int(),
  state: col.oneOf(["draft", "submitted", "passed", "approved", "superseded"]),
  blob_hash: col.text(),
  file_name: col.text(),
  mime: col.text(),
  size_bytes: col.int(),
  uploaded_by: col.id(),
  uploaded_at: col.instant(),
});

/** What the original has that its adopted copy has not; undefined where the copy is up to date, or the original no longer shared. */
export async function findNewerVersion(db: Db, copy: MaterialRow): Promise<NewerVersion | undefined> {
  if (copy.origin !== "adopted" || copy.from_material_id === null) return undefined;
  const row = await maybeOne(
    newer,
    db("materials as m")
      .join("units as s", "s.id", "m.school_id")
      .join("material_versions as v", "v.id", "m.approved_version_id")
      .where("m.id", copy.from_material_id)
      .whereIn("m.scope", ["cluster", "province", "public"])
      .whereNull("m.retired_at")
      .whereNot("v.id", copy.from_version_id ?? "")
      .select({ original_id: "m.id", original_title: "m.title", school_name: "s.name" })
      .select("v.id", "v.material_id", "v.number", "v.state", "v.blob_hash", "v.file_name", "v.mime", "v.size_bytes", "v.uploaded_by", "v.uploaded_at"),
  );
  if (row === undefined) return undefined;
  const { original_id, original_title, school_name, ...version } = row;
  return { original: { id: original_id, title: original_title, school_name }, version };
}

/**
 * Takes the newer version of the original over as the next version of the copy, which goes through approval again; the one
 * in use stays in use until then.
 *
 * @throws Refusal 409 when it was taken over already
 */
export async function saveNewerVersion(db: Db, copy: Granted<"edit", MaterialRow>, found: NewerVersion, act: Act): Promise<void> {
  const { blob_hash, file_name, mime, size_bytes } = found.version;
  await db.transaction(async (trx) => {
    const moved = await trx("materials").where({ id: copy.id, from_version_id: copy.from_version_id }).update({ from_version_id: found.version.id });
    if (moved === 0) throw conflict("material_moved_on");
    await saveVersion(trx, copy, { hash: blob_hash, size: size_bytes, name: file_name, mime }, act);
  });
}

/** For a fact that was heard: what stands now. */
export async function approvedNow(db: Db, materialId: string): Promise<{ title: string; approved_version_id: string; school_name: string; by: string; at: Instant } | undefined> {
  return maybeOne(
    z.object({ title: col.text(), approved_version_id: col.id(), school_name: col.text(), by: col.id(), at: col.instant() }),
    db("materials as m")
      .join("units as s", "s.id", "m.school_id")
      .where("m.id", materialId)
      .whereNotNull("m.approved_version_id")
      .whereNull("m.retired_at")
      .select("m.title", "m.approved_version_id", { school_name: "s.name", by: "m.uploaded_by", at: "m.updated_at" }),
  );
}

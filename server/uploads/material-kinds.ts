import { openSchool } from "../organisation/access.ts";
import { linkRefusal, openForLinks, openMaterial, openShelf, openVersion } from "../materials/access.ts";
import { ACCEPTED, firstMetadata } from "../materials/intake.ts";
import { findByContent, titlesOf } from "../materials/store/known.ts";
import { listLessonsOf, type LessonRow } from "../materials/store.ts";
import { saveLinks, saveUpload, saveVersion, type Act } from "../materials/store/upload.ts";
import type { Db } from "../platform/db.ts";
import { Refusal } from "../platform/errors.ts";
import { familyOf } from "./completion.ts";
import type { ArrivedFile, Kept, Sender, UploadKind } from "./kinds.ts";
import { LibraryDetails } from "./forms.ts";

const actOf = ({ actor, at, requestId }: Sender): Act => ({ by: actor.personId, at, requestId });
const hrefOf = (materialId: string): string => `/materials/${materialId}`;

/** A material for a lesson of the plan. */
const lesson: UploadKind = {
  name: "lesson",
  path: "/plan-lessons/:id",
  accept: ACCEPTED,
  open: async (db, { actor }, id) => ({ schoolId: (await openShelf(db, actor, id, "upload")).school.id }),
  async keep(trx, sender, id, file) {
    const place = await openShelf(trx, sender.actor, id, "upload");
    const served = await serveAlready(trx, sender, place, file);
    if (served) return served;
    const saved = await saveUpload(trx, { lesson: place }, file, firstMetadata(file, place, sender.actor.name), actOf(sender));
    return { id: saved.id, status: saved.known ? "known" : "saved" };
  },
  async known(db, sender, id, hash) {
    return readableFile(db, sender, (await openShelf(db, sender.actor, id, "upload")).school.id, hash);
  },
  async describe(db, ids) {
    const titles = await titlesOf(db, "plan_lessons", ids);
    return new Map([...titles].map(([id, title]) => [id, { title, href: `/plan-lessons/${id}/materials` }]));
  },
  hrefOf,
};

/** A material for the school's library, without a lesson yet. */
const library: UploadKind = {
  name: "library",
  path: "/schools/:id",
  accept: ACCEPTED,
  open: async (db, { actor }, id) => ({ schoolId: (await openSchool(db, actor, id, "upload")).id }),
  async keep(trx, sender, id, file, details) {
    const school = await openSchool(trx, sender.actor, id, "upload");
    const known = await firstReadable(trx, sender, school.id, file.hash);
    if (known) return { id: known.material_id, status: "known" };
    const { subject_code: subjectCode, grade } = LibraryDetails.parse(details);
    const saved = await saveUpload(trx, { school, subjectCode, grade }, file, firstMetadata(file, undefined, sender.actor.name), actOf(sender));
    return { id: saved.id, status: saved.known ? "known" : "saved" };
  },
  async known(db, sender, id, hash) {
    return readableFile(db, sender, (await openSchool(db, sender.actor, id, "upload")).id, hash);
  },
  async describe(db, ids) {
    const names = await titlesOf(db, "units", ids);
    return new Map([...names].map(([id, title]) => [id, { title, href: `/schools/${id}/materials/new` }]));
  },
  hrefOf,
};

/** A newer version of a material. */
const version: UploadKind = {
  name: "version",
  path: "/materials/:id",
  accept: ACCEPTED,
  open: async (db, { actor, at }, id) => ({ schoolId: (await openMaterial(db, actor, id, "edit", at)).school_id }),
  async keep(trx, sender, id, file) {
    const material = await openMaterial(trx, sender.actor, id, "edit", sender.at);
    // Finished before a crash: the newest version is this very file, from this very person.
    const again = material.latest.blob_hash === file.hash && material.latest.uploaded_by === sender.actor.personId;
    if (!again) await saveVersion(trx, material, file, actOf(sender));
    return { id, status: again ? "known" : "saved" };
  },
  async known(db, sender, id, hash) {
    return readableFile(db, sender, (await openMaterial(db, sender.actor, id, "edit", sender.at)).school_id, hash);
  },
  async describe(db, ids) {
    const titles = await titlesOf(db, "materials", ids);
    return new Map([...titles].map(([id, title]) => [id, { title, href: hrefOf(id) }]));
  },
  hrefOf,
};

export const materialKinds: readonly UploadKind[] = [lesson, library, version];

/** A material of the school that is this very file serves the lesson, where the sender may link it, instead of a second one. */
async function serveAlready(trx: Db, sender: Sender, place: LessonRow, file: ArrivedFile): Promise<Kept | undefined> {
  const { actor, at } = sender;
  for (const found of await findByContent(trx, place.school.id, file.hash)) {
    if (found.is_latest === 0) continue;
    const material = await openMaterial(trx, actor, found.material_id, "read", at).catch(hidden);
    if (material === undefined) continue;
    const lessons = await listLessonsOf(trx, material);
    if (lessons.some((one) => one.id === place.id)) return { id: material.id, status: "known" };
    if (linkRefusal(actor, material) !== undefined) continue;
    await saveLinks(trx, await openForLinks(trx, actor, material.id, at), [place], actOf(sender));
    return { id: material.id, status: "linked" };
  }
  return undefined;
}

async function firstReadable(db: Db, { actor, at }: Sender, schoolId: string, hash: string) {
  for (const found of await findByContent(db, schoolId, hash)) {
    if (await openVersion(db, actor, found.material_id, found.version_id, at).catch(hidden)) return found;
  }
  return undefined;
}

async function readableFile(db: Db, sender: Sender, schoolId: string, hash: string): Promise<ArrivedFile | undefined> {
  const found = await firstReadable(db, sender, schoolId, hash);
  return found && { hash, size: found.size_bytes, name: found.file_name, mime: found.mime, family: familyOf(found.mime) };
}

function hidden(error: unknown): undefined {
  if (error instanceof Refusal) return undefined;
  throw error;
}

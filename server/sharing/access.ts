import type { Actor } from "../access/actor.ts";
import { officerOver } from "../access/actor.ts";
import { collectionRefusal, grant, isPublic, materialRefusal, reportRefusal, type CollectionAction, type Granted, type MaterialAction } from "../access/policy.ts";
import { openMaterial, viewerOf } from "../materials/access.ts";
import { loadCaptions, type CaptionRow } from "../materials/store/captions.ts";
import { loadMaterial, loadVersion, type MaterialRow, type VersionRow } from "../materials/store.ts";
import type { Instant } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { conflict, forbidden, notFound } from "../platform/errors.ts";
import { loadPublicStanding } from "./store/catalogue.ts";
import { loadCollection, type CollectionRow } from "./store/collections.ts";
import { loadReport, type ReportRow } from "./store/reports.ts";
import { loadTakedown, type TakedownRow } from "./store.ts";

/** Captions of a file that was opened before. */
export async function openCaptionsOf(db: Db, version: VersionRow, id: string): Promise<CaptionRow> {
  const found = await loadCaptions(db, version.id, id);
  if (found === undefined) throw notFound();
  return found;
}

/** A material that is in use, with the version that everybody gets. */
export interface InUse<A extends string> {
  material: Granted<A, MaterialRow>;
  version: VersionRow;
}

/** Opens a material in use for something that is done with what others shared. 409 where it is not in use (any more). */
export async function openInUse<A extends MaterialAction>(db: Db, actor: Actor, id: string, action: A, at: Instant): Promise<InUse<A>> {
  const material = await openMaterial(db, actor, id, action, at);
  const version = material.approved_version_id === null || material.state === "retired" ? undefined : await loadVersion(db, material.id, material.approved_version_id);
  if (version === undefined) throw conflict("not_in_use");
  return { material, version };
}

/** The version that everybody gets, of a material that was opened before; 404 where none is in use. */
export async function versionInUse(db: Db, material: MaterialRow): Promise<VersionRow> {
  const version = material.approved_version_id === null || material.state === "retired" ? undefined : await loadVersion(db, material.id, material.approved_version_id);
  if (version === undefined) throw notFound();
  return version;
}

/** What a person finds at a material's shared page: the material, or that it was taken down, for those who had it. */
export type Face = { material: Granted<"read", MaterialRow>; takedown: undefined } | { material: MaterialRow; takedown: TakedownRow };

export async function openFace(db: Db, actor: Actor, id: string, at: Instant): Promise<Face> {
  const found = await loadMaterial(db, id, viewerOf(actor, at));
  if (found?.taken_down_at != null) {
    const takedown = await loadTakedown(db, found.id);
    if (takedown !== undefined && hadIt(actor, found)) return { material: found, takedown };
    throw notFound();
  }
  return { material: await openMaterial(db, actor, id, "read", at), takedown: undefined };
}

/** Who could read it if it were in use. */
function hadIt(actor: Actor, material: MaterialRow): boolean {
  return materialRefusal(actor, "read", { ...material, state: "approved", taken_down_at: null }) === undefined;
}

/** A public material, for everybody; a taken-down one says so; anything else does not exist. */
export type PublicFace = { material: Granted<"read", MaterialRow>; version: VersionRow; takedown: undefined } | { takedown: TakedownRow };

export async function openPublic(db: Db, id: string, at: Instant): Promise<PublicFace> {
  const standing = await loadPublicStanding(db, id);
  if (standing === "taken_down") {
    const takedown = await loadTakedown(db, id);
    if (takedown !== undefined) return { takedown };
  }
  const material = standing === "public" ? await loadMaterial(db, id, { personId: "", classIds: [], at }) : undefined;
  if (!material || !isPublic(material)) throw notFound();
  const version = await loadVersion(db, material.id, material.approved_version_id ?? "");
  if (version === undefined) throw notFound();
  return { material: grant(material, "read"), version, takedown: undefined };
}

/** A taken-down material and its takedown, to put it back. What an office took down only an officer puts back. */
export async function openTakedown(db: Db, actor: Actor, id: string, at: Instant): Promise<{ material: Granted<"put_back", MaterialRow>; takedown: TakedownRow }> {
  const material = await openMaterial(db, actor, id, "put_back", at);
  const takedown = material.taken_down_at === null ? undefined : await loadTakedown(db, material.id);
  if (takedown === undefined) throw conflict("material_moved_on");
  if (!mayPutBack(actor, material, takedown)) throw forbidden("role");
  return { material, takedown };
}

export function mayPutBack(actor: Actor, material: MaterialRow, takedown: TakedownRow): boolean {
  if (takedown.because_of_id !== null || materialRefusal(actor, "put_back", material) !== undefined) return false;
  return !takedown.by_office || officerOver(actor, material.school);
}

export async function openReport(db: Db, actor: Actor, id: string): Promise<Granted<"answer", ReportRow>> {
  const report = await loadReport(db, id);
  const reason = report && reportRefusal(actor, report);
  if (!report || reason === "hidden") throw notFound();
  if (reason) throw forbidden(reason);
  return grant(report, "answer");
}

export async function openCollection<A extends CollectionAction>(db: Db, actor: Actor, id: string, action: A, at: Instant): Promise<Granted<A, CollectionRow>> {
  const collection = await loadCollection(db, id, at);
  const reason = collection && collectionRefusal(actor, action, collection);
  if (!collection || reason === "hidden") throw notFound();
  if (reason) throw forbidden(reason);
  return grant(collection, action);
}

/** A public collection, for everybody. */
export async function openPublicCollection(db: Db, id: string, at: Instant): Promise<Granted<"read", CollectionRow>> {
  const collection = await loadCollection(db, id, at);
  if (collection?.scope !== "public") throw notFound();
  return grant(collection, "read");
}

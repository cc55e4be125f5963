import { deputises, hasAnyRoleIn, headsSubject, type Actor } from "../access/actor.ts";
import { grant, materialRefusal, planRefusal, schoolRefusal, unitRefusal, type Granted, type MaterialAction, type Reason } from "../access/policy.ts";
import { openUnit } from "../organisation/access.ts";
import type { UnitRow } from "../organisation/store.ts";
import type { Instant } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { forbidden, notFound } from "../platform/errors.ts";
import { findRendition, listDigitisations, listRenditions, type RenditionRow } from "../digitising/store.ts";
import { waitsForPdf, type FileAround } from "./pages/viewer.ts";

import { listCaptions, loadCaptions, type CaptionRow } from "./store/captions.ts";
import { listMoments } from "./store/moments.ts";
import { sourcesStand } from "./store/replays.ts";
import { isOwnUpload, turnOf, type Turn } from "./rules.ts";
import { loadLesson, loadMaterial, loadVersion, type LessonRow, type MaterialRow, type VersionRow, type Viewer } from "./store.ts";
import { loadComment, type CommentRow } from "./store/comments.ts";
import type { QueuedMaterial } from "./store/lists.ts";

export { wherePublic, whereVisible } from "./store/visible.ts";
export type { FileAround };

/** Opens a material for an action. A hidden one does not exist; an own upload is decided by somebody else. */
export async function openMaterial<A extends MaterialAction>(db: Db, actor: Actor, id: string, action: A, at: Instant): Promise<Granted<A, MaterialRow>> {
  const material = await loadMaterial(db, id, viewerOf(actor, at));
  const reason = material && refusalOf(actor, action, material);
  if (!material || reason === "hidden") throw notFound();
  if (reason) throw forbidden(reason);
  return grant(material, action);
}

/** Why not, without throwing: decides which buttons a page shows. */
export function refusalOf(actor: Actor, action: MaterialAction, material: MaterialRow): Reason | undefined {
  const reason = materialRefusal(actor, action, material);
  if (reason !== undefined || (action !== "pass" && action !== "approve")) return reason;
  // A newer version may come from someone else than the material: neither of them decides about it.
  const own = isOwnUpload(actor.personId, { uploaded_by: material.uploaded_by, latest_uploaded_by: material.latest.uploaded_by });
  return materialRefusal(actor, action, { ...material, uploaded_by: own ? actor.personId : material.uploaded_by });
}

/**
 * Opens a material to change which lessons it serves. While it is not in use that is editing; once approved the link itself
 * decides what counts as digitised, so the reviewers do it.
 */
export async function openForLinks(db: Db, actor: Actor, id: string, at: Instant): Promise<Granted<"edit", MaterialRow>> {
  const material = await openMaterial(db, actor, id, "edit", at);
  const reason = linkRefusal(actor, material);
  if (reason) throw forbidden(reason);
  return material;
}

export function linkRefusal(actor: Actor, material: MaterialRow): Reason | undefined {
  return refusalOf(actor, material.approved_version_id === null ? "edit" : "return", material);
}

/** A file of a material that the actor may read: any version for the school's staff, what is in use for everybody else. */
export async function openVersion(db: Db, actor: Actor, materialId: string, versionId: string, at: Instant): Promise<{ material: MaterialRow; version: VersionRow }> {
  const material = await openMaterial(db, actor, materialId, "read", at);
  const version = await loadVersion(db, material.id, versionId);
  if (!version || !(seesAllVersions(actor, material) || version.id === shownVersionId(material))) throw notFound();
  return { material, version };
}

/** The version that a person is shown: what is in use, or the newest where nothing is in use yet. */
export async function openShownVersion(db: Db, actor: Actor, materialId: string, at: Instant): Promise<{ material: MaterialRow; version: VersionRow }> {
  const material = await openMaterial(db, actor, materialId, "read", at);
  const version = await loadVersion(db, material.id, shownVersionId(material));
  if (!version) throw notFound();
  return { material, version };
}

/** Something that was made of a file which the actor may read: its PDF, its picture, its small film. */
export async function openRendition(db: Db, actor: Actor, materialId: string, versionId: string, kind: string, at: Instant): Promise<{ version: VersionRow; rendition: RenditionRow }> {
  const { version } = await openVersion(db, actor, materialId, versionId, at);
  const rendition = await findRendition(db, version.blob_hash, kind);
  if (!rendition || !(await sourcesStand(db, rendition))) throw notFound();
  return { version, rendition };
}

/**
 * What stands around files that were opened before, by version: renditions; how far the making of a PDF is, where one is waited
 * for; the captions of films. Nothing is asked that the kinds of these files do not have.
 */
export async function aroundFiles(db: Db, versions: readonly { id: string; blob_hash: string; mime: string }[]): Promise<Map<string, FileAround>> {
  const hashesOf = (some: typeof versions): string[] => [...new Set(some.map((version) => version.blob_hash))];
  const films = versions.filter((version) => version.mime.startsWith("video/"));
  const played = versions.filter((version) => /^(video|audio)\//.test(version.mime));
  const [renditions, digitisations, captions, moments] = await Promise.all([
    listRenditions(db, hashesOf(versions)),
    listDigitisations(db, hashesOf(versions.filter((version) => waitsForPdf(version.mime)))),
    listCaptions(db, films.map((version) => version.id)),
    listMoments(db, played.map((version) => version.id)),
  ]);
  return new Map(
    versions.map(({ id, blob_hash }) => [id, { renditions: renditions.get(blob_hash) ?? [], digitisation: digitisations.get(blob_hash), captions: captions.get(id) ?? [], moments: moments.get(id) ?? [] }]),
  );
}

/** Captions of a file that the actor may read. */
export async function openCaptions(db: Db, actor: Actor, materialId: string, versionId: string, captionsId: string, at: Instant): Promise<CaptionRow> {
  const { version } = await openVersion(db, actor, materialId, versionId, at);
  const found = await loadCaptions(db, version.id, captionsId);
  if (!found) throw notFound();
  return found;
}

/** A file of a material, for whoever may edit the material: captions are no new version and need no new approval. */
export async function openForCaptions(db: Db, actor: Actor, materialId: string, versionId: string, at: Instant): Promise<{ material: Granted<"edit", MaterialRow>; version: VersionRow }> {
  const material = await openMaterial(db, actor, materialId, "edit", at);
  const version = await loadVersion(db, material.id, versionId);
  if (!version) throw notFound();
  return { material, version };
}

export function shownVersionId(material: MaterialRow): string {
  return material.approved_version_id ?? material.latest.id;
}

export function seesAllVersions(actor: Actor, material: MaterialRow): boolean {
  const staff = hasAnyRoleIn(actor, ["teacher", "department_head", "school_leader", "school_admin"], material.school);
  return staff || material.uploaded_by === actor.personId;
}

/** Opens a material to those who see all its versions: they may say something about each, and compare them. */
export async function openForComment(db: Db, actor: Actor, id: string, at: Instant): Promise<Granted<"comment", MaterialRow>> {
  const material = await openMaterial(db, actor, id, "read", at);
  if (!seesAllVersions(actor, material)) throw forbidden("role");
  return grant(material, "comment");
}

/** What is done with a comment: answered, settled or opened again by those it concerns, taken back by who wrote it. */
export type CommentAction = "answer" | "settle" | "withdraw";

export async function openComment(db: Db, actor: Actor, materialId: string, id: string, action: CommentAction, at: Instant): Promise<{ material: Granted<"comment", MaterialRow>; comment: CommentRow }> {
  const material = await openForComment(db, actor, materialId, at);
  const comment = await loadComment(db, material.id, id);
  if (!comment) throw notFound();
  if (action === "settle" && !maySettle(actor, material, comment)) throw forbidden("role");
  if (action === "withdraw" && comment.by !== actor.personId) throw forbidden("role");
  return { material, comment };
}

/** Who wrote it, whose work it is, and who may return the work. */
export function maySettle(actor: Actor, material: MaterialRow, comment: { by: string }): boolean {
  const people = [comment.by, material.uploaded_by, material.latest.uploaded_by];
  return people.includes(actor.personId) || refusalOf(actor, "return", material) === undefined;
}

/** The materials of a plan lesson. `read`: whoever reads the plan. `upload`: who may upload in the school. */
export type ShelfAction = "read" | "upload";

export async function openShelf<A extends ShelfAction>(db: Db, actor: Actor, lessonId: string, action: A): Promise<Granted<A, LessonRow>> {
  const lesson = await loadLesson(db, lessonId);
  const reason = lesson && shelfRefusal(actor, action, lesson);
  if (!lesson || reason === "hidden") throw notFound();
  if (reason) throw forbidden(reason);
  return grant(lesson, action);
}

export function shelfRefusal(actor: Actor, action: ShelfAction, lesson: LessonRow): Reason | undefined {
  const reading = planRefusal(actor, "read", lesson);
  if (reading !== undefined || action === "read") return reading;
  return lesson.removed_at === null ? schoolRefusal(actor, "upload", lesson.school) : "hidden";
}

/** What a list of a school's materials may hold: the staff see drafts as well, officers above only what is in use. */
export function materialsVisibleTo(actor: Actor, school: { id: string; path: string }): { approvedOnly: boolean } {
  return { approvedOnly: !hasAnyRoleIn(actor, ["teacher", "department_head", "school_leader", "school_admin"], school) };
}

export function viewerOf(actor: Actor, at: Instant): Viewer {
  return { personId: actor.personId, classIds: [...new Set([...actor.pupilOf, ...actor.childrenClasses])], at };
}

/** Opens the settings of reviewing of a school (its leaders) or of the units above schools (the province's officers). */
export async function openReviewSettings(db: Db, actor: Actor, unitId: string): Promise<Granted<"review_settings", UnitRow>> {
  const unit = await openUnit(db, actor, unitId, "read");
  const reason = unit.kind === "school" ? schoolRefusal(actor, "lead", unit) : unitRefusal(actor, "set_targets", unit);
  if (reason === "hidden") throw notFound();
  if (reason) throw forbidden(reason);
  return grant(unit, "review_settings");
}

/** Whether somebody reviews anywhere: heads a group, leads a school, or stands in for a leader. */
export function reviews(actor: Actor): boolean {
  return actor.deputyIn.size > 0 || actor.memberships.some((m) => m.role === "department_head" || m.role === "school_leader");
}

/** What decides whose turn it is. */
export type TurnRow = Pick<QueuedMaterial, "state" | "school_id" | "school_path" | "subject_code" | "uploaded_by" | "other_heads" | "leaders_besides_uploader" | "leaders" | "latest_uploaded_by">;

export function turnOfRow(material: Pick<TurnRow, "state" | "other_heads" | "leaders_besides_uploader" | "leaders">): Turn {
  return turnOf({ ...material, has_other_head: material.other_heads > 0 });
}

/**
 * Whether a material waits for this person: the turn is that of their role, and it is no upload of their own (but the lone
 * leader's). A leader may pass in place of the group; it is still the group's turn.
 */
export function isYourTurn(actor: Actor, material: TurnRow): boolean {
  const turn = turnOfRow(material);
  const school = { id: material.school_id, path: material.school_path };
  if (turn === "uploader") return material.uploaded_by === actor.personId;
  if (turn === "lone_leader") return hasAnyRoleIn(actor, ["school_leader"], school);
  if (isOwnUpload(actor.personId, material)) return false;
  if (turn === "head") return headsSubject(actor, school, material.subject_code);
  return turn === "leader" && (hasAnyRoleIn(actor, ["school_leader"], school) || deputises(actor, school));
}

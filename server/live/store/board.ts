import type { Knex } from "knex";
import { z } from "zod";
import type { Granted } from "../../access/policy.ts";
import type { Instant } from "../../platform/clock.ts";
import { all, col, maybeOne, one, type Db } from "../../platform/db.ts";
import { conflict, notFound } from "../../platform/errors.ts";
import type { LiveRow } from "./classes.ts";

/** So much a board holds: some hours of constant writing. */
export const BOARD_BYTES_MAX = 6_000_000;
/** So much of it one pupil fills: many pages of writing. */
export const PUPIL_BYTES_MAX = 300_000;
/** So many a browser gets at once; then it asks for more. */
export const DRAWN_PAGE = 400;

const drawingRow = z.object({ seq: col.int(), person_id: col.id(), page: col.int(), kind: col.text(), body: col.text(), client_key: col.text(), at: col.instant() });
export type DrawingRow = z.infer<typeof drawingRow>;

function drawings(db: Db, liveId: string): Knex.QueryBuilder {
  return db("live_drawings").where({ live_class_id: liveId }).select(Object.keys(drawingRow.shape));
}

/** What was drawn after `seq`, in order. */
export function listDrawn(db: Db, live: { id: string }, seq: number, limit = DRAWN_PAGE): Promise<DrawingRow[]> {
  return all(drawingRow, drawings(db, live.id).where("seq", ">", seq).orderBy("seq").limit(limit));
}

/**
 * Adds something drawn, in the order of the server. The same again (same key) is the first one.
 *
 * @throws Refusal 409 when the class does not run or the board is full; 404 where a pupil would hide what others drew
 */
export async function saveDrawing(db: Db, live: Granted<"join", LiveRow>, drawn: { by: string; isStaff: boolean; page: number; kind: string; body: object; key: string; at: Instant }): Promise<DrawingRow & { isNew: boolean }> {
  if (live.state !== "open") throw conflict("live_not_open");
  const body = JSON.stringify(drawn.body);
  return db.transaction(async (trx) => {
    await trx("live_rooms").insert({ live_class_id: live.id }).onConflict("live_class_id").ignore();
    // The row is held first: the same stroke on a second line waits here, and then finds the first.
    await trx("live_rooms").where({ live_class_id: live.id }).update({ drawn: trx.raw("drawn") });
    const before = await maybeOne(drawingRow, drawings(trx, live.id).where({ person_id: drawn.by, client_key: drawn.key }));
    if (before) return { ...before, isNew: false };
    if (!drawn.isStaff && (await bytesOf(trx, live, drawn.by)) + body.length > PUPIL_BYTES_MAX) throw conflict("live_board_full");
    if (!drawn.isStaff && "of" in drawn.body) await ownOnly(trx, live, drawn.by, drawn.body.of as number[]);
    const counted = await trx("live_rooms")
      .where({ live_class_id: live.id })
      .where("drawn_bytes", "<", BOARD_BYTES_MAX)
      .update({ drawn: trx.raw("drawn + 1"), drawn_bytes: trx.raw("drawn_bytes + ?", [body.length]) });
    if (counted === 0) throw conflict("live_board_full");
    const { drawn: seq } = await one(z.object({ drawn: col.int() }), trx("live_rooms").where({ live_class_id: live.id }).select("drawn"));
    const row = { seq, person_id: drawn.by, page: drawn.page, kind: drawn.kind, body, client_key: drawn.key, at: drawn.at };
    await trx("live_drawings").insert({ ...row, live_class_id: live.id });
    return { ...row, isNew: true };
  });
}

async function bytesOf(trx: Db, live: { id: string }, personId: string): Promise<number> {
  return (await one(z.object({ bytes: col.int() }), trx("live_drawings").where({ live_class_id: live.id, person_id: personId }).select({ bytes: trx.raw("COALESCE(SUM(LENGTH(body)), 0)") }))).bytes;
}

async function ownOnly(trx: Db, live: { id: string }, by: string, seqs: readonly number[]): Promise<void> {
  const others = await maybeOne(z.object({ seq: col.int() }), trx("live_drawings").where({ live_class_id: live.id }).whereIn("seq", [...seqs]).whereNot({ person_id: by }).first("seq"));
  if (others) throw notFound();
}

const pictureRow = z.object({ id: col.id(), title: col.text(), hash: col.text(), size: col.int(), mime: col.text(), name: col.text() });
export type PictureRow = z.infer<typeof pictureRow>;

function libraryFiles(db: Db, live: { school_id: string }): Knex.QueryBuilder {
  return db("materials as m")
    .join("material_versions as v", "v.id", db.raw("COALESCE(m.approved_version_id, m.latest_version_id)"))
    .where("m.school_id", live.school_id)
    .whereNot("m.state", "retired")
    .select("m.id", "m.title", { hash: "v.blob_hash", size: "v.size_bytes", mime: "v.mime", name: "v.file_name" });
}

/** Files that the teacher may show in this class: those of its lessons, and the teacher's own newest. */
export function listShown(db: Db, live: LiveRow, teacherId: string): Promise<PictureRow[]> {
  const lessons = [...new Set(live.covered.map((one) => one.plan_lesson_id))];
  const linked = db("material_lessons").whereIn("plan_lesson_id", lessons).select("material_id");
  return all(
    pictureRow,
    libraryFiles(db, live)
      .where((q) => void q.whereIn("m.id", linked).orWhere("m.uploaded_by", teacherId))
      .orderBy([{ column: "m.created_at", order: "desc" }, { column: "m.id", order: "desc" }])
      .limit(60),
  );
}

/**
 * One file that a teacher put on the board or into the chat of this class: whoever is in the class may see it. What stands
 * there under a pupil's name proves nothing.
 */
export function findShown(db: Db, live: Granted<"join", LiveRow>, materialId: string): Promise<PictureRow | undefined> {
  const pupils = db("class_enrolments").whereIn("class_id", live.courses.map((course) => course.class_id)).select("person_id");
  const onBoard = db("live_drawings").where({ live_class_id: live.id, kind: "picture" }).where("body", "like", `%"m":"${materialId}"%`).whereNotIn("person_id", pupils).select("live_class_id");
  const inChat = db("live_messages").where({ live_class_id: live.id, material_id: materialId }).select("live_class_id");
  return maybeOne(
    pictureRow,
    libraryFiles(db, live)
      .where("m.id", materialId)
      .where((q) => void q.whereExists(onBoard).orWhereExists(inChat)),
  );
}

/** Pictures of the class's school that stand on its board. */
export function listPictures(db: Db, live: LiveRow, materialIds: readonly string[]): Promise<PictureRow[]> {
  return materialIds.length === 0 ? Promise.resolve([]) : all(pictureRow, libraryFiles(db, live).whereIn("m.id", [...materialIds]));
}

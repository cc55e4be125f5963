import { z } from "zod";
import type { Granted } from "../../access/policy.ts";
import { notify } from "../../notices/store.ts";
import { all, col, maybeOne, table, type Db } from "../../platform/db.ts";
import { conflict } from "../../platform/errors.ts";
import { isId, newId } from "../../platform/ids.ts";
import type { MaterialRow } from "../store.ts";
import { authorsOf, nameOf } from "./telling.ts";
import { audit, type Act } from "./upload.ts";

export const COMMENT_STATES = ["open", "resolved", "withdrawn"] as const;

/** What is said of a version, pinned to a page, a point or a time of it or to the whole. Never deleted. */
export const materialComments = table("material_comments", {
  id: col.id(),
  material_id: col.id(),
  version_id: col.id(),
  thread_id: col.id(),
  by: col.id(),
  at: col.instant(),
  body: col.text(),
  page: col.maybeInt(),
  time_ms: col.maybeInt(),
  /** The point of the page or picture, in thousandths of its width and height. */
  at_x: col.maybeInt(),
  at_y: col.maybeInt(),
  state: col.oneOf(COMMENT_STATES),
  settled_by: col.maybeId(),
  settled_at: col.maybeInstant(),
});

const withNames = materialComments.row.extend({ name: col.text(), version_number: col.int(), settler: col.maybeText() });
export type CommentRow = z.infer<typeof withNames>;

const COMMENTS_SHOWN_MAX = 500;

const commentsQuery = (db: Db) =>
  db("material_comments as c")
    .join("persons as p", "p.id", "c.by")
    .join("material_versions as v", "v.id", "c.version_id")
    .leftJoin("persons as s", "s.id", "c.settled_by")
    .select(materialComments.columns.map((name) => `c.${name}`))
    .select({ name: "p.name", version_number: "v.number", settler: "s.name" });

/** All that was said of a material's versions, in the order in which it was written. */
export function listComments(db: Db, material: { id: string }): Promise<CommentRow[]> {
  return all(withNames, commentsQuery(db).where("c.material_id", material.id).orderBy("c.id").limit(COMMENTS_SHOWN_MAX));
}

export function loadComment(db: Db, materialId: string, id: string): Promise<CommentRow | undefined> {
  return isId(id) ? maybeOne(withNames, commentsQuery(db).where({ "c.id": id, "c.material_id": materialId })) : Promise.resolve(undefined);
}

export interface NewComment {
  versionId: string;
  body: string;
  page: number | null;
  timeMs: number | null;
  point: { x: number; y: number } | undefined;
  /** The comment that is answered: the first of its thread. */
  thread: CommentRow | undefined;
}

/** Adds a comment, and tells the authors and those who take part in the thread. */
export async function saveComment(db: Db, material: Granted<"comment", MaterialRow>, comment: NewComment, act: Act): Promise<void> {
  const { versionId, body, page, timeMs, point, thread } = comment;
  if (thread?.state === "withdrawn") throw conflict("material_moved_on");
  await db.transaction(async (trx) => {
    const id = newId();
    const threadId = thread?.thread_id ?? id;
    const place = thread ? { version_id: thread.version_id, page: null, time_ms: null } : { version_id: versionId, page, time_ms: timeMs, at_x: point?.x ?? null, at_y: point?.y ?? null };
    await trx("material_comments").insert({ id, material_id: material.id, thread_id: threadId, by: act.by, at: act.at, body, ...place });
    await audit(trx, "material.comment", material, { comment: id, version: place.version_id }, act);
    const inThread = await all(z.object({ by: col.id() }), trx("material_comments").where({ thread_id: threadId }).distinct("by"));
    const concerned = [...authorsOf(material), ...inThread.map((row) => row.by)].filter((person) => person !== act.by);
    const news = { kind: "material_commented" as const, href: `/materials/${material.id}`, params: { title: material.title, by: await nameOf(trx, act.by), comment: body } };
    await notify(trx, concerned, news, act.at);
  });
}

/** Settles a thread, or opens it again; a comment that its writer takes back stays in the trail. */
export async function settleComment(db: Db, material: Granted<"comment", MaterialRow>, comment: CommentRow, to: (typeof COMMENT_STATES)[number], act: Act): Promise<void> {
  await db.transaction(async (trx) => {
    const settled = to === "open" ? { settled_by: null, settled_at: null } : { settled_by: act.by, settled_at: act.at };
    const moved = await trx("material_comments").where({ id: comment.id, state: comment.state }).whereNot("state", to).whereNot("state", "withdrawn").update({ state: to, ...settled });
    if (moved === 0) throw conflict("material_moved_on");
    await audit(trx, `material.comment_${to}`, material, { comment: comment.id }, act);
  });
}

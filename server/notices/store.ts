import { z } from "zod";
import { addMinutes, type Instant } from "../platform/clock.ts";
import { all, col, insertAll, maybeOne, table, type Db } from "../platform/db.ts";
import { isId, newId } from "../platform/ids.ts";
import type { NoticeKind } from "./messages.ts";

/** What fills in the words of a notice. All are texts as they stood at that moment; what is missing is left empty. */
const noticeParams = z.object({
  /** Of the thing: a material, a collection, a report. */
  title: z.string().default(""),
  /** Who did it. */
  by: z.string().default(""),
  school: z.string().default(""),
  /** What was said with it. */
  comment: z.string().default(""),
  /** When it is, in words. */
  when: z.string().optional(),
  count: z.coerce.number().int().default(0),
});
export type NoticeParams = z.infer<typeof noticeParams>;

export const notices = table("notices", {
  id: col.id(),
  person_id: col.id(),
  kind: col.text(),
  href: col.text(),
  params: col.json(noticeParams),
  at: col.instant(),
  read_at: col.maybeInstant(),
});
export const listed = notices.row.omit({ person_id: true });
export type NoticeRow = z.infer<typeof listed>;

export interface News {
  kind: NoticeKind;
  /** Where it leads, a path of our own. */
  href: string;
  params?: Partial<NoticeParams>;
}

const COMMENT_LENGTH_MAX = 300;

/**
 * Tells people something, in the transaction of the act: what is rolled back tells nobody. An unread notice of the same
 * kind about the same thing gives way to the newer one, so that ten comments are one line.
 *
 * @param personIds may hold the same person twice; whoever acts is left out by the caller
 */
export async function notify(trx: Db, personIds: Iterable<string>, news: News, at: Instant): Promise<void> {
  const people = [...new Set(personIds)].sort();
  if (people.length === 0) return;
  const params = { ...news.params, ...(news.params?.comment === undefined ? {} : { comment: news.params.comment.slice(0, COMMENT_LENGTH_MAX) }) };
  for (let i = 0; i < people.length; i += 400) {
    const some = people.slice(i, i + 400);
    await trx("notices").whereIn("person_id", some).where({ kind: news.kind, href: news.href }).whereNull("read_at").del();
  }
  await insertAll(
    trx,
    "notices",
    people.map((person_id) => ({ id: newId(), person_id, kind: news.kind, href: news.href, params: JSON.stringify(params), at })),
  );
}

export const NOTICES_PAGE = 30;

/** A page of a person's notices, the newest first; one more than a page tells that there are more. */
export function listNotices(db: Db, personId: string, filter: { unread: boolean; after: string | null }): Promise<NoticeRow[]> {
  const query = db("notices")
    .where({ person_id: personId })
    .orderBy("id", "desc")
    .limit(NOTICES_PAGE + 1)
    .select(Object.keys(listed.shape));
  if (filter.unread) query.whereNull("read_at");
  if (filter.after !== null) query.where("id", "<", filter.after);
  return all(listed, query);
}

/** Marks one as read and answers where it leads; undefined where it is no notice of this person. */
export async function readNotice(db: Db, personId: string, id: string, at: Instant): Promise<string | undefined> {
  if (!isId(id)) return undefined;
  const found = await maybeOne(z.object({ href: col.text() }), db("notices").where({ id, person_id: personId }).select("href"));
  if (found !== undefined) await db("notices").where({ id, person_id: personId }).whereNull("read_at").update({ read_at: at });
  return found?.href;
}

/** Marks as read what the person has seen: this notice and all before it, not those that came while the page was open. */
export async function readAllUpTo(db: Db, personId: string, id: string, at: Instant): Promise<void> {
  await db("notices").where({ person_id: personId }).where("id", "<=", id).whereNull("read_at").update({ read_at: at });
}

/** Days for which a notice is kept: what was read is done with, what was not may still be looked for. */
const KEPT_DAYS = { read: 90, unread: 365 };

/** Removes notices that have served. The acts themselves stay in the trail and in the audit log. */
export async function removeOldNotices(db: Db, at: Instant): Promise<void> {
  const before = (days: number): Instant => addMinutes(at, -days * 24 * 60);
  await db("notices").where("at", "<", before(KEPT_DAYS.unread)).del();
  await db("notices").where("at", "<", before(KEPT_DAYS.read)).whereNotNull("read_at").del();
}

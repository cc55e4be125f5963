import type { Knex } from "knex";
import { z } from "zod";
import type { Granted } from "../../access/policy.ts";
import type { Instant } from "../../platform/clock.ts";
import { all, col, maybeOne, one, type Db } from "../../platform/db.ts";
import { conflict } from "../../platform/errors.ts";
import { note, type By, type LiveRow } from "./classes.ts";

const messageRow = z.object({
  seq: col.int(),
  person_id: col.id(),
  name: col.text(),
  body: col.text(),
  at: col.instant(),
  removed_at: col.maybeInstant(),
  kind: col.oneOf(["say", "question"]),
  answered_at: col.maybeInstant(),
  audience: col.text(),
  material_id: col.maybeId(),
  file_title: col.maybeText(),
});
export type MessageRow = z.infer<typeof messageRow>;

export const CHAT_PAGE = 50;

function messages(db: Db, liveId: string): Knex.QueryBuilder {
  return db("live_messages as m")
    .join("persons as p", "p.id", "m.person_id")
    .leftJoin("materials as f", "f.id", "m.material_id")
    .where("m.live_class_id", liveId)
    .select("m.seq", "m.person_id", "m.body", "m.at", "m.removed_at", "m.kind", "m.answered_at", "m.audience", "m.material_id", "p.name", { file_title: "f.title" });
}

/** What was said after `seq`, in order; at most 200, then ask again. */
export function listSince(db: Db, live: Granted<"join", LiveRow>, seq: number): Promise<MessageRow[]> {
  return all(messageRow, messages(db, live.id).where("m.seq", ">", seq).orderBy("m.seq").limit(200));
}

/** The page of messages before `seq`, oldest first; without it the newest page. */
export async function listBefore(db: Db, live: Granted<"join", LiveRow>, seq?: number): Promise<MessageRow[]> {
  const page = messages(db, live.id).orderBy("m.seq", "desc").limit(CHAT_PAGE);
  if (seq !== undefined) void page.where("m.seq", "<", seq);
  return (await all(messageRow, page)).reverse();
}

/**
 * Keeps a message as it is said. The counter in the class' row gives every message its number, so all see the same order;
 * the same message sent again (same key) is the first one.
 */
export async function saveMessage(db: Db, live: Granted<"join", LiveRow>, said: { by: string; body: string; key: string; at: Instant; kind: "say" | "question"; audience: string; materialId: string | null }): Promise<MessageRow & { isNew: boolean }> {
  return db.transaction(async (trx) => {
    const counted = await trx("live_classes").where({ id: live.id, state: "open" }).update({ message_count: trx.raw("message_count + 1") });
    if (counted === 0) throw conflict("live_not_open");
    const sent = messages(trx, live.id).where({ "m.person_id": said.by, "m.client_key": said.key });
    const before = await maybeOne(messageRow, sent);
    if (before) {
      await trx("live_classes").where({ id: live.id }).update({ message_count: trx.raw("message_count - 1") });
      return { ...before, isNew: false };
    }
    const { seq } = await one(z.object({ seq: col.int() }), trx("live_classes").where({ id: live.id }).select({ seq: "message_count" }));
    await trx("live_messages").insert({ live_class_id: live.id, seq, person_id: said.by, body: said.body, client_key: said.key, at: said.at, kind: said.kind, audience: said.audience, material_id: said.materialId });
    return { ...(await one(messageRow, messages(trx, live.id).where("m.seq", seq))), isNew: true };
  });
}

/** Takes a message out of sight; the row stays. */
export async function saveRemoval(db: Db, live: Granted<"teach", LiveRow>, seq: number, who: By): Promise<void> {
  await db.transaction(async (trx) => {
    const changed = await trx("live_messages").where({ live_class_id: live.id, seq }).whereNull("removed_at").update({ removed_at: who.at });
    if (changed > 0) await note(trx, live, "live.message_remove", who, { seq });
  });
}

/** Marks a question of the chat as answered; false where it is none, or was marked before. */
export async function saveAnswered(db: Db, live: Granted<"teach", LiveRow>, seq: number, at: Instant): Promise<boolean> {
  return (await db("live_messages").where({ live_class_id: live.id, seq, kind: "question" }).whereNull("answered_at").update({ answered_at: at })) > 0;
}

const handRow = z.object({ person_id: col.id(), name: col.text(), raised_at: col.instant() });
export type HandRow = z.infer<typeof handRow>;

/** Raised hands in the order in which they went up. */
export function listHands(db: Db, live: { id: string }): Promise<HandRow[]> {
  return all(
    handRow,
    db("live_hands as h")
      .join("persons as p", "p.id", "h.person_id")
      .where("h.live_class_id", live.id)
      .orderBy(["h.raised_at", "h.person_id"])
      .limit(500)
      .select("h.person_id", "h.raised_at", "p.name"),
  );
}

/** Raising twice keeps the first place in the row. */
export async function saveHand(db: Db, live: Granted<"join", LiveRow>, personId: string, at: Instant): Promise<void> {
  if (live.state !== "open") throw conflict("live_not_open");
  await db("live_hands").insert({ live_class_id: live.id, person_id: personId, raised_at: at }).onConflict(["live_class_id", "person_id"]).ignore();
}

export async function lowerHand(db: Db, live: Granted<"join", LiveRow>, personId: string): Promise<void> {
  await db("live_hands").where({ live_class_id: live.id, person_id: personId }).del();
}

export async function lowerAllHands(db: Db, live: Granted<"teach", LiveRow>): Promise<void> {
  await db("live_hands").where({ live_class_id: live.id }).del();
}

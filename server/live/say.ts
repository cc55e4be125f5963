import type { Granted } from "../access/policy.ts";
import type { Instant } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { conflict, notFound } from "../platform/errors.ts";
import { listShown } from "./store/board.ts";
import { saveMessage, type MessageRow } from "./store/chat.ts";
import type { LiveRow } from "./store/classes.ts";
import { findMember, findRoom } from "./store/rooms.ts";
import { audienceFor, isGroupNow } from "./tool-rules.ts";

export interface Said {
  by: string;
  isStaff: boolean;
  /** The key of the group to which a teacher speaks, 0 for the class; a pupil speaks in their own. */
  group: number;
  body: string;
  key: string;
  question: boolean;
  /** A material of the library that goes along; teachers only. */
  file: string | null;
  at: Instant;
}

/**
 * Says something in the room, to whom the room's order lets it go.
 *
 * @throws Refusal 409 when the writer or the chat is muted, or the group is no more; 404 for a file that may not be shown here
 */
export async function sayInRoom(db: Db, live: Granted<"join", LiveRow>, said: Said): Promise<MessageRow & { isNew: boolean }> {
  const [room, member] = await Promise.all([findRoom(db, live.id), said.isStaff ? undefined : findMember(db, live.id, said.by)]);
  if (said.isStaff && said.group > 0 && !isGroupNow(room, said.group)) throw conflict("live_group_over");
  const group = said.isStaff ? said.group : (member?.group_number ?? 0);
  const audience = audienceFor({ isStaff: said.isStaff, group, muted: member?.muted ?? false }, room);
  if (typeof audience !== "string") throw conflict(audience.refused);
  if (said.file !== null && (!said.isStaff || !(await listShown(db, live, said.by)).some((file) => file.id === said.file))) throw notFound();
  return saveMessage(db, live, { by: said.by, body: said.body, key: said.key, at: said.at, kind: said.question ? "question" : "say", audience, materialId: said.file });
}

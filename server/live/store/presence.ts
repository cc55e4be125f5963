import { z } from "zod";
import type { Granted } from "../../access/policy.ts";
import { addMinutes, dayOf, type Instant } from "../../platform/clock.ts";
import { all, col, type Db, type RowOf } from "../../platform/db.ts";
import { newId } from "../../platform/ids.ts";
import { MARK_LIFE_SECONDS } from "../rules.ts";
import type { LiveRow } from "./classes.ts";
import { livePresenceEvents, presenceMarks, type MarkRow, type PRESENCE_KINDS } from "./tables.ts";

const MARKS_MAX = 50_000;

/** Every mark of a live class, in the order of joining. */
export function listMarks(db: Db, live: { id: string }): Promise<MarkRow[]> {
  return all(presenceMarks.row, db("presence_marks").where({ live_class_id: live.id }).orderBy(["joined_at", "id"]).limit(MARKS_MAX).select(presenceMarks.columns));
}

/** The marks of one person. */
export function listMarksOf(db: Db, liveId: string, personId: string): Promise<MarkRow[]> {
  return all(presenceMarks.row, db("presence_marks").where({ live_class_id: liveId, person_id: personId }).orderBy(["joined_at", "id"]).limit(2000).select(presenceMarks.columns));
}

/** Writes down what the server saw of a connection; nothing is ever changed or removed. */
export async function savePresenceEvent(db: Db, liveId: string, seen: { person: string; connection: string; kind: (typeof PRESENCE_KINDS)[number]; at: Instant }): Promise<void> {
  await db("live_presence_events").insert({ id: newId(), live_class_id: liveId, person_id: seen.person, connection_id: seen.connection, kind: seen.kind, at: seen.at });
}

export type PresenceEventRow = RowOf<typeof livePresenceEvents>;

/** All that was seen of a class, in its order. */
export function listPresenceEvents(db: Db, live: { id: string }): Promise<PresenceEventRow[]> {
  return all(livePresenceEvents.row, db("live_presence_events").where({ live_class_id: live.id }).orderBy(["at", "id"]).limit(MARKS_MAX).select(livePresenceEvents.columns));
}

/** Who answered "are you there" since it was asked. */
export async function listThere(db: Db, live: { id: string }, since: Instant): Promise<Set<string>> {
  const query = db("live_presence_events").where({ live_class_id: live.id, kind: "there" }).where("at", ">=", since).distinct("person_id").limit(2000);
  return new Set((await all(z.object({ person_id: col.id() }), query)).map((row) => row.person_id));
}

/** A person came in with this connection. */
export async function saveArrival(db: Db, live: Granted<"join", LiveRow>, personId: string, connectionId: string, at: Instant): Promise<void> {
  await db("presence_marks")
    .insert({ id: newId(), live_class_id: live.id, person_id: personId, connection_id: connectionId, joined_at: at, seen_at: at })
    .onConflict(["live_class_id", "connection_id"])
    .ignore();
  await savePresenceEvent(db, live.id, { person: personId, connection: connectionId, kind: "join", at });
}

/**
 * A sign of life. False where the mark has ended or died meanwhile (a laptop that slept): then a new mark begins, and the
 * time between is a gap.
 */
export async function saveSign(db: Db, live: Granted<"join", LiveRow>, connectionId: string, at: Instant): Promise<boolean> {
  const changed = await db("presence_marks")
    .where({ live_class_id: live.id, connection_id: connectionId })
    .whereNull("left_at")
    .where("seen_at", ">", addMinutes(at, -MARK_LIFE_SECONDS / 60))
    .update({ seen_at: at });
  return changed > 0;
}

/** The connection is gone. Whoever it was may have no rights here any more, so no door is asked. */
export async function saveDeparture(db: Db, liveId: string, personId: string, connectionId: string, how: "left" | "lost", at: Instant): Promise<void> {
  await db("presence_marks").where({ live_class_id: liveId, connection_id: connectionId }).whereNull("left_at").update({ left_at: at, ending: how });
  await savePresenceEvent(db, liveId, { person: personId, connection: connectionId, kind: how, at });
}

const rosterRow = z.object({
  person_id: col.id(),
  name: col.text(),
  sort_key: col.text(),
  class_id: col.id(),
  class_name: col.text(),
});
export type RosterRow = z.infer<typeof rosterRow>;

/** The class lists of the live class' courses on its day, by given name. */
export function listRoster(db: Db, live: LiveRow): Promise<RosterRow[]> {
  const day = dayOf(live.opened_at ?? live.starts_at);
  return all(
    rosterRow,
    db("class_enrolments as e")
      .join("persons as p", "p.id", "e.person_id")
      .join("classes as k", "k.id", "e.class_id")
      .whereIn("e.class_id", live.courses.map((course) => course.class_id))
      .where("e.from_on", "<=", day)
      .where((q) => void q.whereNull("e.to_on").orWhere("e.to_on", ">", day))
      .orderBy(["p.sort_key", "p.id"])
      .limit(2000)
      .select("e.person_id", "e.class_id", "p.name", "p.sort_key", { class_name: "k.name" }),
  );
}

const nameRow = z.object({ id: col.id(), name: col.text() });

/** Names of people in the room who are on no list: the teachers, a leader who looks in. */
export async function namesOf(db: Db, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await all(nameRow, db("persons").whereIn("id", [...new Set(ids)]).limit(500).select("id", "name"));
  return new Map(rows.map((row) => [row.id, row.name]));
}

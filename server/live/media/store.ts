import { z } from "zod";
import type { Granted } from "../../access/policy.ts";
import { all, col, maybeOne, table, type Db } from "../../platform/db.ts";
import { conflict, notFound } from "../../platform/errors.ts";
import { note, type By, type LiveRow } from "../store/classes.ts";
import { guestsOf } from "../store/guests.ts";
import { listRoster } from "../store/presence.ts";

/**
 * The floor: which pupils of a live class may speak and be seen. Given and taken by a teacher of the class through
 * `giveFloor` and `takeFloor`; several may have it. Whoever changes it tells the room (`tellFloor` in socket.ts)
 * and silences whoever lost it.
 */
export const liveFloor = table("live_floor", { live_class_id: col.id(), person_id: col.id(), given_by: col.id(), given_at: col.instant() });

const FLOOR_MAX = 20;
const person = z.object({ id: col.id(), name: col.text() });
export type FloorPerson = z.infer<typeof person>;

/** Lets a pupil of the class or a guest speak; twice is once. @throws 404 for somebody who is not of the class, 409 `media_full` */
export async function giveFloor(db: Db, live: Granted<"teach", LiveRow>, personId: string, who: By): Promise<void> {
  if (live.state !== "open") throw conflict("live_not_open");
  const roster = await listRoster(db, live);
  if (!roster.some((pupil) => pupil.person_id === personId) && !(await guestsOf(db, live.id)).has(personId)) throw notFound();
  await db.transaction(async (trx) => {
    if ((await listFloor(trx, live.id)).length >= FLOOR_MAX) throw conflict("media_full");
    const given = { live_class_id: live.id, person_id: personId, given_by: who.by, given_at: who.at };
    await trx("live_floor").insert(given).onConflict(["live_class_id", "person_id"]).ignore();
    await note(trx, live, "live.floor", who, { person: personId });
  });
}

/** Takes the floor back, from one or from everybody (`"all"`). */
export async function takeFloor(db: Db, live: Granted<"teach", LiveRow>, personId: string): Promise<void> {
  const floor = db("live_floor").where({ live_class_id: live.id });
  await (personId === "all" ? floor : floor.where({ person_id: personId })).delete();
}

/** A person left the class by themselves: the floor does not wait for them. */
export async function leaveFloor(db: Db, liveId: string, personId: string): Promise<boolean> {
  return (await db("live_floor").where({ live_class_id: liveId, person_id: personId }).delete()) > 0;
}

export async function hasFloor(db: Db, live: LiveRow, personId: string): Promise<boolean> {
  return (await maybeOne(z.object({ person_id: col.id() }), db("live_floor").where({ live_class_id: live.id, person_id: personId }).select("person_id"))) !== undefined;
}

/** Who has the floor, in the order in which they got it. */
export function listFloor(db: Db, liveId: string): Promise<FloorPerson[]> {
  return all(
    person,
    db("live_floor as f").join("persons as p", "p.id", "f.person_id").where("f.live_class_id", liveId).orderBy(["f.given_at", "p.id"]).limit(FLOOR_MAX).select("p.id", "p.name"),
  );
}

export async function isOpen(db: Db, liveId: string): Promise<boolean> {
  return (await maybeOne(z.object({ id: col.id() }), db("live_classes").where({ id: liveId, state: "open" }).select("id"))) !== undefined;
}

import { z } from "zod";
import type { Granted } from "../../access/policy.ts";
import { addMinutes, type Instant } from "../../platform/clock.ts";
import { all, col, insertAll, isUniqueViolation, maybeOne, table, type Db, type RowOf } from "../../platform/db.ts";
import { conflict, notFound } from "../../platform/errors.ts";
import { newId } from "../../platform/ids.ts";
import { raise } from "../../platform/jobs/queue.ts";
import { liveClassDeclared } from "../events.ts";
import { findSettings } from "../store/after.ts";
import { note, type By, type LiveRow } from "../store/classes.ts";
import { listRoster, savePresenceEvent } from "../store/presence.ts";
import type { EngineKind } from "../store/tables.ts";
import type { Attendee, EngineRecording, EngineReport, Sent } from "./engine.ts";
import { within } from "./rules.ts";

export const engineRooms = table("live_engine_rooms", {
  live_class_id: col.id(),
  /** Since when the engine does not answer; null while it does. */
  down_since: col.maybeInstant(),
  recording_url: col.maybeText(),
  recording_material_id: col.maybeId(),
});
export type EngineRoomRow = RowOf<typeof engineRooms>;

/** Calls that were heard. Those of a class are kept as long as it may hear more, which is until the day after. */
export const engineCalls = table("live_engine_calls", { live_class_id: col.id(), call_key: col.text(), at: col.instant() });

export const linkOpens = table("live_link_opens", { live_class_id: col.id(), person_id: col.id(), opened_at: col.instant() });

export const declarations = table("live_declarations", { live_class_id: col.id(), proof_url: col.text(), declared_by: col.id(), declared_at: col.instant() });
export type DeclarationRow = RowOf<typeof declarations>;

/** Whether the school lets teachers record on the engine's server. Off until its leader switches it on (DOMAIN §7). */
export async function mayRecord(db: Db, live: LiveRow): Promise<boolean> {
  return (await findSettings(db, live.school.id)).engine_records;
}

/** What a pupil with the floor sends: not the picture where the school wants pupils heard and not seen. */
export async function sentWithFloor(db: Db, live: LiveRow): Promise<readonly Sent[]> {
  return (await findSettings(db, live.school.id)).pupils_unseen ? ["mic"] : ["mic", "camera"];
}

export async function findEngineRoom(db: Db, liveId: string): Promise<EngineRoomRow | undefined> {
  return maybeOne(engineRooms.row, db("live_engine_rooms").where({ live_class_id: liveId }).select(engineRooms.columns));
}

/** Notes that the engine answers, or since when it does not. */
export async function saveAnswering(db: Db, liveId: string, answers: boolean, at: Instant): Promise<void> {
  const before = await findEngineRoom(db, liveId);
  if (before !== undefined && (before.down_since === null) === answers) return;
  const change = { down_since: answers ? null : at };
  await db("live_engine_rooms").insert({ live_class_id: liveId, ...change }).onConflict("live_class_id").merge(change);
}

/** The teacher moves the class elsewhere: back into our room, or to a plain link. */
export async function saveEngine(db: Db, live: Granted<"teach", LiveRow>, to: { engine: EngineKind; engine_link: string | null }, who: By): Promise<void> {
  await db.transaction(async (trx) => {
    const changed = await trx("live_classes").where({ id: live.id }).whereIn("state", ["scheduled", "open"]).update(to);
    if (changed === 0) throw conflict("live_over");
    if (live.state === "open") await trx("presence_marks").where({ live_class_id: live.id }).whereNull("left_at").update({ left_at: who.at, ending: "left" });
    await trx("live_engine_rooms").where({ live_class_id: live.id }).update({ down_since: null });
    await note(trx, live, "live.engine", who, { from: live.engine, to: to.engine });
  });
}

/** The engine says that the room is over: whoever was in was in until then. */
async function closeRoom(trx: Db, liveId: string, at: Instant): Promise<void> {
  await trx("presence_marks").where({ live_class_id: liveId }).whereNull("left_at").where("joined_at", "<=", at).update({ left_at: at, seen_at: at, ending: "lost" });
}

/**
 * Writes what an engine reported of a person into the same marks and events as our own room writes, so that attendance is
 * computed from them like any other. A call that was heard before, and one for a class that is not open, changes nothing.
 */
export async function saveReport(db: Db, live: LiveRow, report: EngineReport, now: Instant): Promise<void> {
  const { what } = report;
  const at = within(report.at ?? now, live.opened_at ?? now, now);
  await db.transaction(async (trx) => {
    if (!(await firstTime(trx, report, now)) || live.state !== "open") return;
    if (what.kind === "ended") return closeRoom(trx, live.id, at);
    if (!(await isPerson(trx, what.personId))) return;
    const connection = connectionOf(live.engine, what.connection);
    const joinedAt = what.joinedAt === undefined ? at : within(what.joinedAt, live.opened_at ?? now, at);
    if (what.kind === "joined") return arrive(trx, live.id, what.personId, connection, joinedAt);
    await arrive(trx, live.id, what.personId, connection, joinedAt); // whose coming was not heard: from when the engine says
    await depart(trx, live.id, { person_id: what.personId, connection_id: connection }, "left", at);
  });
}

async function firstTime(trx: Db, { liveId, key }: EngineReport, at: Instant): Promise<boolean> {
  if (await maybeOne(engineCalls.row, trx("live_engine_calls").where({ live_class_id: liveId, call_key: key }).select(engineCalls.columns))) return false;
  await trx("live_engine_calls").insert({ live_class_id: liveId, call_key: key, at }).onConflict(["live_class_id", "call_key"]).ignore();
  return true;
}

async function isPerson(db: Db, id: string): Promise<boolean> {
  return (await maybeOne(z.object({ id: col.id() }), db("persons").where({ id }).select("id"))) !== undefined;
}

function connectionOf(engine: EngineKind, connection: string): string {
  return `${engine} ${connection}`.slice(0, 40);
}

async function arrive(trx: Db, liveId: string, personId: string, connection: string, at: Instant): Promise<void> {
  const known = { live_class_id: liveId, connection_id: connection };
  if (await maybeOne(z.object({ id: col.id() }), trx("presence_marks").where(known).select("id"))) return;
  await trx("presence_marks").insert({ id: newId(), ...known, person_id: personId, joined_at: at, seen_at: at }).onConflict(["live_class_id", "connection_id"]).ignore();
  await savePresenceEvent(trx, liveId, { person: personId, connection, kind: "join", at });
}

async function depart(trx: Db, liveId: string, mark: { person_id: string; connection_id: string }, how: "left" | "lost", at: Instant): Promise<void> {
  const open = trx("presence_marks").where({ live_class_id: liveId, connection_id: mark.connection_id }).whereNull("left_at").where("joined_at", "<=", at);
  if ((await open.update({ left_at: at, seen_at: at, ending: how })) === 0) return;
  await savePresenceEvent(trx, liveId, { person: mark.person_id, connection: mark.connection_id, kind: how, at });
}

const openMark = z.object({ id: col.id(), person_id: col.id(), connection_id: col.text(), joined_at: col.instant(), seen_at: col.instant() });

/**
 * Who the engine says is in: their marks live on, whoever is new gets one, and who is not there any more was lost when they
 * were last seen. Makes good what no call told of, and works alone where an engine calls nobody.
 *
 * @param at when the engine was asked: who came after that is not in its answer yet
 */
export async function saveAttendees(db: Db, live: LiveRow, attendees: readonly Attendee[], at: Instant): Promise<void> {
  await db.transaction(async (trx) => {
    const open = await all(openMark, trx("presence_marks").where({ live_class_id: live.id }).whereNull("left_at").limit(5000).select(Object.keys(openMark.shape)));
    const there = attendees.map((one) => ({ ...one, connection: one.connection === undefined ? undefined : connectionOf(live.engine, one.connection) }));
    const isThere = (mark: z.infer<typeof openMark>): boolean => there.some((one) => one.personId === mark.person_id && (one.connection === undefined || one.connection === mark.connection_id));
    const seen = open.filter(isThere).map((mark) => mark.id);
    for (let i = 0; i < seen.length; i += 500) await trx("presence_marks").whereIn("id", seen.slice(i, i + 500)).where("seen_at", "<", at).update({ seen_at: at });
    for (const mark of open) if (!isThere(mark) && mark.joined_at < at) await depart(trx, live.id, mark, "lost", mark.seen_at);
    for (const one of there) {
      const known = open.some((mark) => mark.person_id === one.personId && (one.connection === undefined || one.connection === mark.connection_id));
      if (!known && (await isPerson(trx, one.personId))) await arrive(trx, live.id, one.personId, one.connection ?? `${live.engine} ${newId()}`, at);
    }
  });
}

/** Classes that run on an engine which can say who is in. By the index of engine and state. */
export async function listWatched(db: Db): Promise<string[]> {
  const rows = db("live_classes").whereIn("engine", ["bbb", "livekit"]).where({ state: "open" }).orderBy("starts_at").limit(500).select("id");
  return (await all(z.object({ id: col.id() }), rows)).map((row) => row.id);
}

/** Classes of the last week whose engine may have a recording that is not here yet. */
export async function listUnrecorded(db: Db, at: Instant): Promise<string[]> {
  const rows = db("live_classes as live")
    .join("live_settings as s", "s.school_id", "live.school_id")
    .leftJoin("live_engine_rooms as r", "r.live_class_id", "live.id")
    .where({ "live.engine": "bbb", "live.state": "ended", "s.engine_records": true })
    .where("live.starts_at", ">", addMinutes(at, -7 * 24 * 60))
    .whereNull("r.recording_url")
    .orderBy("live.starts_at", "desc")
    .limit(100)
    .select("live.id");
  return (await all(z.object({ id: col.id() }), rows)).map((row) => row.id);
}

export async function saveRecording(db: Db, liveId: string, found: EngineRecording, materialId: string): Promise<void> {
  const change = { recording_url: found.url, recording_material_id: materialId };
  await db("live_engine_rooms").insert({ live_class_id: liveId, ...change }).onConflict("live_class_id").merge(change);
}

/** Forgets the calls of classes that are long over. */
export async function sweepCalls(db: Db, at: Instant): Promise<void> {
  await db("live_engine_calls").where("at", "<", addMinutes(at, -2 * 24 * 60)).del();
}

/** The first time a person pressed the button of a class held by a plain link. */
export async function saveLinkOpen(db: Db, liveId: string, personId: string, at: Instant): Promise<void> {
  await db("live_link_opens").insert({ live_class_id: liveId, person_id: personId, opened_at: at }).onConflict(["live_class_id", "person_id"]).ignore();
}

export async function listLinkOpens(db: Db, live: LiveRow): Promise<Set<string>> {
  return new Set((await all(linkOpens.row, db("live_link_opens").where({ live_class_id: live.id }).limit(2000).select(linkOpens.columns))).map((row) => row.person_id));
}

export function findDeclaration(db: Db, liveId: string): Promise<DeclarationRow | undefined> {
  return maybeOne(declarations.row, db("live_declarations").where({ live_class_id: liveId }).select(declarations.columns));
}

/**
 * The teacher says who was in a class that was held by a plain link, once; corrections follow as in any other class. The
 * ledger hears of it and asks a department head or leader to confirm.
 *
 * @throws Refusal 409 while the class runs, for another engine, and the second time; 404 for somebody who is not of the class
 */
export async function saveDeclaration(db: Db, live: Granted<"teach", LiveRow>, declared: { present: readonly string[]; proofUrl: string; reason: string }, who: By): Promise<void> {
  if (live.state !== "ended" || live.engine !== "link") throw conflict("live_not_ended");
  await db.transaction(async (trx) => {
    const saved = { live_class_id: live.id, proof_url: declared.proofUrl, declared_by: who.by, declared_at: who.at };
    await trx("live_declarations").insert(saved).catch((error: unknown) => {
      throw isUniqueViolation(error) ? conflict("engine_declared") : error;
    });
    const roster = await listRoster(trx, live);
    const present = new Set(declared.present);
    if ([...present].some((id) => !roster.some((pupil) => pupil.person_id === id))) throw notFound();
    const word = { corrected_reason: declared.reason, corrected_by: who.by, corrected_at: who.at };
    const rows = live.courses.flatMap((course) =>
      roster
        .filter((pupil) => pupil.class_id === course.class_id)
        .map((pupil) => ({ live_class_id: live.id, course_id: course.id, person_id: pupil.person_id, present_minutes: 0, present: false, corrected_present: present.has(pupil.person_id), ...word })),
    );
    await insertAll(trx, "attendances", rows);
    await note(trx, live, "live.declare", who, { present: present.size, of: roster.length });
    await raise(trx, liveClassDeclared, { liveClassId: live.id }, who.at);
  });
}

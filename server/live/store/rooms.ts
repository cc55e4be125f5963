import { z } from "zod";
import type { Granted } from "../../access/policy.ts";
import { addMinutes, type Instant } from "../../platform/clock.ts";
import { all, col, maybeOne, type Db } from "../../platform/db.ts";
import { conflict, notFound, tooMany } from "../../platform/errors.ts";
import { DEALS_MAX, dealGroups, groupKey } from "../tool-rules.ts";
import { note, type By, type LiveRow } from "./classes.ts";
import { liveMembers, liveRooms, type MemberRow, type RoomRow } from "./tables.ts";

/** What a room is set to before anybody set anything. */
const FRESH: Omit<RoomRow, "live_class_id"> = {
  chat_mode: "open",
  locked: false,
  waiting_room: false,
  pupils_draw: false,
  drawn: 0,
  drawn_bytes: 0,
  blank_pages: 0,
  notes: "",
  timer_ends_at: null,
  groups_count: 0,
  groups_until: null,
  groups_deal: 0,
  called_id: null,
  called_at: null,
  check_at: null,
  late_minutes: 0,
  board_material_id: null,
  board_refused_at: null,
};

export async function findRoom(db: Db, liveId: string): Promise<RoomRow> {
  const row = await maybeOne(liveRooms.row, db("live_rooms").where({ live_class_id: liveId }).select(liveRooms.columns));
  return row ?? { ...FRESH, live_class_id: liveId };
}

/** Changes what a room is set to; only while the class is to come or runs. */
export async function saveRoom(trx: Db, live: { id: string; state: string }, change: Partial<Omit<RoomRow, "live_class_id">>): Promise<void> {
  if (live.state !== "open" && live.state !== "scheduled") throw conflict("live_over");
  await trx("live_rooms").insert({ live_class_id: live.id, ...change }).onConflict("live_class_id").merge(change);
}

export interface Order {
  chat_mode: RoomRow["chat_mode"];
  locked: boolean;
  waiting_room: boolean;
  pupils_draw: boolean;
}

/** How the room is kept. Whoever is inside when the waiting room is put up need not wait. */
export async function saveOrder(db: Db, live: Granted<"teach", LiveRow>, order: Order, who: By): Promise<void> {
  await db.transaction(async (trx) => {
    const before = await findRoom(trx, live.id);
    await saveRoom(trx, live, { ...order });
    if (order.waiting_room && !before.waiting_room) await admitInside(trx, live, who.at);
    await note(trx, live, "live.order", who, { ...order });
  });
}

async function admitInside(trx: Db, live: LiveRow, at: Instant): Promise<void> {
  if (live.opened_at === null) return;
  const inside = await all(z.object({ person_id: col.id() }), trx("presence_marks").where({ live_class_id: live.id }).where("seen_at", ">=", live.opened_at).distinct("person_id"));
  await saveMembers(trx, inside.map(({ person_id }) => ({ live_class_id: live.id, person_id, admitted_at: at })), "admitted_at");
}

/** Those for whom something else holds than for the others. */
export function listMembers(db: Db, liveId: string): Promise<MemberRow[]> {
  return all(liveMembers.row, db("live_members").where({ live_class_id: liveId }).orderBy("person_id").limit(2000).select(liveMembers.columns));
}

export function findMember(db: Db, liveId: string, personId: string): Promise<MemberRow | undefined> {
  return maybeOne(liveMembers.row, db("live_members").where({ live_class_id: liveId, person_id: personId }).select(liveMembers.columns));
}

export async function saveMember(trx: Db, liveId: string, personId: string, change: Partial<Omit<MemberRow, "live_class_id" | "person_id">>): Promise<void> {
  await trx("live_members").insert({ live_class_id: liveId, person_id: personId, ...change }).onConflict(["live_class_id", "person_id"]).merge(change);
}

/** The same change for many at once. */
async function saveMembers(trx: Db, rows: readonly (Pick<MemberRow, "live_class_id" | "person_id"> & Partial<MemberRow>)[], column: keyof MemberRow): Promise<void> {
  if (rows.length > 0) await trx("live_members").insert([...rows]).onConflict(["live_class_id", "person_id"]).merge([column]);
}

/** Was the person inside since the class began? Such a one comes back into a locked room. */
export async function wasInside(db: Db, live: LiveRow, personId: string): Promise<boolean> {
  if (live.opened_at === null) return false;
  const mark = db("presence_marks").where({ live_class_id: live.id, person_id: personId }).where("seen_at", ">=", live.opened_at).first("id");
  return (await maybeOne(z.object({ id: col.id() }), mark)) !== undefined;
}

export const PERSON_ACTS = ["draw", "no_draw", "mute", "unmute", "remove", "allow", "admit"] as const;
export type PersonAct = (typeof PERSON_ACTS)[number];

/**
 * What the teacher decides about one pupil. A removal needs its reason and stays in the trail; `allow` takes it back.
 *
 * @throws Refusal 404 for somebody who is not a pupil of the class
 */
export async function savePersonAct(db: Db, live: Granted<"teach", LiveRow>, person: { id: string; act: PersonAct; reason: string }, who: By): Promise<void> {
  if (live.state !== "open" && live.state !== "scheduled") throw conflict("live_over");
  if (person.id === who.by || person.id === live.teacher_id || person.id === live.substitute_id) throw notFound();
  const changes: Record<PersonAct, Partial<MemberRow>> = {
    draw: { draws: true },
    no_draw: { draws: false },
    mute: { muted: true },
    unmute: { muted: false },
    remove: { removed_at: who.at, removed_reason: person.reason, admitted_at: null },
    allow: { removed_at: null, removed_reason: null, admitted_at: who.at },
    admit: { admitted_at: who.at },
  };
  await db.transaction(async (trx) => {
    await saveMember(trx, live.id, person.id, changes[person.act]);
    if (person.act === "remove") await trx("live_hands").where({ live_class_id: live.id, person_id: person.id }).del();
    await note(trx, live, `live.person_${person.act}`, who, { person_id: person.id, ...(person.reason === "" ? {} : { reason: person.reason }) });
  });
}

/** Lets everybody in who waits. */
export async function saveAdmitAll(db: Db, live: Granted<"teach", LiveRow>, who: By): Promise<void> {
  await db.transaction(async (trx) => {
    await trx("live_members").where({ live_class_id: live.id }).whereNotNull("asked_at").whereNull("admitted_at").whereNull("removed_at").update({ admitted_at: who.at });
    await note(trx, live, "live.admit_all", who);
  });
}

/** A pupil stands at the door of the waiting room. */
export async function saveAsking(db: Db, live: { id: string }, personId: string, at: Instant): Promise<void> {
  await saveMember(db, live.id, personId, { asked_at: at });
}

/** Somebody was called at random: counted, so that the next draw prefers the others. */
export async function saveCall(db: Db, live: Granted<"teach", LiveRow>, personId: string, at: Instant): Promise<void> {
  await db.transaction(async (trx) => {
    await trx("live_members").insert({ live_class_id: live.id, person_id: personId, calls: 1 }).onConflict(["live_class_id", "person_id"]).merge({ calls: trx.raw("live_members.calls + 1") });
    await saveRoom(trx, live, { called_id: personId, called_at: at });
  });
}

/** Deals those who are here into groups; none takes the groups apart. */
export async function saveGroups(db: Db, live: Granted<"teach", LiveRow>, groups: { count: number; minutes: number; here: readonly string[]; draw: (below: number) => number }, who: By): Promise<void> {
  const dealt = dealGroups(groups.here, groups.count, groups.draw);
  await db.transaction(async (trx) => {
    const before = await findRoom(trx, live.id);
    const deal = dealt.size === 0 ? before.groups_deal : before.groups_deal + 1;
    if (deal > DEALS_MAX) throw tooMany();
    await trx("live_members").where({ live_class_id: live.id }).update({ group_number: 0 });
    await saveMembers(trx, [...dealt].map(([person_id, number]) => ({ live_class_id: live.id, person_id, group_number: groupKey(deal, number) })), "group_number");
    const count = dealt.size === 0 ? 0 : groups.count;
    await saveRoom(trx, live, { groups_deal: deal, groups_count: count, groups_until: count === 0 ? null : addMinutes(who.at, groups.minutes) });
    await note(trx, live, "live.groups", who, { groups: count, minutes: groups.minutes });
  });
}

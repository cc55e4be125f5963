import { z } from "zod";
import type { Granted } from "../../access/policy.ts";
import { record } from "../../platform/audit.ts";
import { addMinutes, dayOf, type Instant } from "../../platform/clock.ts";
import { all, col, maybeOne, type Db, type RowOf } from "../../platform/db.ts";
import { KEEP_DAYS } from "../recording/rules.ts";
import type { By } from "./classes.ts";
import { liveSettings } from "./tables.ts";

const idRow = z.object({ id: col.id() });

/** Classes that began within three days and ended, had something drawn and have no PDF of it yet. */
export async function listUnsavedBoards(db: Db, at: Instant): Promise<string[]> {
  const rows = db("live_classes as live")
    .join("live_rooms as r", "r.live_class_id", "live.id")
    .where("live.state", "ended")
    .where("live.starts_at", ">", addMinutes(at, -3 * 24 * 60))
    .where("r.drawn", ">", 0)
    .whereNull("r.board_material_id")
    .whereNull("r.board_refused_at")
    .orderBy("live.id")
    .limit(20)
    .select("live.id");
  return (await all(idRow, rows)).map((row) => row.id);
}

export async function saveBoardMaterial(db: Db, liveId: string, materialId: string): Promise<void> {
  await db("live_rooms").where({ live_class_id: liveId }).update({ board_material_id: materialId });
}

/** The board found no room; false where that was known. */
export async function saveBoardRefusal(db: Db, liveId: string, at: Instant): Promise<boolean> {
  return (await db("live_rooms").where({ live_class_id: liveId }).whereNull("board_refused_at").update({ board_refused_at: at })) > 0;
}

/** Classes that begin within ten minutes and whose people have not been reminded. */
export async function listToRemind(db: Db, at: Instant): Promise<string[]> {
  const rows = db("live_classes").where({ state: "scheduled" }).where("starts_at", ">", addMinutes(at, -5)).where("starts_at", "<=", addMinutes(at, 10)).whereNull("reminded_at").orderBy("starts_at").limit(500).select("id");
  return (await all(idRow, rows)).map((row) => row.id);
}

/** Marks a class as reminded; false where another process was first. */
export async function saveReminded(db: Db, liveId: string, at: Instant): Promise<boolean> {
  return (await db("live_classes").where({ id: liveId }).whereNull("reminded_at").update({ reminded_at: at })) > 0;
}

/** What a school wants of its live classes. */
export type LiveSettings = Omit<RowOf<typeof liveSettings>, "school_id" | "updated_by" | "updated_at">;

/** Everything is off until the school's leader switches it on. */
export async function findSettings(db: Db, schoolId: string): Promise<LiveSettings> {
  const row = await maybeOne(liveSettings.row, db("live_settings").where({ school_id: schoolId }).select(liveSettings.columns));
  return row ?? { tell_parents: false, recording: false, recording_days: KEEP_DAYS.usual, pupils_unseen: false, engine: "embedded", engine_records: false };
}

export async function saveSettings(db: Db, school: Granted<"lead", { id: string }>, settings: LiveSettings, who: By): Promise<void> {
  await db.transaction(async (trx) => {
    const change = { ...settings, updated_by: who.by, updated_at: who.at };
    await trx("live_settings").insert({ school_id: school.id, ...change }).onConflict("school_id").merge(change);
    await record(trx, { at: who.at, actorId: who.by, action: "live.settings", subjectType: "unit", subjectId: school.id, schoolId: school.id, details: { ...settings }, requestId: who.requestId });
  });
}

/** Whether pupils find a kit of the class: `kits/` makes it. */
export async function hasKit(db: Db, liveId: string): Promise<boolean> {
  return (await maybeOne(z.object({ state: col.text() }), db("live_kits").where({ live_class_id: liveId }).whereNot({ state: "withdrawn" }).select("state"))) !== undefined;
}

const absentRow = z.object({ person_id: col.id(), name: col.text(), parent_id: col.id() });

/** The parents of those who were absent from a class, as the server saw it or the teacher corrected. */
export function listParentsOfAbsent(db: Db, liveId: string, at: Instant): Promise<z.infer<typeof absentRow>[]> {
  const today = dayOf(at);
  return all(
    absentRow,
    db("attendances as a")
      .join("persons as p", "p.id", "a.person_id")
      .join("guardianships as g", "g.pupil_id", "a.person_id")
      .where("a.live_class_id", liveId)
      .whereRaw("COALESCE(a.corrected_present, a.present) = ?", [false])
      .where("g.from_on", "<=", today)
      .where((open) => void open.whereNull("g.to_on").orWhere("g.to_on", ">", today))
      .distinct("a.person_id", "p.name", "g.parent_id")
      .limit(2000),
  );
}

/** Makes a new secret link to a person's calendar; the one before stops. @param tokenHash of the secret, which is shown once */
export async function saveCalendarLink(db: Db, personId: string, tokenHash: string, at: Instant): Promise<void> {
  const change = { token_hash: tokenHash, created_at: at };
  await db("calendar_links").insert({ person_id: personId, ...change }).onConflict("person_id").merge(change);
}

/** When the link that works was made; undefined where there is none. */
export async function findCalendarLink(db: Db, personId: string): Promise<Instant | undefined> {
  return (await maybeOne(z.object({ created_at: col.instant() }), db("calendar_links").where({ person_id: personId }).select("created_at")))?.created_at;
}

/** The link stops; where there is none nothing changes. @param who null where the account itself was closed */
export async function removeCalendarLink(db: Db, personId: string, who: { by: string | null; at: Instant; requestId?: string }): Promise<void> {
  await db.transaction(async (trx) => {
    if ((await trx("calendar_links").where({ person_id: personId }).del()) === 0) return;
    await record(trx, { at: who.at, actorId: who.by, action: "calendar.revoke", subjectType: "person", subjectId: personId, requestId: who.requestId ?? null });
  });
}

/** Whose calendar it is. */
export async function findCalendarOwner(db: Db, tokenHash: string): Promise<string | undefined> {
  return (await maybeOne(z.object({ person_id: col.id() }), db("calendar_links").where({ token_hash: tokenHash }).select("person_id")))?.person_id;
}

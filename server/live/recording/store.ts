import { z } from "zod";
import type { Granted } from "../../access/policy.ts";
import { addMinutes, type Instant } from "../../platform/clock.ts";
import { all, col, maybeOne, one, type Db } from "../../platform/db.ts";
import { conflict } from "../../platform/errors.ts";
import { newId } from "../../platform/ids.ts";
import { materialDescribed } from "../../materials/events.ts";
import { raise } from "../../platform/jobs/queue.ts";
import { saveMessage } from "../store/chat.ts";
import { note, type By, type LiveRow } from "../store/classes.ts";
import { KEEP_DAYS, type Happening, type Window } from "./rules.ts";
import { liveRecordingParts, liveRecordings, type PartRow, type RecordingRow } from "./tables.ts";
import { WORDING } from "./wording.ts";

export function findRecording(db: Db, liveId: string): Promise<RecordingRow | undefined> {
  return maybeOne(liveRecordings.row, db("live_recordings").where({ live_class_id: liveId }).select(liveRecordings.columns));
}

/** Starts, or goes on with, the recording of a class that runs. */
export async function saveStart(db: Db, live: Granted<"teach", LiveRow>, who: By): Promise<void> {
  await db.transaction(async (trx) => {
    if (live.state !== "open") throw conflict("live_not_open");
    const fresh = { live_class_id: live.id, state: "off", started_by: who.by, started_at: who.at };
    await trx("live_recordings").insert(fresh).onConflict("live_class_id").ignore();
    const changed = await trx("live_recordings").where({ live_class_id: live.id, state: "off" }).update({ state: "on", problem: null });
    if (changed === 0) throw conflict("recording_runs");
    await note(trx, live, "live.record", who);
  });
}

/** Stops it; it can be started again while the class runs. */
export async function saveStop(db: Db, live: Granted<"teach", LiveRow>, who: By): Promise<void> {
  await db.transaction(async (trx) => {
    const changed = await trx("live_recordings").where({ live_class_id: live.id, state: "on" }).update({ state: "off" });
    if (changed === 0) throw conflict("recording_stopped");
    await note(trx, live, "live.record_end", who);
  });
}

/** A line in the chat, by the teacher's name, so that it stands there for whoever comes later. */
export async function sayInChat(db: Db, live: Granted<"join", LiveRow>, body: string, who: By): Promise<void> {
  await saveMessage(db, live, { by: who.by, body, key: newId(), at: who.at, kind: "say", audience: "all", materialId: null });
}

/** The recording cannot go on: the class and the teacher see it. */
export async function saveProblem(db: Db, liveId: string, problem: string): Promise<boolean> {
  return (await db("live_recordings").where({ live_class_id: liveId, state: "on" }).update({ state: "off", problem })) > 0;
}

const wantedRow = z.object({ school_id: col.id(), bytes: col.int() });

/** Whether a class is to be recorded now; with its school and what its parts hold already. */
export function findWanted(db: Db, liveId: string): Promise<z.infer<typeof wantedRow> | undefined> {
  return maybeOne(
    wantedRow,
    db("live_recordings as r")
      .join("live_classes as live", "live.id", "r.live_class_id")
      .where({ "r.live_class_id": liveId, "r.state": "on", "live.state": "open" })
      .select("live.school_id", { bytes: db.raw("(SELECT COALESCE(SUM(p.bytes), 0) FROM live_recording_parts p WHERE p.live_class_id = r.live_class_id)") }),
  );
}

/** A new part of a recording. @returns its number */
export async function savePart(db: Db, liveId: string, at: Instant): Promise<number> {
  return db.transaction(async (trx) => {
    await trx("live_recordings").where({ live_class_id: liveId }).update({ live_class_id: liveId }); // held: two do not take the same number
    const { number } = await one(z.object({ number: col.int() }), trx("live_recording_parts").where({ live_class_id: liveId }).select({ number: trx.raw("COALESCE(MAX(number), 0) + 1") }));
    await trx("live_recording_parts").insert({ live_class_id: liveId, number, started_at: at, seen_at: at });
    return number;
  });
}

export async function savePartProgress(db: Db, part: { liveId: string; number: number }, far: { bytes: number; lengthMs: number; isOver: boolean }, at: Instant): Promise<void> {
  const change = { bytes: far.bytes, length_ms: far.lengthMs, seen_at: at, ...(far.isOver ? { ended_at: at } : {}) };
  await db("live_recording_parts").where({ live_class_id: part.liveId, number: part.number }).update(change);
}

export function listParts(db: Db, liveId: string): Promise<PartRow[]> {
  return all(liveRecordingParts.row, db("live_recording_parts").where({ live_class_id: liveId }).orderBy("number").limit(500).select(liveRecordingParts.columns));
}

/** A writer that gave no sign for so long is dead, minutes. */
const SILENT_MINUTES = 1;
const LEASE_MINUTES = 30;
const idRow = z.object({ id: col.id() });

/** Recordings whose class is over and whose parts nobody writes any more. */
export async function listToJoin(db: Db, at: Instant): Promise<string[]> {
  const rows = db("live_recordings as r")
    .join("live_classes as live", "live.id", "r.live_class_id")
    .whereIn("live.state", ["ended", "cancelled"])
    .where((q) => void q.whereIn("r.state", ["on", "off"]).orWhere((taken) => void taken.where("r.state", "joining").where("r.lease_until", "<", at)))
    .whereNotExists((open) => void open.select(db.raw("1")).from("live_recording_parts as p").whereRaw("p.live_class_id = r.live_class_id").whereNull("p.ended_at").where("p.seen_at", ">", addMinutes(at, -SILENT_MINUTES)))
    .orderBy("r.live_class_id")
    .limit(20)
    .select({ id: "r.live_class_id" });
  return (await all(idRow, rows)).map((row) => row.id);
}

/** Takes the joining over, unless another worker has it. */
export async function claimJoining(db: Db, liveId: string, at: Instant): Promise<boolean> {
  const free = db("live_recordings")
    .where({ live_class_id: liveId })
    .where((q) => void q.whereIn("state", ["on", "off"]).orWhere((taken) => void taken.where({ state: "joining" }).where("lease_until", "<", at)));
  return (await free.update({ state: "joining", lease_until: addMinutes(at, LEASE_MINUTES) })) > 0;
}

export async function saveJoined(trx: Db, liveId: string, kept: { materialId: string; lengthMs: number } | null, at: Instant): Promise<void> {
  const change = kept === null ? { state: "empty" } : { state: "kept", material_id: kept.materialId, length_ms: kept.lengthMs, kept_at: at };
  await trx("live_recordings").where({ live_class_id: liveId, state: "joining" }).update({ ...change, lease_until: null });
}

const turnRow = z.object({ page: col.int(), at: col.instant() });
const askedRow = z.object({ prompt: col.text(), opened_at: col.instant() });

/** The pages that stood in front of a class, in order; blank ones below zero. */
export function listTurns(db: Db, liveId: string): Promise<z.infer<typeof turnRow>[]> {
  return all(turnRow, db("live_turns").where({ live_class_id: liveId }).orderBy("id").limit(2000).select("page", "at"));
}

/** What happened in a class, for its table of moments: pages turned, questions asked. */
export async function listHappened(db: Db, live: { id: string; opened_at: Instant | null }): Promise<Happening[]> {
  const [turns, questions] = await Promise.all([
    listTurns(db, live.id),
    all(askedRow, db("live_questions").where({ live_class_id: live.id }).orderBy(["opened_at", "id"]).limit(500).select("prompt", "opened_at")),
  ]);
  return [
    ...turns.map(({ page, at }): Happening => ({ at, kind: page > 0 ? "slide" : "blank", page: Math.abs(page), text: "" })),
    ...questions.map(({ prompt, opened_at }): Happening => ({ at: opened_at, kind: "question", page: 0, text: prompt })),
  ];
}

/** Pupils of the class whose parents let their voice be recorded, today, and agreed to what is asked today. */
export async function listVoices(db: Db, liveId: string): Promise<string[]> {
  const rows = db("live_class_periods as p")
    .join("courses as c", "c.id", "p.course_id")
    .join("class_enrolments as e", "e.class_id", "c.class_id")
    .join("recording_consents as k", "k.pupil_id", "e.person_id")
    .where("p.live_class_id", liveId)
    .where("k.wording", WORDING)
    .whereNull("k.withdrawn_at")
    .distinct({ id: "e.person_id" })
    .limit(200);
  return (await all(idRow, rows)).map((row) => row.id);
}

/**
 * Consents `w` to be in the recording of a class that were taken back since it began, and not given again: whoever may have
 * been recorded then. A recording that its teacher cut afterwards no longer holds them. @param live an SQL word
 */
export const consentsTakenBack = (live: string): string =>
  `FROM live_class_periods p JOIN courses c ON c.id = p.course_id
   JOIN class_enrolments e ON e.class_id = c.class_id
   JOIN recording_consents w ON w.pupil_id = e.person_id AND w.withdrawn_at IS NOT NULL
   JOIN live_classes held ON held.id = p.live_class_id
   JOIN live_recordings t ON t.live_class_id = p.live_class_id AND t.started_at < w.withdrawn_at
   LEFT JOIN materials tm ON tm.id = t.material_id LEFT JOIN material_versions tv ON tv.id = tm.latest_version_id
  WHERE p.live_class_id = ${live} AND (held.ended_at IS NULL OR w.given_at < held.ended_at)
    AND (tv.id IS NULL OR tv.number = 1 OR tv.uploaded_at <= w.withdrawn_at)
    AND NOT EXISTS (SELECT 1 FROM recording_consents g WHERE g.pupil_id = w.pupil_id AND g.withdrawn_at IS NULL)`;

/** Pupils whose voice the recording of a class may hold although their parents took the consent back, by name. */
export async function listTakenBack(db: Db, live: { id: string }): Promise<string[]> {
  const rows = db.raw(`SELECT DISTINCT n.id, n.name, n.sort_key FROM persons n WHERE n.id IN (SELECT w.pupil_id ${consentsTakenBack("?")}) ORDER BY n.sort_key, n.id LIMIT 200`, [live.id]);
  return (await all(z.object({ name: col.text() }), rows)).map((row) => row.name);
}

const versionRow = z.object({ id: col.id(), blob_hash: col.text(), size_bytes: col.int(), mime: col.text(), file_name: col.text(), material_state: col.text(), approved_version_id: col.maybeId() });
export type RecordedVersion = z.infer<typeof versionRow>;

/** The newest file of a recording's material. */
export function findVersion(db: Db, materialId: string): Promise<RecordedVersion | undefined> {
  return maybeOne(
    versionRow,
    db("materials as m")
      .join("material_versions as v", "v.id", "m.latest_version_id")
      .where("m.id", materialId)
      .select("v.id", "v.blob_hash", "v.size_bytes", "v.mime", "v.file_name", "m.approved_version_id", { material_state: "m.state" }),
  );
}

/** Asks that only some stretches of it stay; false where it is not there any more, or a cut waits already. */
export async function saveCutAsked(db: Db, live: Granted<"teach", LiveRow>, kept: readonly Window[], who: By): Promise<boolean> {
  return db.transaction(async (trx) => {
    const changed = await trx("live_recordings").where({ live_class_id: live.id, state: "kept" }).whereNull("kept_windows").update({ kept_windows: JSON.stringify(kept) });
    if (changed > 0) await note(trx, live, "live.record_cut", who, { kept });
    return changed > 0;
  });
}

export async function listToCut(db: Db): Promise<string[]> {
  return (await all(idRow, db("live_recordings").where({ state: "kept" }).whereNotNull("kept_windows").orderBy("live_class_id").limit(20).select({ id: "live_class_id" }))).map((row) => row.id);
}

/** A cut was made, or cannot be. */
export async function saveCutDone(trx: Db, liveId: string, lengthMs: number | undefined): Promise<void> {
  await trx("live_recordings").where({ live_class_id: liveId }).update({ kept_windows: null, ...(lengthMs === undefined ? {} : { length_ms: lengthMs }) });
}

const shownRow = z.object({ course_id: col.id() });

/** To which courses of the class its recording is shown. */
export async function listShownTo(db: Db, live: LiveRow, materialId: string): Promise<string[]> {
  const lesson = live.covered[0]?.plan_lesson_id ?? "";
  const rows = db("lesson_attachments").where({ material_id: materialId, plan_lesson_id: lesson }).whereIn("course_id", live.courses.map((course) => course.id)).select("course_id");
  return (await all(shownRow, rows)).map((row) => row.course_id);
}

/** Shows the recording to the classes that were there, in their lesson, marked as not yet approved; twice is once. */
export async function saveShown(db: Db, live: Granted<"teach", LiveRow>, materialId: string, who: By): Promise<void> {
  const lesson = live.covered[0]?.plan_lesson_id;
  if (lesson === undefined) return;
  await db.transaction(async (trx) => {
    const rows = live.courses.map((course) => ({ course_id: course.id, plan_lesson_id: lesson, material_id: materialId, attached_by: who.by, attached_at: who.at }));
    await trx("lesson_attachments").insert(rows).onConflict(["course_id", "plan_lesson_id", "material_id"]).ignore();
    await note(trx, live, "live.record_show", who);
    await raise(trx, materialDescribed, { materialId }, who.at);
  });
}

export async function saveErased(db: Db, liveId: string, at: Instant): Promise<void> {
  await db("live_recordings").where({ live_class_id: liveId, state: "kept" }).update({ state: "erased", erased_at: at, kept_windows: null });
}

/** Marks that the teacher was told; false where another process was first. */
export async function saveWarned(trx: Db, liveId: string, at: Instant): Promise<boolean> {
  return (await trx("live_recordings").where({ live_class_id: liveId }).whereNull("warned_at").update({ warned_at: at })) > 0;
}

const agingRow = z.object({ id: col.id(), kept_at: col.instant(), warned_at: col.maybeInstant(), days: col.int() });
export type AgingRow = z.infer<typeof agingRow>;

/** Recordings that nobody approved and that are not on their way to be, the oldest first. @param after the last of the page before */
export function listAging(db: Db, before: Instant, after = { kept_at: "", id: "" }): Promise<AgingRow[]> {
  return all(
    agingRow,
    db("live_recordings as r")
      .join("live_classes as live", "live.id", "r.live_class_id")
      .join("materials as m", "m.id", "r.material_id")
      .leftJoin("live_settings as s", "s.school_id", "live.school_id")
      .where("r.state", "kept")
      .where("r.kept_at", "<", before)
      .where((q) => void q.where("r.kept_at", ">", after.kept_at).orWhere((same) => void same.where("r.kept_at", after.kept_at).where("r.live_class_id", ">", after.id)))
      .whereNull("m.approved_version_id")
      .whereIn("m.state", ["draft", "returned", "retired"])
      .orderBy(["r.kept_at", "r.live_class_id"])
      .limit(500)
      .select({ id: "r.live_class_id" }, "r.kept_at", "r.warned_at", { days: db.raw("COALESCE(s.recording_days, ?)", [KEEP_DAYS.usual]) }),
  );
}

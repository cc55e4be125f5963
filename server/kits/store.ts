import { z } from "zod";
import type { Granted } from "../access/policy.ts";
import { note, taughtBy, type By, type LiveRow } from "../live/store/classes.ts";
import { consentsTakenBack } from "../live/recording/store.ts";
import { notify } from "../notices/store.ts";
import { addMinutes, type Instant } from "../platform/clock.ts";
import { all, col, insertAll, maybeOne, table, type Db, type RowOf } from "../platform/db.ts";
import { conflict } from "../platform/errors.ts";
import { raise } from "../platform/jobs/queue.ts";
import type { BlobStore, Stored } from "../platform/storage.ts";
import { forgetBlob, saveBlob } from "../platform/storage/store.ts";
import { selfStudyProgressed } from "../study/events.ts";
import { cancelMissed, listMissed, saveMissed } from "../study/store.ts";
import { runsOf, TRIES_MAX } from "./rules.ts";

export const KIT_STATES = ["wanted", "making", "ready", "failed", "withdrawn"] as const;

/** Something that was asked in the class, at its stretch of the kit; with its number in the chat where it stood there. */
const asked = z.object({ place: z.number(), prompt: z.string(), kind: z.enum(["choice", "truth", "yes_no", "short", "chat"]), options: z.array(z.string()), right: z.string().nullable(), seq: z.number().optional() });
export type Asked = z.infer<typeof asked>;

const content = z.object({
  sections: z.array(z.object({ page: z.number(), fromMs: z.number().nullable(), toMs: z.number().nullable() })).default([]),
  asked: z.array(asked).default([]),
  notes: z.string().default(""),
});
export type KitContent = z.infer<typeof content>;

export const liveKits = table("live_kits", {
  live_class_id: col.id(),
  state: col.oneOf(KIT_STATES),
  with_sound: col.flag(),
  due_at: col.instant(),
  given_by: col.id(),
  given_at: col.instant(),
  lease_until: col.maybeInstant(),
  tries: col.int(),
  made_at: col.maybeInstant(),
  told_at: col.maybeInstant(),
  sound_hash: col.maybeText(),
  content: col.json(content),
  bytes: col.int(),
});

export const liveKitFiles = table("live_kit_files", {
  live_class_id: col.id(),
  kind: col.oneOf(["page", "sound"]),
  number: col.int(),
  blob_hash: col.text(),
  mime: col.text(),
  size_bytes: col.int(),
});
export type KitFileRow = RowOf<typeof liveKitFiles>;

/** The materials from which a kit was made: the slides, the recording. */
export const liveKitSources = table("live_kit_sources", { live_class_id: col.id(), material_id: col.id() });

const answers = z.record(z.string(), z.string());
export const liveKitProgress = table("live_kit_progress", {
  live_class_id: col.id(),
  person_id: col.id(),
  opened_at: col.instant(),
  done_at: col.maybeInstant(),
  answers: col.json(answers),
});
export type ProgressRow = RowOf<typeof liveKitProgress>;

const kitRow = liveKits.row.extend({ recording_state: col.maybeText(), recording_hash: col.maybeText(), source_retired: col.flag(), consent_taken_back: col.flag() });
export type KitRow = z.infer<typeof kitRow>;

/** The newest file of the recording beside each kit: a kit whose sound comes from another one is made anew. */
function kits(db: Db) {
  return db("live_kits as k")
    .leftJoin("live_recordings as r", "r.live_class_id", "k.live_class_id")
    .leftJoin("materials as m", "m.id", "r.material_id")
    .leftJoin("material_versions as v", "v.id", "m.latest_version_id");
}

/** A material from which the kit `k` was made is no longer shown to anybody. */
const SOURCE_RETIRED = "EXISTS (SELECT 1 FROM live_kit_sources f JOIN materials s ON s.id = f.material_id WHERE f.live_class_id = k.live_class_id AND s.state = 'retired')";

const CONSENT_TAKEN_BACK = `EXISTS (SELECT 1 ${consentsTakenBack("k.live_class_id")})`;

export function findKit(db: Db, liveId: string): Promise<KitRow | undefined> {
  const columns = liveKits.columns.map((name) => `k.${name}`);
  return maybeOne(kitRow, kits(db).where("k.live_class_id", liveId).select(columns).select({ recording_state: "r.state", recording_hash: "v.blob_hash", source_retired: db.raw(SOURCE_RETIRED), consent_taken_back: db.raw(CONSENT_TAKEN_BACK) }));
}

/**
 * Whether what stands in the kit may still be seen and heard: a recording that was cut or erased takes its sound along, and
 * whatever is taken down or retired takes along what was made of it. Nobody hears on whose parents took their consent back.
 */
export function isFresh(kit: Pick<KitRow, "sound_hash" | "recording_state" | "recording_hash" | "source_retired" | "consent_taken_back">): boolean {
  if (kit.source_retired) return false;
  return kit.sound_hash === null || (kit.recording_state === "kept" && !kit.consent_taken_back && kit.sound_hash === kit.recording_hash);
}

export interface Given {
  due_at: Instant;
  with_sound: boolean;
}

/** Gives the kit of a class that is over, again after it was taken back; its periods become self-study. @throws Refusal 409 where one stands */
export async function saveGiven(db: Db, live: Granted<"teach", LiveRow>, given: Given, who: By): Promise<void> {
  if (live.state !== "ended") throw conflict("kit_not_over");
  await db.transaction(async (trx) => {
    const fresh = { ...given, state: "wanted", given_by: who.by, given_at: who.at, lease_until: null, tries: 0, told_at: null };
    await trx("live_kits").insert({ live_class_id: live.id, ...fresh, state: "withdrawn" }).onConflict("live_class_id").ignore();
    const changed = await trx("live_kits").where({ live_class_id: live.id }).whereIn("state", ["withdrawn", "failed"]).update(fresh);
    if (changed === 0) throw conflict("kit_given");
    await cancelMissed(trx, live.id, who.at); // of a kit that could not be made
    if (live.purpose === "lesson") {
      const { legal_form, legal_reason } = live;
      await saveMissed(trx, live, runsOf(live.covered), { opens_at: who.at, due_at: given.due_at, legal_form, legal_reason, assigned_by: taughtBy(live).id }, who);
    }
    await note(trx, live, "live.kit", who, { ...given });
  });
}

const EMPTY = { sound_hash: null, content: "{}", bytes: 0 };
const NOTHING = { ...EMPTY, state: "withdrawn" };

/** Takes the kit back: its files go, it counts for nothing more. @throws Refusal 409 where none stands */
export async function saveWithdrawn(db: Db, blobs: BlobStore, live: Granted<"teach", LiveRow>, who: By): Promise<void> {
  const gone = await db.transaction(async (trx) => {
    const changed = await trx("live_kits").where({ live_class_id: live.id }).whereNot({ state: "withdrawn" }).update(NOTHING);
    if (changed === 0) throw conflict("kit_withdrawn");
    await cancelMissed(trx, live.id, who.at);
    await note(trx, live, "live.kit_withdraw", who);
    return forgetFiles(trx, live.id);
  });
  for (const hash of gone) await blobs.remove(hash);
}

/** The class was taken back, and its kit with it; the files go with the night's sweep of what nothing names. */
export async function saveCancelled(db: Db, liveId: string, at: Instant): Promise<void> {
  await db.transaction(async (trx) => {
    await trx("live_kits").where({ live_class_id: liveId }).update(NOTHING);
    await cancelMissed(trx, liveId, at);
    await forgetFiles(trx, liveId);
  });
}

/**
 * What stands in the kit may not be seen or heard any more: its files go before it is made anew, so that nothing stays where
 * it cannot be made. @returns those that nothing names any more; what is not removed goes with the night's sweep
 */
export async function saveShut(db: Db, liveId: string): Promise<string[]> {
  return db.transaction(async (trx) => {
    const changed = await trx("live_kits").where({ live_class_id: liveId, state: "ready" }).update({ ...EMPTY, state: "wanted" });
    return changed > 0 ? forgetFiles(trx, liveId) : [];
  });
}

/** Kits that stand with the sound of a class of which a pupil is, whose parents took their consent back. */
export async function listHeardOf(db: Db, pupilId: string): Promise<string[]> {
  const rows = db("live_kits as k")
    .where("k.state", "ready")
    .whereNotNull("k.sound_hash")
    .whereRaw(`EXISTS (SELECT 1 ${consentsTakenBack("k.live_class_id")} AND w.pupil_id = ?)`, [pupilId]);
  return (await all(idRow, rows.orderBy("k.live_class_id").select({ id: "k.live_class_id" }))).map((row) => row.id);
}

const hashRow = z.object({ hash: col.text() });

/** Takes the files of a kit out of the database, and what they were made of. @returns those that nothing names any more */
async function forgetFiles(trx: Db, liveId: string): Promise<string[]> {
  const hashes = (await all(hashRow, trx("live_kit_files").where({ live_class_id: liveId }).distinct({ hash: "blob_hash" }))).map((row) => row.hash);
  for (const name of ["live_kit_files", "live_kit_sources"]) await trx(name).where({ live_class_id: liveId }).del();
  const gone: string[] = [];
  for (const hash of hashes) if (await forgetBlob(trx, hash)) gone.push(hash); // a page may lie beside the recording as well
  return gone;
}

const idRow = z.object({ id: col.id() });
const LEASE_MINUTES = 15;

/** Kits that wait to be made, once their recording is joined; and those of which something was cut, erased or taken down since. */
export async function listToMake(db: Db, at: Instant): Promise<string[]> {
  const waits = kits(db)
    .where((q) => void q.where("k.state", "wanted").orWhere((taken) => void taken.where("k.state", "making").where("k.lease_until", "<", at)))
    .where((q) => void q.where("k.with_sound", false).orWhereNull("r.state").orWhereIn("r.state", ["kept", "empty", "erased"]));
  const stale = kits(db)
    .where("k.state", "ready")
    .where((q) => {
      void q.where((heard) => void heard.whereNotNull("k.sound_hash").where((other) => void other.whereNot("r.state", "kept").orWhereRaw("v.blob_hash <> k.sound_hash"))).orWhereRaw(SOURCE_RETIRED);
    });
  const rows = await Promise.all([waits, stale].map((query) => all(idRow, query.orderBy("k.live_class_id").limit(20).select({ id: "k.live_class_id" }))));
  return rows.flat().map((row) => row.id);
}

/** Takes the making over, unless another worker has it; after too many tries it has failed. */
export async function claimMaking(db: Db, liveId: string, at: Instant): Promise<boolean> {
  const free = () =>
    db("live_kits")
      .where({ live_class_id: liveId })
      .where((q) => void q.where({ state: "wanted" }).orWhere((taken) => void taken.where({ state: "making" }).where("lease_until", "<", at)));
  await free().where("tries", ">=", TRIES_MAX).update({ state: "failed", lease_until: null });
  return (await free().update({ state: "making", tries: db.raw("tries + 1"), lease_until: addMinutes(at, LEASE_MINUTES) })) > 0;
}

/** It could not be made this time. */
export async function saveNotMade(db: Db, liveId: string): Promise<void> {
  await db("live_kits").where({ live_class_id: liveId, state: "making" }).update({ state: db.raw("CASE WHEN tries >= ? THEN 'failed' ELSE 'wanted' END", [TRIES_MAX]), lease_until: null });
}

export interface MadeFile extends Stored {
  kind: KitFileRow["kind"];
  number: number;
  mime: string;
}

export interface Made {
  content: KitContent;
  files: readonly MadeFile[];
  soundHash: string | null;
  /** The materials from which it was made. */
  sources: readonly string[];
}

/** The kit stands: its files take the place of those before, and those who were absent are told once. */
export async function saveMade(db: Db, blobs: BlobStore, live: LiveRow, made: Made, at: Instant): Promise<void> {
  const gone = await db.transaction(async (trx) => {
    const bytes = made.files.reduce((sum, file) => sum + file.size, 0);
    const ready = { state: "ready", lease_until: null, tries: 0, made_at: at, sound_hash: made.soundHash, content: JSON.stringify(made.content), bytes };
    if ((await trx("live_kits").where({ live_class_id: live.id, state: "making" }).update(ready)) === 0) return []; // taken back meanwhile
    const before = await forgetFiles(trx, live.id);
    for (const file of made.files) await saveBlob(trx, file, at);
    await insertAll(trx, "live_kit_files", made.files.map((file) => ({ live_class_id: live.id, kind: file.kind, number: file.number, blob_hash: file.hash, mime: file.mime, size_bytes: file.size })));
    await insertAll(trx, "live_kit_sources", [...new Set(made.sources)].map((id) => ({ live_class_id: live.id, material_id: id })));
    if ((await trx("live_kits").where({ live_class_id: live.id }).whereNull("told_at").update({ told_at: at })) > 0) {
      await notify(trx, await listAbsent(trx, live.id), { kind: "kit_ready", href: `/live-classes/${live.id}/kit`, params: { title: live.title } }, at);
    }
    const now = new Set(made.files.map((file) => file.hash));
    return before.filter((hash) => !now.has(hash));
  });
  for (const hash of gone) await blobs.remove(hash);
}

/** Pupils who were absent, as the server saw it or the teacher corrected. */
async function listAbsent(db: Db, liveId: string): Promise<string[]> {
  const rows = db("attendances").where({ live_class_id: liveId }).whereRaw("COALESCE(corrected_present, present) = ?", [false]).distinct({ id: "person_id" }).limit(2000);
  return (await all(idRow, rows)).map((row) => row.id);
}

export function listFiles(db: Db, liveId: string, only?: KitFileRow["kind"]): Promise<KitFileRow[]> {
  return all(liveKitFiles.row, db("live_kit_files").where({ live_class_id: liveId, ...(only === undefined ? {} : { kind: only }) }).orderBy(["kind", "number"]).limit(500).select(liveKitFiles.columns));
}

export function findFile(db: Db, liveId: string, kind: KitFileRow["kind"], number: number): Promise<KitFileRow | undefined> {
  return maybeOne(liveKitFiles.row, db("live_kit_files").where({ live_class_id: liveId, kind, number }).select(liveKitFiles.columns));
}

const saidRow = z.object({ seq: col.int(), body: col.text(), at: col.instant() });

/** What pupils asked the whole class in the chat, without their names. */
export function listAskedInChat(db: Db, liveId: string): Promise<z.infer<typeof saidRow>[]> {
  return all(saidRow, db("live_messages").where({ live_class_id: liveId, kind: "question", audience: "all" }).whereNull("removed_at").orderBy("seq").limit(40).select("seq", "body", "at"));
}

/** The content of a kit without questions that a teacher took out of the chat since. */
export async function withoutRemoved(db: Db, kit: KitRow): Promise<KitRow> {
  const seqs = kit.content.asked.flatMap((one) => one.seq ?? []);
  if (seqs.length === 0) return kit;
  const rows = db("live_messages").where({ live_class_id: kit.live_class_id }).whereIn("seq", seqs).whereNotNull("removed_at").select("seq");
  const removed = new Set((await all(z.object({ seq: col.int() }), rows)).map((row) => row.seq));
  return { ...kit, content: { ...kit.content, asked: kit.content.asked.filter((one) => one.seq === undefined || !removed.has(one.seq)) } };
}

const recordedRow = z.object({ material_id: col.id(), version_id: col.id(), hash: col.text(), length_ms: col.int() });

/** The recording of a class as it stands now, unless it was taken down or retired. */
export function findRecorded(db: Db, liveId: string): Promise<z.infer<typeof recordedRow> | undefined> {
  return maybeOne(
    recordedRow,
    db("live_recordings as r")
      .join("materials as m", "m.id", "r.material_id")
      .join("material_versions as v", "v.id", "m.latest_version_id")
      .where({ "r.live_class_id": liveId, "r.state": "kept" })
      .whereNot("m.state", "retired")
      .select({ material_id: "m.id", version_id: "v.id", hash: "v.blob_hash", length_ms: "r.length_ms" }),
  );
}

/** Notes that a pupil was served the kit: the server's own observation. */
export async function saveOpened(db: Db, liveId: string, personId: string, at: Instant): Promise<void> {
  await db("live_kit_progress").insert({ live_class_id: liveId, person_id: personId, opened_at: at }).onConflict(["live_class_id", "person_id"]).ignore();
}

export function findOwn(db: Db, liveId: string, personId: string): Promise<ProgressRow | undefined> {
  return maybeOne(liveKitProgress.row, db("live_kit_progress").where({ live_class_id: liveId, person_id: personId }).select(liveKitProgress.columns));
}

/** A pupil finished the kit; the first time counts. @throws Refusal 409 for whom it was never served to */
export async function saveDone(db: Db, liveId: string, personId: string, given: Record<string, string>, at: Instant): Promise<void> {
  await db.transaction(async (trx) => {
    const key = { live_class_id: liveId, person_id: personId };
    const changed = await trx("live_kit_progress").where(key).whereNull("done_at").update({ done_at: at, answers: JSON.stringify(given) });
    if (changed === 0) {
      if (!(await trx("live_kit_progress").where(key).first("person_id"))) throw conflict("lesson_not_opened");
      return;
    }
    for (const assignmentId of await listMissed(trx, liveId)) await raise(trx, selfStudyProgressed, { assignmentId }, at);
  });
}

const pupilRow = z.object({ id: col.id(), name: col.text(), class_name: col.text(), present: col.maybeFlag(), opened_at: col.maybeInstant(), done_at: col.maybeInstant(), answers: col.maybeText() });
export type KitPupil = Omit<z.infer<typeof pupilRow>, "answers"> & { answers: Record<string, string> };

/** The pupils of the class with whether they were there, and how far they are with the kit; those who were absent first. */
export async function listPupils(db: Db, live: Granted<"results", LiveRow>): Promise<KitPupil[]> {
  const rows = await all(
    pupilRow,
    db("attendances as a")
      .join("persons as p", "p.id", "a.person_id")
      .join("courses as c", "c.id", "a.course_id")
      .join("classes as s", "s.id", "c.class_id")
      .leftJoin("live_kit_progress as k", (join) => join.on("k.live_class_id", "a.live_class_id").andOn("k.person_id", "a.person_id"))
      .where("a.live_class_id", live.id)
      .orderByRaw("CASE WHEN COALESCE(a.corrected_present, a.present) = ? THEN 0 ELSE 1 END, p.sort_key, p.id", [false])
      .limit(2000)
      .select("p.id", "p.name", { class_name: "s.name" }, { present: db.raw("COALESCE(a.corrected_present, a.present)") }, "k.opened_at", "k.done_at", "k.answers"),
  );
  return rows.map((row) => ({ ...row, answers: answers.catch({}).parse(JSON.parse(row.answers ?? "{}")) }));
}

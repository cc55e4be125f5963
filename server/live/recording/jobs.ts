import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { z } from "zod";
import { grantAsSystem } from "../../access/policy.ts";
import { loadMaterial, type MaterialRow } from "../../materials/store.ts";
import { addRenditions } from "../../digitising/store.ts";
import { eraseFiles } from "../../materials/store/erase.ts";
import { listMoments, saveMoments } from "../../materials/store/moments.ts";
import { saveVersion, type UploadedFile } from "../../materials/store/upload.ts";
import { notify } from "../../notices/store.ts";
import { dayOf, type Instant } from "../../platform/clock.ts";
import type { Db } from "../../platform/db.ts";
import { eachAlone } from "../../platform/each.ts";
import type { BlobStore } from "../../platform/storage.ts";
import { lessonOfDrafts, saveDraft } from "../jobs.ts";
import { loadLiveClass, taughtBy, type LiveRow } from "../store/classes.ts";
import { joinParts, type Joined } from "./join.ts";
import { partFile, recordingsFolder } from "./keeper.ts";
import { recording as words } from "./messages.ts";
import { readBlocks, readFileBlocks } from "./read-webm.ts";
import { dueOf, momentsOf, momentsOfCut, SHORTEST_MS, WARN_DAYS, type Moment } from "./rules.ts";
import { cutReplay, makeReplay } from "./replay-files.ts";
import { claimJoining, findRecording, findVersion, listAging, listHappened, listParts, listToCut, listToJoin, saveCutDone, saveErased, saveJoined, saveWarned, type AgingRow } from "./store.ts";
import type { PartRow } from "./tables.ts";

/**
 * Makes a material of each recording whose class is over: its parts joined, a draft of its teacher, linked to the lesson,
 * with a table of moments. Parts that lie on another machine's disk are left to it. One that fails holds up no other.
 */
export async function joinRecordings(db: Db, blobs: BlobStore, at: Instant): Promise<number> {
  let joined = 0;
  await eachAlone(await listToJoin(db, at), async (id) => {
    const parts = await listParts(db, id);
    if (parts.length > 0 && !existsSync(path.join(recordingsFolder(blobs), id))) return;
    if (!(await claimJoining(db, id, at))) return;
    await joinOne(db, blobs, id, parts, at);
    joined += 1;
  });
  return joined;
}

async function joinOne(db: Db, blobs: BlobStore, id: string, all: readonly PartRow[], at: Instant): Promise<void> {
  const live = await loadLiveClass(db, id);
  const parts = all.map((part) => ({ ...part, file: partFile(blobs, id, part.number) })).filter((part) => existsSync(part.file));
  const joined = await joinParts(parts.map(({ file }) => ({ read: () => readFileBlocks(file) })));
  const materialId = live && joined && joined.durationMs >= SHORTEST_MS ? await keep(db, blobs, live, joined, parts, at) : null;
  await saveJoined(db, id, joined && materialId !== null ? { materialId, lengthMs: joined.durationMs } : null, at);
  await rm(path.join(recordingsFolder(blobs), id), { recursive: true, force: true, maxRetries: 3 });
}

/** Done again after a crash in between, the same file is found as the same material. */
async function keep(db: Db, blobs: BlobStore, live: LiveRow, joined: Joined, parts: readonly PartRow[], at: Instant): Promise<string | null> {
  const lesson = await lessonOfDrafts(db, live);
  if (!lesson) return null;
  const times = parts.map((part, i) => ({ startedAt: part.started_at, lengthMs: joined.partsMs[i] ?? 0 }));
  const moments = momentsOf(times, await listHappened(db, live));
  const stored = await blobs.put(Readable.from(joined.content()));
  const title = words.vi.material_title(live.title, dayOf(live.opened_at ?? live.starts_at));
  const kind = joined.hasPicture ? ("video" as const) : ("audio" as const);
  const file = { ...stored, name: joined.hasPicture ? "ghi-hinh-buoi-hoc.webm" : "ghi-am-buoi-hoc.weba", mime: `${kind}/webm` };
  const materialId = await saveDraft(db, live, lesson, file, { title, kind }, at);
  const beside = await makeReplay(db, blobs, live, times);
  await db.transaction(async (trx) => {
    const version = await findVersion(trx, materialId);
    if (version) await saveMoments(trx, version.id, moments.map(momentRow));
    await addRenditions(trx, stored.hash, beside, at);
    await notify(trx, [taughtBy(live).id], { kind: "recording_ready", href: `/live-classes/${live.id}/recording`, params: { title: live.title } }, at);
  });
  return materialId;
}

function momentRow({ timeMs, kind, page, text }: Moment): { time_ms: number; kind: Moment["kind"]; page: number; text: string } {
  return { time_ms: Math.round(timeMs), kind, page, text: text.slice(0, 500) };
}

/**
 * Cuts what was asked for, at the ends and in the middle: a new version of the material, nothing decoded. What was cut away is erased once the new
 * version stands, since that is what a cut is for.
 */
export async function cutRecordings(db: Db, blobs: BlobStore, at: Instant): Promise<void> {
  await eachAlone(await listToCut(db), (id) => cutOne(db, blobs, id, at));
}

const windows = z.array(z.object({ fromMs: z.number(), lengthMs: z.number() }));

async function cutOne(db: Db, blobs: BlobStore, id: string, at: Instant): Promise<void> {
  const [live, taken] = [await loadLiveClass(db, id), await findRecording(db, id)];
  const material = taken?.material_id != null ? await loadMaterial(db, taken.material_id, { personId: taken.started_by, classIds: [], at }) : undefined;
  if (!live || !taken || !material || taken.kept_windows === null) return saveCutDone(db, id, undefined);
  const asked = windows.parse(JSON.parse(taken.kept_windows));
  const { latest } = material;
  const joined = await joinParts(asked.map(({ fromMs, lengthMs }) => ({ read: () => blockReader(blobs, latest.blob_hash), cut: { fromMs, toMs: fromMs + lengthMs } })));
  if (!joined || material.state === "retired") return saveCutDone(db, id, undefined);
  const before = (await listMoments(db, [latest.id])).get(latest.id) ?? [];
  const kept = asked.map(({ fromMs }, i) => ({ fromMs, lengthMs: joined.partsMs[i] ?? 0 }));
  const moments = momentsOfCut(before.map(({ time_ms, kind, page, text }) => ({ timeMs: time_ms, kind, page, text })), kept);
  const beside = await cutReplay(db, blobs, latest.blob_hash, kept);
  const stored = await blobs.put(Readable.from(joined.content()));
  const act = { by: taughtBy(live).id, at, requestId: id };
  await db.transaction(async (trx) => {
    if (stored.hash !== latest.blob_hash) await saveVersion(trx, grantAsSystem(material, "edit"), { ...stored, name: latest.file_name, mime: latest.mime }, act);
    const version = await findVersion(trx, material.id);
    if (version) await saveMoments(trx, version.id, moments.map(momentRow));
    await addRenditions(trx, stored.hash, beside, at);
    await saveCutDone(trx, id, joined.durationMs);
  });
  if (stored.hash !== latest.blob_hash) await erase(db, blobs, { material, versions: [latest.id], reason: words.vi.cut_away }, act);
}

async function* blockReader(blobs: BlobStore, hash: string): ReturnType<typeof readBlocks> {
  yield* readBlocks((await blobs.open(hash)) as AsyncIterable<Buffer>);
}

/** Erases some or all files of a recording; a note stands in their place. */
async function erase(db: Db, blobs: BlobStore, what: { material: MaterialRow; versions: "all" | readonly string[]; reason: string }, act: { by: string; at: Instant; requestId: string }): Promise<void> {
  const text = Buffer.from(words.vi.erased_note(what.material.title, dayOf(act.at), what.reason), "utf8");
  const note: UploadedFile = { ...(await blobs.put(Readable.from([text]))), name: "da-xoa.txt", mime: "text/plain" };
  await eraseFiles(db, blobs, grantAsSystem(what.material, "erase"), what.versions, note, what.reason, act);
}

/** Erases a recording for good. */
export async function eraseRecording(db: Db, blobs: BlobStore, liveId: string, reason: string, act: { by: string; at: Instant; requestId: string }): Promise<void> {
  const taken = await findRecording(db, liveId);
  if (taken?.state !== "kept" || taken.material_id === null) return;
  const material = await loadMaterial(db, taken.material_id, { personId: act.by, classIds: [], at: act.at });
  if (material) await erase(db, blobs, { material, versions: "all", reason }, act);
  await saveErased(db, liveId, act.at);
}

/** Tells teachers which recordings nobody approved and will be erased, and erases those whose time is over. Run every night; one that fails holds up no other. */
export async function eraseExpired(db: Db, blobs: BlobStore, at: Instant): Promise<{ warned: number; erased: number }> {
  const done = { warned: 0, erased: 0 };
  await eachAlone(aging(db, at), async (one) => {
    const due = dueOf({ keptAt: one.kept_at, warnedAt: one.warned_at }, one.days, at);
    const live = due === "nothing" ? undefined : await loadLiveClass(db, one.id);
    if (!live) return;
    const teacher = taughtBy(live).id;
    if (due === "warn") {
      const news = { kind: "recording_expires" as const, href: `/live-classes/${live.id}/recording`, params: { title: live.title, count: Math.min(WARN_DAYS, one.days) } };
      await db.transaction(async (trx) => {
        if (await saveWarned(trx, live.id, at)) await notify(trx, [teacher], news, at);
      });
      done.warned += 1;
    } else {
      await eraseRecording(db, blobs, live.id, words.vi.expired(one.days), { by: teacher, at, requestId: live.id });
      done.erased += 1;
    }
  });
  return done;
}

/** All of them, page by page: those that a school keeps for a year stand before others that are due. */
async function* aging(db: Db, at: Instant): AsyncGenerator<AgingRow> {
  for (let some = await listAging(db, at); some.length > 0; some = await listAging(db, at, some.at(-1))) yield* some;
}

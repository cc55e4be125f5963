import { mkdir, statfs } from "node:fs/promises";
import path from "node:path";
import { roomOf as schoolRoomOf } from "../../materials/store/quota.ts";
import type { Instant } from "../../platform/clock.ts";
import type { Db } from "../../platform/db.ts";
import { Refusal } from "../../platform/errors.ts";
import type { Log } from "../../platform/log.ts";
import type { Signals } from "../../platform/signals.ts";
import type { BlobStore } from "../../platform/storage.ts";
import type { MediaEngine, MediaEvent } from "../media/engine.ts";
import { placeOf } from "../media/parts.ts";
import { LIVE_CHANGED, LIVE_ROOM } from "../socket.ts";
import { findWanted, listVoices, savePart, savePartProgress, saveProblem } from "./store.ts";

/** A recording was started or stopped: whichever process carries the class's sound looks what it has to do. */
export const LIVE_RECORDING = "live_recording";

/** What is always left free on the disk: the database and the files of everybody else live there too. */
const SPARE_BYTES = 500_000_000;
/** Below this nothing is begun: half an hour of sound with a picture. */
export const LEAST_BYTES = 20_000_000;
/** A part is no larger; the next one follows by itself. */
const PART_BYTES = 4_000_000_000;

export interface KeeperDeps {
  db: Db;
  /** The engine of this very process: of several one carries the class, and only that one records it. */
  media: MediaEngine;
  signals: Signals;
  blobs: BlobStore;
  clock: () => Instant;
  log: Log;
  /** What a school may store where nothing else was set for it, bytes. */
  quota: number;
}

/** Where the parts of recordings lie until they are joined: on the disk of the uploads. */
export function recordingsFolder(blobs: BlobStore): string {
  return path.join(path.dirname(blobs.incoming), "recordings");
}

export function partFile(blobs: BlobStore, liveId: string, number: number): string {
  return path.join(recordingsFolder(blobs), liveId, `${number}.webm`);
}

/**
 * Sees to it that what is to be recorded is: in the process that carries the class's sound, whichever took the teacher's
 * word. After a break (the media process died, the server began anew) another part begins with the first who is heard.
 */
export function keepRecordings(deps: KeeperDeps): void {
  const { db, media, signals, clock, log } = deps;
  const recording = media.recording;
  if (!recording) return;
  const running = new Map<string, { number: number; file: string }>();
  /** One thing after the other for each class. */
  const turns = new Map<string, Promise<void>>();
  const inTurn = (liveId: string, act: () => Promise<void>): void => {
    const turn = (turns.get(liveId) ?? Promise.resolve()).then(act).catch((error: unknown) => {
      if (!(error instanceof Refusal)) log.error({ live: liveId, error: String(error) }, "a recording was not looked after");
    });
    turns.set(liveId, turn);
    void turn.finally(() => turns.get(liveId) === turn && turns.delete(liveId));
  };

  const tend = async (liveId: string): Promise<void> => {
    const wanted = await findWanted(db, liveId);
    if (!wanted && running.has(liveId)) return recording.end(liveId);
    if (!wanted || running.has(liveId) || (await media.slotsOf(liveId)).length === 0) return;
    const bytesMax = Math.min(PART_BYTES, await roomLeft(deps, wanted));
    if (bytesMax < LEAST_BYTES) return stopped(liveId, "no_room");
    const number = await savePart(db, liveId, clock());
    const file = partFile(deps.blobs, liveId, number);
    await mkdir(path.dirname(file), { recursive: true, mode: 0o750 });
    running.set(liveId, { number, file });
    await recording.begin(liveId, { file, voices: await listVoices(db, liveId), bytesMax }).catch(async (error: unknown) => {
      running.delete(liveId);
      await savePartProgress(db, { liveId, number }, { bytes: 0, lengthMs: 0, isOver: true }, clock());
      throw error;
    });
  };

  const stopped = async (liveId: string, problem: string): Promise<void> => {
    if (await saveProblem(db, liveId, problem)) signals.tell(LIVE_ROOM, liveId);
  };

  const heard = async (news: Extract<MediaEvent, { kind: "recorded" }>): Promise<void> => {
    const part = running.get(news.room);
    if (part?.file !== news.file) return;
    await savePartProgress(db, { liveId: news.room, number: part.number }, news, clock());
    if (!news.isOver) return recording.voices(news.room, await listVoices(db, news.room));
    running.delete(news.room);
    if (news.problem === "disk_full" || news.problem === "disk") return stopped(news.room, news.problem);
    await tend(news.room); // too large, or lost: it goes on in another part
  };

  for (const topic of [LIVE_RECORDING, LIVE_CHANGED]) signals.listen(topic, (liveId) => inTurn(liveId, () => tend(liveId)));
  media.listen((event) => {
    if (event.kind === "map" && placeOf(event.room).group === 0 && !running.has(event.room)) inTurn(event.room, () => tend(event.room));
    if (event.kind === "recorded") inTurn(event.room, () => heard(event));
  });
}

/** What may still be written: of the school's share, and of the disk. */
async function roomLeft({ db, blobs, quota }: KeeperDeps, { school_id, bytes }: { school_id: string; bytes: number }): Promise<number> {
  const { left } = await schoolRoomOf(db, school_id, quota);
  return Math.min(left - bytes, (await diskLeft(blobs)) - SPARE_BYTES);
}

/** Free bytes of the disk on which files arrive; where nobody can tell, the writing itself will. */
async function diskLeft(blobs: BlobStore): Promise<number> {
  const disk = await statfs(path.dirname(blobs.incoming)).catch(() => undefined);
  return disk ? disk.bavail * disk.bsize : Number.MAX_SAFE_INTEGER;
}

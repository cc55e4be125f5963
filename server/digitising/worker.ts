import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { addMinutes, now, type Instant } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import type { Log } from "../platform/log.ts";
import { BlobMissing, type BlobStore, type Stored } from "../platform/storage.ts";
import { writeHashed } from "../platform/storage/disk.ts";
import { FILE_KINDS } from "../platform/web/file-kinds.ts";
import { ConversionFailed } from "./failures.ts";
import { makeSound, makeVideo } from "./makers/media.ts";
import { writeSearchable } from "./makers/ocr.ts";
import { makeOffice } from "./makers/office.ts";
import { makePdf } from "./makers/pdf.ts";
import { makePicture } from "./makers/picture.ts";
import { makeText } from "./makers/text.ts";
import type { Maker, Work } from "./makers/work.ts";
import { wayOf, type ErrorCode, type Way } from "./rules.ts";
import { scanFile, type Scanner } from "./scanner.ts";
import { listRenditions } from "./store.ts";
import { claimLayer, dropLayer, findLayer, holdLayer, saveLayer, saveLayerFailure, type LayerJob } from "./store/layers.ts";
import { claimJob, LeaseLost, listLostDrafts, removeDrafts, saveDone, saveDraft, saveFailure, saveMeasured, saveProgress, saveRendition, saveScan, saveTexts, type Job } from "./store/queue.ts";
import type { Tools } from "./tools.ts";

const MAKERS: Record<Exclude<Way, "nothing">, Maker> = { picture: makePicture, pdf: makePdf, office: makeOffice, text: makeText, sound: makeSound, video: makeVideo };

export interface DigitiserDeps {
  db: Db;
  blobs: BlobStore;
  log: Log;
  tools: Promise<Tools>;
  scanner?: Scanner | undefined;
  clock?: () => Instant;
  /** Divides every time limit of a converter. */
  hurry?: number;
}

export interface Digitiser {
  /** Does everything that is due until nothing is; answers how many jobs. */
  drain(): Promise<number>;
  start(everyMs?: number): void;
  /** Lets go of running jobs at once: they are taken again later. */
  stop(): Promise<void>;
}

const SIGN_OF_LIFE_MS = 20_000;

/** The worker of conversions: one lane for everything, and one that films and recordings never block. */
export function makeDigitiser(deps: DigitiserDeps): Digitiser {
  const clock = deps.clock ?? now;
  let stopped = false;
  const lanes: Promise<unknown>[] = [];
  const timers = new Set<NodeJS.Timeout>();

  async function drain(lane: "any" | "quick" = "any"): Promise<number> {
    let done = 0;
    while (!stopped) {
      const job = await claimJob(deps.db, lane, clock());
      const layer = job === undefined && lane === "any" ? await claimLayer(deps.db, clock()) : undefined;
      if (job !== undefined) await doJob(deps, job, clock);
      else if (layer !== undefined) await doLayer(deps, layer, clock);
      else break;
      done += 1;
    }
    return done;
  }

  function keepGoing(lane: "any" | "quick", everyMs: number): void {
    const turn = (): void => {
      const running = drain(lane)
        .catch((error: unknown) => deps.log.error({ error: String(error) }, "digitising turn failed"))
        .finally(() => {
          if (stopped) return;
          const timer = setTimeout(turn, everyMs);
          timers.add(timer.unref());
        });
      lanes[lane === "any" ? 0 : 1] = running;
    };
    turn();
  }

  return {
    drain,
    start(everyMs = 1_000) {
      stopped = false;
      keepGoing("any", everyMs);
      keepGoing("quick", everyMs);
    },
    async stop() {
      stopped = true;
      for (const timer of timers) clearTimeout(timer);
      await Promise.race([Promise.all(lanes), new Promise((resolve) => setTimeout(resolve, 5_000).unref())]);
    },
  };
}

/** One job from its claim to its end: whatever happens, its folder is gone afterwards and its row tells what became of it. */
async function doJob(deps: DigitiserDeps, job: Job, clock: () => Instant): Promise<void> {
  const { db, log } = deps;
  const told = { step: job.step as Parameters<typeof saveProgress>[2]["step"], progress: 0 };
  const alive = setInterval(() => void saveProgress(db, job, told, clock()).catch(() => undefined), SIGN_OF_LIFE_MS);
  let folder: string | undefined;
  try {
    const way = wayOf(job.mime);
    if (way === "nothing" && deps.scanner === undefined) return await saveDone(db, job, "nothing", null, clock());
    folder = await newFolder(deps.blobs);
    const work = await benchOf(deps, job, folder, told, clock);
    if (deps.scanner !== undefined && job.scan === null) await scan(deps, job, path.join(folder, work.input));
    const partly = way === "nothing" ? null : await MAKERS[way](work);
    await saveDone(db, job, way === "nothing" ? "nothing" : "done", partly, clock());
  } catch (error) {
    if (error instanceof LeaseLost) return;
    const code = codeOf(error);
    const level = code === "tool_failed" || code === "storage" ? "error" : "info";
    log[level]({ blob: job.blob_hash, tries: job.tries, code, error: String(error) }, "a file was not digitised");
    await saveFailure(db, job, code, clock());
  } finally {
    clearInterval(alive);
    if (folder !== undefined) await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Writes a scan's corrected words into its searchable PDF. Whatever happens, the PDF that was there before stays until the new one stands. */
async function doLayer(deps: DigitiserDeps, job: LayerJob, clock: () => Instant): Promise<void> {
  const { db, blobs, log } = deps;
  const alive = setInterval(() => void holdLayer(db, job, clock()).catch(() => undefined), SIGN_OF_LIFE_MS);
  let folder: string | undefined;
  try {
    const { revision, pages } = await findLayer(db, job.blob_hash);
    const pictured = pages.flatMap(({ words, picture }) => (picture === null ? [] : [{ lines: words, picture }]));
    if (pictured.length === 0 || pictured.length < pages.length) return await dropLayer(db, job);
    folder = await newFolder(blobs);
    for (const [i, page] of pictured.entries()) {
      await pipeline(await blobs.open(page.picture), createWriteStream(path.join(folder, `page-${i}.jpg`), { mode: 0o600 }));
      page.picture = `page-${i}.jpg`;
    }
    const file = await writeSearchable({ folder, tools: await deps.tools, hurry: deps.hurry ?? 1 }, pictured);
    await saveLayer(db, job, await storeDraft(deps, path.join(folder, file), clock), revision, clock());
  } catch (error) {
    log.error({ blob: job.blob_hash, tries: job.tries, error: String(error) }, "corrected words were not written into their PDF");
    await saveLayerFailure(db, job, clock());
  } finally {
    clearInterval(alive);
    if (folder !== undefined) await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** A private folder of one job, on the disk of the uploads. */
async function newFolder(blobs: BlobStore): Promise<string> {
  const root = foldersOf(blobs);
  await mkdir(root, { recursive: true, mode: 0o700 });
  return mkdtemp(path.join(root, "job-"));
}

/** A file into the store, noted before, so that the cleaner knows of it if the server dies before its row stands. */
async function storeDraft({ db, blobs }: DigitiserDeps, file: string, clock: () => Instant): Promise<Stored> {
  const hashed = await writeHashed(createReadStream(file), blobs.incoming);
  await saveDraft(db, hashed.hash, clock());
  return blobs.adopt(hashed);
}

function codeOf(error: unknown): ErrorCode {
  if (error instanceof ConversionFailed) return error.code;
  if (error instanceof BlobMissing) return "storage";
  return error instanceof Error && "code" in error && error.code === "ENOSPC" ? "storage" : "tool_failed";
}

async function scan({ db, scanner }: DigitiserDeps, job: Job, file: string): Promise<void> {
  if (scanner === undefined) return;
  const verdict = await scanFile(scanner, file);
  await saveScan(db, job, verdict);
  if (verdict === "virus") throw new ConversionFailed("virus");
}

/** Puts the file on the bench under a name of the system's own. */
async function benchOf(deps: DigitiserDeps, job: Job, folder: string, told: { step: Parameters<Work["tell"]>[0] | null; progress: number }, clock: () => Instant): Promise<Work> {
  const { db, blobs } = deps;
  const ext = FILE_KINDS.find((kind) => kind.mime === job.mime)?.ext ?? "bin";
  const input = `input.${ext}`;
  await pipeline(await blobs.open(job.blob_hash), createWriteStream(path.join(folder, input), { mode: 0o600 }));
  const made = new Set((await listRenditions(db, [job.blob_hash])).get(job.blob_hash)?.map((rendition) => rendition.kind));
  return {
    folder,
    input,
    ext,
    mime: job.mime,
    tools: await deps.tools,
    hurry: deps.hurry ?? 1,
    has: (kind) => made.has(kind),
    async tell(step, progress) {
      const moved = step !== told.step || Math.round(progress) !== Math.round(told.progress);
      told.step = step;
      told.progress = progress;
      if (moved && !(await saveProgress(db, job, told, clock()))) throw new LeaseLost();
    },
    async keep(kind, file, mime, details = {}) {
      const stored = await storeDraft(deps, path.join(folder, file), clock);
      await saveRendition(db, job, { ...stored, kind, mime, details }, clock());
    },
    keepTexts: (pages, source) => saveTexts(db, job, pages, source),
    measure: (measured) => saveMeasured(db, job, measured),
  };
}

/**
 * Removes what a killed worker left: folders of jobs that no worker can be in any more, and stored renditions that never
 * got their row. Runs from the schedule.
 */
export async function sweepConversions(db: Db, blobs: BlobStore, at: Instant): Promise<number> {
  const before = addMinutes(at, -LONGEST_JOB_MINUTES);
  const root = foldersOf(blobs);
  let removed = 0;
  for (const name of await readdir(root).catch(() => [])) {
    const job = path.join(root, name);
    const found = await stat(job).catch(() => undefined);
    if (found === undefined || found.mtime.toISOString() >= before) continue;
    await rm(job, { recursive: true, force: true });
    removed += 1;
  }
  for (const hash of await listLostDrafts(db, before)) {
    await blobs.remove(hash);
    removed += 1;
  }
  await removeDrafts(db, before);
  return removed;
}

/** Where jobs have their folders: on the disk of the uploads, private to the server. */
export function foldersOf(blobs: BlobStore): string {
  return path.join(path.dirname(blobs.incoming), "conversions");
}

/** A folder's time is that of its last new file; the longest gap is one film of six hours on a slow machine. */
const LONGEST_JOB_MINUTES = 26 * 60;

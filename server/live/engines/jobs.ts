import type { Instant } from "../../platform/clock.ts";
import type { Db } from "../../platform/db.ts";
import { formats } from "../../platform/i18n.ts";
import { pageDocument } from "../../platform/page-document.ts";
import { richText } from "../../platform/rich-text.ts";
import type { BlobStore } from "../../platform/storage.ts";
import { PAGE_MIME } from "../../platform/web/file-kinds.ts";
import { Readable } from "node:stream";
import { lessonOfDrafts, saveDraft } from "../jobs.ts";
import { loadLiveClass, type LiveRow } from "../store/classes.ts";
import type { EngineKind } from "../store/tables.ts";
import { isDown, type EngineRecording } from "./engine.ts";
import type { Engines } from "./engines.ts";
import { lookIn } from "./held.ts";
import { liveEngines } from "./messages.ts";
import { recordingText } from "./recordings.ts";
import { listUnrecorded, listWatched, saveRecording } from "./store.ts";

/**
 * Asks the engines who is in each running class, several at once. One that does not answer is asked about no further class
 * this time: a hundred classes would wait for it one after the other.
 */
export async function watchEngines(db: Db, engines: Engines, at: Instant): Promise<void> {
  await forEachClass(db, await listWatched(db), (live) => lookIn(db, engines, live, at));
}

/** Saves the recordings that engines have ready: each as a draft of the teacher that holds its link, linked to the lesson. */
export async function fetchRecordings(db: Db, blobs: BlobStore, engines: Engines, at: Instant): Promise<void> {
  await forEachClass(db, await listUnrecorded(db, at), async (live) => {
    const [first] = await engines.of(live).recordings(live);
    if (first) await saveLink(db, blobs, live, first, at);
  });
}

const AT_ONCE = 4;

async function forEachClass(db: Db, ids: readonly string[], act: (live: LiveRow) => Promise<void>): Promise<void> {
  const down = new Set<EngineKind>();
  const waiting = [...ids];
  const failures: unknown[] = [];
  const work = async (): Promise<void> => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      const live = await loadLiveClass(db, id);
      if (!live || down.has(live.engine)) continue;
      await act(live).catch((error: unknown) => (isDown(error) ? down.add(live.engine) : failures.push(error)));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  if (failures.length > 0) throw failures[0];
}

async function saveLink(db: Db, blobs: BlobStore, live: LiveRow, recording: EngineRecording, at: Instant): Promise<void> {
  const lesson = await lessonOfDrafts(db, live);
  if (!lesson) return;
  const { title, byline, markdown } = recordingText(live, recording, liveEngines.vi.recording, formats.vi);
  const html = pageDocument({ lang: "vi", title, byline, body: richText(markdown), images: new Map(), baseUrl: "" });
  const stored = await blobs.put(Readable.from([Buffer.from(html, "utf8")]));
  const materialId = await saveDraft(db, live, lesson, { ...stored, name: "ban-ghi.html", mime: PAGE_MIME }, { title, kind: "video" }, at);
  await saveRecording(db, live.id, recording, materialId);
}

import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { OPUS_SILENCE, webmCluster, webmHead, type Block } from "../../server/live/media/webm.ts";
import { partFile } from "../../server/live/recording/keeper.ts";
import { DARK, PICTURE, SOUND } from "../../server/live/recording/recorder.ts";
import { addMinutes } from "../../server/platform/clock.ts";
import type { Running } from "./app.ts";

/** A whole picture that is another than the dark one. */
export const KEY = Buffer.concat([DARK, Buffer.from([0])]);

/** Sound of some length with a whole picture every two seconds. */
export function film(lengthMs: number, withPicture: boolean): Buffer {
  const blocks: Block[] = [];
  for (let at = 0; at < lengthMs; at += 20) {
    if (withPicture && at % 100 === 0) blocks.push({ track: PICTURE, atMs: at, isKey: at % 2000 === 0, data: at % 2000 === 0 ? KEY : Buffer.from([at / 100]) });
    blocks.push({ track: SOUND, atMs: at, isKey: true, data: OPUS_SILENCE });
  }
  const clusters: Buffer[] = [];
  for (let i = 0; i < blocks.length; i += 70) clusters.push(webmCluster(blocks.slice(i, i + 70)));
  return Buffer.concat([webmHead([{ number: SOUND, sort: "audio" }, { number: PICTURE, sort: "video" }]), ...clusters]);
}

/** Parts of a recording as the media process leaves them; the class has ended since. */
export async function recorded(app: Running, live: string, parts: readonly Buffer[], endedAt: string): Promise<void> {
  const started = app.time.now;
  await app.db("live_recordings").insert({ live_class_id: live, state: "on", started_by: (await app.db("live_classes").where({ id: live }).first("teacher_id") as { teacher_id: string }).teacher_id, started_at: started });
  for (const [i, part] of parts.entries()) {
    const file = partFile(app.blobs, live, i + 1);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, part);
    await app.db("live_recording_parts").insert({ live_class_id: live, number: i + 1, started_at: addMinutes(started, i * 5), seen_at: started, ended_at: started, bytes: part.length });
  }
  await app.db("live_classes").where({ id: live }).update({ state: "ended", ended_at: endedAt });
}

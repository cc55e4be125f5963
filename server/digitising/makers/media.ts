import { readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { ConversionFailed } from "../failures.ts";
import type { Limits } from "../sandbox.ts";
import { runTask, runTool, SMALL, type Maker, type Work } from "./work.ts";

/**
 * The reader that ffmpeg uses for each kind, never one that it guesses: a playlist dressed as a film would make it read
 * other files of the machine (and `-protocol_whitelist file` keeps it off the network).
 */
const READERS: Record<string, string> = {
  mp4: "mov", mov: "mov", m4a: "mov", webm: "matroska", weba: "matroska", ogv: "ogg", ogg: "ogg", mp3: "mp3", wav: "wav", aac: "aac", flac: "flac",
};

/** A lesson longer than this is cut by whoever made it. */
const HOURS_MAX = 6;

const probed = z.object({
  format: z.object({ duration: z.coerce.number().optional() }),
  streams: z.array(z.object({ codec_type: z.string().optional(), width: z.number().optional(), height: z.number().optional(), disposition: z.record(z.string(), z.number()).optional() })),
});

interface Media {
  seconds: number;
  sound: boolean;
  picture: Size | undefined;
  /** The largest picture, where they are not all of one size: a recorded class changes from a camera to a screen and back. */
  largest: Size | undefined;
}

interface Size {
  width: number;
  height: number;
}

/** A film: a poster, its length, one rendition that a phone on 3G can follow, and its sound alone. */
export const makeVideo: Maker = async (work) => {
  const media = await measured(work);
  if (media === undefined) return "no_tool";
  if (media.picture !== undefined && !work.has("poster")) await poster(work, media.seconds);
  if (media.sound && !work.has("audio_only")) await stream(work, "audio_only", media, ["-vn", ...SOUND_ALONE], [10, 25]);
  if (media.picture !== undefined && !work.has("video_480")) await stream(work, "video_480", media, [...pictureIn480(media.largest ? fitting(media.largest, 480) : SCALE_480), ...(media.sound ? SOUND : ["-an"])], [25, 99]);
  return null;
};

/** A recording: its length, and one rendition for slow lines. */
export const makeSound: Maker = async (work) => {
  const media = await measured(work);
  if (media === undefined) return "no_tool";
  if (!media.sound) throw new ConversionFailed("broken", "no sound in it");
  if (!work.has("audio_only")) await stream(work, "audio_only", media, ["-vn", ...SOUND_ALONE], [10, 99]);
  return null;
};

/** Nothing of what the camera wrote goes along: not where it was filmed, not by whom. The loudness stays as it is. */
const PLAIN = ["-map_metadata", "-1", "-map_chapters", "-1"];
const SOUND = ["-c:a", "aac", "-b:a", "64k", "-ac", "2", "-ar", "44100"];
const SOUND_ALONE = ["-c:a", "aac", "-b:a", "48k", "-ac", "1", "-ar", "44100"];
/** The shorter side becomes 480, never larger than it was; both sides even, as H.264 wants them. */
const SCALE_480 = "scale='if(gte(iw,ih),-2,2*trunc(min(480,iw)/2))':'if(gte(iw,ih),2*trunc(min(480,ih)/2),-2)',format=yuv420p";
const SEGMENT_SECONDS = 6;
const pictureIn480 = (scale: string): string[] => [
  "-vf", scale, "-c:v", "libx264", "-preset", "veryfast", "-profile:v", "main", "-crf", "27", "-maxrate", "700k", "-bufsize", "1400k",
  "-r", "25", "-force_key_frames", `expr:gte(t,n_forced*${SEGMENT_SECONDS})`,
]; // prettier-ignore

/** One frame into which pictures of every size fit whole, none larger than it was; both sides even. */
export function fitting({ width, height }: Size, shorter: number): string {
  const share = Math.min(1, shorter / Math.min(width, height));
  const [w, h] = [width, height].map((side) => Math.max(2, 2 * Math.round((side * share) / 2)));
  return `scale=${w}:${h}:force_original_aspect_ratio=decrease:force_divisible_by=2,pad=${w}:${h}:(ow-iw)/2:(oh-ih)/2,format=yuv420p`;
}

function reader(work: Work): string[] {
  return ["-protocol_whitelist", "file", "-f", READERS[work.ext] ?? "mov"];
}

async function measured(work: Work): Promise<Media | undefined> {
  if (work.tools.versions.ffmpeg === undefined) return undefined;
  await work.tell("sound", 3);
  const told = await runTool(work, "ffprobe", ["-v", "error", ...reader(work), "-print_format", "json", "-show_format", "-show_streams", work.input], SMALL).catch((error: unknown) => {
    throw error instanceof ConversionFailed && error.code === "tool_failed" ? new ConversionFailed("broken", error.message) : error;
  });
  const { format, streams } = probed.parse(JSON.parse(told));
  const film = streams.find((stream) => stream.codec_type === "video" && stream.disposition?.["attached_pic"] !== 1 && stream.width && stream.height);
  const seconds = Math.min(format.duration ?? 0, HOURS_MAX * 3600);
  const picture = film?.width && film.height ? { width: film.width, height: film.height } : undefined;
  const largest = picture && work.ext === "webm" ? await largestOf(work, picture) : undefined;
  await work.measure({ duration_ms: Math.round(seconds * 1000), ...(largest ?? picture ?? {}) });
  return { seconds, sound: streams.some((stream) => stream.codec_type === "audio"), picture, largest };
}

/** Browsers and rooms write films whose picture changes its size with any whole picture; looked at are those alone. */
async function largestOf(work: Work, first: Size): Promise<Size | undefined> {
  let [largest, changes] = [first, false];
  const onLine = (line: string): void => {
    const [width = 0, height = 0] = line.split(",").map(Number);
    changes ||= width > 0 && (width !== first.width || height !== first.height);
    if (width * height > largest.width * largest.height) largest = { width, height };
  };
  await runTool(work, "ffprobe", ["-v", "error", "-skip_frame", "nokey", "-select_streams", "v:0", ...reader(work), "-show_entries", "frame=width,height", "-of", "csv=p=0", work.input], { ...SMALL, seconds: 600 }, onLine);
  return changes ? largest : undefined;
}

/** A picture from a tenth of the film, where the title has gone and the teacher stands. */
async function poster(work: Work, seconds: number): Promise<void> {
  const at = Math.min(seconds / 10, 20).toFixed(2);
  await runTool(work, "ffmpeg", ["-v", "error", "-nostdin", "-ss", at, ...reader(work), "-i", work.input, "-frames:v", "1", "-vf", SCALE_480.replace(/480/g, "720"), "-q:v", "4", ...PLAIN, "-f", "image2", "poster.jpg"], SMALL);
  await work.keep("poster", "poster.jpg", "image/jpeg");
  await runTask(work, "picture", { file: "poster.jpg" }, SMALL);
  await work.keep("thumb", "thumb.webp", "image/webp");
}

/**
 * One file of fragments for HLS with byte ranges. The playlist is kept as `details.playlist`; the file stands in it as
 * `media.mp4`, which whoever shows it replaces by the address of the rendition.
 */
async function stream(work: Work, kind: "video_480" | "audio_only", media: Media, how: readonly string[], [from, to]: [number, number]): Promise<void> {
  const step = kind === "video_480" ? "video" : "sound";
  await work.tell(step, from);
  const hls = ["-f", "hls", "-hls_time", String(SEGMENT_SECONDS), "-hls_playlist_type", "vod", "-hls_segment_type", "fmp4", "-hls_flags", "single_file", "-hls_segment_filename", "media.mp4"];
  const onLine = (line: string): void => {
    const done = Number(/^out_time_us=(\d+)/.exec(line)?.[1] ?? NaN) / 1_000_000;
    if (Number.isFinite(done) && media.seconds > 0) void work.tell(step, from + ((to - from) * Math.min(done, media.seconds)) / media.seconds).catch(() => undefined); // the next awaited word tells
  };
  const args = ["-v", "error", "-nostdin", "-progress", "pipe:1", ...reader(work), "-i", work.input, "-t", String(HOURS_MAX * 3600), "-sn", "-dn", ...how, ...PLAIN, "-threads", "1", ...hls, "list.m3u8"];
  await runTool(work, "ffmpeg", args, limitsOf(media), onLine);
  const playlist = await readFile(path.join(work.folder, "list.m3u8"), "utf8");
  await work.keep(kind, "media.mp4", kind === "video_480" ? "video/mp4" : "audio/mp4", { playlist, seconds: media.seconds });
}

/** Four times as long as the film runs, for a slow machine that serves pages besides. */
function limitsOf({ seconds }: Media): Limits {
  return { seconds: 300 + Math.ceil(seconds * 4), memoryMb: 1_500, outputMb: 4_000 };
}

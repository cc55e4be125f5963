/** Why captions are not taken; the words stand in `words.platform.fields`. */
export type CaptionRefusal = "captions_unknown" | "captions_empty" | "captions_time" | "captions_many";

export type ReadCaptions = { ok: true; vtt: string; cues: number } | { ok: false; code: CaptionRefusal; params: Record<string, number> };

interface Cue {
  start: number;
  end: number;
  settings: string;
  text: string;
}

const CUES_MAX = 20_000;
const TIME_LINE = /^(\S+)[ \t]+-->[ \t]+(\S+)(?:[ \t]+(.*))?$/;
/** Cue settings of WebVTT that place the text; others (regions, styles) are left out. */
const SETTING = /^(?:align:(?:start|center|end|left|right)|(?:line|position|size):-?\d{1,3}(?:\.\d+)?%?(?:,(?:start|center|end|line-left|line-right))?|vertical:(?:rl|lr))$/;

/**
 * Reads captions as WebVTT or SubRip (.srt) and writes them as plain WebVTT: cues in the order of their time, without styles,
 * regions and notes. What a player would silently leave out is said instead, with its line.
 *
 * Source: W3C WebVTT, §4 (file structure); SubRip is the same with a comma before the milliseconds and numbers before cues.
 */
export function readCaptions(text: string): ReadCaptions {
  const lines = text.replace(/^\uFEFF/, "").normalize("NFC").replace(/\r\n?/g, "\n").split("\n");
  const isVtt = /^WEBVTT(?:[ \t].*)?$/.test(lines[0] ?? "");
  if (!isVtt && !lines.slice(0, 50).some((line) => TIME_LINE.test(line.trim()))) return { ok: false, code: "captions_unknown", params: {} };
  const cues: Cue[] = [];
  for (let i = isVtt ? 1 : 0; i < lines.length; i += 1) {
    const match = TIME_LINE.exec((lines[i] ?? "").trim());
    if (match === null) {
      if ((lines[i] ?? "").includes("-->")) return { ok: false, code: "captions_time", params: { line: i + 1 } };
      continue;
    }
    const start = millisecondsOf(match[1] ?? "");
    const end = millisecondsOf(match[2] ?? "");
    if (start === undefined || end === undefined || end <= start) return { ok: false, code: "captions_time", params: { line: i + 1 } };
    const words: string[] = [];
    while ((lines[i + 1] ?? "").trim() !== "" && !(lines[i + 1] ?? "").includes("-->")) words.push(lines[(i += 1)] ?? "");
    const settings = (match[3] ?? "").split(/[ \t]+/).filter((setting) => SETTING.test(setting)).join(" ");
    if (words.length > 0) cues.push({ start, end, settings, text: words.join("\n") });
    if (cues.length > CUES_MAX) return { ok: false, code: "captions_many", params: { max: CUES_MAX } };
  }
  if (cues.length === 0) return { ok: false, code: "captions_empty", params: {} };
  return { ok: true, vtt: write(cues), cues: cues.length };
}

function write(cues: readonly Cue[]): string {
  const ordered = [...cues].sort((a, b) => a.start - b.start || a.end - b.end);
  return `WEBVTT\n\n${ordered.map((cue) => `${timeOf(cue.start)} --> ${timeOf(cue.end)}${cue.settings && ` ${cue.settings}`}\n${cue.text}\n`).join("\n")}`;
}

/** `01:02:03.456`, `02:03.456` and the comma of SubRip, in milliseconds. */
function millisecondsOf(time: string): number | undefined {
  const match = /^(?:(\d{1,4}):)?([0-5]?\d):([0-5]\d)[.,](\d{3})$/.exec(time);
  if (match === null) return undefined;
  const [, hours = "0", minutes = "0", seconds = "0", rest = "0"] = match;
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + Number(rest);
}

function timeOf(milliseconds: number): string {
  const two = (n: number): string => String(n).padStart(2, "0");
  const seconds = Math.floor(milliseconds / 1000);
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}.${String(milliseconds % 1000).padStart(3, "0")}`;
}

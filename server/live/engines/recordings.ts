import { TITLE_LENGTH_MAX } from "../../materials/rules.ts";
import { dayOf, minutesBetween } from "../../platform/clock.ts";
import type { Formats } from "../../platform/i18n.ts";
import { taughtBy, type LiveRow } from "../store/classes.ts";
import type { EngineRecording } from "./engine.ts";

/** Title and text of the draft by which a recording comes back: its link, and nothing of the recording itself. */
export function recordingText(live: LiveRow, { url, startedAt, endedAt }: EngineRecording, words: Words["live_engines"]["recording"], f: Formats): { title: string; byline: string; markdown: string } {
  const minutes = Math.max(1, Math.round(minutesBetween(startedAt, endedAt)));
  const address = new URL(url).href.replace(/[()\\<>]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);
  return {
    title: words.title(live.title, f.day(dayOf(startedAt))).slice(0, TITLE_LENGTH_MAX),
    byline: [taughtBy(live).name, live.school.name].join(" · "),
    markdown: `${words.text(minutes)}\n\n[${words.watch}](${address})\n\n${words.note}`,
  };
}

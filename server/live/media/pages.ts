import type { IconName } from "../../shell/icons.ts";
import type { Kind } from "./parts.ts";
import type { Part } from "../pages/room.ts";

/** The stage's sound and picture (`live/media.ejs`). */
export interface MediaView {
  teacher: boolean;
  buttons: readonly { kind: Kind; on: IconName; off: IconName }[];
  words: string;
  /** The stream for browsers without WebRTC. */
  link: string;
}

const BUTTONS: MediaView["buttons"] = [
  { kind: "mic", on: "mic", off: "mic-off" },
  { kind: "camera", on: "video", off: "video-off" },
  { kind: "screen", on: "screen-share", off: "screen-share" },
];

declare global {
  interface Views {
    "live/media": MediaView;
  }
}

export function mediaView(live: { id: string }, part: Part, t: Words): MediaView {
  return { buttons: BUTTONS, teacher: part === "teacher", words: JSON.stringify(t.liveMedia.script), link: `/live-classes/${live.id}/sound` };
}

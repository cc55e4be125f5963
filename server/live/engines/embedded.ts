import type { MediaEngine } from "../media/engine.ts";
import type { ClassEngine } from "./engine.ts";

/** Our own room. It begins with the first who enters, and presence comes from its sockets (`live/socket.ts`), so little is left to ask. */
export function embeddedRoom(media: MediaEngine): ClassEngine {
  return {
    kind: "embedded",
    open: () => Promise.resolve(),
    entry: (live) => Promise.resolve(`/live-classes/${live.id}`),
    attendees: () => Promise.resolve(undefined),
    end: (live) => media.closeRoom(live.id),
    recordings: () => Promise.resolve([]),
  };
}

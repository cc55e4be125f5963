import { conflict } from "../../platform/errors.ts";
import type { ClassEngine, HeldClass } from "./engine.ts";

/**
 * A plain link to any other tool (Meet, Zoom, Teams…). Nothing is sent there and nothing comes back: who presses the
 * button is noted as a click, and who was there is the teacher's word.
 */
export const plainLinks: ClassEngine = {
  kind: "link",
  open: (live) => Promise.resolve(void linkOf(live)),
  entry: (live) => Promise.resolve(linkOf(live)),
  attendees: () => Promise.resolve(undefined),
  end: () => Promise.resolve(),
  recordings: () => Promise.resolve([]),
};

function linkOf(live: HeldClass): string {
  if (live.engine_link === null) throw conflict("engine_no_link");
  return live.engine_link;
}

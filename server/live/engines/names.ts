import type { EngineKind } from "../store/tables.ts";
import { toolOf } from "./rules.ts";

/** What the room of a class is called. */
export function roomName(live: { engine: EngineKind; engine_link: string | null }, t: Words): string {
  return live.engine === "link" && live.engine_link !== null ? t.live_engines.by_link(toolOf(live.engine_link)) : t.live_engines.kinds[live.engine];
}

/** The tool alone, for a button. */
export function toolName(live: { engine: EngineKind; engine_link: string | null }, t: Words): string {
  return live.engine === "link" && live.engine_link !== null ? toolOf(live.engine_link) : t.live_engines.kinds[live.engine];
}

import type { Actor } from "../../access/actor.ts";
import type { UnitRow } from "../../organisation/store.ts";
import { oddRefusal } from "../odd/access.ts";
import type { SchoolTab } from "./pages.ts";

/** Which pages of a school's figures a person who may read them is shown. */
export function tabsFor(actor: Actor, school: UnitRow): SchoolTab[] {
  return ["overview", "outlook", "use", ...(oddRefusal(actor, school) === undefined ? (["odd"] as const) : [])];
}

import type { Actor } from "../../access/actor.ts";
import type { UnitRow } from "../../organisation/store.ts";
import type { SchoolTab } from "./pages.ts";

/** Which pages of a school's figures a person who may read them is shown. */
export function tabsFor(_actor: Actor, _school: UnitRow): SchoolTab[] {
  return ["overview", "outlook"];
}

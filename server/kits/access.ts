import type { Actor } from "../access/actor.ts";
import type { Granted } from "../access/policy.ts";
import { alsoGranted, isInvited, isPupil, isStaff, openLiveClass } from "../live/access.ts";
import type { LiveRow } from "../live/store/classes.ts";
import type { Db } from "../platform/db.ts";
import { conflict, forbidden, notFound } from "../platform/errors.ts";
import { findKit, isFresh, type KitRow } from "./store.ts";

export interface Opened {
  live: Granted<"read", LiveRow>;
  /** Undefined where none was given, or it was taken back: then only its teacher has a page for it. */
  kit: KitRow | undefined;
}

/** The kit of a class: for its pupils whether they were there or not, their parents, its teachers and those who oversee it; never for guests. */
export async function openKit(db: Db, actor: Actor, liveId: string): Promise<Opened> {
  const live = await openLiveClass(db, actor, liveId, "read");
  if (isInvited(actor, live)) throw notFound();
  const found = await findKit(db, live.id);
  const kit = found?.state === "withdrawn" ? undefined : found;
  if (!kit && !(live.state === "ended" && alsoGranted(actor, "teach", live))) throw notFound();
  return { live, kit };
}

/** A kit that can be gone through now. @throws Refusal 409 while it is being made */
export async function openMade(db: Db, actor: Actor, liveId: string): Promise<Opened & { kit: KitRow }> {
  return made(await openKit(db, actor, liveId));
}

function made({ live, kit }: Opened): Opened & { kit: KitRow } {
  if (!kit) throw notFound();
  if (!isReady(kit)) throw conflict("kit_not_ready");
  return { live, kit };
}

/** What is heard and kept: for pupils of the class, its teachers and those who oversee it. Parents agreed that the class hears their children, not that other families do. */
export async function openHeard(db: Db, actor: Actor, liveId: string): Promise<Opened & { kit: KitRow }> {
  const opened = await openKit(db, actor, liveId);
  if (!mayHear(actor, opened.live)) throw forbidden("role");
  return made(opened);
}

export function mayHear(actor: Actor, live: LiveRow): boolean {
  return isPupil(actor, live) || isStaff(actor, live);
}

export function isReady(kit: KitRow): boolean {
  return kit.state === "ready" && isFresh(kit);
}

/** A kit that a pupil of the class finishes. */
export async function openToFinish(db: Db, actor: Actor, liveId: string): Promise<Opened & { kit: KitRow }> {
  const opened = await openKit(db, actor, liveId);
  if (!isPupil(actor, opened.live)) throw forbidden("role");
  return made(opened);
}

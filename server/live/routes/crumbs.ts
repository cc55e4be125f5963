import type { Request } from "express";
import { isInvited } from "../access.ts";
import type { LiveRow } from "../store/classes.ts";

/** The way to the pages below a live class. */
export function crumbsOf(req: Request, live: LiveRow): { href?: string; label: string }[] {
  if (isInvited(req.actor, live)) return [{ href: `/live-classes/${live.id}`, label: live.title }]; // nothing else is open to a guest
  return [{ href: "/live-classes", label: req.t.live.title }, { href: `/live-classes/${live.id}`, label: live.title }];
}

/** The way to the page of the class itself; a guest came by none. */
export function crumbsHere(req: Request, live: LiveRow): { href?: string; label: string }[] {
  return isInvited(req.actor, live) ? [] : [{ href: "/live-classes", label: req.t.live.title }, { label: live.title }];
}

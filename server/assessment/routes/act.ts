import type { Request } from "express";
import type { Act } from "../../organisation/store/tree.ts";
import type { Voice } from "../pages.ts";

export function actOf(req: Request): Act {
  return { by: req.actor.personId, at: req.now, requestId: req.id };
}

export function voiceOf(req: Request): Voice {
  return { t: req.t, f: req.f, lang: req.lang };
}

import type { Request } from "express";
import type { Act } from "../store/tables.ts";
import type { Speech } from "../pages/rows.ts";

export function speechOf(req: Request): Speech {
  return { t: req.t, f: req.f, lang: req.lang };
}

/** Who acts, when, under which number. */
export function actOf(req: Request): Act {
  return { by: req.actor.personId, at: req.now, requestId: req.id };
}

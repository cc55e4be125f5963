import type { Actor } from "../../access/actor.ts";
import { openProvince } from "../../organisation/access.ts";
import type { Db } from "../../platform/db.ts";
import { notFound } from "../../platform/errors.ts";
import { isId } from "../../platform/ids.ts";
import { loadPreview, type PreviewRow } from "./store.ts";

/** What a proposed definition would change is for those who may save it. */
export async function openPreview(db: Db, actor: Actor, id: string): Promise<PreviewRow> {
  await openProvince(db, actor);
  const preview = isId(id) ? await loadPreview(db, id) : undefined;
  if (preview === undefined) throw notFound();
  return preview;
}

import { z } from "zod";
import type { RenditionRow } from "../../digitising/store.ts";
import { all, col, type Db } from "../../platform/db.ts";

/**
 * Beside the file of a recorded class lies what was shown and written in it, as renditions of that file: `replay` (turns of
 * pages and ink with their times, packed JSON), `page_<n>` (the slide), `page_b<n>` (a picture put on the board), and
 * `page_s<n>` (a page as it stood, for where no script runs). So they are seen by whoever may see that very file, follow its
 * copies into other schools, and are erased with it.
 */
export const REPLAY = "replay";
export const REPLAY_MIME = "application/gzip";

/** What the page says of a replay before it is loaded. */
const replayDetails = z.object({ stills: z.array(z.object({ fromMs: z.number(), lengthMs: z.number(), page: z.number() })) });
export type ReplayDetails = z.infer<typeof replayDetails>;

export function replayIn(renditions: readonly RenditionRow[]): ReplayDetails | undefined {
  const found = renditions.find((rendition) => rendition.kind === REPLAY);
  return found && replayDetails.safeParse(found.details).data;
}

const sources = z.object({ sources: z.array(z.string()).default([]) });

/**
 * Whether what a rendition was copied from may still be shown: a slide that was taken down or out of use is not shown beside
 * a recording either. Renditions of a file's own name no source.
 */
export async function sourcesStand(db: Db, rendition: RenditionRow): Promise<boolean> {
  const ids = sources.safeParse(rendition.details).data?.sources ?? [];
  if (ids.length === 0) return true;
  const gone = await all(z.object({ id: col.id() }), db("materials").whereIn("id", ids).where({ state: "retired" }).limit(1).select("id"));
  return gone.length === 0;
}

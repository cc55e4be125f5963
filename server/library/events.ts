import { z } from "zod";
import { event } from "../platform/jobs/queue.ts";

/** The index is to be made anew, or the run that does it goes on. */
export const libraryRebuild = event("library_rebuild", z.object({ rebuildId: z.string() }));

import { z } from "zod";
import { event } from "../platform/jobs/queue.ts";

/** Schools were merged: the rows of `fromIds` now belong to `schoolId`, with `campus_id` set to the school they were of. */
export const schoolsMerged = event("schools_merged", z.object({ schoolId: z.string(), fromIds: z.array(z.string()) }));

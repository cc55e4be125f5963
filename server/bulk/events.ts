import { z } from "zod";
import { event } from "../platform/jobs/queue.ts";

/** A bulk import was started, or has rows left to do. */
export const bulkImportStarted = event("bulk_import_started", z.object({ importId: z.string() }));

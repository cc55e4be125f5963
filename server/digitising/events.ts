import { z } from "zod";
import { event } from "../platform/jobs/queue.ts";

/** A file's renditions and text stand, in whole or in part; or somebody corrected its text. */
export const fileDigitised = event("file_digitised", z.object({ hash: z.string() }));

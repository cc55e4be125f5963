import { z } from "zod";
import { event } from "../platform/jobs/queue.ts";

/** A person was suspended, moved, or signed out everywhere: their sockets close. `everywhere`: their links stop too. */
export const accessChanged = event("access_changed", z.object({ personId: z.string(), everywhere: z.boolean().optional() }));

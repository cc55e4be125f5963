import { z } from "zod";
import { event } from "../platform/jobs/queue.ts";

/** Pupils or teachers changed class or left by a roster: rooms whose doors refuse them now let them go. */
export const peopleMoved = event("people_moved", z.object({ personIds: z.array(z.string()) }));

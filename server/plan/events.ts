import { z } from "zod";
import { event } from "../platform/jobs/queue.ts";

/** A plan was published, or the lessons of a published plan changed. */
export const planPublished = event("plan_published", z.object({ planId: z.string() }));

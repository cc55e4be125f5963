import { z } from "zod";
import { event } from "../platform/jobs/queue.ts";

/** Courses were created, joined to a plan or moved. */
export const coursesChanged = event("courses_changed", z.object({ schoolId: z.string(), yearId: z.string() }));

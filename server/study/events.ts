import { z } from "zod";
import { event } from "../platform/jobs/queue.ts";

const assignment = z.object({ assignmentId: z.string() });

/** A pupil completed a lesson that was assigned as self-study. */
export const selfStudyProgressed = event("self_study_progressed", assignment);
/** The due date of a self-study passed, or it was cancelled. */
export const selfStudyClosed = event("self_study_closed", assignment);

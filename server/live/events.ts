import { z } from "zod";
import { event } from "../platform/jobs/queue.ts";

const liveClass = z.object({ liveClassId: z.string() });

/** A live class was held and has ended. */
export const liveClassEnded = event("live_class_ended", liveClass);
/** The teacher corrected who was present. */
export const attendanceCorrected = event("attendance_corrected", liveClass);
/** A live class will not be held, or is taken back. */
export const liveClassCancelled = event("live_class_cancelled", liveClass);
/** A parent took back the consent to the recording of a child's voice. */
export const recordingConsentEnded = event("recording_consent_ended", z.object({ pupilId: z.string() }));
/** The teacher said who was in a class that was held by a plain link, with proof. */
export const liveClassDeclared = event("live_class_declared", liveClass);

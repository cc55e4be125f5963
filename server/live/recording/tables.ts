import { col, table, type RowOf } from "../../platform/db.ts";

/** Where a recording stands. `off`: stopped, or the class is over, and its parts wait to be joined. */
export const RECORDING_STATES = ["on", "off", "joining", "kept", "empty", "erased"] as const;

export const liveRecordings = table("live_recordings", {
  live_class_id: col.id(),
  state: col.oneOf(RECORDING_STATES),
  started_by: col.id(),
  started_at: col.instant(),
  problem: col.maybeText(),
  lease_until: col.maybeInstant(),
  material_id: col.maybeId(),
  kept_at: col.maybeInstant(),
  warned_at: col.maybeInstant(),
  erased_at: col.maybeInstant(),
  length_ms: col.maybeInt(),
  /** What stays, of a cut that was asked for and is not made yet: JSON of windows. */
  kept_windows: col.maybeText(),
});
export type RecordingRow = RowOf<typeof liveRecordings>;

export const liveRecordingParts = table("live_recording_parts", {
  live_class_id: col.id(),
  number: col.int(),
  started_at: col.instant(),
  seen_at: col.instant(),
  ended_at: col.maybeInstant(),
  bytes: col.int(),
  length_ms: col.int(),
});
export type PartRow = RowOf<typeof liveRecordingParts>;

/** Which page stood in front of the class, and since when. */
export const liveTurns = table("live_turns", { id: col.id(), live_class_id: col.id(), page: col.int(), at: col.instant() });

export const recordingConsents = table("recording_consents", {
  id: col.id(),
  pupil_id: col.id(),
  given_by: col.id(),
  given_at: col.instant(),
  withdrawn_by: col.maybeId(),
  withdrawn_at: col.maybeInstant(),
  wording: col.int(),
});

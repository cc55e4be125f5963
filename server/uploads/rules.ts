/** How many unfinished files a person may have: a flood of empty uploads ends here. */
export const OPEN_MAX = 100;
/** How long an interrupted upload waits for its sender, counted from the last byte. */
export const EXPIRY_DAYS = 7;
/** After this long without a sign of its sender, a file that arrived whole is finished for them. */
export const ABANDONED_MINUTES = 2;

export interface Creation {
  /** What the sender declares, in bytes. */
  size: number;
  /** The largest file taken here. */
  max: number;
  /** What the school may still store, with what is promised to uploads on their way taken off. */
  left: number;
  /** The sender's unfinished uploads. */
  open: number;
}

export type CreationRefusal = "file_empty" | "file_too_large" | "no_room" | "uploads_open";

/** Why an upload may not begin; told before the first byte is sent. */
export function creationRefusal({ size, max, left, open }: Creation): CreationRefusal | undefined {
  if (size === 0) return "file_empty";
  if (size > max) return "file_too_large";
  if (size > left) return "no_room";
  return open >= OPEN_MAX ? "uploads_open" : undefined;
}

/** Whether a file is all here. */
export function isWhole(upload: { size_bytes: number; received_bytes: number }): boolean {
  return upload.received_bytes >= upload.size_bytes;
}

import { z } from "zod";

/** What a package keeps for itself, with all its answers; SCORM 2004 allows 64,000 letters of its own notes alone. */
const STATE_LENGTH_MAX = 200_000;
const number = z.number().min(-1e9).max(1e9).nullable();

/** What the player sends: a sign of life, or a report of one part. */
export const ReportForm = z.strictObject({
  play: z.string().max(100),
  item: z.string().max(200),
  turn: z.number().int().min(0).max(1_000_000),
  completed: z.boolean(),
  success: z.enum(["passed", "failed"]).nullable(),
  raw: number,
  min: number,
  max: number,
  scaled: number,
  seconds: z.number().min(0).max(1e9),
  state: z.string().max(STATE_LENGTH_MAX).optional(),
});
export const SignOfLifeForm = z.strictObject({ play: z.string().max(100) });

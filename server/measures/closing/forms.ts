import { z } from "zod";

export const CloseForm = z.strictObject({
  seen: z.string().regex(/^[0-9a-f]{64}$/),
  note: z.string().trim().max(1000).default(""),
});

export const ReopenForm = z.strictObject({ reason: z.string().trim().min(1, { error: "reason_needed" }).max(1000) });

export const RemindForm = z.strictObject({ unit: z.string().regex(/^[0-9a-z]{26}$/), month: z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/) });

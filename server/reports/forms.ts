import { z } from "zod";
import { isDay } from "../calendar/rules.ts";
import { PERIOD_ID } from "./rules.ts";

const line = z.string().trim().max(120);

export const NewForm = z.strictObject({ year: z.string().regex(/^\d{4}-\d{4}$/), period: z.string().regex(PERIOD_ID) });

export const WordsForm = z.strictObject({
  seen: z.coerce.number().int().min(1),
  number: z.string().trim().max(60),
  issued_on: z.union([z.literal(""), z.string().refine((text) => isDay(text), { error: "bad_date" })]),
  place: line,
  signatory: line,
  signatory_title: line,
  recipients: z.string().trim().max(2000),
  assessment: z.string().trim().max(20_000),
  next_steps: z.string().trim().max(20_000),
});

export const ReturnForm = z.strictObject({ comment: z.string().trim().min(1, { error: "reason_needed" }).max(2000) });

export const RemindForm = z.strictObject({ unit: z.string().regex(/^[0-9a-z]{26}$/), ...NewForm.shape });

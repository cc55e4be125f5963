import { z } from "zod";
import { isDay } from "../calendar/rules.ts";

const number = z.string().trim().max(60);
const signatory = z.string().trim().max(120);
const day = z.string().refine((text) => isDay(text), { error: "bad_date" });
const year = z.string().regex(/^\d{4}-\d{4}$/);

export const WriteForm = z.strictObject({
  year,
  seen: z.coerce.number().int().min(0).max(10_000),
  number,
  issued_on: z.union([z.literal(""), day]),
  signatory,
  signatory_title: signatory,
  place: z.string().trim().max(120),
  body: z.string().trim().min(1).max(60_000),
  recipients: z.string().trim().max(2000),
});

export const FileForm = z.strictObject({ year, number: number.min(1), issued_on: day, signatory: signatory.min(1) });

export const RemindForm = z.strictObject({ unit: z.string().regex(/^[0-9a-z]{26}$/), year });

import { z } from "zod";
import { dayField } from "../platform/web/day-field.ts";

/** Socket messages and forms share their pieces. */
export const chatText = z
  .string({ error: "required" })
  .transform((text) => text.normalize("NFC").trim())
  .pipe(z.string().min(1).max(2000));
export const clientKey = z.string().min(8).max(40);
export const seqNumber = z.number().int().min(0).max(10_000_000);
export const slideNumber = z.number().int().min(1).max(2000);

const id = z.string().length(26, { error: "not_a_choice" });
/** One value, or a field that repeats. */
const list = <T>(item: z.ZodType<T>, max: number) =>
  z.union([item.transform((one) => [one]), z.array(item).min(1).max(max)], { error: "required" });

const TIME = /^([01]?\d|2[0-3]):[0-5]\d$/;

/** When and for whom; the lesson stands in the address of the form. */
export const ScheduleForm = z
  .strictObject({
    lesson: id,
    periods: list(z.coerce.number().int().min(1).max(100), 20),
    /** Other classes that learn the same lesson together. */
    with: list(id, 20).optional(),
    on: dayField,
    at: z
      .string({ error: "required" })
      .trim()
      .min(1)
      .regex(TIME, { error: "bad_time" })
      .transform((text) => text.padStart(5, "0")),
    minutes: z.coerce.number().int().min(10).max(300),
    slides: id.or(z.literal("")).default(""),
    legal_form: z.enum(["supporting", "replacing"]).default("supporting"),
    legal_reason: z.string().trim().max(300).default(""),
    trial: z.literal("yes").optional(),
    despite_conflicts: z.literal("yes").optional(),
  })
  .superRefine((form, issues) => {
    if (form.legal_form === "replacing" && form.legal_reason.length < 5) issues.addIssue({ code: "custom", message: "needs_legal_reason", path: ["legal_reason"] });
  });
export type ScheduleForm = z.infer<typeof ScheduleForm>;

export const CancelForm = z.strictObject({ reason: z.string({ error: "required" }).trim().min(1).max(300) });

export const MessageForm = z.strictObject({ text: chatText, key: clientKey });

export const SlideForm = z.strictObject({ page: z.coerce.number().int().min(1).max(2000) });

export const CorrectionForm = z.strictObject({
  course: id,
  person: id,
  /** `seen` takes an earlier correction back. */
  present: z.enum(["yes", "no", "seen"]),
  reason: z.string({ error: "required" }).trim().min(1).max(300),
});

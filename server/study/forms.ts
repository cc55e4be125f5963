import { z } from "zod";
import { RICH_TEXT_MAX } from "../platform/rich-text.ts";

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, { error: "bad_date" });
const period = z.coerce.number().int().min(1).max(60);

export const AssignForm = z.strictObject({
  period_from: period,
  period_to: period,
  opens_on: day,
  due_on: day,
  legal_form: z.enum(["supporting", "replacing"]),
  legal_reason: z.string().trim().max(300).default(""),
});

export const AttachForm = z.strictObject({ material: z.string().length(26, { error: "not_a_choice" }) });

/** The fields of a picture stand in the same form; without a picture they say nothing. */
export const TextForm = z.object({
  body: z.string().max(RICH_TEXT_MAX).transform((text) => text.replace(/\r\n/g, "\n").trim()),
  revision: z.coerce.number().int().min(0).max(1_000_000),
});

/** Saves the text that the person sees as a material. */
export const SavePageForm = z.strictObject({ revision: z.coerce.number().int().min(0).max(1_000_000) });

export const ModeForm = z.strictObject({ mode: z.enum(["in_class", "online"]), back: z.string().max(500).optional() });

/** What is being written, kept every few seconds: nothing is trimmed, the person is in the middle of it. */
export const DraftForm = z.strictObject({ body: z.string().max(RICH_TEXT_MAX).transform((text) => text.replace(/\r\n/g, "\n")), revision: z.coerce.number().int().min(0).max(1_000_000) });

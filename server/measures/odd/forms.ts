import { z } from "zod";
import { ODD_KINDS } from "./rules.ts";

const said = (max: number) => z.string().trim().min(1, { error: "required" }).max(max);

export const AskForm = z.strictObject({ year: z.string().regex(/^\d{4}-\d{4}$/), question: said(2000) });
/** The number of the last message that was on the page when this one was written. */
const seen = z.coerce.number().int().min(1).max(1000);
export const FurtherForm = z.strictObject({ seen, question: said(2000) });
export const AnswerForm = z.strictObject({ seen, answer: said(4000) });
export const SettleForm = z.strictObject({ seen, note: z.string().trim().max(2000).default("") });

/** What the address of a page of odd figures may ask for. */
export const OddAsked = z.object({
  kind: z.enum(ODD_KINDS).optional().catch(undefined),
  state: z.enum(["unasked", "asked", "answered", "settled"]).optional().catch(undefined),
});
export type OddAsked = z.infer<typeof OddAsked>;

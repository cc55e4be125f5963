import { z } from "zod";
import { isId } from "../platform/ids.ts";
import { MATERIAL_KINDS, MATERIAL_STATES, TITLE_LENGTH_MAX } from "./rules.ts";

/** Licences a school can state, after DOMAIN §3. `all-rights`: the right to use it is stated in the source. */
export const LICENCES = ["school-only", "CC BY", "CC BY-SA", "CC BY-NC", "CC BY-NC-SA", "public-domain", "all-rights"] as const;
export const LANGUAGES = ["vi", "en", "fr", "zh", "ja", "ko", "ru"] as const;
export const SCOPES = ["class", "school", "cluster", "province", "public"] as const;
export const GRADES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] as const;

const id = z.string({ error: "required" }).refine(isId, { error: "invalid" });
const line = (max: number) => z.string().trim().max(max);
const code = line(20).transform((value) => (value === "" ? null : value));
const grade = z.union([z.literal("").transform(() => null), z.coerce.number().int().min(1).max(12)], { error: "not_a_choice" });
const year = z.union([z.literal("").transform(() => null), z.coerce.number().int().min(1900).max(2100)], { error: "invalid" });
const comment = line(2000);

/** Where a person goes on afterwards: `review`, the lesson of this id, or (empty) the material; `next` opens in the queue. */
const goOn = { from: line(26).default(""), next: line(26).default("") };

export const MetadataForm = z.strictObject({
  title: line(TITLE_LENGTH_MAX).min(1),
  description: line(5000),
  subject_code: code,
  grade,
  kind: z.enum(MATERIAL_KINDS),
  language: z.enum(LANGUAGES),
  author: line(200),
  source: line(500),
  licence: z.enum(LICENCES),
  year,
  keywords: line(500),
  accessibility: line(500),
  scope: z.enum(SCOPES),
  revision: z.coerce.number().int().min(1),
});

/** A step with nothing to say: submission. */
export const StepForm = z.strictObject({ version: id, ...goOn, comment: comment.default("") });
/** Passing and approval: the checklist is a help, what was ticked is not kept. */
export const DecisionForm = z.strictObject({ version: id, ...goOn, comment: comment.default(""), check: z.union([z.string(), z.array(z.string())]).optional() });
/** Returning without a word would leave the teacher guessing. */
export const ReturnForm = z.strictObject({
  version: id,
  ...goOn,
  comment: comment.min(1, { error: "comment_needed" }),
  check: z.union([z.string(), z.array(z.string())]).optional(),
});
export const ReasonForm = z.strictObject({ comment: comment.min(1, { error: "reason_needed" }) });
export const RetireForm = z.strictObject({ comment: comment.default("") });

/** Fields beside the files when something is uploaded from the library page. */
export const LibraryUploadForm = z.strictObject({ subject_code: code.default(null), grade: grade.default(null) });

export const CaptionsForm = z.strictObject({ language: z.enum(LANGUAGES, { error: "not_a_choice" }), label: line(60).default("") });

export const LinkForm = z.strictObject({ lesson: id });

/** The filters of the list stand in the URL; what makes no sense there is left out. */
export const ListQuery = z.object({
  subject: code.catch(null).default(null),
  grade: grade.catch(null).default(null),
  state: z.enum(MATERIAL_STATES).nullable().catch(null).default(null),
  mine: z.enum(["yes", ""]).catch("").default(""),
  q: line(200).catch("").default(""),
  after: z.string().refine(isId).nullable().catch(null).default(null),
});

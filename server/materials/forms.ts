import { z } from "zod";
import { isId } from "../platform/ids.ts";
import { msOfClock } from "../platform/media-time.ts";
import { LICENCES, MATERIAL_KINDS, MATERIAL_STATES, SCOPES, TITLE_LENGTH_MAX } from "./rules.ts";
import { CHECK_ITEMS_MAX, type CheckItem } from "./rules/review.ts";

export const LANGUAGES = ["vi", "en", "fr", "zh", "ja", "ko", "ru"] as const;

const id = z.string({ error: "required" }).refine(isId, { error: "invalid" });
const line = (max: number) => z.string().trim().max(max);
const code = line(20).transform((value) => (value === "" ? null : value));
const grade = z.union([z.literal("").transform(() => null), z.coerce.number().int().min(1).max(12)], { error: "not_a_choice" });
const year = z.union([z.literal("").transform(() => null), z.coerce.number().int().min(1900).max(2100)], { error: "invalid" });
const comment = line(2000);

/** Where a person goes on afterwards: `review`, the lesson of this id, or (empty) the material; `next` opens in the queue. */
const goOn = { from: line(26).default(""), next: line(26).default(""), queue: line(300).default("") };

/** Ticks of the checklist: their places in the list, and the version of the settings that the person saw. */
const checks = {
  checklist: line(26).default(""),
  check: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .transform((ticked) => [ticked ?? []].flat().slice(0, CHECK_ITEMS_MAX)),
};

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
export const DecisionForm = z.strictObject({ version: id, ...goOn, ...checks, comment: comment.default("") });
/** Returning without a word would leave the teacher guessing. */
export const ReturnForm = z.strictObject({ version: id, ...goOn, ...checks, comment: comment.min(1, { error: "comment_needed" }) });

const BULK_MAX = 100;

/** The same decision for many: each as material and version that the person saw. */
const day = z.string({ error: "required" }).regex(/^\d{4}-\d{2}-\d{2}$/, { error: "bad_date" });

/** The longest that somebody may stand in for a leader without being named again. */
export const DEPUTY_DAYS_MAX = 183;

export const DeputyForm = z
  .strictObject({ person: id, from_on: day, to_on: day, reason: line(300).default("") })
  .refine((form) => form.from_on <= form.to_on, { path: ["to_on"], error: "ends_before" })
  .refine((form) => Date.parse(form.to_on) - Date.parse(form.from_on) < DEPUTY_DAYS_MAX * 86_400_000, { path: ["to_on"], error: "deputy_too_long" });

export const BulkForm = z
  .strictObject({
    item: z
      .union([z.string(), z.array(z.string())], { error: "nothing_chosen" })
      .transform((chosen) => [chosen].flat())
      .refine((chosen) => chosen.length <= BULK_MAX && chosen.every((one) => one.split(".").every(isId)), { error: "invalid" }),
    act: z.enum(["decide", "return"], { error: "not_a_choice" }),
    queue: line(300).default(""),
    /** The school whose checklist was answered. */
    school: line(26).default(""),
    ...checks,
    comment: comment.default(""),
  })
  .refine((form) => form.act === "decide" || form.comment !== "", { path: ["comment"], error: "comment_needed" });

/** What narrows the review queue; it stands in the URL. */
export const queueQuery = z.object({
  subject: code.nullable().catch(null).default(null),
  grade: grade.catch(null).default(null),
  teacher: z.string().refine(isId).nullable().catch(null).default(null),
  age: z.enum(["3", "7", "overdue", ""]).catch("").default(""),
  item: z.string().refine(isId).nullable().catch(null).default(null),
});
export type QueueQuery = z.infer<typeof queueQuery> & { show: "list" | "" };

const days = z.union([z.literal("").transform(() => null), z.coerce.number().int().min(1).max(60)], { error: "invalid" });
const place = [...Array(CHECK_ITEMS_MAX).keys()];

/** The checklist as rows of a form: `text.0`, `required.0`, …; an empty text leaves the row out. */
export const ReviewSettingsForm = z.strictObject({
  after: z.coerce.number().int().min(0),
  pass_days: days.default(null),
  approve_days: days.default(null),
  ...Object.fromEntries(place.map((i) => [`text.${i}`, line(200).default("")])),
  ...Object.fromEntries(place.map((i) => [`required.${i}`, z.literal("yes").optional()])),
});

export function questionsOf(form: Record<string, unknown>): CheckItem[] {
  return place.flatMap((i) => {
    const text = form[`text.${i}`];
    return typeof text === "string" && text !== "" ? [{ text, required: form[`required.${i}`] === "yes" }] : [];
  });
}

export const ReasonForm = z.strictObject({ comment: comment.min(1, { error: "reason_needed" }) });
/** The scope that the leader saw: another one may have been asked for meanwhile. */
export const ScopeForm = z.strictObject({ scope: z.enum(SCOPES) });
export const ScopeRefusalForm = z.strictObject({ scope: z.enum(SCOPES), comment: comment.min(1, { error: "reason_needed" }) });
export const RetireForm = z.strictObject({ comment: comment.default("") });

/** Fields beside the files when something is uploaded from the library page. */
export const LibraryUploadForm = z.strictObject({ subject_code: code.default(null), grade: grade.default(null) });

export const CaptionsForm = z.strictObject({ language: z.enum(LANGUAGES, { error: "not_a_choice" }), label: line(60).default("") });

/** A place in the file: empty for the whole. A time is written `2:05` or `1:02:05`. */
const pageNumber = z.union([z.literal("").transform(() => null), z.coerce.number().int().min(1).max(50_000)], { error: "invalid" }).default(null);
const timeOfMedia = line(8)
  .regex(/^$|^(\d{1,2}:)?\d{1,2}:[0-5]\d$/, { error: "bad_media_time" })
  .default("")
  .transform((typed) => (typed === "" ? null : msOfClock(typed)));

/** The queue's address to come back to, or empty for the material. */
const back = line(300).default("");

export const SettleForm = z.strictObject({ back });

/** A point of a page or picture, in thousandths of its side; empty for none. */
const thousandths = z.union([z.literal("").transform(() => null), z.coerce.number().int().min(0).max(1000)], { error: "invalid" }).default(null);

export const CommentForm = z
  .strictObject({ back, version: id, thread: line(26).default(""), body: line(2000).min(1), page: pageNumber, time: timeOfMedia, x: thousandths, y: thousandths })
  .transform(({ x, y, ...said }) => ({ ...said, point: x === null || y === null ? undefined : { x, y } }));

/** Words of a page that were corrected, each under its place on it; `revision` is the page as it was seen. */
export const TextForm = z.object({ revision: z.coerce.number().int().min(1) }).catchall(z.union([z.string().max(200), z.array(z.string())]));

/** The words of the form by their place. */
export function wordsOf(form: Record<string, unknown>): Map<number, string> {
  const words = new Map<number, string>();
  for (const [name, value] of Object.entries(form)) {
    const place = /^word\.(\d{1,5})$/.exec(name)?.[1];
    if (place !== undefined && typeof value === "string") words.set(Number(place), value);
  }
  return words;
}

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

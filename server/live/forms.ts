import { z } from "zod";
import { dayField } from "../platform/web/day-field.ts";
import { PERSON_ACTS } from "./store/rooms.ts";
import { QUESTION_KINDS } from "./store/tables.ts";
import { BLANK_PAGES_MAX, GROUP_KEYS_MAX, GROUP_PAGE, GROUPS_MAX, readInk } from "./tool-rules.ts";

const id = z.string().length(26, { error: "not_a_choice" });

/** What can be shown without a word: agreed, not understood, slower, well done, thank you. */
export const REACTIONS = ["yes", "no", "slow", "clap", "heart"] as const;

/** Socket messages and forms share their pieces. */
export const chatText = z
  .string({ error: "required" })
  .transform((text) => text.normalize("NFC").trim())
  .pipe(z.string().min(1).max(2000));
export const clientKey = z.string().min(8).max(40);
export const seqNumber = z.number().int().min(0).max(10_000_000);
/** A slide; below zero a blank page. */
export const slideNumber = z.number().int().min(-BLANK_PAGES_MAX).max(2000).refine((page) => page !== 0);
/** A page to draw on: those of groups too. */
export const boardPage = z.number().int().min(GROUP_PAGE - GROUP_KEYS_MAX).max(2000);

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
    /** So many weeks more, each with the next lesson of the plan. */
    weeks: z.coerce.number().int().min(0).max(20).default(0),
    despite_conflicts: z.literal("yes").optional(),
    /** Where the school's classes are held by plain links. */
    link: z.string().trim().max(1000).default(""),
  })
  .superRefine((form, issues) => {
    if (form.legal_form === "replacing" && form.legal_reason.length < 5) issues.addIssue({ code: "custom", message: "needs_legal_reason", path: ["legal_reason"] });
  });
export type ScheduleForm = z.infer<typeof ScheduleForm>;

/** So many classes are scheduled at once. */
export const PICKS_MAX = 40;
export const SeriesForm = z
  .strictObject({
    /** `proposalKey` of what was picked. */
    pick: list(z.string().max(80).regex(/^\d{4}-\d{2}-\d{2}\.\d{2}:\d{2}\.[0-9a-z]{26}\.\d{1,3}-\d{1,3}$/, { error: "not_a_choice" }), PICKS_MAX),
    weeks: z.coerce.number().int().min(1).max(20).default(4),
    legal_form: z.enum(["supporting", "replacing"]).default("supporting"),
    legal_reason: z.string().trim().max(300).default(""),
    despite_conflicts: z.literal("yes").optional(),
    link: z.string().trim().max(1000).default(""),
  })
  .superRefine((form, issues) => {
    if (form.legal_form === "replacing" && form.legal_reason.length < 5) issues.addIssue({ code: "custom", message: "needs_legal_reason", path: ["legal_reason"] });
  });
export type SeriesForm = z.infer<typeof SeriesForm>;

export const SubstituteForm = z.strictObject({
  /** Empty: the teacher teaches. */
  person: id.or(z.literal("")).default(""),
  before: id.or(z.literal("")).default(""),
  reason: z.string().trim().max(300).default(""),
  despite_conflicts: z.literal("yes").optional(),
});

/** An invitation is good for at most so many days. */
export const INVITED_DAYS_MAX = 60;
export const InvitationForm = z.strictObject({
  guest: z.string({ error: "required" }).trim().min(2, { error: "required" }).max(120),
  purpose: z.string({ error: "required" }).trim().min(3, { error: "required" }).max(300),
  guests_max: z.coerce.number().int().min(1).max(20),
  /** The last day on which the link opens. */
  until: dayField,
});
/** A name is letters: whoever reads it in the room must be able to say it. */
export const GuestForm = z.strictObject({
  name: z
    .string({ error: "required" })
    .transform((text) => text.normalize("NFC").replace(/\s+/g, " ").trim())
    .pipe(z.string().min(2, { error: "required" }).max(60).regex(/^[\p{L}\p{M}][\p{L}\p{M}\d .'’-]*$/u, { error: "bad_name" })),
});

export const CancelForm = z.strictObject({ reason: z.string({ error: "required" }).trim().min(1).max(300) });

export const MessageForm = z.strictObject({ text: chatText, key: clientKey, question: z.literal("yes").optional(), file: id.or(z.literal("")).optional() });

export const SlideForm = z.strictObject({ page: z.coerce.number().int().min(-BLANK_PAGES_MAX).max(2000) });

const color = z.number().int().min(0).max(7);
const width = z.number().int().min(1).max(3);
/** Across and down, in thousandths of the board's width. */
const place = z.number().int().min(-4000).max(8000);
/** `ms`: how long it took to write, for whoever sees it grow again beside the recording. */
const stroke = z.strictObject({ c: color, w: width, d: z.string().min(3).max(6000).refine((text) => readInk(text) !== undefined), ms: z.number().int().min(0).max(60_000).optional() });
const shape = z.strictObject({ c: color, w: width, x: place, y: place, x2: place, y2: place });
const others = z.array(z.number().int().min(1).max(10_000_000)).min(1).max(200);

/** What can be drawn. Nothing of it is markup: texts are shown as texts, formulas are read by the server. */
export const Drawn = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("ink"), body: stroke }),
  z.strictObject({ kind: z.enum(["line", "arrow", "rect", "oval"]), body: shape }),
  z.strictObject({ kind: z.enum(["text", "formula"]), body: z.strictObject({ c: color, w: width, x: place, y: place, t: z.string().trim().min(1).max(500) }) }),
  z.strictObject({ kind: z.literal("picture"), body: z.strictObject({ x: place, y: place, x2: place, y2: place, m: id }) }),
  /** Taking away and bringing back: eraser, undo, redo. */
  z.strictObject({ kind: z.enum(["hide", "show"]), body: z.strictObject({ of: others }) }),
]);

const answerText = z.string({ error: "required" }).transform((text) => text.normalize("NFC").trim()).pipe(z.string().min(1).max(300));
const optionText = z.string().trim().max(200).default("");

export const QuestionForm = z.strictObject({
  kind: z.enum(QUESTION_KINDS),
  prompt: z.string({ error: "required" }).trim().min(1).max(500),
  a: optionText,
  b: optionText,
  c: optionText,
  d: optionText,
  right: z.string().trim().max(300).default(""),
  exit: z.literal("yes").optional(),
});
export const AnswerForm = z.strictObject({ answer: answerText });
export const OrderForm = z.strictObject({ chat_mode: z.enum(["open", "private", "off"]), locked: z.literal("yes").optional(), waiting_room: z.literal("yes").optional(), pupils_draw: z.literal("yes").optional() });
export const PersonForm = z
  .strictObject({ person: id, act: z.enum(PERSON_ACTS), reason: z.string().trim().max(300).default("") })
  .refine((form) => form.act !== "remove" || form.reason.length >= 3, { path: ["reason"], error: "reason_needed" });
export const TimerForm = z.strictObject({ minutes: z.coerce.number().int().min(0).max(120) });
export const NotesForm = z.strictObject({ notes: z.string().transform((text) => text.normalize("NFC").trim()).pipe(z.string().max(20_000)) });
export const GroupsForm = z.strictObject({ count: z.coerce.number().int().min(0).max(GROUPS_MAX), minutes: z.coerce.number().int().min(1).max(120).default(10) });
export const LateForm = z.strictObject({ minutes: z.coerce.number().int().min(0).max(60) });

export const CorrectionForm = z.strictObject({
  course: id,
  person: id,
  /** `seen` takes an earlier correction back. */
  present: z.enum(["yes", "no", "seen"]),
  reason: z.string({ error: "required" }).trim().min(1).max(300),
});

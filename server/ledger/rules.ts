import type { BasisPoints, Hundredths, Minutes, Periods, Pupils } from "../platform/units.ts";
import { hundredths, isAtLeast, minutes, numberOf, PERIOD, smallestAtLeast, wholePeriods } from "../platform/units.ts";

/**
 * Version of the formulas here and in measures/rules.ts, printed with every figure. A change of meaning is a new number.
 * 2: the numerator of the online share is kept in hundredths of a period, since a province may let a part of one count.
 */
export const FORMULA_VERSION = 2;

/**
 * What a province asks of the evidence before a period counts as delivered online.
 *
 * Source: DOMAIN §2.1 (definition v1). Plan 1027/KH-SGDĐT defines neither what "online" nor what "carried out" means,
 * so these are settings of the province, versioned, and printed beside every figure.
 */
export interface Thresholds {
  /** A live class lasted at least this share of the planned minutes. 70 %. */
  live_length: BasisPoints;
  /** At least this share of the class list was present. 50 %. */
  live_class_present: BasisPoints;
  /** A pupil was present who stayed at least this share of the live class's own length. 50 %. */
  live_pupil_stayed: BasisPoints;
  /** At least this share of the class list completed the self-study by its due date. 50 %. */
  self_study_completed: BasisPoints;
}

/** The shares above, in the order in which they are shown. */
export const THRESHOLDS = ["live_length", "live_class_present", "live_pupil_stayed", "self_study_completed"] as const satisfies readonly (keyof Thresholds)[];

export type Threshold = (typeof THRESHOLDS)[number];

/** Does a live class that was too short for a whole period count for none of it, or for the part that was held? */
export const PARTIAL_PERIODS = ["whole_only", "by_fraction"] as const;
export type PartialPeriods = (typeof PARTIAL_PERIODS)[number];

/** What evidence is judged by: the thresholds of a course's level, and whether parts count. */
export interface EvidenceRules extends Thresholds {
  partial_periods: PartialPeriods;
}

/** The school levels that may have thresholds of their own. */
export const LEVELS = ["primary", "lower_secondary", "upper_secondary", "continuing"] as const;
export type Level = (typeof LEVELS)[number];

/**
 * The level of a course: that of its grade, so that a school of two levels is judged by both. Continuing-education centres teach
 * the same grades under rules of their own, so there the school decides.
 */
export function levelOf(grade: number, schoolLevel: string | null): Level {
  if (schoolLevel === "continuing") return "continuing";
  return grade <= 5 ? "primary" : grade <= 9 ? "lower_secondary" : "upper_secondary";
}

const LEVELS_OF: Readonly<Record<string, readonly Level[]>> = {
  primary_lower: ["primary", "lower_secondary"],
  lower_upper: ["lower_secondary", "upper_secondary"],
};

/** The levels that a school may have courses of; of a school without a level, and of an office, all. */
export function levelsOfSchool(schoolLevel: string | null): readonly Level[] {
  const own = LEVELS.find((level) => level === schoolLevel);
  return own ? [own] : (LEVELS_OF[schoolLevel ?? ""] ?? LEVELS);
}

/** Thresholds by level: what a level does not say is as for all. */
export type LevelThresholds = Readonly<Partial<Record<Level, Partial<Thresholds>>>>;

/** What the evidence of a course is judged by. */
export function rulesFor(asked: { thresholds: Thresholds; levels: LevelThresholds; partial_periods: PartialPeriods }, level: Level): EvidenceRules {
  return { ...asked.thresholds, ...asked.levels[level], partial_periods: asked.partial_periods };
}

export type Evidence = LiveEvidence | SelfStudyEvidence | ExternalEvidence;
export type EvidenceKind = Evidence["kind"];

/** A live class of the system, as far as it concerns one course: a merged class is judged once per course. */
export interface LiveEvidence {
  kind: "live";
  state: "scheduled" | "open" | "ended" | "cancelled";
  purpose: "lesson" | "trial";
  length: Minutes;
  /** How long one period of this school level is: 35 in primary schools, 45 in secondary schools. */
  period_length: Minutes;
  /** Which of the periods that this live class carries for the course is judged: 1 for the first, 2 for the second. */
  place: number;
  /** The course's class list on that day, whoever came. */
  class_list: readonly Attendance[];
}

/** One pupil of the class list. What the teacher corrected stands above what the server saw. */
export interface Attendance {
  stayed: Minutes;
  corrected: boolean | null;
}

/** A lesson that was assigned in the system as online learning. */
export interface SelfStudyEvidence {
  kind: "self_study";
  state: "open" | "closed" | "cancelled";
  class_size: Pupils;
  completed_in_time: Pupils;
}

/** A period taught with another tool: declared by the teacher, confirmed by a department head or school leader. */
export interface ExternalEvidence {
  kind: "external";
  has_proof: boolean;
  confirmation: "waiting" | "confirmed" | "refused";
}

/** A period counts, as a whole or in part, or it does not for one reason; the reason carries its numbers, the words are in messages.ts. */
export type Verdict = { counted: true } | Part | NotCounted;
/** It counts in part: `hundredths` of it, 1 to 99, for the `minutes` that were held of the period. */
export type Part = { counted: true; reason: "part"; minutes: number; period_length: number; needed_tenths: number; length: number; hundredths: number };
export type NotCounted = { counted: false } & Reason;
export type Reason =
  | { reason: "cancelled" | "trial" | "not_over" | "no_class_list" | "not_linked" }
  | { reason: "too_short"; minutes: number; needed_tenths: number }
  | { reason: "too_few_present"; present: number; needed: number; class_size: number }
  | { reason: "still_open"; completed: number; needed: number; class_size: number }
  | { reason: "too_few_completed"; completed: number; needed: number; class_size: number }
  | { reason: "no_proof" | "awaiting_confirmation" | "refused" }
  | { reason: "no_plan" | "lesson_removed" }
  | { reason: "beyond_plan"; number: number; periods: number };
export type ReasonCode = Reason["reason"] | Part["reason"];

/** Where a period stands in the course's plan of today. */
export interface PlanPlace {
  /** Which period of the lesson: 1 for the first. */
  number: number;
  lesson_periods: Periods;
  lesson_removed: boolean;
  /** Whether the plan was ever published; until then the denominator is the national programme's number. */
  published: boolean;
}

/** How long a period is. Source: DOMAIN §2: 35 minutes in primary schools (grades 1 to 5), 45 in secondary schools. */
export function periodLengthOf(grade: number): Minutes {
  return minutes(grade <= 5 ? 35 : 45);
}

/**
 * Does this evidence make the period a counted one?
 *
 * A period must have its place in the plan of today, or the numerator could outgrow the denominator; then its evidence
 * decides. No evidence at all: the live class was linked to another lesson afterwards.
 * Source: DOMAIN §2.1, table of evidence; formula v2.
 */
export function judge(place: PlanPlace, evidence: Evidence | undefined, rules: EvidenceRules): Verdict {
  const refused = planRefuses(place);
  if (refused) return refused;
  return evidence ? evidenceVerdict(evidence, rules) : not({ reason: "not_linked" });
}

function planRefuses(place: PlanPlace): NotCounted | undefined {
  if (!place.published) return not({ reason: "no_plan" });
  if (place.lesson_removed) return not({ reason: "lesson_removed" });
  if (place.number < 1 || place.number > place.lesson_periods)
    return not({ reason: "beyond_plan", number: place.number, periods: place.lesson_periods });
  return undefined;
}

function evidenceVerdict(evidence: Evidence, rules: EvidenceRules): Verdict {
  switch (evidence.kind) {
    case "live":
      return judgeLive(evidence, rules);
    case "self_study":
      return judgeSelfStudy(evidence, rules);
    case "external":
      return judgeExternal(evidence);
  }
}

/**
 * A live class counts when it was held as a lesson, long enough, with enough of the class.
 *
 * A class that carries two periods needs the minutes of both for the second to count: with 45-minute periods and 70 %,
 * 31.5 minutes for the first and 63 for both. A period that was online in part stays in the ledger with its minutes; where the
 * province lets parts count, it counts for the minutes held of it, if enough of the class was there.
 */
function judgeLive(live: LiveEvidence, rules: EvidenceRules): Verdict {
  if (live.state === "cancelled") return not({ reason: "cancelled" });
  if (live.purpose === "trial") return not({ reason: "trial" });
  if (live.state !== "ended") return not({ reason: "not_over" });
  if (live.class_list.length === 0) return not({ reason: "no_class_list" });
  const planned = live.place * live.period_length;
  if (isAtLeast(live.length, planned, rules.live_length)) return presenceRefuses(live, rules) ?? { counted: true };
  const needed_tenths = smallestAtLeast(planned * 10, rules.live_length);
  const part = rules.partial_periods === "by_fraction" ? fractionHeld(live) : 0;
  if (part === 0) return not({ reason: "too_short", minutes: live.length, needed_tenths });
  const { period_length, length } = live;
  return presenceRefuses(live, rules) ?? { counted: true, reason: "part", minutes: minutesHeld(live), period_length, needed_tenths, length, hundredths: part };
}

/** The minutes of the live class that fell into the period: those beyond the periods before it, at most a whole one. */
export function minutesHeld({ length, period_length, place }: Pick<LiveEvidence, "length" | "period_length" | "place">): Minutes {
  return minutes(Math.min(period_length, Math.max(0, length - (place - 1) * period_length)));
}

/** Hundredths of the period that were held, cut down: 20 of 45 minutes are 44. */
export function fractionHeld(live: Pick<LiveEvidence, "length" | "period_length" | "place">): number {
  return Math.floor((PERIOD * minutesHeld(live)) / live.period_length);
}

function presenceRefuses(live: LiveEvidence, rules: Thresholds): NotCounted | undefined {
  const class_size = live.class_list.length;
  const present = live.class_list.filter((pupil) => wasPresent(pupil, live.length, rules)).length;
  if (isAtLeast(present, class_size, rules.live_class_present)) return undefined;
  const needed = smallestAtLeast(class_size, rules.live_class_present);
  return not({ reason: "too_few_present", present, needed, class_size });
}

/** Was the pupil present? The teacher's correction stands; otherwise the minutes that the server saw decide. */
export function wasPresent(pupil: Attendance, length: Minutes, thresholds: Thresholds): boolean {
  return pupil.corrected ?? (pupil.stayed > 0 && isAtLeast(pupil.stayed, length, thresholds.live_pupil_stayed));
}

/** Self-study counts from the moment that enough of the class completed it in time, even before the due date. */
function judgeSelfStudy(study: SelfStudyEvidence, thresholds: Thresholds): Verdict {
  if (study.state === "cancelled") return not({ reason: "cancelled" });
  const { class_size, completed_in_time: completed } = study;
  if (class_size === 0) return not({ reason: "no_class_list" });
  if (isAtLeast(completed, class_size, thresholds.self_study_completed)) return { counted: true };
  const needed = smallestAtLeast(class_size, thresholds.self_study_completed);
  const reason = study.state === "open" ? "still_open" : "too_few_completed";
  return not({ reason, completed, needed, class_size });
}

function judgeExternal(external: ExternalEvidence): Verdict {
  if (!external.has_proof) return not({ reason: "no_proof" });
  if (external.confirmation === "refused") return not({ reason: "refused" });
  return external.confirmation === "confirmed" ? { counted: true } : not({ reason: "awaiting_confirmation" });
}

function not(reason: Reason): NotCounted {
  return { counted: false, ...reason };
}

/** For how much of a period a verdict counts: as it was written down (`judged`), or as it was just given. */
export function worthOf(judged: { counted: boolean | null; reason?: string | null; hundredths?: number | undefined } | undefined): Hundredths {
  if (judged?.counted !== true) return hundredths(0);
  return judged.reason === "part" ? hundredths(judged.hundredths ?? 0) : wholePeriods(1);
}

/** One recorded delivery of a period, with what was judged and said of it. */
export interface Delivery {
  id: string;
  mode: "in_class" | "online";
  evidence_kind: EvidenceKind | null;
  taught_on: string;
  reversed: boolean;
  /** What its last verdict makes it count for. Undefined while it is only recorded: in class, or not judged yet. */
  worth: Hundredths | undefined;
}

const strength: Record<EvidenceKind | "none", number> = { live: 0, self_study: 1, external: 2, none: 3 };

/**
 * Which of the deliveries of one (course, lesson, period) stands for it?
 *
 * At most one: a period taught again never counts twice. What counts for more comes first: a whole period before a part of
 * one, of parts the greater, any part before what does not count. Of those that count alike the first that was taught: what
 * is repeated in November does not take from October what was reported for it, however strong its evidence.
 * Then the strongest evidence, then the earliest day, then the key, so the answer is the same whatever the order in which
 * events arrive. A reversed delivery never stands, which lets the next one stand in its place.
 */
export function standing<D extends Delivery>(deliveries: readonly D[]): D | undefined {
  return deliveries.filter((delivery) => !delivery.reversed).sort(byStanding)[0];
}

function byStanding(a: Delivery, b: Delivery): number {
  const [worthA, worthB] = [numberOf(countsFor(a)), numberOf(countsFor(b))];
  return (
    worthB - worthA ||
    (worthA > 0 ? compare(a.taught_on, b.taught_on) : 0) ||
    strength[a.evidence_kind ?? "none"] - strength[b.evidence_kind ?? "none"] ||
    compare(a.taught_on, b.taught_on) ||
    compare(a.id, b.id)
  );
}

/** What this delivery adds to the online share. Nothing taught in class adds anything, whatever was judged. */
export function countsFor(delivery: Pick<Delivery, "mode" | "reversed" | "worth">): Hundredths {
  return delivery.mode === "online" && !delivery.reversed && delivery.worth ? delivery.worth : hundredths(0);
}

export function isCounted(delivery: Pick<Delivery, "mode" | "reversed" | "worth">): boolean {
  return numberOf(countsFor(delivery)) > 0;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** What was said of one delivery, oldest first. */
export interface DeliveryAct {
  act: "judge" | "confirm" | "refuse" | "reverse" | "restore";
}

/** Is the delivery reversed today? The last reversal or restoration decides. */
export function isReversed(acts: readonly DeliveryAct[]): boolean {
  return acts.findLast((act) => act.act === "reverse" || act.act === "restore")?.act === "reverse";
}

/** What a department head or school leader last said of an external period. */
export function confirmationOf(acts: readonly DeliveryAct[]): ExternalEvidence["confirmation"] {
  const last = acts.findLast((act) => act.act === "confirm" || act.act === "refuse")?.act;
  if (last === undefined) return "waiting";
  return last === "confirm" ? "confirmed" : "refused";
}

/**
 * The week in which a period of the plan is due. A lesson over several weeks is spread evenly over them; a lesson whose
 * row names no week falls where its place in the year's periods puts it.
 */
export function weekOfPeriod(
  lesson: { periods: number; week_from: number | null; week_to: number | null; periods_before: number },
  number: number,
  plan: { periods: number; weeks: number },
): number {
  if (lesson.week_from === null) {
    if (plan.periods === 0) return 1;
    return Math.min(plan.weeks, Math.floor(((lesson.periods_before + number - 1) * plan.weeks) / plan.periods) + 1);
  }
  const weeks = Math.max(1, (lesson.week_to ?? lesson.week_from) - lesson.week_from + 1);
  return lesson.week_from + Math.floor(((number - 1) * weeks) / Math.max(1, lesson.periods));
}

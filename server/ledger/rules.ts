import type { BasisPoints, Minutes, Periods, Pupils } from "../platform/units.ts";
import { isAtLeast, minutes, smallestAtLeast } from "../platform/units.ts";

/** Version of the formulas here and in measures/rules.ts, printed with every figure. A change of meaning is a new number. */
export const FORMULA_VERSION = 1;

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

/** A period counts, or it does not for one reason; the reason carries its numbers, the words are in messages.ts. */
export type Verdict = { counted: true } | NotCounted;
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
export type ReasonCode = Reason["reason"];

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
 * Source: DOMAIN §2.1, table of evidence; formula v1.
 */
export function judge(place: PlanPlace, evidence: Evidence | undefined, thresholds: Thresholds): Verdict {
  const refused = planRefuses(place);
  if (refused) return refused;
  return evidence ? evidenceVerdict(evidence, thresholds) : not({ reason: "not_linked" });
}

function planRefuses(place: PlanPlace): NotCounted | undefined {
  if (!place.published) return not({ reason: "no_plan" });
  if (place.lesson_removed) return not({ reason: "lesson_removed" });
  if (place.number < 1 || place.number > place.lesson_periods)
    return not({ reason: "beyond_plan", number: place.number, periods: place.lesson_periods });
  return undefined;
}

function evidenceVerdict(evidence: Evidence, thresholds: Thresholds): Verdict {
  switch (evidence.kind) {
    case "live":
      return judgeLive(evidence, thresholds);
    case "self_study":
      return judgeSelfStudy(evidence, thresholds);
    case "external":
      return judgeExternal(evidence);
  }
}

/**
 * A live class counts when it was held as a lesson, long enough, with enough of the class.
 *
 * A class that carries two periods needs the minutes of both for the second to count: with 45-minute periods and 70 %,
 * 31.5 minutes for the first and 63 for both. A period that was online in part stays in the ledger with its minutes and
 * does not count: a period counts as a whole or not at all.
 */
function judgeLive(live: LiveEvidence, thresholds: Thresholds): Verdict {
  if (live.state === "cancelled") return not({ reason: "cancelled" });
  if (live.purpose === "trial") return not({ reason: "trial" });
  if (live.state !== "ended") return not({ reason: "not_over" });
  if (live.class_list.length === 0) return not({ reason: "no_class_list" });
  const planned = live.place * live.period_length;
  if (isAtLeast(live.length, planned, thresholds.live_length)) return judgePresence(live, thresholds);
  const needed_tenths = smallestAtLeast(planned * 10, thresholds.live_length);
  return not({ reason: "too_short", minutes: live.length, needed_tenths });
}

function judgePresence(live: LiveEvidence, thresholds: Thresholds): Verdict {
  const class_size = live.class_list.length;
  const present = live.class_list.filter((pupil) => wasPresent(pupil, live.length, thresholds)).length;
  if (isAtLeast(present, class_size, thresholds.live_class_present)) return { counted: true };
  const needed = smallestAtLeast(class_size, thresholds.live_class_present);
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

/** One recorded delivery of a period, with what was judged and said of it. */
export interface Delivery {
  id: string;
  mode: "in_class" | "online";
  evidence_kind: EvidenceKind | null;
  taught_on: string;
  reversed: boolean;
  /** Undefined while it is only recorded: in class, or not judged yet. */
  verdict: Pick<Verdict, "counted"> | undefined;
}

const strength: Record<EvidenceKind | "none", number> = { live: 0, self_study: 1, external: 2, none: 3 };

/**
 * Which of the deliveries of one (course, lesson, period) stands for it?
 *
 * At most one: a period taught again never counts twice. A counted one before any other, and of those the first that was
 * taught: what is repeated in November does not take from October what was reported for it, however strong its evidence.
 * Then the strongest evidence, then the earliest day, then the key, so the answer is the same whatever the order in which
 * events arrive. A reversed delivery never stands, which lets the next one stand in its place.
 */
export function standing<D extends Delivery>(deliveries: readonly D[]): D | undefined {
  return deliveries.filter((delivery) => !delivery.reversed).sort(byStanding)[0];
}

function byStanding(a: Delivery, b: Delivery): number {
  const bothCount = isCounted(a) && isCounted(b);
  return (
    Number(isCounted(b)) - Number(isCounted(a)) ||
    (bothCount ? compare(a.taught_on, b.taught_on) : 0) ||
    strength[a.evidence_kind ?? "none"] - strength[b.evidence_kind ?? "none"] ||
    compare(a.taught_on, b.taught_on) ||
    compare(a.id, b.id)
  );
}

/** Does this delivery add one to the online share? Nothing taught in class does, whatever was judged. */
export function isCounted(delivery: Pick<Delivery, "mode" | "reversed" | "verdict">): boolean {
  return delivery.mode === "online" && !delivery.reversed && delivery.verdict?.counted === true;
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

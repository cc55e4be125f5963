import { z } from "zod";
import { numberOf, PERIOD, rate, type BasisPoints } from "../platform/units.ts";
import { FORMULA_VERSION, LEVELS, levelsOfSchool, PARTIAL_PERIODS, rulesFor, type EvidenceRules } from "../ledger/rules.ts";
import type { Opened } from "../measures/access.ts";
import { adoptedOnly, coveredBy, sidesOf, type Share } from "../measures/rules.ts";

const count = z.number().int().min(0);
const countedPeriods = z.number().min(0).multipleOf(0.01).describe("Whole periods, unless the definition lets parts of periods count: then with two decimals.");
const basisPoints = z.number().int().min(0).max(10_000).describe("Hundredths of a percent: 200 is 2 %.");
const answer = z.enum(["met", "not_met", "no_plan"]).describe("no_plan: the school has no published plan; this is not 0 %.");
const maybeRate = count.nullable().describe("Basis points, cut down, for display only; decide with the counts. Null without a plan.");

const share = z.object({ counted_periods: countedPeriods, planned_periods: count, rate_bp: maybeRate }).strict();
const coverage = z
  .object({
    lessons_covered: count.describe("By whatever material the school approved: own_lessons + adopted_lessons."),
    own_lessons: count.describe("By the school's own work; a lesson with own and adopted materials counts here, once."),
    adopted_lessons: count.describe("Only by materials adopted from other schools."),
    lessons_planned: count,
    rate_bp: maybeRate.describe("Of the counter that the target means (definition.digitised_counter): basis points, cut down, for display only. Null without a plan."),
  })
  .strict();

const thresholds = { live_length_bp: basisPoints, live_class_present_bp: basisPoints, live_pupil_stayed_bp: basisPoints, self_study_completed_bp: basisPoints };

/** What the API answers about a school: the figures of the dashboard, with everything needed to check them. */
export const MeasuresAnswer = z
  .object({
    school: z.object({ id: z.string(), code: z.string(), name: z.string(), level: z.string().nullable() }).strict(),
    year: z.string(),
    date: z.string().describe("Figures up to and including this school day (UTC+7)."),
    campus_id: z.string().nullable(),
    formula_version: count,
    definition: z
      .object({
        version: count,
        valid_from: z.string(),
        ...thresholds,
        levels: z
          .array(z.object({ level: z.enum(LEVELS), ...thresholds }).strict())
          .describe("What the evidence of the school's courses is judged by, level by level; the thresholds above are those of levels without their own."),
        partial_periods: z.enum(PARTIAL_PERIODS).describe("Whether a live class that was too short for a whole period counts for the part that was held."),
        lesson_kinds: z.array(z.string()),
        digitised_counter: z.enum(["all", "own"]).describe("Which lessons the target means: covered at all, or by own work."),
      })
      .strict(),
    targets: z.object({ online_share_bp: basisPoints, digitised_bp: basisPoints, source: z.string() }).strict(),
    online: z
      .object({
        year: share.nullable(),
        to_date: share.nullable(),
        answer: answer.describe("met when 10000 × counted > planned × target: strictly above."),
        periods_still_needed: count,
        partly_from_national_programme: z.boolean(),
      })
      .strict(),
    digitised: z
      .object({
        school: coverage,
        answer: answer.describe("met when every subject of the plan reaches the target."),
        whole_school_answer: answer.describe("The other reading: all subjects as one."),
        subjects_met: count,
        subjects_planned: count,
        subjects: z.array(z.object({ code: z.string(), ...coverage.shape, answer, lessons_still_needed: count }).strict()),
      })
      .strict(),
    evidence: z.object({ periods: z.string(), lessons: z.string() }).strict(),
  })
  .strict();
export type MeasuresAnswer = z.infer<typeof MeasuresAnswer>;

/** The answer's shape from what the dashboard shows: the same figures, by the same rules. */
export function measuresAnswer({ school, year, measures }: Opened): MeasuresAnswer {
  const { scope, definition, targets, digitised } = measures;
  const coverageOf = (one: typeof digitised.whole) => ({
    ...{ lessons_covered: one.covered, own_lessons: one.own, adopted_lessons: adoptedOnly(one), lessons_planned: one.planned },
    rate_bp: rateOf(coveredBy(one, definition.digitised_counter), one.planned),
  });
  const query = new URLSearchParams({ year: year.id, date: scope.date }).toString();
  return {
    school: { id: school.id, code: school.code, name: school.name, level: school.level },
    ...{ year: year.id, date: scope.date, campus_id: scope.campus_id ?? null, formula_version: FORMULA_VERSION },
    definition: {
      ...{ version: definition.version, valid_from: definition.valid_from, lesson_kinds: [...definition.lesson_kinds] },
      ...{ digitised_counter: definition.digitised_counter, partial_periods: definition.partial_periods },
      ...thresholdsOf(definition.thresholds),
      levels: levelsOfSchool(school.level).map((level) => ({ level, ...thresholdsOf(rulesFor(definition, level)) })),
    },
    targets: { online_share_bp: targets.online, digitised_bp: targets.digitised, source: targets.source },
    online: {
      ...{ year: shareOf(measures.online), to_date: shareOf(measures.to_date), answer: measures.online_answer },
      ...{ periods_still_needed: measures.periods_still_needed, partly_from_national_programme: measures.from_national },
    },
    digitised: {
      ...{ school: coverageOf(digitised.whole), answer: digitised.answer, whole_school_answer: digitised.whole_answer },
      ...{ subjects_met: digitised.subjects_met, subjects_planned: digitised.subjects_planned },
      subjects: measures.subjects.map((one) => ({
        ...{ code: one.subject, ...coverageOf(one.coverage) },
        ...{ answer: one.answer, lessons_still_needed: one.still_needed },
      })),
    },
    evidence: { periods: `/schools/${school.id}/measures/periods?${query}`, lessons: `/schools/${school.id}/measures/lessons?${query}` },
  };
}

function thresholdsOf({ live_length, live_class_present, live_pupil_stayed, self_study_completed }: Omit<EvidenceRules, "partial_periods">) {
  return { live_length_bp: live_length, live_class_present_bp: live_class_present, live_pupil_stayed_bp: live_pupil_stayed, self_study_completed_bp: self_study_completed };
}

function shareOf(share: Share | undefined) {
  if (share === undefined) return null;
  const { part, whole } = sidesOf(share);
  return { counted_periods: numberOf(share.counted) / PERIOD, planned_periods: share.planned, rate_bp: rateOf(part, whole) };
}

function rateOf(part: number, whole: number): BasisPoints | null {
  return whole === 0 ? null : rate(part, whole);
}

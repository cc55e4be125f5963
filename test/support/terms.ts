import fc from "fast-check";
import type { Terms } from "./recount.ts";

const kinds = ["lesson", "topic", "practice", "review"];
const own = fc.record({ live_length: fc.constantFrom(6000, 9000, 10_000), live_class_present: fc.constantFrom(3000, 6000), live_pupil_stayed: fc.constantFrom(3000, 7000) }, { requiredKeys: [] });
const levels = fc.record({ primary: own, lower_secondary: own, upper_secondary: own, continuing: own }, { requiredKeys: [] });
/** A self-study belongs to the day on which it was known; so its threshold, alone, is the same in every version. */
const studied = fc.record({ primary: fc.constantFrom(4000, 5000), continuing: fc.constantFrom(5000, 6000) });

/**
 * What the province asks: reviews are to be digitised and activities are not; the second version asks for more of every class,
 * the third says it anew. Levels have thresholds of their own, and parts of periods count in one of two following versions.
 */
export const terms: fc.Arbitrary<readonly Terms[]> = fc.record({ levels: fc.tuple(levels, levels, levels), studied, parts: fc.boolean() }).map(({ levels: [first, second, third], studied: study, parts }) => {
  const withStudy = (of: typeof first): Terms["levels"] => ({ ...of, primary: { ...of.primary, self_study_completed: study.primary }, continuing: { ...of.continuing, self_study_completed: study.continuing } });
  const partial = (count: boolean): Terms["partial_periods"] => (count ? "by_fraction" : "whole_only");
  return [
    { version: 1, from: "2026-08-01", live_length: 7000, live_class_present: 5000, live_pupil_stayed: 5000, self_study_completed: 5000, kinds, levels: withStudy(first), partial_periods: partial(parts) },
    { version: 2, from: "2026-10-05", live_length: 8000, live_class_present: 6000, live_pupil_stayed: 4000, self_study_completed: 5000, kinds, levels: withStudy(second), partial_periods: partial(!parts) },
    { version: 3, from: "2026-11-02", live_length: 8000, live_class_present: 5000, live_pupil_stayed: 5000, self_study_completed: 5000, kinds, levels: withStudy(third), partial_periods: "by_fraction" },
  ];
});

import type { Day } from "../../platform/clock.ts";
import { codeProblems, type Sex } from "./identity-code.ts";

/** A pupil as far as the coverage of personal codes is concerned. */
export interface Covered {
  grade: number;
  personal_code: string | null;
  born_on: Day | null;
  sex: Sex | null;
}

export interface GradeCoverage {
  grade: number;
  pupils: number;
  /** Twelve digits that contradict nothing known of the pupil. */
  valid: number;
  wrong: number;
  missing: number;
}

/** The plan asks that at least 95 % of pupils of these grades have a valid code. Source: Plan 1027; DOMAIN §4. */
export const COVERAGE_TARGET_PERCENT = 95;
export const COVERAGE_GRADES: ReadonlySet<number> = new Set([9, 10, 11, 12]);

/** Counts valid, wrong and missing personal codes, one row a grade. valid + wrong + missing = pupils in each. */
export function coverageByGrade(pupils: readonly Covered[], today: Day): GradeCoverage[] {
  const grades = new Map<number, GradeCoverage>();
  for (const pupil of pupils) {
    const row = grades.get(pupil.grade) ?? { grade: pupil.grade, pupils: 0, valid: 0, wrong: 0, missing: 0 };
    row.pupils += 1;
    row[codeState(pupil, today)] += 1;
    grades.set(pupil.grade, row);
  }
  return [...grades.values()].sort((a, b) => a.grade - b.grade);
}

export function codeState(pupil: Omit<Covered, "grade">, today: Day): "valid" | "wrong" | "missing" {
  if (pupil.personal_code === null) return "missing";
  const problems = codeProblems(pupil.personal_code, { bornOn: pupil.born_on ?? undefined, sex: pupil.sex ?? undefined }, today);
  return problems.length === 0 ? "valid" : "wrong";
}

/** Compared in whole numbers: 100 × valid ≥ 95 × pupils. */
export function reachesCoverage(row: GradeCoverage): boolean {
  return 100 * row.valid >= COVERAGE_TARGET_PERCENT * row.pupils;
}

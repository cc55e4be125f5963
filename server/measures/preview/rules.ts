import { periods, type BasisPoints, type Hundredths } from "../../platform/units.ts";
import { coveredBy, onlineShareAnswer, schoolCoverage, type Counter, type SubjectCoverage } from "../rules.ts";

/**
 * What a school reaches under one definition and one pair of targets. Pure: both sides of every preview are judged here, by
 * the rules of the dashboard. Source: DOMAIN §2.1 and §2.2.
 */
export interface Held {
  /** Online periods that count, of the periods planned for the whole year. */
  counted: Hundredths;
  planned: number;
  subjects: readonly SubjectCoverage[];
}

export interface Judged {
  counted: Hundredths;
  covered: number;
  lessons: number;
  subjects_met: number;
  subjects: number;
  online_met: boolean;
  digitised_met: boolean;
}

export function judge({ counted, planned, subjects }: Held, targets: { online: BasisPoints; digitised: BasisPoints }, counter: Counter): Judged {
  const digitised = schoolCoverage(subjects, targets.digitised, counter);
  const has_plan = digitised.answer !== "no_plan";
  const online_met = has_plan && onlineShareAnswer({ counted, planned: periods(planned) }, targets.online) === "met";
  return { counted, covered: coveredBy(digitised.whole, counter), lessons: digitised.whole.planned, subjects_met: digitised.subjects_met, subjects: digitised.subjects_planned, online_met, digitised_met: digitised.answer === "met" };
}

/** A school as it is, and as it would be. */
export interface Change {
  level: string | null;
  planned: number;
  subjects: number;
  was_counted: Hundredths;
  was_covered: number;
  was_lessons: number;
  was_subjects_met: number;
  was_online_met: boolean;
  was_digitised_met: boolean;
  then_counted: Hundredths;
  then_covered: number;
  then_lessons: number;
  then_subjects_met: number;
  then_online_met: boolean;
  then_digitised_met: boolean;
}

export function changeOf(school: { level: string | null; planned: number }, was: Judged, then: Judged): Change {
  return {
    ...{ level: school.level, planned: school.planned, subjects: then.subjects },
    ...{ was_counted: was.counted, was_covered: was.covered, was_lessons: was.lessons, was_subjects_met: was.subjects_met, was_online_met: was.online_met, was_digitised_met: was.digitised_met },
    ...{ then_counted: then.counted, then_covered: then.covered, then_lessons: then.lessons, then_subjects_met: then.subjects_met, then_online_met: then.online_met, then_digitised_met: then.digitised_met },
  };
}

/** Whether a school meets a target that it did not meet, or the other way. */
export const changes = (row: Change): boolean => row.was_online_met !== row.then_online_met || row.was_digitised_met !== row.then_digitised_met;

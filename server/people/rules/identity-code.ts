import type { Day } from "../../platform/clock.ts";

export type Sex = "male" | "female";

/** What a personal code (số định danh cá nhân) says by itself. */
export interface CodeReading {
  /** Province of registration of birth, or a country for those born abroad. */
  place: string;
  sex: Sex;
  birthYear: number;
}

/** Why a personal code cannot be right; keys of `words.people.problems`. */
export type CodeProblem = "code_not_digits" | "code_length" | "code_place" | "code_year" | "code_sex" | "code_not_yet";

export const CODE_LENGTH = 12;
/** The sector database's own code (mã học sinh, mã giáo viên): ten digits in all files seen. */
export const SECTOR_CODE_LENGTH = 10;

/**
 * Reads the twelve digits: three of the place, one of century and sex (even: male, odd: female; 0 and 1 are the 20th
 * century, 2 and 3 the 21st), two of the year of birth, six of chance.
 *
 * Source: Decree 137/2015/NĐ-CP, Art. 13; Circular 59/2021/TT-BCA, Art. 4.
 */
export function readCode(code: string): CodeReading | undefined {
  if (!/^\d{12}$/.test(code) || code.startsWith("000")) return undefined;
  const centuryAndSex = Number(code.charAt(3));
  return {
    place: code.slice(0, 3),
    sex: centuryAndSex % 2 === 0 ? "male" : "female",
    birthYear: 1900 + 100 * Math.floor(centuryAndSex / 2) + Number(code.slice(4, 6)),
  };
}

/** Everything in which the code is malformed or contradicts what else is known of the person; empty when it can be right. */
export function codeProblems(code: string, person: { bornOn: Day | undefined; sex: Sex | undefined }, today: Day): CodeProblem[] {
  if (!/^\d+$/.test(code)) return ["code_not_digits"];
  if (code.length !== CODE_LENGTH) return ["code_length"];
  const reading = readCode(code);
  if (reading === undefined) return ["code_place"];
  const problems: CodeProblem[] = [];
  if (reading.birthYear > Number(today.slice(0, 4))) problems.push("code_not_yet");
  else if (person.bornOn !== undefined && Number(person.bornOn.slice(0, 4)) !== reading.birthYear) problems.push("code_year");
  if (person.sex !== undefined && person.sex !== reading.sex) problems.push("code_sex");
  return problems;
}

/**
 * What a damaged code probably was: Excel drops the leading zero of a number, people put spaces and dots between digits.
 * Only a guess that fits the person is offered.
 */
export function guessCode(code: string, person: { bornOn: Day | undefined; sex: Sex | undefined }, today: Day): string | undefined {
  const digits = code.replace(/[\s.,'-]/g, "");
  const guess = digits.length === CODE_LENGTH - 1 ? `0${digits}` : digits;
  if (guess === code || person.bornOn === undefined) return undefined;
  return codeProblems(guess, person, today).length === 0 ? guess : undefined;
}

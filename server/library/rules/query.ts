import { wordsOf, type PlacedWord, type Word } from "../../platform/text.ts";
import { isSameWord, subjectInGrade, type SubjectName } from "./subjects.ts";

/** More words than this are read from no box; the rest is left out. */
export const QUERY_WORDS_MAX = 12;
export const QUERY_LENGTH_MAX = 200;

/** What a person meant by what was typed into the one box. */
export interface Understood {
  /** The words to look for. */
  words: Word[];
  /** Those words as they were typed. */
  text: string;
  /** Filters that the words meant: "toán 8", "lớp 6", "khtn 7". */
  subject: string | null;
  grade: number | null;
}

/** Takes every word as a word: "search these words instead". */
export function literally(text: string): Understood {
  const words = wordsOf(text.normalize("NFC")).slice(0, QUERY_WORDS_MAX);
  return { words: words.map(bare), text: textOf(text.normalize("NFC"), words), subject: null, grade: null };
}

/**
 * Reads subject and grade out of a query. A number is a grade behind "lớp" or behind a subject; a subject is a filter
 * beside a grade, behind "môn", or where nothing else was typed.
 *
 * @param known codes of the subjects that exist here
 */
export function understand(typed: string, names: readonly SubjectName[], known: ReadonlySet<string>): Understood {
  const text = typed.normalize("NFC");
  const words = wordsOf(text).slice(0, QUERY_WORDS_MAX);
  const grade = gradeIn(words);
  const found = subjectIn(words, names, grade);
  const level = grade?.grade ?? found?.grade ?? null;
  const code = found && (level === null ? found.code : subjectInGrade(found.code, level));
  const subject = code !== undefined && known.has(code) ? code : null;
  const used = new Set<number>([...(grade?.used ?? []), ...(subject === null ? [] : (found?.used ?? []))]);
  const left = words.filter((_, i) => !used.has(i));
  return { words: left.map(bare), text: textOf(text, left), subject, grade: subject === null && grade === undefined ? null : level };
}

const bare = ({ folded, exact }: Word): Word => ({ folded, exact });

function textOf(text: string, words: readonly PlacedWord[]): string {
  return words.map((word) => text.slice(word.from, word.to)).join(" ");
}

function asGrade(word: Word | undefined): number | undefined {
  const number = /^(?:[1-9]|1[0-2])$/.test(word?.folded ?? "") ? Number(word?.folded) : undefined;
  return number;
}

/** "lớp 8", "khối 8", "khối lớp 8", "grade 8". */
function gradeIn(words: readonly PlacedWord[]): { grade: number; used: number[] } | undefined {
  for (let i = 0; i < words.length; i += 1) {
    const said = words[i]?.folded;
    const second = said === "khoi" && words[i + 1]?.folded === "lop";
    const at = second ? i + 2 : i + 1;
    const grade = said === "lop" || said === "khoi" || said === "grade" ? asGrade(words[at]) : undefined;
    if (grade !== undefined) return { grade, used: Array.from({ length: at - i + 1 }, (_, k) => i + k) };
  }
  return undefined;
}

interface FoundSubject {
  code: string;
  grade: number | null;
  used: number[];
}

function subjectIn(words: readonly PlacedWord[], names: readonly SubjectName[], grade: { used: number[] } | undefined): FoundSubject | undefined {
  for (const name of names) {
    for (let i = 0; i + name.words.length <= words.length; i += 1) {
      if (!name.words.every((word, k) => isSameWord(words[i + k] ?? word, word))) continue;
      const end = i + name.words.length;
      const behindMon = words[i - 1]?.folded === "mon";
      const used = [...(behindMon ? [i - 1] : []), ...Array.from({ length: name.words.length }, (_, k) => i + k)];
      const number = asGrade(words[end]);
      if (number !== undefined && grade === undefined) return { code: name.code, grade: number, used: [...used, end] };
      const gradeBeside = grade !== undefined && (grade.used.includes(end) || grade.used.includes((used[0] ?? 0) - 1));
      const alone = used.length + (grade?.used.length ?? 0) === words.length;
      if (gradeBeside || behindMon || (alone && !name.short)) return { code: name.code, grade: null, used };
    }
  }
  return undefined;
}

import { fold } from "../../platform/text.ts";

/** What a file's name and its folders say about the lesson it is for. */
export interface Clues {
  /** "Bài 12", "Unit 3": the number that the textbook gives the lesson. */
  lesson: number | null;
  /** "Tiết 34-35": periods of the year, first and last. */
  periods: readonly [first: number, last: number] | null;
  /** "Tuần 5" */
  week: number | null;
  /** "Chương II", "Chủ đề 3" */
  chapter: number | null;
  subject: string | null;
  grade: number | null;
  /** What is left of the name when all this and the usual words are taken away; folded. */
  title: string;
}

export interface Subject {
  code: string;
  name_vi: string;
  name_en: string;
}

/** How teachers shorten the names of subjects, by the folded beginning of the full name. */
const SHORT: readonly [name: RegExp, short: readonly string[]][] = [
  [/^toan/, ["toan", "math", "maths"]],
  [/^ngu van/, ["ngu van", "nv", "van"]],
  [/^tieng viet/, ["tieng viet", "tv"]],
  [/^(tieng anh|ngoai ngu)/, ["tieng anh", "english", "ta", "anh", "av"]],
  [/^khoa hoc tu nhien/, ["khoa hoc tu nhien", "khtn"]],
  [/^lich su va dia/, ["lich su va dia li", "lich su va dia ly", "lich su dia li", "lsdl", "ls dl", "su dia"]],
  [/^lich su$/, ["lich su", "su"]],
  [/^dia l/, ["dia li", "dia ly", "dia"]],
  [/^giao duc cong dan/, ["gdcd"]],
  [/^tin hoc/, ["tin hoc", "tin"]],
  [/^cong nghe/, ["cong nghe", "cn"]],
  [/^am nhac/, ["am nhac", "nhac"]],
  [/^m[iy] thuat/, ["mi thuat", "my thuat", "mt"]],
  [/^giao duc the chat/, ["gdtc", "the duc"]],
  [/^hoat dong trai nghiem/, ["hoat dong trai nghiem", "hdtn hn", "hdtnhn", "hdtn"]],
  [/dia phuong/, ["gddp", "giao duc dia phuong"]],
  [/^vat l/, ["vat li", "vat ly", "ly", "li"]],
  [/^hoa hoc/, ["hoa hoc", "hoa"]],
  [/^sinh hoc/, ["sinh hoc", "sinh"]],
  [/quoc phong/, ["gdqpan", "gdqp"]],
  [/kinh te/, ["gdktpl", "ktpl"]],
  [/^tu nhien va xa hoi/, ["tnxh", "tu nhien xa hoi"]],
  [/^dao duc/, ["dao duc"]],
];

/** Words in names that say what a file is or which copy, and nothing about the lesson; folded, longest first. */
const USUAL =
  /\b(ke hoach bai day|phieu hoc tap|phieu bai tap|bai giang dien tu|bai giang|giao an|khbd|pht|e ?learning|power ?point|trinh chieu|slides?|pptx?|docx?|video|clip|ket noi tri thuc( voi cuoc song)?|kntt|chan troi sang tao|ctst|canh dieu|ban (cuoi|chuan|sua|moi|dep|final)|ban sao|copy|final|chinh thuc|moi nhat|da sua|sua lan \d+|v\d{1,2}|ver ?\d*|gv|giao vien|nam hoc \d{4} ?-? ?\d{0,4}|hoc ki [12i]+|hoc ky [12i]+|hk ?[12i]+|so gd|phong gd|truong|thcs|thpt|tieu hoc|lop|khoi|tiet|tuan)\b/g;

/** A name in one line of plain words: no marks, no separators but the hyphen between numbers. */
export function plainWords(text: string): string {
  return fold(text)
    .replace(/\u2013|\u2014/g, "-")
    .replace(/[_.,;:()[\]{}+'"!?~#@&=]+/g, " ")
    .replace(/(\d)\s*-\s*(\d)/g, "$1-$2")
    .replace(/(?<!\d)-|-(?!\d)/g, " ")
    .replace(/\s+/g, " ")
    .trim();
}

const LESSON = /\b(?:bai|unit|lesson)\s*(?:so\s*)?(\d{1,3})\b|\bb(\d{1,2})\b/;
const PERIODS = /\b(?:tiet|tct|ppct)\s*(?:so\s*|ct\s*|ppct\s*)?(\d{1,3})(?:\s*(?:-|va|den|\s)\s*(\d{1,3}))?\b/;
const WEEK = /\b(?:tuan|week)\s*(\d{1,2})\b/;
const CHAPTER = /\b(?:chuong|chu de|phan)\s*(\d{1,2}|[ivx]{1,5})\b/;
const GRADE = /\b(?:lop|khoi|grade)\s*(\d{1,2})[a-z]?\d?\b|\bk(\d{1,2})\b/;

/**
 * Reads the clues of one file. What the name itself says goes before what its folders say, the inner folder before the
 * outer ones.
 *
 * @param path folders and name, with `/` between them
 */
export function cluesOf(path: string, subjects: readonly Subject[]): Clues {
  const parts = path.split("/");
  const name = plainWords(stemOf(parts.at(-1) ?? ""));
  const folders = parts.slice(0, -1).reverse().map(plainWords);
  const found = [readPart(name, subjects, false), ...folders.map((folder) => readPart(folder, subjects, true))];
  const first = <K extends keyof Clues>(key: K): Clues[K] | null => found.find((part) => part[key] !== null)?.[key] ?? null;
  return {
    lesson: first("lesson"),
    periods: first("periods"),
    week: first("week"),
    chapter: first("chapter"),
    subject: first("subject"),
    grade: first("grade"),
    title: found[0]?.title ?? "",
  };
}

export function stemOf(name: string): string {
  return name.replace(/(?<=.)\.[^.\s]{1,12}$/, "");
}

function readPart(text: string, subjects: readonly Subject[], folder: boolean): Clues {
  let rest = text;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    const found = pattern.exec(rest);
    if (found) rest = `${rest.slice(0, found.index)} ${rest.slice(found.index + found[0].length)}`.replace(/\s+/g, " ").trim();
    return found;
  };
  const named = subjectIn(rest, subjects, folder);
  if (named) rest = rest.replace(named.text, " ").replace(/\s+/g, " ").trim();
  const lesson = take(LESSON);
  const periods = take(PERIODS);
  const week = take(WEEK);
  const chapter = take(CHAPTER);
  const graded = take(GRADE);
  const grade = gradeOf(named?.grade ?? graded?.[1] ?? graded?.[2] ?? (folder ? /^(\d{1,2})[a-z]?\d?$/.exec(rest)?.[1] : undefined));
  return {
    lesson: numberOf(lesson?.[1] ?? lesson?.[2]),
    periods: periods ? rangeOf(numberOf(periods[1]) ?? 0, numberOf(periods[2])) : null,
    week: numberOf(week?.[1]),
    chapter: chapter ? romanOrNumber(chapter[1] ?? "") : null,
    subject: named?.code ?? null,
    grade,
    title: plainWords(rest.replace(USUAL, " ").replace(/\b\d{1,2}-\d{1,2}(-\d{2,4})?\b|\b\d+\b/g, " ")), // a number may leave its hyphen behind
  };
}

/**
 * A subject's name in a name. Many are ordinary words ("phép toán", "sinh sản"), so within a file's name they count only
 * at its beginning or before a grade; a folder may bear the name alone.
 */
function subjectIn(text: string, subjects: readonly Subject[], folder: boolean): { code: string; text: string; grade: string | undefined } | undefined {
  let best: { code: string; text: string; grade: string | undefined; rank: number } | undefined;
  for (const subject of subjects) {
    for (const alias of namesOf(subject)) {
      const graded = new RegExp(`\\b(?:mon )?${escape(alias)} ?(?:lop |khoi |-)?(\\d{1,2})[a-e]?\\d?\\b(?!-)`).exec(text);
      const grade = graded ? gradeOf(graded[1]) : null;
      const alone = alias.length > 3 || folder ? new RegExp(`^(?:mon )?${escape(alias)}\\b`).exec(text) : null;
      const whole = folder && text === alias;
      const found = grade !== null ? graded : alone && (!folder || whole || alias.length > 2) ? alone : null;
      if (!found) continue;
      const rank = found[0].length + (grade === null ? 0 : 100);
      if (best === undefined || rank > best.rank) best = { code: subject.code, text: found[0], grade: grade === null ? undefined : String(grade), rank };
    }
  }
  return best;
}

function namesOf(subject: Subject): string[] {
  const full = plainWords(subject.name_vi);
  const short = SHORT.find(([name]) => name.test(full))?.[1] ?? [];
  return [full, ...short, plainWords(subject.code)];
}

/** The subject that a cell or a choice names: by code, full name or the usual short form. */
export function subjectNamed(text: string, subjects: readonly Subject[]): string | null {
  const said = plainWords(text).replace(/^mon /, "").replace(/ ?(lop|khoi)? ?\d{1,2}[a-z]?$/, "").trim();
  if (said === "") return null;
  const found = subjects.find((s) => s.code === text.trim().toUpperCase() || namesOf(s).includes(said) || plainWords(s.name_en) === said);
  return found?.code ?? null;
}

export function gradeOf(text: string | undefined): number | null {
  const grade = Number(text);
  return text !== undefined && Number.isInteger(grade) && grade >= 1 && grade <= 12 ? grade : null;
}

function numberOf(text: string | undefined): number | null {
  return text === undefined ? null : Number(text);
}

function rangeOf(first: number, last: number | null): readonly [number, number] {
  return last !== null && last > first && last - first < 12 ? [first, last] : [first, first];
}

function romanOrNumber(text: string): number | null {
  if (/^\d+$/.test(text)) return Number(text);
  const values: Record<string, number> = { i: 1, v: 5, x: 10 };
  const digits = [...text].map((letter) => values[letter] ?? 0);
  const total = digits.reduce((sum, value, i) => (value < (digits[i + 1] ?? 0) ? sum - value : sum + value), 0);
  return total > 0 ? total : null;
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

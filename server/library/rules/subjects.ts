import { fold, wordsOf, type Word } from "../../platform/text.ts";

/** A subject that exists in this installation, with its names. */
export interface KnownSubject {
  code: string;
  names: readonly string[];
}

/** A way to write a subject, as words. `short`: means the subject only beside a grade ("hoá 8", not "hoá"). */
export interface SubjectName {
  code: string;
  words: readonly Word[];
  short: boolean;
}

/** What people write besides the full name. Source: the names of Circular 32/2018/TT-BGDĐT and their usual short forms. */
const ALSO: readonly (readonly [code: string, name: string, short?: "short"])[] = [
  ["NGUVAN", "văn", "short"],
  ["NGUVAN", "văn học", "short"],
  ["NGOAINGU1", "tiếng Anh"],
  ["NGOAINGU1", "anh văn"],
  ["NGOAINGU1", "ngoại ngữ"],
  ["NGOAINGU1", "anh", "short"],
  ["TNXH", "tự nhiên và xã hội"],
  ["TNXH", "tnxh"],
  ["LSDL", "lịch sử và địa lí"],
  ["LSDL", "lịch sử địa lí"],
  ["LSDL", "sử địa", "short"],
  ["LSDL", "lsdl"],
  ["KHTN", "khtn"],
  ["KHTN", "khoa học tự nhiên"],
  ["GDCD", "gdcd"],
  ["GDCD", "giáo dục công dân"],
  ["GDTC", "gdtc"],
  ["GDTC", "thể dục"],
  ["GDDP", "gdđp"],
  ["GDDP", "giáo dục địa phương"],
  ["GDKTPL", "gdktpl"],
  ["GDKTPL", "kinh tế và pháp luật", "short"],
  ["GDQPAN", "gdqp"],
  ["GDQPAN", "quốc phòng", "short"],
  ["HDTN", "hoạt động trải nghiệm"],
  ["HDTN", "hđtn"],
  ["TINHOC", "tin", "short"],
  ["CONGNGHE", "công nghệ"],
  ["VATLI", "lí", "short"],
  ["VATLI", "vật lí"],
  ["HOAHOC", "hoá", "short"],
  ["HOAHOC", "hoá học"],
  ["SINHHOC", "sinh", "short"],
  ["SINHHOC", "sinh học"],
  ["LICHSU", "sử", "short"],
  ["LICHSU", "lịch sử"],
  ["DIALI", "địa", "short"],
  ["DIALI", "địa lí"],
  ["AMNHAC", "nhạc", "short"],
  ["AMNHAC", "âm nhạc"],
  ["MITHUAT", "mĩ thuật"],
  ["MITHUAT", "vẽ", "short"],
  ["TIENGVIET", "tiếng Việt"],
];

/** All ways to write the known subjects, the longest first. */
export function subjectNames(known: readonly KnownSubject[]): SubjectName[] {
  const codes = new Set(known.map((subject) => subject.code));
  const own = known.flatMap((subject) => subject.names.map((name) => ({ code: subject.code, words: wordsOf(name), short: false })));
  // Subjects of other grades lead to the one that is taught (see `subjectInGrade`), so they are understood as well.
  const also = ALSO.filter(([code]) => codes.has(code) || SIBLINGS[code]?.some((other) => codes.has(other))).map(([code, name, short]) => ({ code, words: wordsOf(name), short: short === "short" }));
  return [...own, ...also].filter((name) => name.words.length > 0).sort((a, b) => b.words.length - a.words.length);
}

const SIBLINGS: Record<string, readonly string[]> = {
  VATLI: ["KHTN"],
  HOAHOC: ["KHTN"],
  SINHHOC: ["KHTN"],
  KHOAHOC: ["KHTN"],
  LICHSU: ["LSDL"],
  DIALI: ["LSDL"],
  AMNHAC: ["NGHETHUAT"],
  MITHUAT: ["NGHETHUAT"],
  HDTN: ["HDTNHN"],
  NGUVAN: ["TIENGVIET"],
};

/**
 * The subject's code in a grade: physics in grade 8 is taught as Khoa học tự nhiên, in grade 10 as itself.
 *
 * Source: Circular 32/2018/TT-BGDĐT (subjects by grade).
 */
export function subjectInGrade(code: string, grade: number): string {
  if (["VATLI", "HOAHOC", "SINHHOC"].includes(code) && grade >= 6 && grade <= 9) return "KHTN";
  if (code === "KHOAHOC" && grade >= 6) return "KHTN";
  if (["LICHSU", "DIALI"].includes(code) && grade >= 4 && grade <= 9) return "LSDL";
  if (["AMNHAC", "MITHUAT"].includes(code) && grade >= 6 && grade <= 9) return "NGHETHUAT";
  if (code === "HDTN" && grade >= 6) return "HDTNHN";
  if (code === "NGUVAN" && grade <= 5) return "TIENGVIET";
  return code;
}

/** Whether a typed word means a word of a name: with the same marks, or without any. */
export function isSameWord(typed: Word, name: Word): boolean {
  return typed.exact === name.exact || (typed.folded === name.folded && typed.exact === fold(typed.exact));
}

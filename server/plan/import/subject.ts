import { loose, oneLine } from "./grid.ts";

/** What the lines above a table, the sheet's name or the file's name say about subject and grade. */
export interface Guess {
  subjectCode: string | null;
  grade: number | null;
}

/** Names of subjects as people write them, folded by `loose`; longer names are tried first. */
const NAMES: readonly (readonly [string, string])[] = (
  [
    ["tieng viet", "TIENGVIET"],
    ["toan", "TOAN"],
    ["ngu van", "NGUVAN"],
    ["tieng anh", "NGOAINGU1"],
    ["ngoai ngu 1", "NGOAINGU1"],
    ["ngoai ngu 2", "NGOAINGU2"],
    ["ngoai ngu", "NGOAINGU1"],
    ["dao duc", "DAODUC"],
    ["giao duc cong dan", "GDCD"],
    ["gdcd", "GDCD"],
    ["tu nhien va xa hoi", "TNXH"],
    ["tnxh", "TNXH"],
    ["lich su va dia li", "LSDL"],
    ["lich su & dia li", "LSDL"],
    ["lich su - dia li", "LSDL"],
    ["ls&dl", "LSDL"],
    ["ls va dl", "LSDL"],
    ["khoa hoc tu nhien", "KHTN"],
    ["khtn", "KHTN"],
    ["khoa hoc", "KHOAHOC"],
    ["tin hoc va cong nghe", "THCN"],
    ["tin hoc", "TINHOC"],
    ["cong nghe", "CONGNGHE"],
    ["giao duc the chat", "GDTC"],
    ["gdtc", "GDTC"],
    ["nghe thuat", "NGHETHUAT"],
    ["am nhac", "AMNHAC"],
    ["mi thuat", "MITHUAT"],
    ["hoat dong trai nghiem, huong nghiep", "HDTNHN"],
    ["hoat dong trai nghiem huong nghiep", "HDTNHN"],
    ["hdtn, hn", "HDTNHN"],
    ["hdtnhn", "HDTNHN"],
    ["hoat dong trai nghiem", "HDTN"],
    ["hdtn", "HDTN"],
    ["noi dung giao duc cua dia phuong", "GDDP"],
    ["giao duc dia phuong", "GDDP"],
    ["gddp", "GDDP"],
    ["giao duc quoc phong va an ninh", "GDQPAN"],
    ["gdqp", "GDQPAN"],
    ["giao duc kinh te va phap luat", "GDKTPL"],
    ["gdktpl", "GDKTPL"],
    ["vat li", "VATLI"],
    ["hoa hoc", "HOAHOC"],
    ["sinh hoc", "SINHHOC"],
    ["lich su", "LICHSU"],
    ["dia li", "DIALI"],
    ["tieng dan toc thieu so", "TIENGDTTS"],
  ] as const
).toSorted((a, b) => b[0].length - a[0].length);

/** Reads one line; a subject counts only where the line speaks of it as such, or is short (a sheet's or file's name). */
export function guessLine(line: string, anywhere = false): Guess {
  const text = loose(oneLine(line)).replace(/[_.]+/g, " ");
  const about = anywhere || /\bmon\b|hoat dong giao duc|\b(khoi|lop)\b|ppct|phan phoi chuong trinh|ke hoach/.test(text);
  const code = about ? NAMES.find(([name]) => new RegExp(`(^|[^a-z])${name}($|[^a-z])`).test(text))?.[1] : undefined;
  const grade = /(?<!so )\b(?:khoi lop|khoi|lop|grade)\s*:?\s*(1[0-2]|[1-9])(?!\d)/.exec(text) ?? (code ? /\s(1[0-2]|[1-9])(?!\d)(?! (tiet|tuan))/.exec(text) : null);
  return fitGrade({ subjectCode: code ?? null, grade: grade ? Number(grade[1]) : null });
}

/** Music and fine arts are one subject (Nghệ thuật) up to grade 9, and two in grades 10 to 12; experience is named by level. */
function fitGrade(guess: Guess): Guess {
  const { subjectCode, grade } = guess;
  if (grade === null) return guess;
  if ((subjectCode === "AMNHAC" || subjectCode === "MITHUAT") && grade <= 9) return { subjectCode: "NGHETHUAT", grade };
  if (subjectCode === "HDTN" && grade >= 6) return { subjectCode: "HDTNHN", grade };
  if (subjectCode === "HDTNHN" && grade <= 5) return { subjectCode: "HDTN", grade };
  return guess;
}

/** Lines in the order in which they stand; the nearest to the table wins, each of subject and grade for itself. */
export function guessFrom(lines: readonly string[], before: Guess = { subjectCode: null, grade: null }): Guess {
  let { subjectCode, grade } = before;
  for (const line of lines) {
    const found = guessLine(line);
    subjectCode = found.subjectCode ?? subjectCode;
    grade = found.grade ?? grade;
  }
  return fitGrade({ subjectCode, grade });
}

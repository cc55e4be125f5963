import { loose, oneLine } from "./grid.ts";
import type { Mode } from "../rules.ts";

/** Readings of single cells. Each answers what it is sure of; what is odd comes back as a doubt. */

/** A count of periods, or the running numbers of periods. */
export type PeriodsRead =
  | { kind: "count"; periods: number }
  | { kind: "numbers"; numbers: number[] }
  | { kind: "empty" }
  | { kind: "unclear" };

const RUN_MAX = 200;

/**
 * Reads "3", "3 tiết", "03", "2 tiết (LT + TH)", "Tiết 5,6,7", "14 - 16", "1-2", "1, 2", "Tiết 1 đến tiết 3".
 *
 * A bare number is left to the column: `bare` says whether it counts periods or names one.
 */
export function readPeriods(given: string, bare: "count" | "numbers"): PeriodsRead {
  const text = loose(oneLine(given)).replace(/[([][^)\]]*[)\]]/g, " ").trim();
  if (text === "" || /^[-.…]+$/.test(text)) return { kind: "empty" };
  const counted = /^(\d{1,3})\s*(tiet|t)\b\.?$/.exec(text);
  if (counted) return { kind: "count", periods: Number(counted[1]) };
  const single = /^(\d{1,3})(?:[.,]0)?$/.exec(text);
  if (single && bare === "count") return { kind: "count", periods: Number(single[1]) };
  const numbers = readNumbers(text);
  if (numbers !== undefined) return { kind: "numbers", numbers };
  const inside = /(\d{1,3})\s*tiet/.exec(text);
  return inside && bare === "count" ? { kind: "count", periods: Number(inside[1]) } : { kind: "unclear" };
}

/** Lists and runs of numbers: "5,6,7", "14 - 16", "1 den 3", "tiet 5, 6 va 7". Undefined where something else stands there. */
export function readNumbers(given: string): number[] | undefined {
  const text = given
    .replace(/\b(tiet|tuan|thu|ppct|t)\b\.?/g, " ")
    .replace(/\b(den|toi|->)\b|→|\.\.+/g, "-")
    .replace(/\bva\b|[;+&\n]/g, ",")
    .replace(/(\d)\s+(?=\d)/g, "$1,")
    .replace(/\s+/g, "");
  if (!/^\d{1,3}([-,]\d{1,3})*,?$/.test(text)) return undefined;
  const numbers: number[] = [];
  for (const part of text.split(",").filter((piece) => piece !== "")) {
    const [from, to, more] = part.split("-").map(Number);
    if (from === undefined || more !== undefined) return undefined;
    if (to !== undefined && (to < from || to - from > RUN_MAX)) return undefined;
    for (let n = from; n <= (to ?? from); n += 1) numbers.push(n);
  }
  return numbers;
}

export type WeeksRead = { from: number | null; to: number | null; term: number | null; clear: boolean };

/** Reads "Tuần 3", "3,4", "1-2", "Tuần 1 (7/9 - 11/9)", "Tuần 1\nTháng 9", "Học kì I", "HKII". */
export function readWeeks(given: string): WeeksRead {
  const text = loose(given).replace(/[([][^)\]]*[)\]]/g, " ");
  const term = readTerm(text);
  const rest = text
    .replace(/(cuoi|giua|dau)?\s*(hoc ki|hk)\s*\.?\s*(i{1,2}|[12])?\b/g, " ")
    .replace(/thang\s*\d{1,2}(\s*[-,/]\s*\d{1,4})*/g, " ")
    .replace(/\d{1,2}\/\d{1,2}(\/\d{2,4})?(\s*-\s*\d{1,2}\/\d{1,2}(\/\d{2,4})?)?/g, " ")
    .replace(/[:./]/g, " ")
    .trim();
  if (rest === "" || /^[-.…]+$/.test(rest)) return { from: null, to: null, term, clear: text.trim() === "" || term !== null || /thang|\d/.test(text) };
  const weeks = readNumbers(rest);
  if (weeks === undefined || weeks.length === 0) return { from: null, to: null, term, clear: false };
  return { from: Math.min(...weeks), to: Math.max(...weeks), term, clear: true };
}

/** The term that a text names; null where it names none or both. */
export function readTerm(given: string): 1 | 2 | null {
  const text = loose(given);
  const second = /\b(hoc ki|ki|hk)\s*\.?\s*(ii|2|hai)\b/.test(text) || /\bhk(ii|2)\b/.test(text);
  const first = /\b(hoc ki|ki|hk)\s*\.?\s*(i|1|mot)\b/.test(text) || /\bhk(i|1)\b/.test(text);
  if (first === second) return null;
  return second ? 2 : 1;
}

/** A test's length: "90 phút", "45'", "2 tiết", "90 phút (2 tiết)". */
export function readMinutes(given: string): { minutes: number | null; periods: number | null } {
  const text = loose(oneLine(given));
  const minutes = /(\d{1,3})\s*(phut|p\b|')/.exec(text);
  const periods = /(\d{1,2})\s*tiet/.exec(text);
  return { minutes: minutes ? Number(minutes[1]) : null, periods: periods ? Number(periods[1]) : null };
}

/** Marks that teachers write beside a lesson. */
export interface Marks {
  title: string;
  mode: Mode | null;
  /** The mark that needs a person: partly online, or an abbreviation that reads both ways. */
  unsure: "blended" | null;
  digital: boolean;
  ai: boolean;
}

const MARK = /[[({]\s*([^\])}]{1,40}?)\s*[\])}]/g;

/** Takes marks in brackets out of a title: [TT], [ONLINE], [KẾT HỢP], [CĐS], (trực tuyến), [AI]. Other brackets stay. */
export function readMarks(given: string): Marks {
  const marks: Marks = { title: "", mode: null, unsure: null, digital: false, ai: false };
  const rest = oneLine(given).replace(MARK, (whole, inside: string) => (takeMark(marks, inside) ? " " : whole));
  marks.title = rest.replace(/ {2,}/g, " ").replace(/\s+([.,;:])/g, "$1").trim();
  return marks;
}

function takeMark(marks: Marks, inside: string): boolean {
  const text = loose(inside);
  const mode = modeOf(text);
  if (mode === "blended") marks.unsure = "blended";
  else if (mode !== null) marks.mode = mode;
  const digital = /^(cds|nls|chuien doi so|noi dung chuien doi so|tich hop cds|nang luc so|tich hop nls|tich hop nang luc so)$/.test(text);
  const ai = /^(ai|giao duc ai|tich hop ai|noi dung ai|tich hop giao duc ai)$/.test(text);
  marks.digital ||= digital;
  marks.ai ||= ai;
  return mode !== null || digital || ai;
}

/** The mode of teaching that a mark or a cell of a mode column names. TT beside ONLINE is "trực tiếp" (in class). */
export function modeOf(given: string): Mode | "blended" | null {
  const text = loose(given).trim();
  if (/^(ket hop|kh|blended|truc tiep (va|ket hop|\+|\/|,)? ?truc tuien)$/.test(text)) return "blended";
  if (/^(online|onl|day online|truc tuien|day (hoc )?truc tuien|hoc truc tuien|elearning|e-learning)$/.test(text)) return "online";
  if (/^(tt|truc tiep|day (hoc )?truc tiep|offline|tren lop|tai lop)$/.test(text)) return "in_class";
  return null;
}

/** Whether a note says that the lesson carries digital-transformation content, or AI content. */
export function noteMarks(note: string): { digital: boolean; ai: boolean } {
  const text = loose(oneLine(note));
  return {
    digital: /chuien doi so|\bcds\b|\bnls\b|nang luc so/.test(text),
    ai: /(tich hop|giao duc|noi dung|long ghep)[^.;]{0,20}\b(ai|tri tue nhan tao)\b/.test(text),
  };
}

/** A ticked cell of a column that is one mark: "x", "✓", "có", or any words about it. */
export function isTicked(given: string): boolean {
  const text = loose(oneLine(given));
  return text !== "" && !/^(0|-|khong|k|…|\.+)$/.test(text);
}

import { fold, nameSortKey } from "../../platform/text.ts";
import type { Sex } from "./identity-code.ts";

/** A name as it is kept: composed letters, single spaces, `NGUYỄN VĂN AN` as `Nguyễn Văn An`. */
export function tidyName(given: string): string {
  const name = given.normalize("NFC").replace(/\s+/g, " ").trim();
  if (name !== name.toLocaleUpperCase("vi") || !/\p{L}\p{L}/u.test(name)) return name;
  return name.toLocaleLowerCase("vi").replace(/(^|[\s'-])(\p{L})/gu, (_, before: string, letter: string) => before + letter.toLocaleUpperCase("vi"));
}

/** Whether a text can be a person's name: two words of letters at least, no digits. */
export function isLikelyName(name: string): boolean {
  return /^\p{L}[\p{L}\p{M}'.-]*( \p{L}[\p{L}\p{M}'.-]*)+$/u.test(name) && name.length <= 120;
}

/** Two names that are the same to a reader: marks, case and spaces do matter less than the letters with their marks. */
export function sameName(a: string, b: string): boolean {
  return tidyName(a).toLocaleLowerCase("vi") === tidyName(b).toLocaleLowerCase("vi");
}

/** Sorts as a class list does: given name, then middle, then family name. */
export function byName(a: { name: string }, b: { name: string }): number {
  const [left, right] = [nameSortKey(a.name), nameSortKey(b.name)];
  return left < right ? -1 : left > right ? 1 : 0;
}

export function readSex(given: string): Sex | undefined {
  const text = fold(given);
  if (["nam", "m", "male", "trai"].includes(text)) return "male";
  return ["nu", "f", "female", "gai"].includes(text) ? "female" : undefined;
}

/** A class's name without what people write around it: `Lớp 6A`, `6 A`, `06A` all mean 6A. */
export function classKey(given: string): string {
  return fold(given)
    .replace(/^lop\s*:?\s*/, "")
    .replace(/[\s_]/g, "")
    .replace(/^0+(?=\d)/, "")
    .toUpperCase();
}

/** What a status of the sector database means for the class list. */
export type Presence = "present" | "left";

const PRESENT = ["dang hoc", "chuyen den", "hoc lai", "xin hoc lai", "hoc lien tuc", "luu ban", "dang lam viec", "dang cong tac", "hop dong", "bien che", "tuyen dung", "tap su", "dang day"];
const LEFT = ["chuyen di", "bo hoc", "thoi hoc", "nghi hoc", "dinh chi", "tot nghiep", "hoan thanh", "da ra truong", "du hoc", "qua doi", "da mat", "nghi huu", "nghi viec", "thoi viec", "chuyen cong tac", "chuyen truong", "da nghi", "bao luu"];

/**
 * Reads "Trạng thái HS" (12 values seen: Đang học, Chuyển đến kỳ 1, Chuyển đi hè, Bỏ học kỳ 2, …) and "Trạng thái CB".
 * Undefined for a word that is not known: a person must say what it means.
 */
export function readStatus(given: string): Presence | undefined {
  const text = fold(given);
  if (LEFT.some((word) => text.startsWith(word))) return "left";
  return PRESENT.some((word) => text.startsWith(word)) ? "present" : undefined;
}

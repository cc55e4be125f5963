import type { Day, Instant } from "./clock.ts";
import { dayOf, timeOf, weekdayOf } from "./clock.ts";
import { numberOf, PERIOD, type Hundredths } from "./units.ts";

export type Lang = "vi" | "en";
export const LANGS: readonly Lang[] = ["vi", "en"];

declare global {
  /** Every word of the product by feature; each feature's messages.ts adds its own part. */
  interface Words {}
}

/**
 * The words of one feature in both languages. Vietnamese is written first and gives the shape; English must match it
 * or does not compile. Entries are strings, or functions where a number or name goes in.
 */
export function messages<Shape extends object>(both: { vi: Shape; en: NoInfer<Shape> }): { vi: Shape; en: Shape } {
  return both;
}

export interface Formats {
  /** `1.234,5` */
  number(n: number, digits?: number): string;
  /** Counted periods: `12` where they are whole, `12,5` or `12,25` where one counts in part. */
  periods(counted: Hundredths): string;
  /** `1,84 %` of two whole numbers, or a dash when there is nothing to divide by. */
  share(part: number, whole: number, digits?: number): string;
  /** Basis points as percent: 200 → `2 %`, 184 → `1,84 %`. */
  basisPoints(bp: number): string;
  /** `24/11/2026` */
  day(day: Day): string;
  /** `thứ Ba, 24/11` */
  weekday(day: Day): string;
  /** `7:05` in Viet Nam. */
  time(at: Instant): string;
  /** `7:05, thứ Ba, 24/11` */
  moment(at: Instant): string;
  /** `24/11/2026 07:05` */
  stamp(at: Instant): string;
  /** `1,2 MB` */
  bytes(size: number): string;
}

const WEEKDAYS: Record<Lang, readonly string[]> = {
  vi: ["", "thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật"],
  en: ["", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
};

function makeFormats(lang: Lang): Formats {
  const locale = lang === "vi" ? "vi-VN" : "en-GB";
  const numbers = [0, 1, 2, 3].map(
    (digits) => new Intl.NumberFormat(locale, { minimumFractionDigits: 0, maximumFractionDigits: digits }),
  );
  // Counts are most of what a page shows, and most of them have no separator to place.
  const isPlain = (n: number): boolean => Number.isInteger(n) && n >= 0 && n < 1000;
  const number = (n: number, digits = 0): string => (isPlain(n) ? String(n) : ((numbers[digits] ?? numbers[3])?.format(n) ?? String(n)));
  const percent = lang === "vi" ? "\u00a0%" : "%";
  const day = (d: Day): string => `${d.slice(8, 10)}/${d.slice(5, 7)}/${d.slice(0, 4)}`;
  const weekday = (d: Day): string => `${WEEKDAYS[lang][weekdayOf(d)] ?? ""}, ${d.slice(8, 10)}/${d.slice(5, 7)}`;
  const time = (at: Instant): string => timeOf(at).replace(/^0/, "");
  return {
    number,
    periods: (counted) => number(numberOf(counted) / PERIOD, 2),
    share: (part, whole, digits = 2) => (whole === 0 ? "–" : number((100 * part) / whole, digits) + percent),
    basisPoints: (bp) => number(bp / 100, 2) + percent,
    day,
    weekday,
    time,
    moment: (at) => `${time(at)}, ${weekday(dayOf(at))}`,
    stamp: (at) => `${day(dayOf(at))} ${timeOf(at)}`,
    bytes: (size) => {
      if (size < 1000) return `${number(size)} B`;
      if (size < 1_000_000) return `${number(size / 1000)} KB`;
      if (size < 1_000_000_000) return `${number(size / 1_000_000, 1)} MB`;
      return `${number(size / 1_000_000_000, 1)} GB`;
    },
  };
}

export const formats: Record<Lang, Formats> = { vi: makeFormats("vi"), en: makeFormats("en") };

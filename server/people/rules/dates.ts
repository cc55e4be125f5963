import type { Day } from "../../platform/clock.ts";

/** Why a date cannot be read; keys of `words.people.problems`. */
export type DateProblem = "date_two_digit_year" | "date_year_only" | "date_impossible" | "date_unreadable" | "date_unlikely";
export type ReadDay = { day: Day } | { problem: DateProblem };

/** Day 1 of Excel's calendar is 1 January 1900; it believes that 1900 was a leap year, hence the 30th of December. */
const EXCEL_EPOCH = Date.UTC(1899, 11, 30);
const DAY_MS = 86_400_000;
/** Serial numbers of five digits, 1927 to 2099: anything else is a number, not a date. */
const SERIAL_MIN = 10_000;
const SERIAL_MAX = 73_051;

/**
 * Reads a date as Vietnamese files hold it: `05/09/2014` (day first, always), `5-9-2014`, `5.9.2014`, ISO, or an Excel
 * serial number. A year of two digits is refused: nobody should guess a century.
 */
export function readDay(given: string): ReadDay {
  const text = given.normalize("NFC").trim();
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?$/.exec(text);
  if (iso) return dayOfParts(Number(iso[1]), Number(iso[2]), Number(iso[3]));
  const parts = /^(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{2,4})(?:\s+0?0:00(?::00)?)?$/.exec(text);
  if (parts) {
    const year = parts[3] ?? "";
    if (year.length === 2) return { problem: "date_two_digit_year" };
    return year.length === 4 ? dayOfParts(Number(year), Number(parts[2]), Number(parts[1])) : { problem: "date_unreadable" };
  }
  if (/^\d{4}$/.test(text)) return { problem: "date_year_only" };
  if (/^\d{5}(\.0+)?$/.test(text)) return dayOfSerial(Math.floor(Number(text)));
  return { problem: "date_unreadable" };
}

function dayOfSerial(serial: number): ReadDay {
  if (serial < SERIAL_MIN || serial > SERIAL_MAX) return { problem: "date_unreadable" };
  return { day: new Date(EXCEL_EPOCH + serial * DAY_MS).toISOString().slice(0, 10) };
}

function dayOfParts(year: number, month: number, day: number): ReadDay {
  const at = new Date(Date.UTC(year, month - 1, day));
  const same = at.getUTCFullYear() === year && at.getUTCMonth() === month - 1 && at.getUTCDate() === day;
  return same && year >= 1900 ? { day: at.toISOString().slice(0, 10) } : { problem: "date_impossible" };
}

/** Whether somebody born on this day can be a pupil (4 to 60 years, continuing education included) or a teacher. */
export function isLikelyBirth(bornOn: Day, who: "pupils" | "teachers", today: Day): boolean {
  const age = Number(today.slice(0, 4)) - Number(bornOn.slice(0, 4));
  return who === "pupils" ? age >= 4 && age <= 60 : age >= 17 && age <= 80;
}

import { monthOf } from "../calendar/rules.ts";
import { listYears, yearIn, type SchoolYearRow } from "../calendar/store.ts";
import { dayOf, type Instant } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { notFound } from "../platform/errors.ts";
import { monthsOfYear } from "./figures.ts";
import { Asked } from "./forms.ts";

/** A year and a month as a URL asks for them: the year of today and its running month where it says nothing. */
export interface When {
  asked: Asked;
  years: readonly SchoolYearRow[];
  year: SchoolYearRow;
  months: string[];
  month: string;
}

export async function whenAsked(db: Db, query: unknown, now: Instant): Promise<When> {
  const asked = Asked.parse(query);
  const years = await listYears(db);
  const year = asked.year === undefined ? yearIn(years, dayOf(now)) : years.find((one) => one.id === asked.year);
  if (year === undefined) throw notFound();
  const months = await monthsOfYear(db, year, dayOf(now));
  return { asked, years, year, months, month: months.find((one) => one === asked.month) ?? months[0] ?? monthOf(dayOf(now)) };
}

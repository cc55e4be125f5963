import { yearAsked } from "../assessment/load.ts";
import { monthOf } from "../calendar/rules.ts";
import type { SchoolYearRow } from "../calendar/store.ts";
import { dayOf, type Instant } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
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
  const { year, years } = await yearAsked(db, asked, now);
  const months = await monthsOfYear(db, year, dayOf(now));
  return { asked, years, year, months, month: months.find((one) => one === asked.month) ?? months[0] ?? monthOf(dayOf(now)) };
}

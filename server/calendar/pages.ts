import type { Formats } from "../platform/i18n.ts";
import { addDays } from "../platform/clock.ts";
import type { FormView } from "../shell/form-fields.ts";
import type { EmptyView, FieldView, FilterBarView, PageHeadView } from "../shell/partials.ts";
import { weekOfDay, weeksReached, type StudyWeek } from "./rules.ts";
import type { HolidayRow, SchoolYearRow } from "./store.ts";

interface Say {
  t: Words;
  f: Formats;
}

export interface YearsPage {
  head: PageHeadView;
  rows: { title: string; href: string; detail: string }[];
  empty: EmptyView | undefined;
}

export interface CalendarPage {
  head: PageHeadView;
  filter: FilterBarView | undefined;
  printHint: string;
  weeks: WeekLine[];
  holidays: { name: string; days: string; whose: string; remove: { action: string; confirm: string } | undefined }[];
  add: { title: string; form: FormView } | undefined;
}

/** One line of the printed calendar: a study week, or weeks in which nobody learns. */
export interface WeekLine {
  number: string;
  term: string;
  days: string;
  notes: string;
  state: "study" | "part" | "off" | "now";
}

declare global {
  interface Views {
    "calendar/years": YearsPage;
    "calendar/calendar": CalendarPage;
  }
}

export function yearsPage(say: Say, years: readonly SchoolYearRow[], canManage: boolean): YearsPage {
  const words = say.t.calendar;
  const add = { href: "/school-years/new", label: words.new_year, icon: "plus" as const, kind: "primary" as const };
  return {
    head: { title: words.years, lead: words.years_lead, actions: canManage ? [add] : [] },
    rows: years.map((year) => ({
      title: words.year(year.id),
      href: `/school-years/${year.id}`,
      detail: words.days(say.f.day(year.term1_starts_on), say.f.day(year.ends_on)),
    })),
    empty: years.length === 0 ? { icon: "calendar-days", title: words.no_years, text: words.no_years_text, action: canManage ? add : undefined } : undefined,
  };
}

/** The weeks as lines, with the weeks between them that are off. */
export function weekLines(say: Say, weeks: readonly StudyWeek[], holidays: readonly HolidayRow[], today: string): WeekLine[] {
  const words = say.t.calendar;
  const current = weekOfDay(weeks, today)?.number;
  const lines: WeekLine[] = [];
  let next = weeks[0]?.starts_on;
  for (const week of weeks) {
    if (next !== undefined && week.starts_on > next) lines.push(offLine(say, next, addDays(week.starts_on, -1), holidays));
    const names = namesIn(holidays, week.starts_on, week.ends_on);
    const notes = week.days_off > 0 ? words.days_off(week.days_off, names) : "";
    lines.push({
      number: String(week.number),
      term: words.terms[week.term],
      days: daysOf(say, week.starts_on, week.ends_on),
      notes,
      state: week.number === current ? "now" : week.days_off > 0 ? "part" : "study",
    });
    next = addDays(week.ends_on, 1);
  }
  return lines;
}

function offLine(say: Say, from: string, to: string, holidays: readonly HolidayRow[]): WeekLine {
  const words = say.t.calendar;
  return { number: words.off_week, term: "", days: daysOf(say, from, to), notes: namesIn(holidays, from, to) || words.between_terms, state: "off" };
}

/** `07/09 – 13/09/2026` */
function daysOf(say: Say, from: string, to: string): string {
  return `${say.f.day(from).slice(0, 5)} – ${say.f.day(to)}`;
}

function namesIn(holidays: readonly HolidayRow[], from: string, to: string): string {
  return [...new Set(holidays.filter((h) => h.from_on <= to && from <= h.to_on).map((h) => h.name))].join(", ");
}

export interface CalendarFacts {
  year: SchoolYearRow;
  years: readonly SchoolYearRow[];
  weeks: readonly StudyWeek[];
  holidays: readonly HolidayRow[];
  today: string;
  /** Undefined for the province's own calendar. */
  school: { id: string; name: string } | undefined;
  /** Where holidays are removed, for those that the person may remove. */
  removeAt: ((holiday: HolidayRow) => string | undefined) | undefined;
  editHref: string | undefined;
  add: FormView | undefined;
}

export function calendarPage(say: Say, facts: CalendarFacts): CalendarPage {
  const words = say.t.calendar;
  const { year, school } = facts;
  const progress = words.reached(weeksReached(facts.weeks, facts.today), facts.weeks.length);
  const choice: FieldView = {
    name: "year",
    label: words.choose_year,
    kind: "select",
    value: year.id,
    options: facts.years.map((y) => ({ value: y.id, label: y.id.replace("-", "–") })),
  };
  return {
    head: {
      title: school ? words.calendar_of(school.name, year.id) : words.year(year.id),
      lead: words.calendar_lead(facts.weeks.length),
      badges: [{ label: progress, tone: "info" }],
      actions: facts.editHref ? [{ href: facts.editHref, label: words.edit_year, icon: "pencil" }] : [],
    },
    filter: school && facts.years.length > 1 ? { action: `/schools/${school.id}/calendar`, label: words.choose_year, fields: [choice] } : undefined,
    printHint: words.print_hint,
    weeks: weekLines(say, facts.weeks, facts.holidays, facts.today),
    holidays: facts.holidays.map((holiday) => {
      const action = facts.removeAt?.(holiday);
      return {
        name: holiday.name,
        days: words.days(say.f.day(holiday.from_on), say.f.day(holiday.to_on)),
        whose: holiday.unit_id === null ? words.holiday_province : words.holiday_school,
        remove: action ? { action, confirm: words.holiday_remove_ask(holiday.name) } : undefined,
      };
    }),
    add: facts.add ? { title: school ? words.holiday_add_school : words.holiday_add, form: facts.add } : undefined,
  };
}

export function holidayFields(words: Words["calendar"], today: string): FieldView[] {
  return [
    { name: "name", label: words.holiday_name, kind: "text", required: true, attributes: { maxlength: 120 } },
    { name: "from_on", label: words.holiday_from, kind: "date", required: true, value: today },
    { name: "to_on", label: words.holiday_to, kind: "date", required: true, value: today },
  ];
}

export function yearFields(words: Words["calendar"], year: Omit<SchoolYearRow, "id"> & { id?: string }, isNew: boolean): FieldView[] {
  const fields: FieldView[] = isNew ? [{ name: "id", label: words.year_id, kind: "text", required: true, value: year.id ?? "", attributes: { maxlength: 9, placeholder: "2026-2027" } }] : [];
  for (const name of ["term1_starts_on", "term1_weeks", "term2_starts_on", "term2_weeks", "ends_on"] as const) {
    const isDate = name.endsWith("_on");
    fields.push({ name, label: words[name], kind: isDate ? "date" : "number", required: true, value: String(year[name]), ...(isDate ? {} : { attributes: { min: 1, max: 30, inputmode: "numeric" as const } }) });
  }
  return fields;
}

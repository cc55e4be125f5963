import type { Day } from "../../platform/clock.ts";
import type { Lang } from "../../platform/i18n.ts";
import { NUMBERS, SCHOOL_DAYS, SESSIONS, comparePlaces, teachersOfSlot, type Bell, type Place, type Slot } from "../rules.ts";
import type { WeekGridView, WeekItemView } from "../../shell/partials.ts";
import type { CourseLine } from "../store/weeks.ts";

export interface Tongue {
  t: Words;
  lang: Lang;
}

type Courses = ReadonlyMap<string, CourseLine>;

export function slotName(place: Pick<Place, "session" | "number">, { t }: Pick<Tongue, "t">): string {
  return t.timetable.slot(t.timetable.sessions[place.session], place.number);
}

export function placeName(place: Place, say: Pick<Tongue, "t">): string {
  return say.t.timetable.cell(say.t.timetable.days[place.day - 1] ?? "", slotName(place, say));
}

export function subjectOf(slot: Slot, courses: Courses, { t, lang }: Tongue): string {
  if (slot.kind !== "lesson") return t.timetable[slot.kind];
  const course = courses.get(slot.course_id ?? "");
  return (lang === "vi" ? course?.subject_vi : course?.subject_en) ?? "";
}

/** The names of those who teach in a place on a day. */
export function teacherNames(slot: Slot, courses: Courses, on: Day): string {
  const turns = courses.get(slot.course_id ?? "")?.turns ?? [];
  return teachersOfSlot(slot, turns, on).map((id) => turns.find((turn) => turn.person_id === id)?.name ?? "").join(", ");
}

/** The periods of a day that a week uses: of each session up to the last one in which something stands. */
export function rowsOf(places: readonly Pick<Place, "session" | "number">[]): Pick<Place, "session" | "number">[] {
  return SESSIONS.flatMap((session) => {
    const last = Math.max(0, ...places.filter((place) => place.session === session).map((place) => place.number));
    return NUMBERS.filter((number) => number <= last).map((number) => ({ session, number }));
  });
}

export function bellWords(bells: readonly Bell[], place: Pick<Place, "session" | "number">, { t }: Pick<Tongue, "t">): string | undefined {
  const bell = bells.find((one) => one.session === place.session && one.number === place.number);
  return bell && t.timetable.times(bell.starts, bell.ends);
}

/** A week as the grid of the design shows it: periods down, days across. */
export function weekGrid<Placed extends Place>(
  placed: readonly Placed[],
  given: { bells: readonly Bell[]; caption: string; days: readonly { label: string; today: boolean }[]; item: (one: Placed) => WeekItemView },
  say: Tongue,
): WeekGridView {
  return {
    caption: given.caption,
    corner: say.t.timetable.period,
    days: [...given.days],
    rows: rowsOf(placed).map((row) => ({
      label: slotName(row, say),
      time: bellWords(given.bells, row, say),
      cells: SCHOOL_DAYS.map((day) => placed.filter((one) => comparePlaces(one, { day, ...row }) === 0).map(given.item)),
    })),
  };
}

/** The days of a week that stands for all weeks. */
export function plainDays(words: Words["timetable"]): { label: string; today: boolean }[] {
  return SCHOOL_DAYS.map((day) => ({ label: words.days[day - 1] ?? "", today: false }));
}

import type { Day } from "../../platform/clock.ts";
import type { FileTable } from "../../platform/table-file.ts";
import type { Formats } from "../../platform/i18n.ts";
import type { ActView, ActionView, BadgeView, EmptyView, NoticeView, PageHeadView, WeekGridView } from "../../shell/partials.ts";
import { SCHOOL_DAYS, clashesOf, comparePlaces, heldOn, standingsOn, type Bell, type Slot } from "../rules.ts";
import type { TimetableRow } from "../store/tables.ts";
import type { ClassNamed, HeldVersion, Timetables } from "../store/weeks.ts";
import { bellWords, placeName, plainDays, rowsOf, slotName, subjectOf, teacherNames, weekGrid, type Tongue } from "./grid.ts";

export interface ClassTimetablePage {
  head: PageHeadView;
  notices: NoticeView[];
  grid: WeekGridView | undefined;
  empty: EmptyView;
  files: ActionView[];
  versions: VersionLine["version"][];
}

export interface VersionLine {
  version: { label: string; href: string; badge: BadgeView; remove: ActView | undefined; edit: ActionView | undefined };
}

export interface PrintedTimetable {
  school: string;
  title: string;
  holds: string;
  homeroom: string;
  back: ActionView;
  columns: string[];
  rows: { label: string; time: string; cells: { title: string; detail: string }[] }[];
}

declare global {
  interface Views {
    "timetable/class": ClassTimetablePage;
    "timetable/print": PrintedTimetable;
    "timetable/version": VersionLine;
  }
}

export type Say = Tongue & { f: Formats };

/** What a class's pages are made of: the version that holds on the day, and all the others. */
export interface ClassKnowledge {
  klass: ClassNamed;
  on: Day;
  today: Day;
  held: HeldVersion | undefined;
  versions: readonly TimetableRow[];
  courses: Timetables["courses"];
  bells: readonly Bell[];
  clashes: NoticeView | undefined;
  arranges: boolean;
}

function holdsWords(held: { from_on: Day }, versions: readonly { from_on: Day }[], { t, f }: Say): string {
  const next = versions.filter((one) => one.from_on > held.from_on).map((one) => one.from_on).sort()[0];
  return next === undefined ? t.timetable.holds(f.day(held.from_on)) : t.timetable.holds_until(f.day(held.from_on), f.day(next));
}

export function classTimetable(known: ClassKnowledge, say: Say): ClassTimetablePage {
  const { t, f } = say;
  const { klass, held, on } = known;
  const words = t.timetable;
  const base = `/classes/${klass.id}/timetable`;
  const asked = on === known.today ? "" : `?on=${on}`;
  const edit: ActionView = { href: `${base}/edit${held ? `?version=${held.id}` : ""}`, label: words.arrange, icon: "pencil", kind: "primary" };
  return {
    head: {
      title: words.of_class(klass.name),
      eyebrow: klass.school_name,
      lead: held ? `${holdsWords(held, known.versions, say)} · ${words.periods(f.number(held.slots.length))}` : undefined,
      actions: known.arranges ? [edit] : [],
    },
    notices: known.clashes ? [known.clashes] : [],
    grid: held && held.slots.length > 0 ? weekGrid(held.slots, { bells: known.bells, caption: words.week, days: plainDays(words), item: (slot) => ({ title: subjectOf(slot, known.courses, say), detail: teacherOf(slot, known, words) }) }, say) : undefined,
    empty: { icon: "calendar-days", title: words.none, text: words.none_text, action: known.arranges ? edit : undefined },
    files: held
      ? [
          { href: `${base}/print${asked}`, label: words.print, icon: "printer" },
          { href: `${base}.xlsx${asked}`, label: words.excel, icon: "download" },
          { href: `${base}.csv${asked}`, label: words.csv, icon: "download" },
        ]
      : [],
    versions: known.versions.length < 2 && !known.arranges ? [] : known.versions.map((one) => versionRow(one, known, say)),
  };
}

function teacherOf(slot: Slot, known: ClassKnowledge, words: Words["timetable"]): string {
  if (slot.kind === "homeroom") return known.klass.homeroom_name ?? "";
  if (slot.kind === "flag") return "";
  return teacherNames(slot, known.courses, known.on) || words.no_teacher;
}

function versionRow(one: TimetableRow, known: ClassKnowledge, { t, f }: Say): VersionLine["version"] {
  const words = t.timetable;
  const now = heldOn(known.versions, known.today);
  const badge: BadgeView = one.from_on > known.today ? { label: words.version_soon, tone: "info" } : one.id === now?.id ? { label: words.version_now, tone: "good" } : { label: words.version_past, tone: "neutral" };
  const from = f.day(one.from_on);
  return {
    label: words.holds(from),
    href: `/classes/${known.klass.id}/timetable?on=${one.from_on}`,
    badge,
    edit: known.arranges ? { href: `/classes/${known.klass.id}/timetable/edit?version=${one.id}`, label: words.edit, icon: "pencil", kind: "quiet" } : undefined,
    remove: known.arranges ? { action: `/timetables/${one.id}/removal`, label: words.remove, kind: "quiet", icon: "trash-2", hidden: { revision: String(one.revision) }, confirm: words.remove_ask(from) } : undefined,
  };
}

const CLASHES_SHOWN = 12;

/** The weeks of a school's classes on a day; `only` looks at the clashes of one class. */
export interface WeeksOfSchool {
  weeks: readonly { class_id: string; slots: readonly Slot[] }[];
  courses: Timetables["courses"];
  classes: readonly Pick<ClassNamed, "id" | "name">[];
  on: Day;
  only?: string;
}

/** Where teachers stand in several classes at once, in words. */
export function clashNotice({ weeks, courses, classes, on, only }: WeeksOfSchool, say: Say): NoticeView | undefined {
  const clashes = clashesOf(standingsOn(weeks, (id) => courses.get(id)?.turns ?? [], on)).filter((clash) => only === undefined || clash.class_ids.includes(only));
  if (clashes.length === 0) return undefined;
  const teachers = new Map([...courses.values()].flatMap((course) => course.turns.map((turn) => [turn.person_id, turn.name] as const)));
  const named = new Map(classes.map((klass) => [klass.id, klass.name]));
  const names = { teacher: (id: string) => teachers.get(id) ?? "", klass: (id: string) => named.get(id) ?? "" };
  const words = say.t.timetable;
  const lines = clashes.slice(0, CLASHES_SHOWN).map((clash) => words.clash(placeName(clash, say), names.teacher(clash.teacher_id), clash.class_ids.map(names.klass).sort().join(", ")));
  const more = clashes.length > CLASHES_SHOWN ? [words.more_clashes(clashes.length - CLASHES_SHOWN)] : [];
  return { kind: "warn", title: words.clashes(clashes.length), text: `${[...lines, ...more].join("; ")}. ${words.clashes_text}` };
}

/** The week as a sheet of paper. */
export function printedTimetable(known: ClassKnowledge & { held: HeldVersion }, say: Say): PrintedTimetable {
  const { t, f } = say;
  const words = t.timetable;
  const { klass, held } = known;
  return {
    school: klass.school_name,
    title: words.of_class(klass.name),
    holds: words.holds(f.day(held.from_on)),
    homeroom: klass.homeroom_name === null ? "" : words.homeroom_teacher(klass.homeroom_name),
    back: { href: `/classes/${klass.id}/timetable?on=${known.on}`, label: words.of_class(klass.name) },
    columns: SCHOOL_DAYS.map((day) => words.days[day - 1] ?? ""),
    rows: rowsOf(held.slots).map((row) => ({
      label: slotName(row, say),
      time: bellWords(known.bells, row, say) ?? "",
      cells: SCHOOL_DAYS.map((day) => {
        const slot = held.slots.find((one) => comparePlaces(one, { day, ...row }) === 0);
        return slot ? { title: subjectOf(slot, known.courses, say), detail: teacherOf(slot, known, words) } : { title: "", detail: "" };
      }),
    })),
  };
}

/** Day, session and number of a period stay in sight. */
const STICKY_COLUMNS = 3;

/** The week as Excel and CSV get it: a column for each day. */
export function sheetOfClass(known: ClassKnowledge & { held: HeldVersion }, say: Say): FileTable {
  const { columns, sessions } = say.t.timetable;
  const printed = printedTimetable(known, say);
  return {
    name: known.klass.name,
    head: [columns.session, columns.number, columns.time, ...printed.columns],
    rows: rowsOf(known.held.slots).map((row, i) => [sessions[row.session], String(row.number), printed.rows[i]?.time ?? "", ...(printed.rows[i]?.cells ?? []).map(cellText)]),
    stickyColumns: STICKY_COLUMNS,
  };
}

/** `Toán - Nguyễn Thị Hương`: what the import reads again. */
function cellText(cell: { title: string; detail: string }): string {
  return cell.detail === "" ? cell.title : `${cell.title} - ${cell.detail}`;
}

/** The weeks of all classes as a table: a row for each period of the week, a column for each class. */
export function sheetOfSchool(classes: readonly ClassNamed[], held: ReadonlyMap<string, HeldVersion>, courses: Timetables["courses"], on: Day, say: Say): FileTable {
  const words = say.t.timetable;
  const { day: dayHead, session, number } = words.columns;
  const shown = classes.filter((klass) => held.has(klass.id));
  const rows = rowsOf([...held.values()].flatMap((version) => version.slots));
  const lines = SCHOOL_DAYS.flatMap((day) =>
    rows.map((row) => [
      words.days[day - 1] ?? "",
      words.sessions[row.session],
      String(row.number),
      ...shown.map((klass) => {
        const slot = held.get(klass.id)?.slots.find((one) => comparePlaces(one, { day, ...row }) === 0);
        return slot ? cellText({ title: subjectOf(slot, courses, say), detail: slot.kind === "lesson" ? teacherNames(slot, courses, on) : "" }) : "";
      }),
    ]),
  );
  return { name: words.title, head: [dayHead, session, number, ...shown.map((klass) => klass.name)], rows: lines, stickyColumns: STICKY_COLUMNS };
}

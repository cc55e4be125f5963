import { z } from "zod";
import { isOff, type StudyWeek } from "../../calendar/rules.ts";
import { listHolidays, type HolidayRow } from "../../calendar/store.ts";
import { addDays, type Day } from "../../platform/clock.ts";
import { all, col, type Db } from "../../platform/db.ts";
import { remember } from "../../platform/remember.ts";
import { occurrences, usualBells, type BellTimes, type Occurrence, type Slot, type TeachingTurn } from "../rules.ts";
import { bells, timetables, timetableSlots, type TimetableRow } from "./tables.ts";

const CLASSES_MAX = 300;
const VERSIONS_MAX = 3000;

const courseTurn = z.object({
  id: col.id(),
  class_id: col.id(),
  class_name: col.text(),
  name: col.text(),
  subject_code: col.text(),
  subject_vi: col.text(),
  subject_en: col.text(),
  plan_id: col.maybeId(),
  person_id: col.maybeId(),
  person_name: col.maybeText(),
  from_on: col.maybeDay(),
  to_on: col.maybeDay(),
});

/** A course as the timetable shows it, with everybody who teaches it at some time. */
export interface CourseLine {
  id: string;
  class_id: string;
  class_name: string;
  name: string;
  subject_code: string;
  subject_vi: string;
  subject_en: string;
  plan_id: string | null;
  turns: (TeachingTurn & { name: string })[];
}

export type HeldVersion = TimetableRow & { slots: Slot[] };

/** The timetables of some classes that hold at some time between two days, with the courses of those classes. */
export interface Timetables {
  versions: readonly HeldVersion[];
  courses: ReadonlyMap<string, CourseLine>;
}

export function readTimetables(db: Db, classIds: readonly string[], from: Day, to: Day): Promise<Timetables> {
  return timetablesBetween(db, [...classIds].sort().slice(0, CLASSES_MAX).join(" "), from, to);
}

/** A class of forty-five opens its week in the same minutes. */
const timetablesBetween = remember(["timetables", "timetable_slots", "courses", "course_teachers", "classes", "persons"], async (db: Db, classes: string, from: Day, to: Day): Promise<Timetables> => {
  if (classes === "") return { versions: [], courses: new Map() };
  const ids = classes.split(" ");
  const [versions, courses] = await Promise.all([listHeld(db, ids, from, to), listCourses(db, ids)]);
  return { versions, courses };
});

async function listHeld(db: Db, classIds: readonly string[], from: Day, to: Day): Promise<HeldVersion[]> {
  // The one that holds on the first day, and those that begin after it. Index: class_id, from_on.
  const held = db("timetables as t")
    .whereIn("t.class_id", [...classIds])
    .where("t.from_on", "<=", to)
    .whereRaw("t.from_on >= COALESCE((SELECT MAX(b.from_on) FROM timetables b WHERE b.class_id = t.class_id AND b.from_on <= ?), '')", [from]);
  const rows = await all(timetables.row, held.clone().orderBy(["t.class_id", "t.from_on"]).limit(VERSIONS_MAX).select(timetables.columns.map((name) => `t.${name}`)));
  const slots = new Map(rows.map((row) => [row.id, [] as Slot[]]));
  for (const { timetable_id, ...slot } of await all(timetableSlots.row, db("timetable_slots").whereIn("timetable_id", held.select("t.id")).select(timetableSlots.columns))) slots.get(timetable_id)?.push(slot);
  return rows.map((row) => ({ ...row, slots: slots.get(row.id) ?? [] }));
}

async function listCourses(db: Db, classIds: readonly string[]): Promise<Map<string, CourseLine>> {
  const rows = await all(
    courseTurn,
    db("courses as c")
      .join("classes as k", "k.id", "c.class_id")
      .join("subjects as j", "j.code", "c.subject_code")
      .leftJoin("course_teachers as t", "t.course_id", "c.id")
      .leftJoin("persons as p", "p.id", "t.person_id")
      .whereIn("c.class_id", [...classIds])
      .orderBy(["j.position", "c.id", "t.from_on", "t.id"])
      .limit(20_000)
      .select("c.id", "c.class_id", "c.name", "c.subject_code", "c.plan_id", "t.person_id", "t.from_on", "t.to_on")
      .select({ class_name: "k.name", subject_vi: "j.name_vi", subject_en: "j.name_en", person_name: "p.name" }),
  );
  const found = new Map<string, CourseLine>();
  for (const { person_id, person_name, from_on, to_on, ...own } of rows) {
    const course = found.get(own.id) ?? { ...own, turns: [] };
    found.set(own.id, course);
    if (person_id !== null && from_on !== null) course.turns.push({ person_id, from_on, to_on, name: person_name ?? "" });
  }
  return found;
}

/** All versions of a class, the newest first. */
export function listVersions(db: Db, klass: { id: string }): Promise<TimetableRow[]> {
  return all(timetables.row, db("timetables").where({ class_id: klass.id }).orderBy("from_on", "desc").limit(100).select(timetables.columns));
}

/** Before any day that a school named. */
const ALWAYS = "0000-01-01";

/** When periods begin and end: at the class's site where it has times of its own, else in the school, else as is usual. */
export async function bellTimesOf(db: Db, klass: { school_id: string; campus_id: string | null; grade: number }): Promise<BellTimes[]> {
  const rows = await bellsOfUnits(db, klass.campus_id === null ? klass.school_id : `${klass.school_id} ${klass.campus_id}`);
  const own = rows.filter((row) => row.unit_id === klass.campus_id);
  return [{ from_on: ALWAYS, periods: usualBells(klass.grade <= 5 ? 35 : 45) }, ...(own.length > 0 ? own : rows.filter((row) => row.unit_id === klass.school_id))];
}

const bellsOfUnits = remember(["bells"], (db: Db, unitIds: string) => all(bells.row, db("bells").whereIn("unit_id", unitIds.split(" ")).orderBy(["unit_id", "from_on"]).limit(200).select(bells.columns)));

export function listBells(db: Db, unitId: string) {
  return all(bells.row, db("bells").where({ unit_id: unitId }).orderBy("from_on", "desc").limit(50).select(bells.columns));
}

/** A class as far as its week needs it. */
export interface ClassInWeek {
  id: string;
  school_id: string;
  campus_id: string | null;
  year_id: string;
  grade: number;
}

/** A lesson of a class on a day of the calendar. */
export type ClassOccurrence = Occurrence & { class_id: string };

/** The lessons of some classes in some study weeks, at their times, without the days off of their schools and sites. */
export async function occurrencesOf(db: Db, classes: readonly ClassInWeek[], weeks: readonly StudyWeek[]): Promise<{ found: ClassOccurrence[]; courses: Timetables["courses"] }> {
  const [first, last] = [weeks[0], weeks.at(-1)];
  if (!first || !last) return { found: [], courses: new Map() };
  const { versions, courses } = await readTimetables(db, classes.map((klass) => klass.id), first.starts_on, addDays(last.starts_on, 6));
  const places = new Map<string, Promise<[BellTimes[], readonly HolidayRow[]]>>(); // classes of one site share its bells and days off
  const found = await Promise.all(
    classes.map(async (klass) => {
      const place = `${klass.year_id} ${klass.school_id} ${klass.campus_id} ${klass.grade <= 5}`;
      const asked = places.get(place) ?? Promise.all([bellTimesOf(db, klass), daysOff(db, klass.year_id, klass.school_id, klass.campus_id)]);
      places.set(place, asked);
      const [bells, off] = await asked;
      const own = versions.filter((version) => version.class_id === klass.id);
      return occurrences(weeks, { versions: own, bells, isOff: (day) => isOff(day, off) }).map((one) => ({ ...one, class_id: klass.id }));
    }),
  );
  return { found: found.flat(), courses };
}

const daysOff = remember(["holidays"], (db: Db, yearId: string, schoolId: string, campusId: string | null) => listHolidays(db, yearId, campusId === null ? [schoolId] : [schoolId, campusId]));

const classRow = z.object({ id: col.id(), school_id: col.id(), campus_id: col.maybeId(), year_id: col.text(), grade: col.int(), name: col.text(), school_name: col.text(), homeroom_name: col.maybeText() });
export type ClassNamed = z.infer<typeof classRow>;

function classes(db: Db) {
  return db("classes as k")
    .join("units as s", "s.id", "k.school_id")
    .leftJoin("persons as h", "h.id", "k.homeroom_teacher_id")
    .orderBy(["k.grade", "k.name", "k.id"])
    .limit(CLASSES_MAX)
    .select("k.id", "k.school_id", "k.campus_id", "k.year_id", "k.grade", "k.name", { school_name: "s.name", homeroom_name: "h.name" });
}

/** The classes of a school in a year, by grade and name. */
export function listClasses(db: Db, school: { id: string }, yearId: string): Promise<ClassNamed[]> {
  return all(classRow, classes(db).where({ "k.school_id": school.id, "k.year_id": yearId }));
}

export function listClassesById(db: Db, ids: readonly string[]): Promise<readonly ClassNamed[]> {
  return ids.length === 0 ? Promise.resolve([]) : classesById(db, [...ids].sort().join(" "));
}

const classesById = remember(["classes", "units", "persons"], (db: Db, ids: string): Promise<readonly ClassNamed[]> => all(classRow, classes(db).whereIn("k.id", ids.split(" "))));

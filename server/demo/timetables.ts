import { z } from "zod";
import { all, col, insertAll } from "../platform/db.ts";
import { placeKey, type Place, type Session, type Slot } from "../timetable/rules.ts";
import type { Demo } from "./build.ts";
import { demoId } from "./organisation.ts";
import { classNames, teacherKey, teachersOf } from "./people.ts";
import { SCHOOLS, type DemoSchool } from "./schools.ts";
import { courseKey, teacherOfCourse } from "./teaching.ts";

/** Courses of experience hold the salute to the flag and the homeroom period, which stand in the timetable by themselves. */
const EXPERIENCE = new Set(["HDTN", "HDTNHN"]);
const WEEKS = 35;

const subjectRow = z.object({ class_id: col.id(), id: col.id(), subject_code: col.text(), periods: col.int() });

/** The weekly timetable of every class, without a teacher in two classes at once. */
export async function buildTimetables(demo: Demo): Promise<void> {
  const { db } = demo;
  const courses = await all(
    subjectRow,
    db("courses as c")
      .join("national_programme as n", (join) => join.on("n.subject_code", "c.subject_code").andOn("n.grade", "c.grade"))
      .groupBy("c.class_id", "c.id", "c.subject_code")
      .select("c.class_id", "c.id", "c.subject_code", db.raw("MAX(n.periods_per_year) AS periods")),
  );
  const versions: object[] = [];
  const slots: object[] = [];
  for (const school of SCHOOLS) {
    const busy = new Set<string>();
    classNames(school).forEach((klass, index) => {
      const id = demoId(`timetable ${klass.key}`);
      const own = courses.filter((course) => course.class_id === demoId(klass.key));
      const week = arrange(school, { index, courses: own, teacherOf: (subject) => teacherOfCourse(school, index, subject), courseOf: (subject) => demoId(courseKey(klass.key, subject)) }, busy);
      versions.push({ id, class_id: demoId(klass.key), from_on: demo.term1, revision: 1, made_by: demoId(teacherKey(school, Math.min(1, teachersOf(school) - 1))), made_at: demo.before });
      slots.push(...week.map((slot) => ({ timetable_id: id, ...slot })));
    });
  }
  await insertAll(db, "timetables", versions);
  await insertAll(db, "timetable_slots", slots);
}

interface ClassToArrange {
  index: number;
  courses: readonly z.infer<typeof subjectRow>[];
  teacherOf: (subject: string) => string;
  courseOf: (subject: string) => string;
}

/** The subjects with most periods first, each as far from itself as can be; what finds no free teacher is left out. */
function arrange(school: DemoSchool, klass: ClassToArrange, busy: Set<string>): Slot[] {
  const primary = school.level === "primary";
  const fixed = (place: Place, kind: "flag" | "homeroom"): Slot => ({ ...place, kind, course_id: null, teacher_id: null });
  const week: Slot[] = [fixed({ day: 1, session: "morning", number: 1 }, "flag"), fixed(primary ? { day: 5, session: "afternoon", number: 3 } : { day: 6, session: "morning", number: 4 }, "homeroom")];
  const places = placesOf(primary, klass.index);
  const wanted = [...klass.courses].sort((a, b) => b.periods - a.periods || (a.subject_code < b.subject_code ? -1 : 1));
  for (const { subject_code, periods } of wanted) {
    const teacher = klass.teacherOf(subject_code);
    const count = Math.max(1, Math.round(periods / WEEKS)) - (EXPERIENCE.has(subject_code) ? 2 : 0);
    const course_id = klass.courseOf(subject_code);
    for (let n = 0; n < count; n += 1) {
      const free = places.filter((place) => !week.some((slot) => placeKey(slot) === placeKey(place)) && !busy.has(`${teacher} ${placeKey(place)}`));
      const ofDay = (place: Place): number => week.filter((slot) => slot.day === place.day && slot.course_id === course_id).length;
      const place = free.reduce<Place | undefined>((best, one) => (best === undefined || ofDay(one) < ofDay(best) ? one : best), undefined);
      if (place === undefined) continue;
      busy.add(`${teacher} ${placeKey(place)}`);
      week.push({ ...place, kind: "lesson", course_id, teacher_id: null });
    }
  }
  return week;
}

/** Where a class learns, in the order in which its week fills: no gaps in the morning, afternoons last. */
function placesOf(primary: boolean, index: number): Place[] {
  const days = primary ? [1, 2, 3, 4, 5] : [1, 2, 3, 4, 5, 6];
  const turned = days.map((_, i) => days[(i + index) % days.length] ?? 1);
  const rows: [Session, number][] = primary
    ? [["morning", 1], ["morning", 2], ["morning", 3], ["morning", 4], ["afternoon", 1], ["afternoon", 2], ["afternoon", 3]]
    : [["morning", 1], ["morning", 2], ["morning", 3], ["morning", 4], ["morning", 5], ["afternoon", 1], ["afternoon", 2], ["afternoon", 3]];
  return rows.flatMap(([session, number]) => turned.filter((day) => !(day === 6 && session === "morning" && number === 5)).map((day) => ({ day, session, number })));
}

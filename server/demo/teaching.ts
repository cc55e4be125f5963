import { z } from "zod";
import { addDays } from "../platform/clock.ts";
import { all, col, insertAll } from "../platform/db.ts";
import type { Demo } from "./build.ts";
import { hasLessons, planRows } from "./lessons.ts";
import { demoId } from "./organisation.ts";
import { classNames, groupsOf, teacherKey, teachersOf } from "./people.ts";
import { SCHOOLS, type DemoSchool } from "./schools.ts";

const programmeRow = z.object({ grade: col.int(), subject_code: col.text(), name_vi: col.text(), kind: col.text(), periods_per_year: col.int() });
type Subject = z.infer<typeof programmeRow>;

/** The four choice subjects that every upper-secondary class of the demonstration takes. */
const CHOSEN = new Set(["VATLI", "HOAHOC", "DIALI", "TINHOC"]);

export async function buildTeaching(demo: Demo): Promise<void> {
  const { db } = demo;
  const programme = await all(
    programmeRow,
    db("national_programme as n")
      .join("subjects as s", "s.code", "n.subject_code")
      .select("n.grade", "n.subject_code", "s.name_vi", "n.kind", "n.periods_per_year")
      .orderBy([{ column: "n.grade" }, { column: "s.position" }]),
  );
  const taken = programme.filter((row) => row.kind !== "elective" && (row.kind !== "choice" || CHOSEN.has(row.subject_code)));
  for (const school of SCHOOLS) {
    await plans(demo, school, taken);
    await courses(demo, school, taken);
  }
}

export function planKey(school: DemoSchool, subject: string, grade: number): string {
  return `${school.key} plan ${subject} ${grade}`;
}

export function lessonKey(school: DemoSchool, subject: string, grade: number, position: number): string {
  return `${planKey(school, subject, grade)} lesson ${position}`;
}

/** Courses whose teacher plans them in the demonstration. */
export function courseKey(classKey: string, subject: string): string {
  return `${classKey} course ${subject}`;
}

/** Who teaches a subject in a class: teachers of the subject's group in turn; in primary school the homeroom teacher. */
export function teacherOfCourse(school: DemoSchool, classIndex: number, subject: string): string {
  const group = groupsOf(school).findIndex((g) => g.subjects.includes(subject));
  if (school.key === "thcs-tran-phu" && subject === "TOAN" && classIndex < 4) return teacherKey(school, 8);
  const pool = teachersOf(school) - 2;
  const step = groupsOf(school).length;
  return teacherKey(school, 2 + ((classIndex * step + Math.max(0, group)) % pool));
}

async function plans(demo: Demo, school: DemoSchool, programme: readonly Subject[]): Promise<void> {
  if (!school.hasPlans) return;
  const plansToAdd: object[] = [];
  const lessons: object[] = [];
  const versions: object[] = [];
  const leader = demoId(teacherKey(school, 0));
  for (const subject of programme) {
    if (!(subject.grade in school.grades) || !hasLessons(subject.subject_code, subject.grade)) continue;
    const key = planKey(school, subject.subject_code, subject.grade);
    const rows = planRows(subject.subject_code, subject.grade, subject.periods_per_year).map((row, i) => ({
      id: demoId(`${key} lesson ${i + 1}`),
      plan_id: demoId(key),
      position: i + 1,
      chapter: row.chapter,
      title: row.title,
      periods: row.periods,
      kind: row.kind,
      week_from: row.week,
      week_to: row.week,
      term: row.term,
      digital_content: row.kind === "practice" && i % 3 === 0,
      ai_content: subject.subject_code === "TINHOC" && i % 6 === 0,
      planned_mode: row.kind === "practice" && i % 4 === 0 ? "online" : "in_class",
      notes: "",
    }));
    plansToAdd.push({
      id: demoId(key),
      school_id: demoId(school.key),
      campus_id: null,
      year_id: demo.yearId,
      subject_code: subject.subject_code,
      grade: subject.grade,
      state: "published",
      version: 1,
      revision: 1,
      created_by: leader,
      created_at: demo.before,
      published_at: demo.before,
    });
    versions.push({ plan_id: demoId(key), version: 1, lessons: JSON.stringify(rows), published_by: leader, published_at: demo.before });
    lessons.push(...rows);
  }
  await insertAll(demo.db, "plans", plansToAdd);
  await insertAll(demo.db, "plan_lessons", lessons);
  await insertAll(demo.db, "plan_versions", versions);
}

async function courses(demo: Demo, school: DemoSchool, programme: readonly Subject[]): Promise<void> {
  const rows: object[] = [];
  const teachers: object[] = [];
  classNames(school).forEach((klass, c) => {
    for (const subject of programme.filter((row) => row.grade === klass.grade)) {
      const key = courseKey(klass.key, subject.subject_code);
      const planned = school.hasPlans && hasLessons(subject.subject_code, subject.grade);
      rows.push({
        id: demoId(key),
        school_id: demoId(school.key),
        campus_id: null,
        year_id: demo.yearId,
        class_id: demoId(klass.key),
        subject_code: subject.subject_code,
        grade: klass.grade,
        name: `${subject.name_vi} ${klass.name}`,
        plan_id: planned ? demoId(planKey(school, subject.subject_code, subject.grade)) : null,
        created_at: demo.before,
      });
      teachers.push({
        id: demoId(`teaching ${key}`),
        course_id: demoId(key),
        person_id: demoId(teacherOfCourse(school, c, subject.subject_code)),
        from_on: addDays(demo.term1, -7),
        to_on: null,
      });
    }
  });
  await insertAll(demo.db, "courses", rows);
  await insertAll(demo.db, "course_teachers", teachers);
}

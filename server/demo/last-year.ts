import { z } from "zod";
import { weeksOfSchool } from "../calendar/store.ts";
import type { StudyWeek } from "../calendar/rules.ts";
import { settle, type LessonOfCourse } from "../ledger/store/settle.ts";
import { addDays, addMinutes, instantOf, type Day } from "../platform/clock.ts";
import { all, col, insertAll } from "../platform/db.ts";
import type { Demo } from "./build.ts";
import { addMaterial, lessonRow, planLessons } from "./materials.ts";
import { chartPng } from "./media.ts";
import { demoId } from "./organisation.ts";
import { groupsOf, teacherKey } from "./people.ts";
import { seeded } from "./random.ts";
import { SCHOOLS, type DemoSchool } from "./schools.ts";

/** Weekdays stay what they are. */
const A_YEAR = 364;
/** The share of the whole year as a part of this year's, which is reached in a third of it. */
const SHARE_THEN = [0.9, 1.6] as const;
const DIGITISED_THEN = 0.45;
/** Every file of last year is one of these pictures. */
const PICTURES = 4;
/** Of a hundred declared periods so many were refused. */
const REFUSED = 0.04;

const anyRow = z.record(z.string(), z.unknown());
type Row = z.infer<typeof anyRow>;

/**
 * The school year before: the same plans and classes, and the periods that were taught online then with other tools. There was
 * no room for live classes yet, so teachers declared them and heads of groups confirmed them; the ledger's own rules judge
 * them, so a recount finds the same sums. Pictures were the first materials that schools digitised.
 */
export async function buildLastYear(demo: Demo): Promise<void> {
  const from = Number(demo.yearId.slice(0, 4));
  const yearId = `${from - 1}-${from}`;
  const back = (day: Day): Day => addDays(day, -A_YEAR);
  await copyYear(demo, yearId, back);
  const random = seeded(2025);
  const then: Demo = { ...demo, random, yearId, term1: back(demo.term1), term2: back(demo.term2), before: addMinutes(demo.before, -A_YEAR * 24 * 60) };
  for (const school of SCHOOLS.filter((one) => one.hasPlans)) {
    await declarePeriods(then, school);
    await digitiseSome(then, school);
  }
}

/** Rows of this year again, a year earlier. What names another row of the year names last year's. */
async function copyYear({ db, yearId: thisYear }: Demo, yearId: string, back: (day: Day) => Day): Promise<void> {
  const was = (id: unknown): string | null => (typeof id === "string" ? demoId(`last year ${id}`) : null);
  const wasOn = (at: unknown): string | null => (typeof at === "string" ? `${back(at.slice(0, 10))}${at.slice(10)}` : null);
  const rowsOf = (table: string, of: Record<string, string>): Promise<Row[]> => all(anyRow, db(table).where(of).orderBy("id"));

  const [year] = await rowsOf("school_years", { id: thisYear });
  if (year === undefined) return;
  await insertAll(db, "school_years", [{ ...year, id: yearId, term1_starts_on: wasOn(year["term1_starts_on"]), term2_starts_on: wasOn(year["term2_starts_on"]), ends_on: wasOn(year["ends_on"]) }]);
  const holidays = await all(anyRow, db("holidays").where({ year_id: thisYear }).whereNull("unit_id").orderBy("id"));
  await insertAll(db, "holidays", holidays.map((row) => ({ ...row, id: was(row["id"]), year_id: yearId, from_on: wasOn(row["from_on"]), to_on: wasOn(row["to_on"]) })));
  await insertAll(db, "targets", (await all(anyRow, db("targets").where({ year_id: thisYear }))).map((row) => ({ ...row, year_id: yearId })));

  const plans = await all(anyRow, db("plans").where({ year_id: thisYear }).where("version", ">", 0).orderBy("id"));
  await insertAll(db, "plans", plans.map((row) => ({ ...row, id: was(row["id"]), year_id: yearId, state: "published", created_at: wasOn(row["created_at"]), published_at: wasOn(row["published_at"]) })));
  const ofPlans = db("plans").select("id").where({ year_id: thisYear }).where("version", ">", 0);
  const lessons = await all(anyRow, db("plan_lessons").whereIn("plan_id", ofPlans).whereNull("removed_at").orderBy(["plan_id", "position", "id"]));
  await insertAll(db, "plan_lessons", lessons.map((row) => ({ ...row, id: was(row["id"]), plan_id: was(row["plan_id"]) })));

  const classes = await rowsOf("classes", { year_id: thisYear });
  await insertAll(db, "classes", classes.map((row) => ({ ...row, id: was(row["id"]), year_id: yearId, homeroom_teacher_id: null, created_at: wasOn(row["created_at"]) })));
  const courses = await rowsOf("courses", { year_id: thisYear });
  await insertAll(db, "courses", courses.map((row) => ({ ...row, id: was(row["id"]), class_id: was(row["class_id"]), plan_id: was(row["plan_id"]), year_id: yearId, created_at: wasOn(row["created_at"]) })));
  const teaching = await all(anyRow, db("course_teachers as t").join("courses as c", "c.id", "t.course_id").where({ "c.year_id": thisYear }).select("t.*").orderBy("t.id"));
  await insertAll(db, "course_teachers", teaching.map((row) => ({ ...row, id: was(row["id"]), course_id: was(row["course_id"]), from_on: wasOn(row["from_on"]), to_on: wasOn(year["ends_on"]) })));
}

const slotRow = z.object({ course_id: col.id(), subject_code: col.text(), teacher_id: col.id(), lesson_id: col.id(), week: col.int() });

/** As many periods as the school's share of then makes, spread over the whole year. */
async function declarePeriods(demo: Demo, school: DemoSchool): Promise<void> {
  const { db, random, yearId } = demo;
  const ofYear = { "c.school_id": demoId(school.key), "c.year_id": yearId };
  const slots = await all(
    slotRow,
    db("courses as c")
      .join("course_teachers as t", "t.course_id", "c.id")
      .join("plan_lessons as l", "l.plan_id", "c.plan_id")
      .where(ofYear)
      .whereIn("l.kind", ["lesson", "practice"])
      .whereNotNull("l.week_from")
      .select("c.id as course_id", "c.subject_code", "t.person_id as teacher_id", "l.id as lesson_id", "l.week_from as week")
      .orderBy(["c.id", "l.position", "l.id"]),
  );
  const [planned] = await all(z.object({ sum: col.int() }), db("courses as c").join("plan_lessons as l", "l.plan_id", "c.plan_id").where(ofYear).sum("l.periods as sum"));
  const weeks = await weeksOfSchool(db, { id: yearId }, demoId(school.key));
  const [least, most] = SHARE_THEN;
  const wanted = Math.round((planned?.sum ?? 0) * school.onlineShare * (least + (most - least) * random.next()));
  const rows = { deliveries: [] as object[], acts: [] as object[], lessons: [] as LessonOfCourse[] };
  for (let i = 0; i < wanted && slots.length > 0; i += 1) {
    const [slot] = slots.splice(random.below(slots.length), 1);
    const week = weeks.find((one) => one.number === slot?.week);
    if (slot && week) declare(demo, school, slot, week, rows);
  }
  await db.transaction(async (trx) => {
    await insertAll(trx, "deliveries", rows.deliveries);
    await insertAll(trx, "delivery_acts", rows.acts);
    await settle(trx, rows.lessons, instantOf(addDays(demo.term2, 7 * 18), "10:00"));
  });
}

function declare(demo: Demo, school: DemoSchool, slot: z.infer<typeof slotRow>, week: StudyWeek, rows: { deliveries: object[]; acts: object[]; lessons: LessonOfCourse[] }): void {
  const { random } = demo;
  const id = demoId(`last year delivery ${slot.course_id} ${slot.lesson_id}`);
  const taught_on = addDays(week.starts_on, random.below(5));
  const group = Math.max(0, groupsOf(school).findIndex((one) => one.subjects.includes(slot.subject_code)));
  const refused = random.chance(REFUSED);
  rows.deliveries.push({
    ...{ id, course_id: slot.course_id, plan_lesson_id: slot.lesson_id, period_number: 1, mode: "online", evidence_kind: "external", evidence_id: null },
    ...{ taught_on, taught_by: slot.teacher_id, declared_by: slot.teacher_id, legal_form: "supporting", legal_reason: "" },
    ...{ proof_url: `https://lop-hoc.example/${id.slice(2, 12)}`, created_at: instantOf(taught_on, "16:40") },
  });
  rows.acts.push({
    ...{ id: demoId(`last year word ${id}`), delivery_id: id, act: refused ? "refuse" : "confirm", counted: null, reason: null, params: "{}" },
    ...{ by: demoId(teacherKey(school, 2 + group)), at: instantOf(addDays(taught_on, 1), "10:15"), comment: refused ? "Đường dẫn không mở được, đề nghị bổ sung minh chứng." : "" },
  });
  rows.lessons.push({ course_id: slot.course_id, plan_lesson_id: slot.lesson_id });
}

/** Some lessons had a material by then. */
async function digitiseSome(demo: Demo, school: DemoSchool): Promise<void> {
  const { random } = demo;
  const lessons = await all(
    lessonRow,
    planLessons(demo.db)
      .where({ "p.school_id": demoId(school.key), "p.year_id": demo.yearId, "l.kind": "lesson" })
      .orderBy(["p.subject_code", "p.grade", "l.position", "l.id"]),
  );
  const step = Math.max(2, Math.round(1 / Math.max(0.002, school.digitised * DIGITISED_THEN)));
  await demo.db.transaction(async (db) => {
    for (let i = random.below(step); i < lessons.length; i += step) {
      const lesson = lessons[i];
      if (lesson === undefined) continue;
      const picture = { name: `Hình minh hoạ ${i + 1}.png`, mime: "image/png", kind: "image", bytes: chartPng(1 + (i % PICTURES)) } as const;
      await addMaterial({ ...demo, db }, school, lesson, i, "approved", { ...picture, title: `Hình minh hoạ: ${lesson.title}` });
    }
  });
}

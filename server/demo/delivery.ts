import { z } from "zod";
import { addDays, addMinutes, instantOf, type Day, type Instant } from "../platform/clock.ts";
import { all, col, insertAll } from "../platform/db.ts";
import { raise } from "../platform/jobs/queue.ts";
import { liveClassEnded } from "../live/events.ts";
import { selfStudyClosed } from "../study/events.ts";
import type { Demo } from "./build.ts";
import { demoId } from "./organisation.ts";
import { SCHOOLS, type DemoSchool } from "./schools.ts";

/** One row is one lesson of one course that has been due: what could have been taught online so far. */
const slotRow = z.object({
  course_id: col.id(),
  class_id: col.id(),
  course: col.text(),
  teacher_id: col.id(),
  lesson_id: col.id(),
  title: col.text(),
  periods: col.int(),
  week: col.int(),
});
type Slot = z.infer<typeof slotRow>;

const WEEKS_TAUGHT = 11;
const HOURS = ["07:00", "07:55", "08:50", "09:45", "13:30", "14:25", "19:30"];

interface Rows {
  live: object[];
  periods: object[];
  marks: object[];
  attendances: object[];
  assignments: object[];
  progress: Map<string, object>;
  ended: string[];
  closed: string[];
}

export async function buildDelivery(demo: Demo): Promise<void> {
  const pupils = await pupilsByClass(demo);
  for (const school of SCHOOLS.filter((s) => s.hasPlans)) {
    const rows: Rows = { live: [], periods: [], marks: [], attendances: [], assignments: [], progress: new Map(), ended: [], closed: [] };
    await deliver(demo, school, pupils, rows);
    await save(demo, rows);
  }
  await comingUp(demo);
}

async function pupilsByClass(demo: Demo): Promise<Map<string, string[]>> {
  const rows = await all(z.object({ class_id: col.id(), person_id: col.id() }), demo.db("class_enrolments").select("class_id", "person_id").orderBy("id"));
  const found = new Map<string, string[]>();
  for (const row of rows) found.set(row.class_id, [...(found.get(row.class_id) ?? []), row.person_id]);
  return found;
}

async function deliver(demo: Demo, school: DemoSchool, pupils: Map<string, string[]>, rows: Rows): Promise<void> {
  const { random } = demo;
  const slots = shuffled(demo, await slotsOf(demo, school));
  const planned = await plannedPeriods(demo, school);
  const minutes = school.level === "primary" ? 35 : 45;
  let left = Math.ceil(planned * school.onlineShare);
  for (const slot of slots) {
    if (left <= 0) break;
    const list = pupils.get(slot.class_id) ?? [];
    const covered = Math.min(slot.periods, random.chance(0.2) ? 2 : 1, left);
    const holds = random.chance(0.93);
    if (random.chance(0.68)) addLive(demo, slot, list, { covered, minutes, holds, rows, schoolId: demoId(school.key) });
    else addSelfStudy(demo, slot, list, { covered, holds, rows });
    if (holds) left -= covered;
  }
}

function slotsOf(demo: Demo, school: DemoSchool): Promise<Slot[]> {
  return all(
    slotRow,
    demo
      .db("courses as c")
      .join("course_teachers as t", "t.course_id", "c.id")
      .join("plan_lessons as l", "l.plan_id", "c.plan_id")
      .where({ "c.school_id": demoId(school.key) })
      .whereIn("l.kind", ["lesson", "practice"])
      .where("l.week_from", "<=", WEEKS_TAUGHT)
      .select("c.id as course_id", "c.class_id", "c.name as course", "t.person_id as teacher_id", "l.id as lesson_id", "l.title", "l.periods", "l.week_from as week")
      .orderBy([{ column: "c.id" }, { column: "l.position" }]),
  );
}

/** The planned periods of the year over all courses: the plan's where there is one, else the national number. */
async function plannedPeriods(demo: Demo, school: DemoSchool): Promise<number> {
  const rows = await all(
    z.object({ periods: col.int() }),
    demo.db.raw(
      `SELECT SUM(COALESCE(
                (SELECT SUM(l.periods) FROM plan_lessons l WHERE l.plan_id = c.plan_id AND l.removed_at IS NULL),
                (SELECT MAX(n.periods_per_year) FROM national_programme n WHERE n.grade = c.grade AND n.subject_code = c.subject_code),
                0)) AS periods
         FROM courses c WHERE c.school_id = ?`,
      [demoId(school.key)],
    ),
  );
  return rows[0]?.periods ?? 0;
}

function shuffled(demo: Demo, slots: Slot[]): Slot[] {
  for (let i = slots.length - 1; i > 0; i -= 1) {
    const j = demo.random.below(i + 1);
    const [a, b] = [slots[i], slots[j]];
    if (a && b) [slots[i], slots[j]] = [b, a];
  }
  return slots;
}

function dayOfWeek(demo: Demo, week: number): Day {
  return addDays(demo.term1, 7 * (week - 1) + demo.random.below(5));
}

interface LiveOptions {
  covered: number;
  minutes: number;
  holds: boolean;
  rows: Rows;
  schoolId: string;
}

function addLive(demo: Demo, slot: Slot, pupils: readonly string[], options: LiveOptions): void {
  const { random } = demo;
  const { covered, minutes, holds, rows } = options;
  const id = demoId(`live ${slot.course_id} ${slot.lesson_id}`);
  const day = dayOfWeek(demo, slot.week);
  const startsAt = instantOf(day, random.pick(HOURS));
  const planned = minutes * covered;
  // One that does not hold was too short, or too few came: both happen, and both are shown.
  const tooShort = !holds && random.chance(0.5);
  const length = tooShort ? Math.round(planned * 0.45) : planned - random.below(4);
  const endedAt = addMinutes(startsAt, length);
  rows.live.push({
    id,
    school_id: options.schoolId,
    teacher_id: slot.teacher_id,
    title: `${slot.course}: ${slot.title}`,
    starts_at: startsAt,
    length_minutes: planned,
    state: "ended",
    opened_at: startsAt,
    ended_at: endedAt,
    created_at: addMinutes(startsAt, -3 * 24 * 60),
  });
  for (let p = 1; p <= covered; p += 1) {
    rows.periods.push({ live_class_id: id, course_id: slot.course_id, plan_lesson_id: slot.lesson_id, period_number: p });
  }
  const presence = !holds && !tooShort ? 0.3 : 0.9;
  mark(rows, id, slot.teacher_id, `${id.slice(0, 12)}-t`, startsAt, endedAt);
  pupils.forEach((pupil, i) => {
    const came = random.chance(presence);
    const late = came ? random.below(6) : 0;
    if (came) mark(rows, id, pupil, `${id.slice(0, 12)}-${i}`, addMinutes(startsAt, late), endedAt);
    const present = came && (length - late) * 2 >= length;
    rows.attendances.push({ live_class_id: id, course_id: slot.course_id, person_id: pupil, present_minutes: came ? length - late : 0, present });
  });
  rows.ended.push(id);
}

function mark(rows: Rows, live: string, person: string, connection: string, from: Instant, to: Instant): void {
  rows.marks.push({
    id: demoId(`mark ${live} ${person}`),
    live_class_id: live,
    person_id: person,
    connection_id: connection,
    joined_at: from,
    seen_at: to,
    left_at: to,
    ending: "ended",
  });
}

function addSelfStudy(demo: Demo, slot: Slot, pupils: readonly string[], options: { covered: number; holds: boolean; rows: Rows }): void {
  const { random } = demo;
  const { rows } = options;
  const id = demoId(`self-study ${slot.course_id} ${slot.lesson_id}`);
  const opens = instantOf(dayOfWeek(demo, slot.week), "06:00");
  const due = addMinutes(opens, 4 * 24 * 60);
  rows.assignments.push({
    id,
    course_id: slot.course_id,
    plan_lesson_id: slot.lesson_id,
    period_from: 1,
    period_to: options.covered,
    assigned_by: slot.teacher_id,
    opens_at: opens,
    due_at: due,
    state: due < demo.at ? "closed" : "open",
    created_at: opens,
  });
  for (const pupil of pupils) {
    if (!random.chance(options.holds ? 0.8 : 0.3)) continue;
    const opened = addMinutes(opens, 60 + random.below(3 * 24 * 60));
    rows.progress.set(`${slot.course_id} ${slot.lesson_id} ${pupil}`, {
      course_id: slot.course_id,
      plan_lesson_id: slot.lesson_id,
      pupil_id: pupil,
      opened_at: opened,
      last_opened_at: opened,
      done_at: addMinutes(opened, 15 + random.below(30)),
    });
  }
  rows.closed.push(id);
}

async function save(demo: Demo, rows: Rows): Promise<void> {
  await demo.db.transaction(async (trx) => {
    await insertAll(trx, "live_classes", rows.live);
    await insertAll(trx, "live_class_periods", rows.periods);
    await insertAll(trx, "presence_marks", rows.marks);
    await insertAll(trx, "attendances", rows.attendances);
    await insertAll(trx, "self_study_assignments", rows.assignments);
    await insertAll(trx, "lesson_progress", [...rows.progress.values()]);
    for (const liveClassId of rows.ended) await raise(trx, liveClassEnded, { liveClassId }, demo.at);
    for (const assignmentId of rows.closed) await raise(trx, selfStudyClosed, { assignmentId }, demo.at);
  });
}

/** What the people of the sign-in page find today: a class about to begin, one tomorrow, a lesson to study. */
async function comingUp(demo: Demo): Promise<void> {
  const course = demoId("thcs-tran-phu class 6A course TOAN");
  const slots = await all(
    slotRow,
    demo
      .db("courses as c")
      .join("course_teachers as t", "t.course_id", "c.id")
      .join("plan_lessons as l", "l.plan_id", "c.plan_id")
      .where({ "c.id": course })
      .where("l.kind", "lesson")
      .where("l.week_from", ">", WEEKS_TAUGHT)
      .select("c.id as course_id", "c.class_id", "c.name as course", "t.person_id as teacher_id", "l.id as lesson_id", "l.title", "l.periods", "l.week_from as week")
      .orderBy("l.position")
      .limit(5),
  );
  const [now, tomorrow, study, running, elsewhere] = slots;
  const slides = await slidesOfPlan(demo, course);
  for (const [slot, startsAt] of [
    [now, addMinutes(demo.at, 8)],
    [tomorrow, instantOf(addDays(demo.today, 1), "07:00")],
  ] as const) {
    if (!slot) continue;
    const id = demoId(`live to come ${slot.lesson_id}`);
    await demo.db("live_classes").insert({
      id,
      school_id: demoId("thcs-tran-phu"),
      teacher_id: slot.teacher_id,
      title: `${slot.course}: ${slot.title}`,
      starts_at: startsAt,
      length_minutes: 45,
      state: "scheduled",
      slides_material_id: slides,
      created_at: addMinutes(demo.at, -600),
    });
    await demo.db("live_class_periods").insert({ live_class_id: id, course_id: slot.course_id, plan_lesson_id: slot.lesson_id, period_number: 1 });
  }
  if (tomorrow) await prepareTomorrow(demo, tomorrow);
  if (running) await onNow(demo, running, slides);
  if (elsewhere) await byLink(demo, elsewhere);
  if (study) {
    await demo.db("self_study_assignments").insert({
      id: demoId("self-study to do"),
      course_id: study.course_id,
      plan_lesson_id: study.lesson_id,
      period_from: 1,
      period_to: 1,
      assigned_by: study.teacher_id,
      opens_at: addMinutes(demo.at, -24 * 60),
      due_at: addMinutes(demo.at, 3 * 24 * 60),
      state: "open",
      created_at: addMinutes(demo.at, -24 * 60),
    });
  }
}

/** Tomorrow's class: a colleague teaches in the teacher's place, and the school has invited somebody from outside. */
async function prepareTomorrow(demo: Demo, slot: { lesson_id: string; teacher_id: string }): Promise<void> {
  const school = demoId("thcs-tran-phu");
  const live = demoId(`live to come ${slot.lesson_id}`);
  const staff = (role: string) => demo.db("memberships").where({ unit_id: school, role }).whereNot({ person_id: slot.teacher_id }).orderBy("person_id").first("person_id");
  const [colleague, leader] = await Promise.all([staff("teacher"), staff("school_leader")]);
  if (colleague) await demo.db("live_classes").where({ id: live }).update({ substitute_id: colleague.person_id });
  if (!leader) return;
  await demo.db("live_invitations").insert({
    id: demoId("invitation"),
    live_class_id: live,
    token_hash: "0".repeat(64), // opens by no link
    guest: "Bác sĩ Trần Thị Lan, Trung tâm Y tế",
    purpose: "Kể về những con số trong công việc của bác sĩ",
    guests_max: 1,
    guests: 0,
    expires_at: instantOf(addDays(demo.today, 2), "00:00"),
    created_by: leader.person_id,
    created_at: addMinutes(demo.at, -300),
  });
}

/** A class that was held on Google Meet yesterday evening: who was there is for its teacher to declare. */
async function byLink(demo: Demo, slot: z.infer<typeof slotRow>): Promise<void> {
  const { db } = demo;
  const id = demoId("live by link");
  const begun = instantOf(addDays(demo.today, -1), "19:30");
  const pupils = (await pupilsByClass(demo)).get(slot.class_id) ?? [];
  await db("live_classes").insert({ id, school_id: demoId("thcs-tran-phu"), teacher_id: slot.teacher_id, title: `${slot.course}: ${slot.title}`, starts_at: begun, length_minutes: 45, state: "ended", opened_at: begun, ended_at: addMinutes(begun, 44), engine: "link", engine_link: "https://meet.google.com/qtx-mvbn-kze", created_at: addMinutes(begun, -600) });
  await db("live_class_periods").insert({ live_class_id: id, course_id: slot.course_id, plan_lesson_id: slot.lesson_id, period_number: 1 });
  await insertAll(db, "live_link_opens", pupils.slice(0, 31).map((person, i) => ({ live_class_id: id, person_id: person, opened_at: addMinutes(begun, i % 9) })));
}

/** A class that is on now, with ink on its board, a question with answers and questions in the chat. */
async function onNow(demo: Demo, slot: z.infer<typeof slotRow>, slides: string | null): Promise<void> {
  const { db } = demo;
  const id = demoId("live on now");
  const at = (minutesAgo: number): Instant => addMinutes(demo.at, -minutesAgo);
  const pupils = (await pupilsByClass(demo)).get(slot.class_id) ?? [];
  await db("live_classes").insert({ id, school_id: demoId("thcs-tran-phu"), teacher_id: slot.teacher_id, title: `${slot.course}: ${slot.title}`, starts_at: at(20), length_minutes: 25, state: "open", opened_at: at(20), slides_material_id: slides, message_count: 4, created_at: at(600) });
  await db("live_class_periods").insert({ live_class_id: id, course_id: slot.course_id, plan_lesson_id: slot.lesson_id, period_number: 1 });
  await insertAll(db, "presence_marks", [slot.teacher_id, ...pupils.slice(0, 12)].map((person) => ({ id: demoId(`mark ${id} ${person}`), live_class_id: id, person_id: person, connection_id: demoId(`line ${person}`), joined_at: at(20), seen_at: demo.at, left_at: null, ending: null })));
  const draw = (seq: number, kind: string, body: object): object => ({ live_class_id: id, seq, person_id: slot.teacher_id, page: -1, kind, body: JSON.stringify(body), client_key: `demo-${1000 + seq}`, at: at(15 - seq) });
  await db("live_rooms").insert({ live_class_id: id, drawn: 6, drawn_bytes: 900, blank_pages: 1, notes: "Bài tập về nhà: 1, 2, 3 trang 12.\nMang thước kẻ cho tiết sau.", called_id: pupils[2] ?? null, called_at: at(4) });
  await db("live_classes").where({ id }).update({ slide_page: -1 });
  await insertAll(db, "live_drawings", [
    draw(1, "text", { c: 1, w: 3, x: 60, y: 40, t: "Ví dụ 1" }),
    draw(2, "formula", { c: 0, w: 3, x: 90, y: 130, t: "\\frac{3}{4} + \\frac{1}{6} = \\frac{9}{12} + \\frac{2}{12}" }),
    draw(3, "rect", { c: 2, w: 2, x: 70, y: 110, x2: 620, y2: 230 }),
    draw(4, "arrow", { c: 3, w: 2, x: 640, y: 170, x2: 760, y2: 170 }),
    draw(5, "formula", { c: 2, w: 3, x: 790, y: 130, t: "\\frac{11}{12}" }),
    draw(6, "ink", { c: 4, w: 2, d: inkOf(Array.from({ length: 60 }, (_, i) => ({ x: 780 + i * 2, y: Math.round(250 + 8 * Math.sin(i / 4)) }))) }),
  ]);
  const question = demoId("live question");
  await db("live_questions").insert({ id: question, live_class_id: id, kind: "choice", is_exit: false, prompt: "Mẫu số chung nhỏ nhất của 3/4 và 1/6 là số nào?", options: JSON.stringify(["6", "12", "18", "24"]), right_answer: "B", opened_at: at(8) });
  await insertAll(db, "live_answers", pupils.slice(0, 11).map((person, i) => ({ question_id: question, person_id: person, answer: "BBDBBBBABDB".charAt(i), at: at(7) })));
  const said = [
    { by: slot.teacher_id, body: "Các em mở vở, ta bắt đầu ví dụ 1 nhé.", kind: "say", answered: null },
    { by: pupils[1], body: "Thưa cô, vì sao không lấy mẫu chung là 24 ạ?", kind: "question", answered: at(5) },
    { by: slot.teacher_id, body: "Lấy 24 vẫn đúng, nhưng phải rút gọn thêm một bước.", kind: "say", answered: null },
    { by: pupils[4], body: "Thưa cô, nếu hai mẫu nguyên tố cùng nhau thì sao ạ?", kind: "question", answered: null },
  ];
  const rows = said.filter((one) => one.by !== undefined);
  await insertAll(db, "live_messages", rows.map(({ by, body, kind, answered }, i) => ({ live_class_id: id, seq: i + 1, person_id: by, body, client_key: `demo-${1000 + i}`, at: at(10 - i), kind, answered_at: answered, audience: "all" })));
}

/** A stroke as the board keeps it: differences, zigzagged, in groups of five bits (live/tool-rules.ts). */
export function inkOf(points: readonly { x: number; y: number }[]): string {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const write = (number: number): string => {
    let left = number < 0 ? -number * 2 - 1 : number * 2;
    let text = "";
    do {
      const more = left > 31;
      text += letters.charAt((left & 31) + (more ? 32 : 0));
      left >>= 5;
    } while (left > 0);
    return text;
  };
  return points.map(({ x, y }, i) => `${write(x - (points[i - 1]?.x ?? 0))}${write(y - (points[i - 1]?.y ?? 0))}${write(i === 0 ? 16 : 0)}`).join("");
}

/** Slides of a lesson of the course's plan: what the class about to begin shows. */
async function slidesOfPlan(demo: Demo, courseId: string): Promise<string | null> {
  const row = z.object({ id: col.id() });
  const found = await all(
    row,
    demo
      .db("materials as m")
      .join("material_lessons as ml", "ml.material_id", "m.id")
      .join("plan_lessons as l", "l.id", "ml.plan_lesson_id")
      .join("courses as c", "c.plan_id", "l.plan_id")
      .where({ "c.id": courseId, "m.state": "approved", "m.kind": "slides" })
      .orderBy("l.position", "desc")
      .select("m.id")
      .limit(1),
  );
  return found[0]?.id ?? null;
}

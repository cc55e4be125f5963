import { addDays, addMinutes, instantOf, type Instant } from "../platform/clock.ts";
import { z } from "zod";
import { all, col, insertAll } from "../platform/db.ts";
import { raise } from "../platform/jobs/queue.ts";
import { liveClassEnded } from "../live/events.ts";
import { countOddFigures } from "../measures/odd/jobs.ts";
import type { Demo } from "./build.ts";
import { demoId } from "./organisation.ts";

const ROOM = "thcs-le-loi";

/**
 * What an officer may ask about: at one school a morning of live classes that ended at once and a class that entered
 * within one second, at another lessons whose material nobody opened, about which it was asked and has answered.
 */
export async function buildOdd(demo: Demo): Promise<void> {
  await shortMorning(demo);
  await countOddFigures(demo.db, demo.at);
  await exchange(demo);
}

const slotRow = z.object({ course_id: col.id(), class_id: col.id(), course: col.text(), teacher_id: col.id(), lesson_id: col.id(), title: col.text() });

async function shortMorning(demo: Demo): Promise<void> {
  const { db } = demo;
  const untaught = db("live_class_periods as p").select("p.plan_lesson_id").whereRaw("p.course_id = c.id");
  const slots = await all(
    slotRow,
    db("courses as c")
      .join("course_teachers as t", "t.course_id", "c.id")
      .join("plan_lessons as l", "l.plan_id", "c.plan_id")
      .where({ "c.school_id": demoId(ROOM), "c.year_id": demo.yearId, "l.kind": "lesson" })
      .where("l.week_from", "<=", 9)
      .whereNotIn("l.id", untaught)
      .select("c.id as course_id", "c.class_id", "c.name as course", "t.person_id as teacher_id", "l.id as lesson_id", "l.title")
      .orderBy(["c.id", "l.position"])
      .limit(5),
  );
  const begun = instantOf(addDays(demo.term1, 7 * 9 + 2), "07:00");
  for (const [at, slot] of slots.entries()) {
    const id = demoId(`live cut short ${slot.lesson_id}`);
    const length = at === 4 ? 44 : [2, 3, 4, 3][at] ?? 3;
    const starts = addMinutes(begun, at * 55);
    await db("live_classes").insert({ id, school_id: demoId(ROOM), teacher_id: slot.teacher_id, title: `${slot.course}: ${slot.title}`, starts_at: starts, length_minutes: 45, state: "ended", opened_at: starts, ended_at: addMinutes(starts, length), created_at: addMinutes(starts, -600) });
    await db("live_class_periods").insert({ live_class_id: id, course_id: slot.course_id, plan_lesson_id: slot.lesson_id, period_number: 1 });
    if (at === 4) await atOnce(demo, id, slot.class_id, addMinutes(starts, 6), addMinutes(starts, length));
    await raise(db, liveClassEnded, { liveClassId: id }, demo.at);
  }
}

/** A class in the computer room, whose line came back six minutes after the class had begun. */
async function atOnce(demo: Demo, live: string, classId: string, joined: string, left: string): Promise<void> {
  const pupils = await all(z.object({ person_id: col.id() }), demo.db("class_enrolments").select("person_id").where({ class_id: classId }).orderBy("id"));
  await insertAll(demo.db, "presence_marks", pupils.map(({ person_id }, i) => ({ id: demoId(`mark at once ${person_id}`), live_class_id: live, person_id, connection_id: `room-${i}`, joined_at: i < pupils.length - 2 ? joined : addMinutes(joined, 1), seen_at: left, left_at: left, ending: "ended" })));
}

async function exchange(demo: Demo): Promise<void> {
  const figures = demo.db("odd_figures as f").join("memberships as m", "m.unit_id", "f.school_id").where({ "f.kind": "never_opened", "m.role": "school_leader" });
  const row = z.object({ school_id: col.id(), cases: col.int(), leader: col.id() });
  const [figure] = await all(row, figures.orderBy([{ column: "f.cases", order: "desc" }, { column: "m.person_id" }]).limit(1).select("f.school_id", "f.cases", "m.person_id as leader"));
  if (figure === undefined) return;
  const id = demoId("odd question");
  const ago = (minutes: number): Instant => addMinutes(demo.at, -minutes);
  const officer = demoId("province officer");
  const said = [
    { act: "ask", said_by: officer, said_at: ago(6 * 24 * 60), words: "Nhiều bài có học liệu đã qua tuần dạy mà chưa em nào mở. Nhờ nhà trường cho biết các học liệu này được dùng thế nào." },
    { act: "answer", said_by: figure.leader, said_at: ago(5 * 24 * 60), words: "Các bài này thầy cô chiếu trên lớp." },
    { act: "ask", said_by: officer, said_at: ago(3 * 24 * 60), words: "Cảm ơn nhà trường. Các em nghỉ học hôm đó xem lại bằng cách nào?" },
    { act: "answer", said_by: figure.leader, said_at: ago(24 * 60), words: "Từ tuần sau, nhà trường gắn học liệu vào bài giao về nhà để em nào nghỉ cũng xem lại được." },
  ];
  await demo.db("odd_exchanges").insert({ id, school_id: figure.school_id, year_id: demo.yearId, kind: "never_opened", cases: figure.cases, state: "answered", said: said.length, asked_at: ago(6 * 24 * 60) });
  await insertAll(demo.db, "odd_messages", said.map((one, i) => ({ exchange_id: id, number: i + 1, ...one })));
}

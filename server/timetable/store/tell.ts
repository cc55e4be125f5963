import { z } from "zod";
import { notify } from "../../notices/store.ts";
import type { Act } from "../../organisation/store/tree.ts";
import { dayOf, type Day } from "../../platform/clock.ts";
import { all, col, type Db } from "../../platform/db.ts";
import { groupBy } from "../../platform/group.ts";
import { sameSlots, type Slot } from "../rules.ts";
import { timetables, timetableSlots } from "./tables.ts";

/** A week that was saved, as far as people are told of it. */
export interface NewWeek {
  class_id: string;
  slots: readonly Slot[];
}

const CLASSES_NAMED = 6;
const personRow = z.object({ class_id: col.id(), person_id: col.id() });

/** What holds in some classes on a day, by class: asked before something else takes its place. */
export async function heldSlots(trx: Db, classIds: readonly string[], on: Day): Promise<Map<string, Slot[]>> {
  const held = trx("timetables as t")
    .whereIn("t.class_id", [...classIds])
    .where("t.from_on", "<=", on)
    .whereRaw("t.from_on = (SELECT MAX(b.from_on) FROM timetables b WHERE b.class_id = t.class_id AND b.from_on <= ?)", [on]);
  const rows = await all(timetableSlots.row.extend({ class_id: col.id() }), held.join("timetable_slots as s", "s.timetable_id", "t.id").select("t.class_id", ...timetableSlots.columns.map((name) => `s.${name}`)));
  return new Map([...groupBy(rows, (row) => row.class_id)].map(([id, slots]) => [id, slots.map(({ class_id: _, timetable_id: __, ...slot }) => slot)]));
}

/**
 * Tells the pupils and teachers of classes that their week is another from a day on: one notice each, however many classes a
 * teacher has. A week that says what held before, or that another one has followed already, is no news.
 *
 * @param before what held on that day, of `heldSlots`
 */
export async function tellOfWeeks(trx: Db, weeks: readonly NewWeek[], before: ReadonlyMap<string, readonly Slot[]>, from_on: Day, act: Act): Promise<void> {
  const today = dayOf(act.at);
  const classIds = weeks.filter((week) => !sameSlots(before.get(week.class_id) ?? [], week.slots)).map((week) => week.class_id);
  const followed = await all(timetables.row.pick({ class_id: true }), trx("timetables").whereIn("class_id", classIds).where("from_on", ">", from_on).where("from_on", "<=", today).distinct("class_id"));
  const over = new Set(followed.map((row) => row.class_id));
  const changed = classIds.filter((id) => !over.has(id));
  if (changed.length === 0) return;
  const on = from_on > today ? from_on : today;
  const there = (q: ReturnType<Db>, turn: string): ReturnType<Db> => q.where((still) => void still.whereNull(`${turn}.to_on`).orWhere(`${turn}.to_on`, ">", on)) as ReturnType<Db>;
  const [classes, pupils, teachers] = await Promise.all([
    all(z.object({ id: col.id(), name: col.text() }), trx("classes").whereIn("id", changed).orderBy(["grade", "name"]).select("id", "name")),
    all(personRow, there(trx("class_enrolments as e").whereIn("e.class_id", changed) as ReturnType<Db>, "e").distinct("e.class_id", "e.person_id")),
    all(personRow, there(trx("courses as c").join("course_teachers as t", "t.course_id", "c.id").whereIn("c.class_id", changed) as ReturnType<Db>, "t").distinct("c.class_id", "t.person_id")),
  ]);
  const when = from_on.split("-").reverse().join("/");
  for (const { id, name } of classes) {
    const people = pupils.filter((one) => one.class_id === id).map((one) => one.person_id);
    await notify(trx, people, { kind: "timetable_new", href: `/classes/${id}/timetable?on=${from_on}`, params: { title: name, when } }, act.at);
  }
  const byClasses = groupBy([...groupBy(teachers, (one) => one.person_id)].filter(([person]) => person !== act.by), ([, own]) => namesOf(classes, new Set(own.map((one) => one.class_id))));
  for (const [title, people] of byClasses) await notify(trx, people.map(([person]) => person), { kind: "timetable_new", href: `/timetable?on=${from_on}`, params: { title, when } }, act.at);
}

function namesOf(classes: readonly { id: string; name: string }[], own: ReadonlySet<string>): string {
  const names = classes.filter((klass) => own.has(klass.id)).map((klass) => klass.name);
  return names.slice(0, CLASSES_NAMED).join(", ") + (names.length > CLASSES_NAMED ? ", …" : "");
}

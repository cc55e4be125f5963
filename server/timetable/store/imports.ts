import { z } from "zod";
import type { Granted } from "../../access/policy.ts";
import type { UnitRow } from "../../organisation/store.ts";
import type { Act } from "../../organisation/store/tree.ts";
import { record } from "../../platform/audit.ts";
import type { Day } from "../../platform/clock.ts";
import { all, col, maybeOne, table, type Db, type RowOf } from "../../platform/db.ts";
import { conflict } from "../../platform/errors.ts";
import { isId, newId } from "../../platform/ids.ts";
import type { ReadCell } from "../import/read.ts";
import { KINDS, SESSIONS, type Slot } from "../rules.ts";
import { listSlots, putWeek } from "./save.ts";
import { heldSlots, tellOfWeeks } from "./tell.ts";
import { timetables } from "./tables.ts";

const place = { day: z.number(), session: z.enum(SESSIONS), number: z.number() };
const data = z.object({
  cells: z.array(z.object({ sheet: z.string(), at: z.string(), heading: z.string(), ...place, text: z.string(), by: z.string().optional() })),
  headings: z.record(z.string(), z.string()),
  names: z.record(z.string(), z.string()),
});
const slot = z.object({ ...place, kind: z.enum(KINDS), course_id: z.string().nullable(), teacher_id: z.string().nullable() });
const undo = z.array(z.object({ class_id: z.string(), timetable_id: z.string(), revision: z.number(), before: z.array(slot).nullable() }));

/** A file of timetables that is looked over, or was saved; of a saved one the cells go. */
export const timetableImports = table("timetable_imports", {
  id: col.id(),
  school_id: col.id(),
  year_id: col.text(),
  from_on: col.day(),
  created_by: col.id(),
  file_name: col.text(),
  state: col.oneOf(["preview", "done", "undone"]),
  data: col.json(data),
  undo: col.maybeText(),
  revision: col.int(),
  created_at: col.instant(),
  done_at: col.maybeInstant(),
});
export type ImportRow = RowOf<typeof timetableImports>;
export type TimetableImport = ImportRow & { school: Granted<"arrange", UnitRow> };

export async function loadImport(db: Db, id: string): Promise<ImportRow | undefined> {
  return isId(id) ? maybeOne(timetableImports.row, db("timetable_imports").where({ id }).first(timetableImports.columns)) : undefined;
}

export async function createImport(db: Db, school: Granted<"arrange", UnitRow>, file: { name: string; year_id: string; from_on: Day; cells: readonly ReadCell[] }, act: Act): Promise<string> {
  const id = newId();
  const kept = JSON.stringify({ cells: file.cells, headings: {}, names: {} });
  await db("timetable_imports").insert({ id, school_id: school.id, year_id: file.year_id, from_on: file.from_on, created_by: act.by, file_name: file.name.slice(0, 300), state: "preview", data: kept, created_at: act.at });
  return id;
}

/** Keeps what names mean. @throws Refusal 409 where somebody else said so meanwhile, or the import is over */
export async function saveNames(db: Db, found: Granted<"arrange", TimetableImport>, revision: number, said: { headings: Record<string, string>; names: Record<string, string> }): Promise<void> {
  const changed = await db("timetable_imports").where({ id: found.id, state: "preview", revision }).update({ data: JSON.stringify({ ...found.data, ...said }), revision: revision + 1 });
  if (changed === 0) throw conflict("import_changed");
}

/** Saves the weeks of all classes that were understood, or none. @throws Refusal 409 where the preview was changed or is over */
export async function completeImport(db: Db, found: Granted<"arrange", TimetableImport>, revision: number, weeks: ReadonlyMap<string, readonly Slot[]>, act: Act): Promise<void> {
  await db.transaction(async (trx) => {
    const mine = await trx("timetable_imports").where({ id: found.id, state: "preview", revision }).update({ state: "done", revision: revision + 1, done_at: act.at, data: JSON.stringify({ cells: [], headings: {}, names: {} }) });
    if (mine === 0) throw conflict("import_changed");
    const standing = await all(timetables.row, trx("timetables").whereIn("class_id", [...weeks.keys()]).where({ from_on: found.from_on }).select(timetables.columns));
    const made: z.infer<typeof undo> = [];
    const held = await heldSlots(trx, [...weeks.keys()], found.from_on);
    for (const [class_id, slots] of weeks) {
      const there = standing.find((one) => one.class_id === class_id);
      const before = there ? await listSlots(trx, there.id) : null;
      const timetable_id = await putWeek(trx, { id: class_id, school_id: found.school_id }, there, { from_on: found.from_on, slots }, act);
      made.push({ class_id, timetable_id, revision: (there?.revision ?? 0) + 1, before });
    }
    await trx("timetable_imports").where({ id: found.id }).update({ undo: JSON.stringify(made) });
    await tellOfWeeks(trx, [...weeks].map(([class_id, slots]) => ({ class_id, slots })), held, found.from_on, act);
    await record(trx, auditOf(found, act, "timetable_import.complete", { from_on: found.from_on, classes: weeks.size }));
  });
}

/** Brings back what stood before. Answers how many classes were edited since and stay. @throws Refusal 409 where it was undone already */
export async function undoImport(db: Db, found: Granted<"arrange", TimetableImport>, act: Act): Promise<number> {
  return db.transaction(async (trx) => {
    const mine = await trx("timetable_imports").where({ id: found.id, state: "done" }).update({ state: "undone" });
    if (mine === 0) throw conflict("import_over");
    const made = undo.parse(JSON.parse(found.undo ?? "[]"));
    let stayed = 0;
    const saved = await heldSlots(trx, made.map((one) => one.class_id), found.from_on);
    for (const one of made) {
      const there = await maybeOne(timetables.row, trx("timetables").where({ id: one.timetable_id, revision: one.revision }).first(timetables.columns));
      if (there === undefined) stayed += 1;
      else if (one.before !== null) await putWeek(trx, { id: one.class_id, school_id: found.school_id }, there, { from_on: there.from_on, slots: one.before }, act);
      else {
        await trx("timetable_slots").where({ timetable_id: there.id }).delete();
        await trx("timetables").where({ id: there.id }).delete();
      }
    }
    const again = await heldSlots(trx, made.map((one) => one.class_id), found.from_on);
    await tellOfWeeks(trx, made.map(({ class_id }) => ({ class_id, slots: again.get(class_id) ?? [] })), saved, found.from_on, act); // what they were told of is no more
    await record(trx, auditOf(found, act, "timetable_import.undo", { classes: made.length - stayed, stayed }));
    return stayed;
  });
}

export async function removeImport(db: Db, found: Granted<"arrange", TimetableImport>): Promise<void> {
  const removed = await db("timetable_imports").where({ id: found.id, state: "preview" }).delete();
  if (removed === 0) throw conflict("import_over");
}

const listed = timetableImports.row.pick({ id: true, file_name: true, state: true, from_on: true, created_at: true }).extend({ by_name: col.text() });
export type ListedImport = z.infer<typeof listed>;

/** The school's last imports, the newest first. */
export function listImports(db: Db, school: { id: string }): Promise<ListedImport[]> {
  const rows = db("timetable_imports as i").join("persons as p", "p.id", "i.created_by").where({ "i.school_id": school.id }).orderBy("i.id", "desc").limit(10);
  return all(listed, rows.select("i.id", "i.file_name", "i.state", "i.from_on", "i.created_at", { by_name: "p.name" }));
}

function auditOf(found: TimetableImport, act: Act, action: string, details: Record<string, unknown>) {
  return { at: act.at, actorId: act.by, action, subjectType: "timetable_import", subjectId: found.id, schoolId: found.school_id, details, requestId: act.requestId };
}

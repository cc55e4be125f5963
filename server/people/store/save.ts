import { z } from "zod";
import type { Granted } from "../../access/policy.ts";
import { usernameFor } from "../../organisation/rules.ts";
import type { Act } from "../../organisation/store/tree.ts";
import { record } from "../../platform/audit.ts";
import { dayOf, type Day } from "../../platform/clock.ts";
import { all, col, insertAll, maybeOne, type Db } from "../../platform/db.ts";
import { conflict } from "../../platform/errors.ts";
import { newId } from "../../platform/ids.ts";
import { raise } from "../../platform/jobs/queue.ts";
import { fold, nameSortKey } from "../../platform/text.ts";
import { countChanges, planImport, type Change, type Known } from "../import/plan.ts";
import { judge, stops } from "../import/judge.ts";
import { peopleMoved } from "../events.ts";
import { detailsOf, kindsAllowed, restoreDetails, saveDetails } from "./details.ts";
import { findKnown, listClassNames } from "./known.ts";
import { auditOf, lastDone, type Counts, type RosterImport } from "./imports.ts";

/** What an import did, so that it can be taken back. */
const undoData = z.object({
  created: z.array(z.string()),
  joined: z.array(z.string()),
  enrolled: z.array(z.string()),
  left: z.array(z.object({ id: z.string(), to_on: z.string().nullable() })),
  unenrolled: z.array(z.object({ id: z.string(), to_on: z.string().nullable() })),
  details: z.array(z.object({ person_id: z.string(), header: z.string(), value: z.string().nullable() })).default([]),
  changed: z.array(z.object({ id: z.string(), before: z.record(z.string(), z.string().nullable()), after: z.record(z.string(), z.string().nullable()) })),
});
type Undo = z.infer<typeof undoData>;

/**
 * Imports a roster in one transaction: everything that can be imported, or nothing at all. What is there is compared anew
 * inside the transaction, so a preview that grew old does no harm.
 *
 * @throws Refusal 409 where the import is already done or was changed since it was shown
 */
export function saveImport(db: Db, found: Granted<"administer", RosterImport>, revision: number, act: Act): Promise<Counts> {
  return db.transaction(async (trx) => {
    const closed = await trx("imports").where({ id: found.id, state: "preview", revision }).update({ state: "done", done_at: act.at, revision: revision + 1 });
    if (closed === 0) throw conflict();
    const today = dayOf(act.at);
    const { data, school } = found;
    const classes = await listClassNames(trx, school.id, data.yearId);
    const lines = judge(data, data, { classes, today });
    const known = await findKnown(trx, { school, yearId: data.yearId, layout: data.layout, today }, lines);
    const plan = planImport(lines, { id: school.id, layout: data.layout, known });
    const undo: Undo = { created: [], joined: [], enrolled: [], left: [], unenrolled: [], details: [], changed: [] };
    const year = await maybeOne(z.object({ starts_on: col.day() }), trx("school_years").where({ id: data.yearId }).first("term1_starts_on as starts_on"));
    const write: Writing = { trx, undo, act, today, since: year && year.starts_on < today ? year.starts_on : today, schoolId: school.id, yearId: data.yearId, role: data.layout === "pupils" ? "pupil" : "teacher" };
    const made = await createPeople(write, plan.changes);
    for (const change of plan.changes) {
      if (change.kind === "update") await updatePerson(write, change);
      if (change.kind === "leave") await endPlaces(write, change.personId);
    }
    const allowed = await kindsAllowed(trx, school.id);
    const columns = data.kept.filter((column) => allowed.has(column.about));
    undo.details = await saveDetails(trx, school.id, detailsOf(plan.changes, columns, made), act.at);
    const moved = plan.changes.flatMap((change) => (change.kind === "leave" || (change.kind === "update" && change.from !== null) ? [change.personId] : []));
    if (moved.length > 0) await raise(trx, peopleMoved, { personIds: moved }, act.at);
    const counts = { ...countChanges(plan), stopped: lines.filter((line) => !line.skipped && (stops(line) || plan.problems.has(line.key))).length };
    const kept = { yearId: data.yearId, layout: data.layout, counts };
    await trx("imports").where({ id: found.id }).update({ data: JSON.stringify(kept), undo: JSON.stringify(undo) });
    await record(trx, auditOf(found, act, "roster.import", counts));
    return counts;
  });
}

interface Writing {
  trx: Db;
  undo: Undo;
  act: Act;
  today: Day;
  /** From when a pupil who was in no class of the year is in one: its first day, so that lessons since then count. */
  since: Day;
  schoolId: string;
  yearId: string;
  role: "pupil" | "teacher";
}

/** @returns the ids of the people made, by the keys of their lines */
async function createPeople(write: Writing, changes: readonly Change[]): Promise<Map<string, string>> {
  const made = changes.flatMap((change) => (change.kind === "create" ? [{ id: newId(), change }] : []));
  const taken = await takenUsernames(write.trx, made.map(({ change }) => change.values.name));
  const people = made.map(({ id, change }) => {
    const username = usernameFor(change.values.name, taken);
    taken.add(username);
    return { id, ...personColumns(change.values), username, created_at: write.act.at };
  });
  await insertAll(write.trx, "persons", people);
  await insertAll(write.trx, "memberships", made.map(({ id }) => membership(write, id)));
  const enrolments = made.flatMap(({ id, change }) => (change.classId === null ? [] : [enrolment(write, id, change.classId, write.since)]));
  await insertAll(write.trx, "class_enrolments", enrolments);
  write.undo.created.push(...made.map(({ id }) => id));
  return new Map(made.map(({ id, change }) => [change.line.key, id]));
}

function membership(write: Writing, personId: string) {
  const id = newId();
  write.undo.joined.push(id);
  return { id, person_id: personId, role: write.role, unit_id: write.schoolId, subject_group_id: null, from_on: write.since, to_on: null };
}

function enrolment(write: Writing, personId: string, classId: string, from_on: Day) {
  const id = newId();
  write.undo.enrolled.push(id);
  return { id, class_id: classId, person_id: personId, from_on, to_on: null };
}

function personColumns(values: Partial<Known>): Record<string, string | null> {
  const { name } = values;
  return { ...values, ...(name === undefined ? {} : { sort_key: nameSortKey(name), search_text: fold(name) }) };
}

/** User names that begin like one of those to be made. */
async function takenUsernames(trx: Db, names: readonly string[]): Promise<Set<string>> {
  const bases = [...new Set(names.map((name) => usernameFor(name, new Set())))];
  const taken = new Set<string>();
  for (let i = 0; i < bases.length; i += 100) {
    const query = trx("persons").select("username");
    for (const base of bases.slice(i, i + 100)) void query.orWhereBetween("username", [base, `${base}9999999999`]);
    for (const row of await all(z.object({ username: col.text() }), query)) taken.add(row.username);
  }
  return taken;
}

type Update = Extract<Change, { kind: "update" }>;

async function updatePerson(write: Writing, change: Update): Promise<void> {
  const { trx, undo, today } = write;
  const id = change.personId;
  const after = personColumns(change.values);
  if (Object.keys(after).length > 0) {
    const before = await maybeOne(z.record(z.string(), z.string().nullable()), trx("persons").where({ id }).first(Object.keys(after)));
    await trx("persons").where({ id }).update(after);
    undo.changed.push({ id, before: before ?? {}, after });
  }
  if (change.joins) await trx("memberships").insert(membership(write, id));
  if (change.classId === null) return;
  await endEnrolments(write, id);
  await trx("class_enrolments").insert(enrolment(write, id, change.classId, change.from === null ? write.since : today));
}

/** A pupil or teacher who left: the role here and the class end today; what they did stays. */
async function endPlaces(write: Writing, personId: string): Promise<void> {
  const { trx, undo, today, role, schoolId } = write;
  const rows = await all(open, trx("memberships").where({ person_id: personId, role, unit_id: schoolId }).where(isOpen(today)).select("id", "to_on"));
  await trx("memberships").whereIn("id", rows.map((row) => row.id)).update({ to_on: today });
  undo.left.push(...rows);
  await endEnrolments(write, personId);
}

const open = z.object({ id: col.id(), to_on: col.maybeDay() });
const isOpen = (today: Day) => (q: { whereNull(column: string): { orWhere(column: string, sign: string, value: string): unknown } }): void => void q.whereNull("to_on").orWhere("to_on", ">", today);

/** Ends what stands in classes of this school, of whatever year: a pupil is in one class at a time. */
async function endEnrolments(write: Writing, personId: string): Promise<void> {
  const { trx, undo, today, schoolId } = write;
  const here = trx("classes").where({ school_id: schoolId }).select("id");
  const rows = await all(open, trx("class_enrolments").where({ person_id: personId }).whereIn("class_id", here).where(isOpen(today)).select("id", "to_on"));
  await trx("class_enrolments").whereIn("id", rows.map((row) => row.id)).update({ to_on: today });
  undo.unenrolled.push(...rows);
}

/**
 * Takes the last import back: places, values and people that it brought. A person who has signed in since, or of whom
 * something else is kept by now, stays without a place here; a value that was changed since stays as it is.
 *
 * @returns how many people stayed
 * @throws Refusal 409 where it is not the last one, or was undone already
 */
export function undoImport(db: Db, found: Granted<"administer", RosterImport>, act: Act): Promise<number> {
  return db.transaction(async (trx) => {
    if ((await lastDone(trx, found.school_id)) !== found.id) throw conflict("not_last_import");
    const row = await maybeOne(z.object({ undo: col.json(undoData) }), trx("imports").where({ id: found.id, state: "done" }).first("undo"));
    const reopened = await trx("imports").where({ id: found.id, state: "done" }).update({ state: "undone", undo: null });
    if (row === undefined || reopened === 0) throw conflict();
    const { undo } = row;
    await restoreDetails(trx, found.school_id, undo.details);
    await removeAll(trx, "class_enrolments", undo.enrolled);
    await removeAll(trx, "memberships", undo.joined);
    for (const { id, to_on } of undo.unenrolled) await trx("class_enrolments").where({ id }).update({ to_on });
    for (const { id, to_on } of undo.left) await trx("memberships").where({ id }).update({ to_on });
    for (const { id, before, after } of undo.changed) {
      const current = await maybeOne(z.record(z.string(), z.string().nullable()), trx("persons").where({ id }).first(Object.keys(after)));
      const back = Object.fromEntries(Object.entries(before).filter(([column]) => current?.[column] === after[column]));
      if (Object.keys(back).length > 0) await trx("persons").where({ id }).update(back);
    }
    const stayed = await removePeople(trx, undo.created);
    await record(trx, auditOf(found, act, "roster.undo", { removed: undo.created.length - stayed, stayed }));
    return stayed;
  });
}

async function removeAll(trx: Db, name: string, ids: readonly string[]): Promise<void> {
  for (let i = 0; i < ids.length; i += 400) await trx(name).whereIn("id", ids.slice(i, i + 400)).del();
}

/** Removes people of whom nothing else is kept; answers how many had to stay. */
async function removePeople(trx: Db, ids: readonly string[]): Promise<number> {
  let stayed = 0;
  for (let i = 0; i < ids.length; i += 100) {
    const chunk = ids.slice(i, i + 100);
    const unused = (await all(z.object({ id: col.id() }), trx("persons").whereIn("id", chunk).whereNull("signed_in_at").select("id"))).map((row) => row.id);
    stayed += chunk.length - unused.length;
    if (await removed(trx, unused)) continue;
    for (const id of unused) if (!(await removed(trx, [id]))) stayed += 1;
  }
  return stayed;
}

/** Tries in a savepoint: a foreign key says that something of a person is kept elsewhere. */
function removed(trx: Db, ids: readonly string[]): Promise<boolean> {
  return trx
    .transaction(async (inner) => {
      await inner("tokens").whereIn("person_id", ids).del();
      await inner("persons").whereIn("id", ids).del();
    })
    .then(
      () => true,
      (error: unknown) => {
        const code = error instanceof Error && "code" in error ? error.code : undefined;
        if (code === "SQLITE_CONSTRAINT" || code === "23503") return false;
        throw error;
      },
    );
}

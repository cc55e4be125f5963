import { z } from "zod";
import type { Granted } from "../../access/policy.ts";
import type { UnitRow } from "../../organisation/store.ts";
import type { Act } from "../../organisation/store/tree.ts";
import { all, col, maybeOne, type Db } from "../../platform/db.ts";
import { conflict } from "../../platform/errors.ts";
import { isId, newId } from "../../platform/ids.ts";
import { FIELDS, SENSITIVE } from "../import/columns.ts";
import type { Choices } from "../import/judge.ts";
import type { Understood } from "../import/understand.ts";

const counts = z.object({ create: z.number(), update: z.number(), move: z.number(), leave: z.number(), unchanged: z.number(), stopped: z.number() });
export type Counts = z.infer<typeof counts>;

/** What is kept of a roster file while it is corrected; of an import that was done only the counts stay. */
const rosterData = z.object({
  yearId: z.string().default(""),
  layout: z.enum(["pupils", "teachers"]).default("pupils"),
  columns: z.array(z.object({ key: z.string(), header: z.string(), field: z.enum(FIELDS).nullable(), samples: z.array(z.string()) })).default([]),
  lines: z.array(z.object({ sheet: z.string(), at: z.number(), above: z.string(), cells: z.record(z.string(), z.string()) })).default([]),
  leftOut: z.array(z.object({ header: z.string(), about: z.enum(SENSITIVE) })).default([]),
  kept: z.array(z.object({ key: z.string(), header: z.string(), about: z.enum(SENSITIVE) })).default([]),
  ignoredSheets: z.array(z.string()).default([]),
  mapping: z.record(z.string(), z.enum(FIELDS).nullable()).default({}),
  fixes: z.record(z.string(), z.string()).default({}),
  skipped: z.array(z.string()).default([]),
  counts: counts.optional(),
});
export type RosterData = z.infer<typeof rosterData>;

const importRow = z.object({
  id: col.id(),
  school_id: col.id(),
  created_by: col.id(),
  file_name: col.text(),
  state: col.oneOf(["preview", "done", "undone"]),
  data: col.json(rosterData),
  revision: col.int(),
  created_at: col.instant(),
  done_at: col.maybeInstant(),
});
const COLUMNS = Object.keys(importRow.shape);
export type RosterImport = z.infer<typeof importRow> & { school: UnitRow };

export async function loadImport(db: Db, id: string): Promise<z.infer<typeof importRow> | undefined> {
  return isId(id) ? maybeOne(importRow, db("imports").where({ id, kind: "roster" }).first(COLUMNS)) : undefined;
}

/** Keeps what was understood of a file for its preview. The file itself is not kept: it holds what nobody asked for. */
export async function createImport(
  db: Db,
  school: Granted<"administer", UnitRow>,
  file: { name: string; hash: string },
  found: Understood & { yearId: string },
  act: Act,
): Promise<string> {
  const id = newId();
  const data: RosterData = { ...found, mapping: {}, fixes: {}, skipped: [] };
  await db("imports").insert({
    id,
    kind: "roster",
    school_id: school.id,
    created_by: act.by,
    file_name: file.name,
    blob_hash: file.hash,
    state: "preview",
    data: JSON.stringify(data),
    created_at: act.at,
  });
  return id;
}

/** Keeps what a person decided. @throws Refusal 409 where somebody else decided meanwhile, or the import is over. */
export async function saveChoices(db: Db, found: Granted<"administer", RosterImport>, revision: number, choices: Choices): Promise<void> {
  const data: RosterData = { ...found.data, ...choices, skipped: [...choices.skipped] };
  const changed = await db("imports")
    .where({ id: found.id, state: "preview", revision })
    .update({ data: JSON.stringify(data), revision: revision + 1 });
  if (changed === 0) throw conflict();
}

/** Throws a preview away; nothing of the file stays. @throws Refusal 409 where somebody corrected it meanwhile */
export async function removeImport(db: Db, found: Granted<"administer", RosterImport>, revision: number): Promise<void> {
  const removed = await db("imports").where({ id: found.id, state: "preview", revision }).del();
  if (removed === 0) throw conflict();
}

const listed = z.object({
  id: col.id(),
  file_name: col.text(),
  state: col.oneOf(["preview", "done", "undone"]),
  data: col.json(rosterData.pick({ layout: true, counts: true })),
  created_at: col.instant(),
  done_at: col.maybeInstant(),
  by_name: col.text(),
});
export type ListedImport = z.infer<typeof listed>;

/** The school's last roster imports, the newest first. */
export function listImports(db: Db, school: Granted<"administer", UnitRow>): Promise<ListedImport[]> {
  return all(
    listed,
    db("imports as i")
      .join("persons as p", "p.id", "i.created_by")
      .where({ "i.school_id": school.id, "i.kind": "roster" })
      .orderBy("i.id", "desc")
      .limit(10)
      .select("i.id", "i.file_name", "i.state", "i.data", "i.created_at", "i.done_at", "p.name as by_name"),
  );
}

/** The import that can be undone: the last one done, if nothing was imported since. */
export async function lastDone(db: Db, schoolId: string): Promise<string | undefined> {
  const row = await maybeOne(z.object({ id: col.id(), state: col.text() }), db("imports").where({ school_id: schoolId, kind: "roster" }).whereNotNull("done_at").orderBy([{ column: "done_at", order: "desc" }, { column: "id", order: "desc" }]).first("id", "state"));
  return row?.state === "done" ? row.id : undefined;
}

export function auditOf(found: { id: string; school_id: string }, act: Act, action: string, details: Record<string, unknown>) {
  return { at: act.at, actorId: act.by, action, subjectType: "roster_import", subjectId: found.id, schoolId: found.school_id, details, requestId: act.requestId };
}


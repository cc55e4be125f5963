import { z } from "zod";
import type { Granted } from "../../access/policy.ts";
import { record } from "../../platform/audit.ts";
import { col, insertAll, maybeOne, type Db } from "../../platform/db.ts";
import { conflict } from "../../platform/errors.ts";
import { isId, newId } from "../../platform/ids.ts";
import { raise } from "../../platform/jobs/queue.ts";
import type { Stored } from "../../platform/storage.ts";
import { saveBlob } from "../../platform/storage/store.ts";
import { planPublished } from "../events.ts";
import { DOUBTS } from "../import/draft.ts";
import { KINDS, MODES, type PlanRow } from "../rules.ts";
import type { PlanKey } from "./plans.ts";
import { imports, plans, type Act } from "./tables.ts";

const params = z.record(z.string(), z.union([z.string(), z.number()]));
const doubt = z.object({ code: z.enum(DOUBTS), params, field: z.enum(["title", "periods", "week", "planned_mode", "chapter"]).optional() });
const place = z.object({ table: z.number(), row: z.number() });
const draftRow = z.object({
  key: z.string(),
  place,
  include: z.boolean(),
  chapter: z.string(),
  title: z.string(),
  periods: z.number().nullable(),
  numbers: z.array(z.number()),
  kind: z.enum(KINDS),
  week_from: z.number().nullable(),
  week_to: z.number().nullable(),
  term: z.number().nullable(),
  digital_content: z.boolean(),
  ai_content: z.boolean(),
  planned_mode: z.enum(MODES),
  notes: z.string(),
  doubts: z.array(doubt),
});
const listOfRows = z.object({
  role: z.enum(["lessons", "topics", "tests"]),
  name: z.string(),
  table: z.number(),
  subjectCode: z.string().nullable(),
  grade: z.number().nullable(),
  rows: z.array(draftRow),
  declared: z.array(z.object({ scope: z.enum(["year", "term1", "term2", "chapter"]), chapter: z.string(), periods: z.number(), place })),
  doubts: z.array(doubt),
});
const importData = z.object({
  yearId: z.string(),
  campusId: z.string().nullable(),
  subjectCode: z.string(),
  grade: z.number(),
  fileKind: z.enum(["word", "excel"]),
  /** The list that is being taken over. */
  chosen: z.number(),
  lists: z.array(listOfRows),
  skipped: z.number(),
});
export type ImportData = z.infer<typeof importData>;
export type ImportRow = z.infer<typeof draftRow>;
export type ImportList = z.infer<typeof listOfRows>;

const planImport = z.object({
  id: col.id(),
  school_id: col.id(),
  file_name: col.text(),
  state: col.oneOf(["preview", "done", "undone"]),
  revision: col.int(),
  data: col.json(importData),
  school_path: col.text(),
  school_name: col.text(),
  name_vi: col.maybeText(),
  name_en: col.maybeText(),
});
export type PlanImport = Omit<z.infer<typeof planImport>, "school_path" | "school_name"> & { subject_code: string; school: { id: string; path: string; name: string } };

export async function loadImport(db: Db, id: string): Promise<PlanImport | undefined> {
  if (!isId(id)) return undefined;
  const found = await maybeOne(
    planImport.omit({ name_vi: true, name_en: true }),
    db("imports as i")
      .join("units as u", "u.id", "i.school_id")
      .where({ "i.id": id, "i.kind": "plan" })
      .select("i.id", "i.school_id", "i.file_name", "i.state", "i.revision", "i.data", { school_path: "u.path", school_name: "u.name" }),
  );
  if (found === undefined) return undefined;
  const names = await maybeOne(z.object({ name_vi: col.text(), name_en: col.text() }), db("subjects").where({ code: found.data.subjectCode }).select("name_vi", "name_en"));
  const { school_path: path, school_name: name, ...row } = found;
  return { ...row, name_vi: names?.name_vi ?? null, name_en: names?.name_en ?? null, subject_code: row.data.subjectCode, school: { id: row.school_id, path, name } };
}

/** Keeps what was understood of a file, to be corrected. */
export async function createImport(db: Db, at: Granted<"edit", PlanKey>, file: Stored & { name: string; mime: string }, data: ImportData, act: Act): Promise<string> {
  const id = newId();
  await db.transaction(async (trx) => {
    await saveBlob(trx, file, act.at);
    const row = { id, kind: "plan", school_id: at.school_id, created_by: act.by, file_name: file.name, blob_hash: file.hash, data: JSON.stringify(data), created_at: act.at };
    await trx("imports").insert(row);
    await record(trx, { at: act.at, actorId: act.by, action: "plan.import", subjectType: "import", subjectId: id, schoolId: at.school_id, requestId: act.requestId, details: { lists: data.lists.length } });
  });
  return id;
}

/** Keeps corrections. Raises `import_changed` where somebody saved since `revision`. */
export async function saveImport(db: Db, at: Granted<"edit", PlanImport>, revision: number, data: ImportData): Promise<void> {
  const moved = await db("imports").where({ id: at.id, revision, state: "preview" }).update({ data: JSON.stringify(data), revision: revision + 1 });
  if (moved === 0) throw conflict("import_changed");
}

/**
 * Ends an import: its rows become the plan. Rows of a plan that stood there before are matched by the caller, so that
 * lessons keep their ids; rows without a match are taken out and kept.
 */
export async function finishImport(
  db: Db,
  done: Granted<"edit", PlanImport>,
  revision: number,
  into: { key: PlanKey; plan: { id: string; revision: number; version: number } | undefined; rows: readonly PlanRow[]; data: ImportData },
  act: Act,
): Promise<string> {
  return db.transaction(async (trx) => {
    const state = { state: "done", done_at: act.at, revision: revision + 1, data: JSON.stringify(into.data) };
    const moved = await trx(imports.name).where({ id: done.id, revision, state: "preview" }).update(state);
    if (moved === 0) throw conflict("import_changed");
    const planId = into.plan?.id ?? newId();
    if (into.plan === undefined) await trx(plans.name).insert({ id: planId, ...into.key, created_by: act.by, created_at: act.at });
    else if ((await trx(plans.name).where({ id: planId, revision: into.plan.revision }).update({ revision: into.plan.revision + 1 })) === 0) throw conflict("plan_changed");
    const ids = into.rows.map(({ id }) => id);
    await trx("plan_lessons").where({ plan_id: planId }).whereNull("removed_at").update({ removed_at: act.at });
    const known = new Set((await trx("plan_lessons").where({ plan_id: planId }).whereIn("id", ids.slice(0, 900)).pluck("id")) as string[]);
    await insertAll(trx, "plan_lessons", into.rows.flatMap((row, i) => (known.has(row.id) ? [] : [{ ...row, plan_id: planId, position: i + 1 }])));
    const kept = into.rows.flatMap((row, i) => (known.has(row.id) ? [{ ...row, plan_id: planId, position: i + 1, removed_at: null }] : []));
    for (let i = 0; i < kept.length; i += 50) await trx("plan_lessons").insert(kept.slice(i, i + 50)).onConflict("id").merge();
    const details = { importId: done.id, rows: into.rows.length, kept: kept.length };
    await record(trx, { at: act.at, actorId: act.by, action: into.plan ? "plan.replace" : "plan.create", subjectType: "plan", subjectId: planId, schoolId: done.school_id, requestId: act.requestId, details });
    if (into.plan && into.plan.version > 0) await raise(trx, planPublished, { planId }, act.at);
    return planId;
  });
}

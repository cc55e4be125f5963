import { z } from "zod";
import type { Granted } from "../../access/policy.ts";
import { record } from "../../platform/audit.ts";
import type { Instant } from "../../platform/clock.ts";
import { all, col, countOf, isPostgres, maybeOne, type Db } from "../../platform/db.ts";
import { conflict } from "../../platform/errors.ts";
import { newId } from "../../platform/ids.ts";
import { raise } from "../../platform/jobs/queue.ts";
import type { LibraryIndex } from "../access.ts";
import { libraryRebuild } from "../events.ts";
import { useStep } from "../rules/rank.ts";
import { libraryRebuilds, type RebuildRow } from "./tables.ts";
import { mergeTerms } from "./terms.ts";
import { indexMaterials } from "./write.ts";

/** Materials of one turn of the worker: others wait no longer than that. */
const AT_ONCE = 100;

interface Act {
  by: string;
  at: Instant;
  requestId: string;
}

/**
 * Begins to make the index anew; searches go on in what stands, and each material is replaced as its turn comes.
 *
 * @throws Refusal 409 where a run is under way
 */
export async function saveRebuild(db: Db, _index: Granted<"rebuild", LibraryIndex>, act: Act): Promise<void> {
  await db.transaction(async (trx) => {
    if (await trx("library_rebuilds").where({ state: "running" }).first("id")) throw conflict("index_running");
    const id = await begin(trx, act.by, act.at);
    await record(trx, { at: act.at, actorId: act.by, action: "library.rebuild", subjectType: "library_rebuild", subjectId: id, schoolId: null, details: {}, requestId: act.requestId });
  });
}

async function begin(trx: Db, by: string | null, at: Instant): Promise<string> {
  const id = newId();
  const total = await countOf(trx("materials").whereNull("retired_at").count({ n: "*" }));
  await trx("library_rebuilds").insert({ id, state: "running", total, started_by: by, started_at: at });
  await trx("library_words").del();
  await raise(trx, libraryRebuild, { rebuildId: id }, at);
  return id;
}

/** The next turn of a run. Says so to the outbox until all are done, so that a killed process goes on where it was. */
export async function goOn(db: Db, rebuildId: string, at: Instant): Promise<void> {
  const run = await maybeOne(libraryRebuilds.row, db("library_rebuilds").where({ id: rebuildId, state: "running" }).select(libraryRebuilds.columns));
  if (run === undefined) return;
  const next = await all(z.object({ id: col.id() }), db("materials").where("id", ">", run.cursor).whereNull("retired_at").orderBy("id").limit(AT_ONCE).select("id"));
  const ids = next.map((row) => row.id);
  await indexMaterials(db, ids, "renew", at, "count all");
  await db.transaction(async (trx) => {
    const last = ids.at(-1);
    const moved = await trx("library_rebuilds")
      .where({ id: run.id, state: "running", cursor: run.cursor })
      .update(last === undefined ? { state: "done", finished_at: at } : { cursor: last, done: run.done + ids.length });
    if (moved > 0 && last !== undefined) await raise(trx, libraryRebuild, { rebuildId: run.id }, at);
  });
  if (ids.length === 0) await mergeTerms(db);
}

/** The newest run, for the administrator's page. */
export function newestRebuild(db: Db): Promise<RebuildRow | undefined> {
  return maybeOne(libraryRebuilds.row, db("library_rebuilds").orderBy("id", "desc").limit(1).select(libraryRebuilds.columns));
}

export interface IndexState {
  materials: number;
  indexed: number;
  waiting: number;
}

export async function stateOfIndex(db: Db): Promise<IndexState> {
  const [materials, indexed, waiting] = await Promise.all([
    countOf(db("materials").whereNull("retired_at").count({ n: "*" })),
    countOf(db("library_index").count({ n: "*" })),
    countOf(db("events").whereIn("name", ["material_described", "file_digitised"]).whereIn("state", ["due", "running"]).count({ n: "*" })),
  ]);
  return { materials, indexed, waiting };
}

/**
 * Looks every night for what the index missed: materials that are not in it or changed since, those that are used more
 * than it knows, and rows of materials that are gone.
 */
export async function catchUp(db: Db, at: Instant): Promise<void> {
  const late = await all(
    z.object({ id: col.id() }),
    db("materials as m")
      .leftJoin("library_index as i", "i.material_id", "m.id")
      .whereNull("m.retired_at")
      .whereNotNull("m.latest_version_id")
      .where((either) => void either.whereNull("i.doc").orWhereRaw("i.indexed_at < m.updated_at"))
      .orderBy("m.id")
      .limit(20_000)
      .select("m.id"),
  );
  const ids = [...late.map((row) => row.id), ...(await usedMore(db)), ...(await retired(db))];
  for (let i = 0; i < ids.length; i += AT_ONCE) await indexMaterials(db, ids.slice(i, i + AT_ONCE), "keep", at);
  await dropLostTerms(db);
  await mergeTerms(db);
}

async function usedMore(db: Db): Promise<string[]> {
  const row = z.object({ id: col.id(), known: col.int(), uses: col.int() });
  const rows = await all(
    row,
    db.raw(
      `SELECT i.material_id AS id, i.uses AS known, COUNT(*) AS uses
         FROM (SELECT material_id FROM lesson_attachments UNION ALL SELECT from_material_id FROM materials WHERE from_material_id IS NOT NULL) u
         JOIN library_index i ON i.material_id = u.material_id
        GROUP BY i.material_id, i.uses HAVING COUNT(*) <> i.uses`,
    ),
  );
  const [same, other] = [rows.filter((one) => useStep(one.uses) === useStep(one.known)), rows.filter((one) => useStep(one.uses) !== useStep(one.known))];
  for (const one of same) await db("library_index").where({ material_id: one.id }).update({ uses: one.uses });
  return other.map((one) => one.id);
}

async function retired(db: Db): Promise<string[]> {
  const rows = await all(z.object({ id: col.id() }), db("library_index as i").join("materials as m", "m.id", "i.material_id").whereNotNull("m.retired_at").select("m.id"));
  return rows.map((row) => row.id);
}

/** Terms of rows that went with their material. PostgreSQL removes them with the row. */
async function dropLostTerms(db: Db): Promise<void> {
  if (!isPostgres(db)) await db.raw("DELETE FROM library_fts WHERE rowid IN (SELECT id FROM library_fts_docsize WHERE id NOT IN (SELECT doc FROM library_index))");
}

/** An installation whose materials are older than its index makes it once, at the start. */
export async function ensureIndex(db: Db, at: Instant): Promise<void> {
  if ((await db("library_rebuilds").first("id")) || (await db("library_index").first("doc")) || !(await db("materials").first("id"))) return;
  await db.transaction((trx) => begin(trx, null, at));
}

/** Materials that have this file in use. */
export async function materialsOfFile(db: Db, hash: string): Promise<string[]> {
  const rows = await all(
    z.object({ id: col.id() }),
    db("material_versions as v").join("materials as m", (on) => void on.on("m.id", "v.material_id").on("v.id", db.raw("COALESCE(m.approved_version_id, m.latest_version_id)"))).where("v.blob_hash", hash).select("m.id").orderBy("m.id").limit(5000),
  );
  return rows.map((row) => row.id);
}

/** Materials of a school, a part at a time. */
export async function materialsOfSchool(db: Db, schoolId: string, after: string): Promise<string[]> {
  const rows = await all(z.object({ id: col.id() }), db("materials").where({ school_id: schoolId }).where("id", ">", after).orderBy("id").limit(AT_ONCE).select("id"));
  return rows.map((row) => row.id);
}

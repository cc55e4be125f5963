import { z } from "zod";
import { all, col, countOf, maybeOne, type Db } from "../../platform/db.ts";
import { isId } from "../../platform/ids.ts";
import { setOf } from "../oai/request.ts";

/** A record for harvesters: what is public, or was and is gone. */
const harvested = z.object({
  id: col.id(),
  updated_at: col.instant(),
  scope: col.text(),
  state: col.text(),
  approved_version_id: col.maybeId(),
  title: col.text(),
  description: col.text(),
  subject_code: col.maybeText(),
  subject_vi: col.maybeText(),
  grade: col.maybeInt(),
  kind: col.text(),
  language: col.text(),
  author: col.text(),
  source: col.text(),
  licence: col.text(),
  keywords: col.text(),
  uploader_name: col.text(),
  school_id: col.id(),
  school_name: col.text(),
  mime: col.maybeText(),
  version_at: col.maybeInstant(),
  from_id: col.maybeId(),
});
export type HarvestedRow = z.infer<typeof harvested>;

const harvestQuery = (db: Db) =>
  db("materials as m")
    .join("units as s", "s.id", "m.school_id")
    .join("persons as p", "p.id", "m.uploaded_by")
    .leftJoin("material_versions as v", "v.id", "m.approved_version_id")
    .leftJoin("subjects as sub", "sub.code", "m.subject_code")
    .leftJoin("materials as o", (join) => void join.on("o.id", "m.from_material_id").andOnVal("o.scope", "public"))
    .whereNotNull("m.public_since")
    .select("m.id", "m.updated_at", "m.scope", "m.state", "m.approved_version_id", "m.title", "m.description", "m.subject_code", "m.grade", "m.kind", "m.language", "m.author", "m.source", "m.licence", "m.keywords", "m.school_id")
    .select({ subject_vi: "sub.name_vi", school_name: "s.name", uploader_name: "p.name", mime: "v.mime", version_at: "v.uploaded_at", from_id: "o.id" });

export interface HarvestRange {
  from: string | null;
  until: string | null;
  set: string | null;
}

type HarvestQuery = ReturnType<typeof harvestQuery>;

function inRange(query: HarvestQuery, range: HarvestRange): HarvestQuery {
  if (range.from !== null) query.where("m.updated_at", ">=", range.from);
  if (range.until !== null) query.where("m.updated_at", "<=", range.until);
  const set = range.set === null ? undefined : setOf(range.set);
  if (set?.kind === "subject") query.where("m.subject_code", set.code);
  else if (set?.kind === "school") query.where("m.school_id", set.id);
  else if (range.set !== null) query.whereRaw("1 = 0"); // a set that does not exist holds nothing
  return query;
}

/**
 * Records by their last change, after the last one that was sent. A record that changes during a harvest moves to the end of
 * this order: it is sent again, never left out.
 */
export function listHarvested(db: Db, range: HarvestRange, after: { at: string; id: string } | undefined, limit: number): Promise<HarvestedRow[]> {
  const query = inRange(harvestQuery(db), range).orderBy(["m.updated_at", "m.id"]).limit(limit);
  if (after !== undefined) {
    query.where((later) => void later.where("m.updated_at", ">", after.at).orWhere((same) => void same.where("m.updated_at", after.at).where("m.id", ">", after.id)));
  }
  return all(harvested, query);
}

export function countHarvested(db: Db, range: HarvestRange): Promise<number> {
  const query = db("materials as m").whereNotNull("m.public_since");
  return countOf(inRange(query as unknown as HarvestQuery, range).count({ n: "*" }) as never);
}

export function findHarvested(db: Db, id: string): Promise<HarvestedRow | undefined> {
  return isId(id) ? maybeOne(harvested, harvestQuery(db).where("m.id", id)) : Promise.resolve(undefined);
}

/** The first moment at which anything was public; undefined where nothing ever was. */
export async function earliestPublic(db: Db): Promise<string | undefined> {
  const row = await maybeOne(z.object({ first: col.maybeInstant() }), db("materials").whereNotNull("public_since").min({ first: "public_since" }));
  return row?.first ?? undefined;
}

const setRow = z.object({ spec: col.text(), name: col.text() });

const SETS_MAX = 5000;

/** The subjects and schools of what is or was public. */
export async function listSets(db: Db): Promise<{ spec: string; name: string }[]> {
  const held = (column: string) => db("materials").whereNotNull("public_since").whereNotNull(column).distinct(column);
  const [subjects, schools] = await Promise.all([
    all(setRow, db("subjects").whereIn("code", held("subject_code")).orderBy(["position", "code"]).limit(SETS_MAX).select({ spec: "code", name: "name_vi" })),
    all(setRow, db("units").whereIn("id", held("school_id")).orderBy(["name", "id"]).limit(SETS_MAX).select({ spec: "id", name: "name" })),
  ]);
  return [...subjects.map((row) => ({ ...row, spec: `subject-${row.spec}` })), ...schools.map((row) => ({ ...row, spec: `school-${row.spec}` }))];
}

/** Public materials of a school count as changed: their publisher has. */
export async function touchPublic(db: Db, schoolId: string, at: string): Promise<void> {
  await db("materials").where({ school_id: schoolId }).whereNotNull("public_since").where("updated_at", "<", at).update({ updated_at: at });
}

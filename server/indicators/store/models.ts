import { z } from "zod";
import type { Granted } from "../../access/policy.ts";
import type { UnitRow } from "../../organisation/store.ts";
import type { Act } from "../../organisation/store/tree.ts";
import { record } from "../../platform/audit.ts";
import { all, col, isUniqueViolation, type Db } from "../../platform/db.ts";
import { conflict } from "../../platform/errors.ts";
import { newId } from "../../platform/ids.ts";
import { remember } from "../../platform/remember.ts";
import { models } from "./tables.ts";

const listed = models.row.extend({ name: col.text(), level: col.maybeText(), path: col.text() });
export type ModelRow = z.infer<typeof listed>;

/** The model digital schools and digital clusters of a year. */
export const listModels = remember([models.name, "units"], (db: Db, yearId: string): Promise<readonly ModelRow[]> => {
  const rows = db("digital_models as m").join("units as u", "u.id", "m.unit_id").where("m.year_id", yearId).whereNull("m.ended_at");
  return all(listed, rows.orderBy(["m.kind", "u.name", "m.id"]).limit(500).select(models.columns.map((name) => `m.${name}`)).select("u.name", "u.level", "u.path"));
});

const member = z.object({ cluster_id: col.id(), school_id: col.id(), path: col.text() });

/** The schools of clusters on a day, with their places in the tree. */
export function listMembers(db: Db, clusterIds: readonly string[], on: string): Promise<z.infer<typeof member>[]> {
  const rows = db("cluster_members as m").join("units as u", "u.id", "m.school_id").whereIn("m.cluster_id", [...clusterIds]).where("m.from_on", "<=", on);
  return all(member, rows.where((q) => void q.whereNull("m.to_on").orWhere("m.to_on", ">", on)).limit(2000).select("m.cluster_id", "m.school_id", "u.path"));
}

/** Names a school or cluster for a year, by a decision. */
export async function saveModel(db: Db, _province: Granted<"set_targets", UnitRow>, model: { year_id: string; unit_id: string; kind: "school" | "cluster"; decision: string; note: string }, act: Act): Promise<void> {
  const id = newId();
  await db
    .transaction(async (trx) => {
      await trx(models.name).insert({ ...model, id, named_by: act.by, named_at: act.at });
      await record(trx, auditOf(act, "digital_model.name", id, model));
    })
    .catch((error: unknown) => {
      throw isUniqueViolation(error) ? conflict("model_named_already") : error;
    });
}

/** Ends a naming. @throws Refusal 409 where it had ended already */
export async function endModel(db: Db, _province: Granted<"set_targets", UnitRow>, id: string, act: Act): Promise<void> {
  await db.transaction(async (trx) => {
    const ended = await trx(models.name).where({ id }).whereNull("ended_at").update({ ended_by: act.by, ended_at: act.at });
    if (ended === 0) throw conflict();
    await record(trx, auditOf(act, "digital_model.end", id, {}));
  });
}

function auditOf(act: Act, action: string, subjectId: string, details: Record<string, unknown>) {
  return { at: act.at, actorId: act.by, action, subjectType: "digital_model", subjectId, details, requestId: act.requestId };
}

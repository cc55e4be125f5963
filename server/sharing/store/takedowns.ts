import { z } from "zod";
import type { Granted } from "../../access/policy.ts";
import { all, col, maybeOne, type Db } from "../../platform/db.ts";
import { conflict } from "../../platform/errors.ts";
import { newId } from "../../platform/ids.ts";
import { raise } from "../../platform/jobs/queue.ts";
import { materialWithdrawn } from "../../materials/events.ts";
import { MATERIAL_STATES, stateOf, VERSION_STATES } from "../../materials/rules.ts";
import type { MaterialRow } from "../../materials/store.ts";
import { audit, step, type Act } from "../../materials/store/upload.ts";
import { tellOfTakedown } from "./telling.ts";
import { materialTakedowns, type TakedownRow } from "../store.ts";

/** A material as far as taking it down needs to know. */
const standing = z.object({ id: col.id(), school_id: col.id(), state: col.oneOf(MATERIAL_STATES), latest_version_id: col.id(), latest_state: col.oneOf(VERSION_STATES) });
type Standing = z.infer<typeof standing>;

export interface Takedown {
  reason: string;
  /** Somebody's rights are violated: what other schools took over stops as well. */
  rightsViolated: boolean;
  /** By an officer above the school. */
  byOffice: boolean;
}

/**
 * Takes a material down, with a reason. It is retired as well, so that it is found no more and counts nowhere; who had it
 * reads why. Where rights are violated the copies of other schools go with it.
 *
 * @throws Refusal 409 when it is retired or taken down already
 */
export async function saveTakedown(db: Db, material: Granted<"take_down", MaterialRow>, takedown: Takedown, act: Act): Promise<void> {
  await db.transaction(async (trx) => {
    const id = await takeDown(trx, { ...material, latest_version_id: material.latest.id, latest_state: material.latest.state }, takedown, null, act);
    await tellOfTakedown(trx, material, "material_taken_down", takedown.reason, act);
    if (!takedown.rightsViolated) return;
    for (const copy of await listCopies(trx, material.id)) await takeDown(trx, copy, takedown, id, act);
  });
}

async function takeDown(trx: Db, material: Standing, takedown: Takedown, becauseOf: string | null, act: Act): Promise<string> {
  const moved = await trx("materials").where({ id: material.id, retired_at: null }).update({ state: "retired", retired_at: act.at, taken_down_at: act.at, updated_at: act.at });
  if (moved === 0) throw conflict("material_moved_on");
  const id = newId();
  await trx("material_takedowns").insert({ id, material_id: material.id, reason: takedown.reason, rights_violated: takedown.rightsViolated, by_office: takedown.byOffice, taken_down_by: act.by, taken_down_at: act.at, because_of_id: becauseOf });
  await step(trx, { materialId: material.id, versionId: material.latest_version_id, act: "take_down", comment: takedown.reason, details: becauseOf === null ? {} : { because_of: becauseOf } }, act);
  await audit(trx, "material.take_down", material, { takedown: id, because_of: becauseOf, rights_violated: takedown.rightsViolated }, act);
  await raise(trx, materialWithdrawn, { materialId: material.id }, act.at);
  return id;
}

/** Copies of other schools that are not retired; a takedown of theirs is part of that of the original. */
function listCopies(trx: Db, originalId: string): Promise<Standing[]> {
  return all(
    standing,
    trx("materials as m")
      .join("material_versions as v", "v.id", "m.latest_version_id")
      .where({ "m.from_material_id": originalId, "m.origin": "adopted", "m.retired_at": null })
      .orderBy("m.id")
      .select("m.id", "m.school_id", "m.state", "m.latest_version_id", { latest_state: "v.state" }),
  );
}

/** Puts a material back that was taken down, with a reason; the copies that went with it come back with it. */
export async function savePutBack(db: Db, material: Granted<"put_back", MaterialRow>, takedown: TakedownRow, reason: string, act: Act): Promise<void> {
  if (takedown.because_of_id !== null) throw conflict("takedown_of_original");
  await db.transaction(async (trx) => {
    await putBack(trx, takedown.id, { ...material, latest_version_id: material.latest.id, latest_state: material.latest.state }, reason, act);
    await tellOfTakedown(trx, material, "material_put_back", reason, act);
    const copies = await all(
      standing.extend({ takedown_id: col.id() }),
      trx("material_takedowns as t")
        .join("materials as m", "m.id", "t.material_id")
        .join("material_versions as v", "v.id", "m.latest_version_id")
        .where({ "t.because_of_id": takedown.id, "t.put_back_at": null })
        .orderBy("m.id")
        .select("m.id", "m.school_id", "m.state", "m.latest_version_id", { latest_state: "v.state", takedown_id: "t.id" }),
    );
    for (const copy of copies) await putBack(trx, copy.takedown_id, copy, reason, act);
  });
}

async function putBack(trx: Db, takedownId: string, material: Standing, reason: string, act: Act): Promise<void> {
  const ended = await trx("material_takedowns").where({ id: takedownId, put_back_at: null }).update({ put_back_at: act.at, put_back_by: act.by, put_back_reason: reason });
  const state = stateOf({ latest: material.latest_state, retired: false });
  const moved = await trx("materials").where({ id: material.id }).whereNotNull("taken_down_at").update({ state, retired_at: null, taken_down_at: null, updated_at: act.at });
  if (ended === 0 || moved === 0) throw conflict("material_moved_on");
  await step(trx, { materialId: material.id, versionId: material.latest_version_id, act: "put_back", comment: reason, details: {} }, act);
  await audit(trx, "material.put_back", material, { takedown: takedownId, to: state }, act);
  await raise(trx, materialWithdrawn, { materialId: material.id }, act.at);
}

/** The material whose takedown took this copy down. */
export async function originalOfTakedown(db: Db, takedown: TakedownRow): Promise<string | undefined> {
  if (takedown.because_of_id === null) return undefined;
  return (await maybeOne(materialTakedowns.row.pick({ material_id: true }), db("material_takedowns").where({ id: takedown.because_of_id }).select("material_id")))?.material_id;
}

import type { Granted } from "../../access/policy.ts";
import type { Db } from "../../platform/db.ts";
import { conflict } from "../../platform/errors.ts";
import { raise } from "../../platform/jobs/queue.ts";
import { materialDescribed } from "../events.ts";
import { scopeProblem, type Scope } from "../rules.ts";
import type { MaterialRow } from "../store.ts";
import { tellOfScope } from "./telling.ts";
import { audit, step, type Act } from "./upload.ts";

const NOTHING_WANTED = { wanted_scope: null, wanted_by: null, wanted_at: null };

/**
 * A leader confirms the wider scope that was asked for: from now on it holds for what is approved.
 *
 * @throws Refusal 409 when another scope, or none, is asked for meanwhile, or when the licence no longer permits it
 */
export async function saveScopeConfirmation(db: Db, material: Granted<"confirm_scope", MaterialRow>, scope: Scope, act: Act): Promise<void> {
  if (scopeProblem(material, scope) !== undefined) throw conflict("scope_not_permitted");
  const first = scope === "public" && material.approved_version_id !== null && material.public_since === null;
  await db.transaction(async (trx) => {
    const moved = await trx("materials")
      .where({ id: material.id, wanted_scope: scope, revision: material.revision })
      .update({ ...NOTHING_WANTED, scope, ...(first ? { public_since: act.at } : {}), revision: material.revision + 1, updated_at: act.at });
    if (moved === 0) throw conflict("material_moved_on");
    await step(trx, { materialId: material.id, versionId: material.latest.id, act: "give_scope", comment: "", details: { from: material.scope, scope } }, act);
    await raise(trx, materialDescribed, { materialId: material.id }, act.at); // the library's index keeps how far it reaches
    await tellOfScope(trx, material, "scope_given", "", act);
    await audit(trx, "material.scope", material, { from: material.scope, to: scope, wanted_by: material.wanted_by }, act);
  });
}

/** A leader declines the wider scope, with a reason; the material stays shared as it is. */
export async function saveScopeRefusal(db: Db, material: Granted<"confirm_scope", MaterialRow>, scope: Scope, reason: string, act: Act): Promise<void> {
  await db.transaction(async (trx) => {
    const moved = await trx("materials").where({ id: material.id, wanted_scope: scope }).update({ ...NOTHING_WANTED, updated_at: act.at });
    if (moved === 0) throw conflict("material_moved_on");
    await step(trx, { materialId: material.id, versionId: material.latest.id, act: "deny_scope", comment: reason, details: { scope } }, act);
    await tellOfScope(trx, material, "scope_denied", reason, act);
    await audit(trx, "material.scope_refusal", material, { scope }, act);
  });
}

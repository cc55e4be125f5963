import type { Granted } from "../../access/policy.ts";
import type { Db } from "../../platform/db.ts";
import { conflict } from "../../platform/errors.ts";
import { raise } from "../../platform/jobs/queue.ts";
import { materialApproved, materialWithdrawn } from "../events.ts";
import { after, afterWithdrawal, DESCRIBED, stateOf, type StepNotes, type VersionAct } from "../rules.ts";
import type { CheckAnswer } from "../rules/review.ts";
import type { MaterialRow } from "../store.ts";
import { tellOfStep } from "./telling.ts";
import { audit, step, type Act } from "./upload.ts";

/** A decision about the version that the person saw. */
export interface Decision {
  versionId: string;
  comment: string;
  notes?: StepNotes;
  /** The school's checklist with its answers, kept with the step for ever. */
  checklist?: { id: string; version: number; answers: readonly CheckAnswer[] } | undefined;
}

export async function saveSubmission(db: Db, material: Granted<"submit", MaterialRow>, decision: Decision, act: Act): Promise<void> {
  await db.transaction((trx) => move(trx, material, "submit", decision, act, { submitted_at: act.at }));
}

export async function savePassing(db: Db, material: Granted<"pass", MaterialRow>, decision: Decision, act: Act): Promise<void> {
  await db.transaction((trx) => move(trx, material, "pass", decision, act, {}));
}

export async function saveReturn(db: Db, material: Granted<"return", MaterialRow>, decision: Decision, act: Act): Promise<void> {
  await db.transaction((trx) => move(trx, material, "return", decision, act, { submitted_at: null }));
}

/** The version comes into use at once, and the one before it makes room. */
export async function saveApproval(db: Db, material: Granted<"approve", MaterialRow>, decision: Decision, act: Act): Promise<void> {
  await db.transaction(async (trx) => {
    await move(trx, material, "approve", decision, act, { approved_version_id: decision.versionId, ...firstPublic(material, act) });
    const before = material.approved_version_id;
    if (before !== null) await trx("material_versions").where({ id: before, state: "approved" }).update({ state: "superseded" });
    await raise(trx, materialApproved, { materialId: material.id }, act.at);
  });
}

/** The first time that everybody may see it: harvesters are told of it from then on, and of its end. */
function firstPublic(material: MaterialRow, act: Act): { public_since?: string } {
  return material.scope === "public" && material.public_since === null ? { public_since: act.at } : {};
}

/**
 * One step of the newest version: compare-and-set on version and material, trail, audit.
 *
 * @throws Refusal 409 when the state does not allow it, when somebody was faster, or when another version came meanwhile
 */
async function move(trx: Db, material: MaterialRow, what: VersionAct & ("submit" | "pass" | "return" | "approve"), decision: Decision, act: Act, also: object): Promise<void> {
  const from = material.latest.state;
  const to = material.state === "retired" ? undefined : after(from, what);
  if (to === undefined || decision.versionId !== material.latest.id) throw conflict("material_moved_on");
  const version = await trx("material_versions").where({ id: material.latest.id, state: from }).update({ state: to });
  const moved = await trx("materials")
    .where({ id: material.id, latest_version_id: material.latest.id, state: from })
    .update({ ...also, state: to, updated_at: act.at });
  if (version === 0 || moved === 0) throw conflict("material_moved_on");
  await step(trx, { materialId: material.id, versionId: material.latest.id, act: what, comment: decision.comment, details: { ...decision.notes, ...(decision.checklist ? { checklist: decision.checklist } : {}), ...(what === "submit" ? { sent: sentOf(material) } : {}) } }, act);
  await audit(trx, `material.${what}`, material, { version: material.latest.id, from, to, ...decision.notes }, act);
  await tellOfStep(trx, material, { act: what, state: stateOf({ latest: to, retired: false }), comment: decision.comment }, act);
}

/** What a version was described as when it was sent: versions are compared by it. */
function sentOf(material: MaterialRow): Record<string, unknown> {
  return Object.fromEntries(DESCRIBED.map((name) => [name, material[name]]));
}

/** Takes the approval back, with a reason: the material is no longer in use and no longer counts. */
export async function saveWithdrawal(db: Db, material: Granted<"withdraw", MaterialRow>, reason: string, act: Act): Promise<void> {
  const inUse = material.approved_version_id;
  if (inUse === null || material.state === "retired") throw conflict("material_moved_on");
  const to = afterWithdrawal({ latest: material.latest.state, latest_version_id: material.latest.id, approved_version_id: inUse, retired: false });
  const state = to === "draft" ? to : material.state;
  await db.transaction(async (trx) => {
    const moved = await trx("materials").where({ id: material.id, approved_version_id: inUse, state: material.state }).update({ approved_version_id: null, state, updated_at: act.at });
    if (moved === 0) throw conflict("material_moved_on");
    await trx("material_versions").where({ id: inUse, state: "approved" }).update({ state: to });
    await step(trx, { materialId: material.id, versionId: inUse, act: "withdraw", comment: reason, details: {} }, act);
    await audit(trx, "material.withdraw", material, { version: inUse, to }, act);
    await tellOfStep(trx, material, { act: "withdraw", state, comment: reason }, act);
    await raise(trx, materialWithdrawn, { materialId: material.id }, act.at);
  });
}

/** Retires the whole material: it stays with its trail and is found no more by those who use it. */
export async function saveRetirement(db: Db, material: Granted<"retire", MaterialRow>, reason: string, act: Act): Promise<void> {
  if (material.state === "retired") throw conflict("material_moved_on");
  await db.transaction(async (trx) => {
    const moved = await trx("materials").where({ id: material.id, state: material.state }).update({ state: "retired", retired_at: act.at, updated_at: act.at });
    if (moved === 0) throw conflict("material_moved_on");
    await step(trx, { materialId: material.id, versionId: material.latest.id, act: "retire", comment: reason, details: {} }, act);
    await audit(trx, "material.retire", material, { from: material.state }, act);
    await tellOfStep(trx, material, { act: "retire", state: "retired", comment: reason }, act);
    await raise(trx, materialWithdrawn, { materialId: material.id }, act.at);
  });
}

/** Brings a retired material back to where it was. */
export async function saveRestoration(db: Db, material: Granted<"retire", MaterialRow>, act: Act): Promise<void> {
  if (material.state !== "retired" || material.taken_down_at !== null) throw conflict("material_moved_on");
  const state = stateOf({ latest: material.latest.state, retired: false });
  await db.transaction(async (trx) => {
    const moved = await trx("materials").where({ id: material.id, state: "retired", taken_down_at: null }).update({ state, retired_at: null, updated_at: act.at });
    if (moved === 0) throw conflict("material_moved_on");
    await step(trx, { materialId: material.id, versionId: material.latest.id, act: "restore", comment: "", details: {} }, act);
    await audit(trx, "material.restore", material, { to: state }, act);
    await tellOfStep(trx, material, { act: "restore", state, comment: "" }, act);
    await raise(trx, materialWithdrawn, { materialId: material.id }, act.at);
  });
}

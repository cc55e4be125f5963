import { hasRoleIn, rootOf, type Actor, type Place } from "../access/actor.ts";
import { grant, planRefusal, type Granted, type PlanAction } from "../access/policy.ts";
import type { Db } from "../platform/db.ts";
import { forbidden, notFound } from "../platform/errors.ts";
import { loadImport, type PlanImport } from "./store/imports.ts";
import { listLessons, loadPlan, type Plan, type PlanKey } from "./store/plans.ts";
import type { PlanRow } from "./rules.ts";

/** Opens a plan for an action: staff and officers above read; the head of the subject and the leaders write and publish. */
export async function openPlan<A extends PlanAction>(db: Db, actor: Actor, id: string, action: A): Promise<Granted<A, Plan>> {
  return allowed(actor, await loadPlan(db, id), action);
}

/** A place for a plan: one subject and grade of a school and year. */
export type PlanPlace = PlanKey & { school: Place & { name: string } };

/** Opens a place in which somebody wants to begin a plan. */
export function openPlace(actor: Actor, place: PlanPlace): Granted<"edit", PlanPlace> {
  return allowed(actor, place, "edit");
}

/** Opens an import on its way in; who may edit the plan it is for may see it. */
export async function openImport(db: Db, actor: Actor, id: string): Promise<Granted<"edit", PlanImport>> {
  return allowed(actor, await loadImport(db, id), "edit");
}

/**
 * The rows of a plan to be copied into a place: of the same subject and grade, and either of the same school or published
 * by a school of the same province (plan 1027, II.2: sharing of teaching resources). Others do not exist.
 */
export async function openRowsToCopy(db: Db, at: Granted<"edit", PlanPlace>, id: string): Promise<{ plan: Plan; rows: PlanRow[] }> {
  const plan = await loadPlan(db, id);
  const fits = plan?.subject_code === at.subject_code && plan.grade === at.grade;
  const near = plan && (plan.school_id === at.school_id || (plan.version > 0 && rootOf(plan.school.path) === rootOf(at.school.path)));
  if (!plan || !fits || !near) throw notFound();
  return { plan, rows: await listLessons(db, plan.id) };
}

/** Whether the actor may do something with a plan: asked by pages, to show a button or not. */
export function canDo(actor: Actor, action: PlanAction, plan: { subject_code: string; school: Place }): boolean {
  return planRefusal(actor, action, plan) === undefined;
}

/** Whether the actor writes plans of this school at all. */
export function writesPlans(actor: Actor, school: Place): boolean {
  return hasRoleIn(actor, "school_leader", school) || hasRoleIn(actor, "department_head", school);
}

function allowed<A extends PlanAction, Row extends { subject_code: string; school: Place }>(actor: Actor, row: Row | undefined, action: A): Granted<A, Row> {
  const reason = row && planRefusal(actor, action, row);
  if (!row || reason === "hidden") throw notFound();
  if (reason) throw forbidden(reason);
  return grant(row, action);
}

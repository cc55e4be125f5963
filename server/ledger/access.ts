import { belongsTo, type Actor } from "../access/actor.ts";
import { courseRefusal, grant, periodRefusal, type Granted, type PeriodAction } from "../access/policy.ts";
import type { Db } from "../platform/db.ts";
import { forbidden, notFound } from "../platform/errors.ts";
import { loadLedgerCourse, listWaiting, loadPeriod, type LedgerCourse, type LedgerPeriod, type WaitingRow } from "./store/periods.ts";

/** Opens a delivered period for an action. Officers may read it; names stay inside the school. */
export async function openPeriod<A extends PeriodAction>(db: Db, actor: Actor, id: string, action: A): Promise<Granted<A, LedgerPeriod>> {
  const period = await loadPeriod(db, id);
  const reason = period && periodRefusal(actor, action, period);
  if (!period || reason === "hidden") throw notFound();
  if (reason) throw forbidden(reason);
  return grant(period, action);
}

/** Opens a course to record its periods: for those who teach it. */
export async function openLedgerCourse(db: Db, actor: Actor, id: string): Promise<Granted<"record", LedgerCourse>> {
  const course = await loadLedgerCourse(db, id);
  const reason = course && periodRefusal(actor, "record", { ...course, course_id: course.id });
  if (!course || reason === "hidden") throw notFound();
  if (reason) throw forbidden(reason);
  return grant(course, "record");
}

/** What a reader of a period may do with it, for the buttons of its page. Officers see counts, never people. */
export function maySee(actor: Actor, period: LedgerPeriod): { record: boolean; confirm: boolean; reverse: boolean; see_live: boolean; see_names: boolean } {
  const may = (action: PeriodAction): boolean => periodRefusal(actor, action, period) === undefined;
  const see_live = courseRefusal(actor, "results", { ...period.course, school: period.school }) === undefined;
  return { record: may("record"), confirm: may("confirm"), reverse: may("reverse"), see_live, see_names: belongsTo(actor, period.school) };
}

export interface Confirms {
  school_id: string;
  subjects: readonly string[] | undefined;
}

/** The schools and subjects whose declared periods the actor confirms. Undefined subjects: all of the school. */
export function confirmsIn(actor: Actor): Confirms[] {
  return actor.memberships.flatMap((m): Confirms[] => {
    if (m.role === "school_leader") return [{ school_id: m.unitId, subjects: undefined }];
    return m.role === "department_head" ? [{ school_id: m.unitId, subjects: m.subjects }] : [];
  });
}

/** The declared periods that wait for the actor's word, each once; nobody confirms their own. */
export async function waitingFor(db: Db, actor: Actor): Promise<WaitingRow[]> {
  const lists = await Promise.all(confirmsIn(actor).map((one) => listWaiting(db, one.school_id, one.subjects, actor.personId)));
  return [...new Map(lists.flat().map((row) => [row.id, row])).values()];
}

import type { Actor } from "../access/actor.ts";
import { grant, periodRefusal, type Granted, type PeriodAction } from "../access/policy.ts";
import type { Db } from "../platform/db.ts";
import { forbidden, notFound } from "../platform/errors.ts";
import { loadLedgerCourse, loadPeriod, type LedgerCourse, type LedgerPeriod } from "./store/periods.ts";

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

import { coursesChanged } from "../courses/events.ts";
import { recordMissed } from "../ledger/store/deliveries.ts";
import { listLessonsOfSchool } from "../ledger/store/periods.ts";
import { settle } from "../ledger/store/settle.ts";
import { recountOnline } from "../ledger/store/totals.ts";
import { materialApproved, materialLinksChanged, materialWithdrawn } from "../materials/events.ts";
import { schoolsMerged } from "../organisation/events.ts";
import { planPublished } from "../plan/events.ts";
import { record } from "../platform/audit.ts";
import type { Instant } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { on, type Heard, type Listener } from "../platform/jobs/queue.ts";
import { definitionChanged } from "./events.ts";
import { listPlansOfLessons, listPlansOfMaterial, listSchoolYears, loadPlanKey, recountCoverage, recountPlans } from "./store/plans.ts";

/** The denominators and the coverage follow the facts they are counted from. */
export const measureJobs: readonly Listener[] = [
  on(planPublished, "counts the planned periods and lessons of the school anew", ({ planId }, { db, at }) =>
    db.transaction(async (trx) => {
      const plan = await loadPlanKey(trx, planId);
      if (plan) await recountPlans(trx, plan.school_id, plan.year_id, at);
    }),
  ),
  on(coursesChanged, "counts the planned periods of the school anew", ({ schoolId, yearId }, { db, at }) =>
    db.transaction(async (trx) => void (await recountPlans(trx, schoolId, yearId, at))),
  ),
  on(schoolsMerged, "counts the plans of merged schools anew", ({ schoolId, fromIds }, { db, at }) =>
    db.transaction(async (trx) => {
      for (const { school_id, year_id } of await listSchoolYears(trx, [schoolId, ...fromIds])) await recountPlans(trx, school_id, year_id, at);
    }),
  ),
  on(materialApproved, "counts the lessons covered anew", ({ materialId }, heard) => coverageOfMaterial(materialId, heard)),
  on(materialWithdrawn, "counts the lessons covered anew", ({ materialId }, heard) => coverageOfMaterial(materialId, heard)),
  on(materialLinksChanged, "counts the lessons covered anew", ({ planLessonIds }, { db, at }) =>
    db.transaction(async (trx) => recountCoverage(trx, await listPlansOfLessons(trx, planLessonIds), at)),
  ),
  on(definitionChanged, "judges and counts every school by the new definition", async (_, { db, at }) => {
    for (const { school_id, year_id } of await listSchoolYears(db)) await reconcileSchool(db, school_id, year_id, at);
  }),
];

function coverageOfMaterial(materialId: string, { db, at }: Heard): Promise<void> {
  return db.transaction(async (trx) => recountCoverage(trx, await listPlansOfMaterial(trx, materialId), at));
}

/** Records what was not heard of yet, judges and counts one school and year from the facts alone. Answers how many sums differed from what was kept. */
export function reconcileSchool(db: Db, schoolId: string, yearId: string, at: Instant): Promise<number> {
  return db.transaction(async (trx) => {
    await recordMissed(trx, schoolId, yearId, at);
    await settle(trx, await listLessonsOfSchool(trx, schoolId, yearId), at);
    return (await recountOnline(trx, schoolId)) + (await recountPlans(trx, schoolId, yearId, at));
  });
}

/**
 * Every night: counts everything anew and puts right what differs. A difference is a bug somewhere, so it is written to
 * the audit log with the number of sums that were wrong; nothing that was recorded is touched.
 */
export async function reconcileAll(db: Db, at: Instant): Promise<void> {
  for (const { school_id, year_id } of await listSchoolYears(db)) {
    const wrong = await reconcileSchool(db, school_id, year_id, at);
    if (wrong === 0) continue;
    const entry = { at, actorId: null, action: "measures.repair", subjectType: "school", subjectId: school_id };
    await record(db, { ...entry, schoolId: school_id, details: { year_id, sums_repaired: wrong } });
  }
}

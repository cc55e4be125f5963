import { coursesChanged } from "../courses/events.ts";
import { materialApproved, materialLinksChanged, materialWithdrawn } from "../materials/events.ts";
import { schoolsMerged } from "../organisation/events.ts";
import { planPublished } from "../plan/events.ts";
import { on, type Heard, type Listener } from "../platform/jobs/queue.ts";
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
];

function coverageOfMaterial(materialId: string, { db, at }: Heard): Promise<void> {
  return db.transaction(async (trx) => recountCoverage(trx, await listPlansOfMaterial(trx, materialId), at));
}

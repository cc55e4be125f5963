import { z } from "zod";
import { all, col, type Db } from "../../platform/db.ts";
import { remember } from "../../platform/remember.ts";

const lessonRow = z.object({ id: col.id(), plan_id: col.id(), title: col.text(), kind: col.text(), periods: col.int(), week_from: col.maybeInt(), week_to: col.maybeInt() });
export type PlanLessonRow = z.infer<typeof lessonRow>;

/** The lessons of some plans in their order. */
export function listPlanLessons(db: Db, planIds: readonly string[]): Promise<readonly PlanLessonRow[]> {
  return planIds.length === 0 ? Promise.resolve([]) : lessonsOfPlans(db, [...new Set(planIds)].sort().join(" "));
}

const lessonsOfPlans = remember(["plan_lessons"], (db: Db, planIds: string): Promise<readonly PlanLessonRow[]> =>
  all(
    lessonRow,
    db("plan_lessons").whereIn("plan_id", planIds.split(" ")).whereNull("removed_at").orderBy(["plan_id", "position", "id"]).limit(5000).select("id", "plan_id", "title", "kind", "periods", "week_from", "week_to"),
  ),
);

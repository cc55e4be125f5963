import { on, type Listener } from "../platform/jobs/queue.ts";
import { planPublished } from "../plan/events.ts";
import { joinCourses } from "./store/plan.ts";

/** Courses that were made before their plan was published follow it from then on. */
export const coursePlanJobs: Listener[] = [
  on(planPublished, "joins courses without a plan to the published one", async ({ planId }, { db, at }) => {
    await joinCourses(db, planId, at);
  }),
];

import { z } from "zod";
import { record } from "../../platform/audit.ts";
import type { Instant } from "../../platform/clock.ts";
import { col, maybeOne, type Db } from "../../platform/db.ts";
import { raise } from "../../platform/jobs/queue.ts";
import { coursesChanged } from "../events.ts";

const planKey = z.object({ id: col.id(), school_id: col.id(), campus_id: col.maybeId(), year_id: col.text(), subject_code: col.text(), grade: col.int() });

/**
 * Joins courses that have no plan yet to the one that was published for their subject, grade and year; a campus's own plan
 * goes to the courses of that campus only. Joined courses stay where they are, so running it twice changes nothing.
 */
export async function joinCourses(db: Db, planId: string, at: Instant): Promise<number> {
  return db.transaction(async (trx) => {
    const published = trx("plans").where({ id: planId }).where("version", ">", 0);
    const plan = await maybeOne(planKey, published.select(Object.keys(planKey.shape)));
    if (plan === undefined) return 0;
    const { school_id, campus_id, year_id, subject_code, grade } = plan;
    const waiting = trx("courses").where({ school_id, year_id, subject_code, grade }).whereNull("plan_id");
    if (campus_id !== null) void waiting.where({ campus_id });
    const joined = await waiting.update({ plan_id: plan.id });
    if (joined === 0) return 0;
    await record(trx, { at, actorId: null, action: "courses.join_plan", subjectType: "plan", subjectId: plan.id, schoolId: school_id, details: { courses: joined } });
    await raise(trx, coursesChanged, { schoolId: school_id, yearId: year_id }, at);
    return joined;
  });
}

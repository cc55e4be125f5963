import { coursesChanged } from "../courses/events.ts";
import { attendanceCorrected, liveClassCancelled, liveClassDeclared, liveClassEnded } from "../live/events.ts";
import { schoolsMerged } from "../organisation/events.ts";
import { planPublished } from "../plan/events.ts";
import { on, type Listener } from "../platform/jobs/queue.ts";
import { selfStudyClosed, selfStudyProgressed } from "../study/events.ts";
import { recordDeclaredClass, recordLiveClass, recordSelfStudy, reverseDeclaredClass } from "./store/deliveries.ts";
import { listLessonsDelivered, listLessonsOfSchool } from "./store/periods.ts";
import { settle } from "./store/settle.ts";
import { recountOnline } from "./store/totals.ts";

/** The ledger writes itself: what the system saw becomes a record, and a changed fact makes it judge anew. */
export const ledgerJobs: readonly Listener[] = [
  on(liveClassEnded, "records the periods of a live class", ({ liveClassId }, { db, at }) => recordLiveClass(db, liveClassId, at)),
  on(attendanceCorrected, "judges a live class by its corrected attendance", ({ liveClassId }, { db, at }) =>
    recordLiveClass(db, liveClassId, at),
  ),
  on(liveClassDeclared, "records the periods of a class by plain link as its teacher declared them", ({ liveClassId }, { db, at }) =>
    recordDeclaredClass(db, liveClassId, at),
  ),
  on(liveClassCancelled, "takes back what a cancelled live class had delivered", async ({ liveClassId }, { db, at }) => {
    await recordLiveClass(db, liveClassId, at);
    await reverseDeclaredClass(db, liveClassId, at);
  }),
  on(selfStudyProgressed, "records a self-study that enough of the class completed", ({ assignmentId }, { db, at }) =>
    recordSelfStudy(db, assignmentId, at),
  ),
  on(selfStudyClosed, "judges a self-study whose due date has passed", ({ assignmentId }, { db, at }) =>
    recordSelfStudy(db, assignmentId, at),
  ),
  on(planPublished, "judges what was taught of a plan that changed", ({ planId }, { db, at }) =>
    db.transaction(async (trx) => settle(trx, await listLessonsDelivered(trx, [planId]), at)),
  ),
  on(coursesChanged, "judges what was taught in courses that changed", ({ schoolId, yearId }, { db, at }) =>
    db.transaction(async (trx) => settle(trx, await listLessonsOfSchool(trx, schoolId, yearId), at)),
  ),
  on(schoolsMerged, "moves the sums of merged schools, and judges by the level of the one school", ({ schoolId, fromIds }, { db, at }) =>
    db.transaction(async (trx) => {
      for (const id of [schoolId, ...fromIds]) await recountOnline(trx, id);
      await settle(trx, await listLessonsOfSchool(trx, schoolId), at);
    }),
  ),
];

import { materialApproved } from "../materials/events.ts";
import { notify } from "../notices/store.ts";
import { schoolsMerged } from "../organisation/events.ts";
import { on, type Listener } from "../platform/jobs/queue.ts";
import { approvedNow } from "./store/copies.ts";
import { listAdopted } from "./store.ts";
import { touchPublic } from "./store/harvest.ts";

/** What sharing does when it hears of something. */
export const sharingJobs: Listener[] = [
  on(materialApproved, "tells those who took a material over that its original has a new version", async ({ materialId }, { db, at }) => {
    const original = await approvedNow(db, materialId);
    if (original === undefined) return;
    const behind = await listAdopted(db, materialId, original.approved_version_id);
    await db.transaction(async (trx) => {
      for (const copy of behind) {
        await notify(trx, [copy.uploaded_by], { kind: "material_renewed", href: `/library/materials/${copy.id}`, params: { title: copy.title, school: original.school_name } }, at);
      }
    });
  }),
  on(schoolsMerged, "tells harvesters that public materials have another publisher", async ({ schoolId }, { db, at }) => {
    await touchPublic(db, schoolId, at);
  }),
];

import { z } from "zod";
import { event } from "../platform/jobs/queue.ts";

const material = z.object({ materialId: z.string() });

/** A material came, or what is said of it or its newest file changed: whoever keeps a copy of that reads it again. */
export const materialDescribed = event("material_described", material);
/** Approval was given. */
export const materialApproved = event("material_approved", material);
/** Approval was taken back; or the material was retired or restored. */
export const materialWithdrawn = event("material_withdrawn", material);
/** A material was linked to lessons of a plan or unlinked from them. */
export const materialLinksChanged = event(
  "material_links_changed",
  z.object({ materialId: z.string(), planLessonIds: z.array(z.string()) }),
);

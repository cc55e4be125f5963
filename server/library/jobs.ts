import { fileDigitised } from "../digitising/events.ts";
import { materialApproved, materialDescribed, materialLinksChanged, materialWithdrawn } from "../materials/events.ts";
import { schoolsMerged } from "../organisation/events.ts";
import { on, type Heard, type Listener } from "../platform/jobs/queue.ts";
import { libraryRebuild } from "./events.ts";
import { goOn, materialsOfFile, materialsOfSchool } from "./store/rebuild.ts";
import { indexMaterials } from "./store/write.ts";

const again = ({ materialId }: { materialId: string }, { db, at }: Heard): Promise<void> => indexMaterials(db, [materialId], "keep", at);

/** The index follows what happens. It only ever helps to find: what a person may read is asked of the rows themselves. */
export const libraryJobs: Listener[] = [
  on(materialDescribed, "writes a material into the library's index", again),
  on(materialApproved, "writes an approved material into the library's index", again),
  on(materialWithdrawn, "takes a withdrawn or retired material out of the library's index, or back into it", again),
  on(materialLinksChanged, "writes a material with its use into the library's index", again),
  on(fileDigitised, "writes the text of a file into the library's index", async ({ hash }, { db, at }) => {
    const ids = await materialsOfFile(db, hash);
    for (let i = 0; i < ids.length; i += 50) await indexMaterials(db, ids.slice(i, i + 50), i === 0 ? "renew" : "keep", at);
  }),
  on(schoolsMerged, "writes the materials of merged schools into the library's index at their new place", async ({ schoolId }, { db, at }) => {
    for (let ids = await materialsOfSchool(db, schoolId, ""); ids.length > 0; ids = await materialsOfSchool(db, schoolId, ids.at(-1) ?? "~")) {
      await indexMaterials(db, ids, "keep", at);
    }
  }),
  on(libraryRebuild, "makes the library's index anew, some materials at a time", ({ rebuildId }, { db, at }) => goOn(db, rebuildId, at)),
];

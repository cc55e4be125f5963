import { titlesOf } from "../materials/store/known.ts";
import { openSchool } from "../organisation/access.ts";
import type { ArrivedFile, UploadKind } from "../uploads/kinds.ts";
import { UploadForm } from "./forms.ts";
import { findArrival, saveArrival } from "./store/arrivals.ts";
import { ARRIVAL_BYTES_MAX } from "./unpack.ts";

/** A ZIP of files, or an archive of a library: comes in pieces, is read in the background, and becomes a dry run. */
export const bulkUploads: UploadKind = {
  name: "bulk",
  path: "/schools/:id/bulk",
  accept: new Set(),
  archives: true,
  bytesMax: ARRIVAL_BYTES_MAX,
  open: async (db, { actor }, id) => ({ schoolId: (await openSchool(db, actor, id, "upload")).id }),
  async keep(trx, { actor, at, requestId }, id, file, details) {
    const school = await openSchool(trx, actor, id, "upload");
    const again = await findArrival(trx, school, actor.personId, file.hash);
    if (again) return { id: again.id, status: "known" };
    const { subject_code: subjectCode, grade } = UploadForm.parse(details);
    return { id: await saveArrival(trx, school, { file, subjectCode, grade }, { by: actor.personId, at, requestId }), status: "saved" };
  },
  async known(db, { actor }, id, hash): Promise<ArrivedFile | undefined> {
    const found = await findArrival(db, await openSchool(db, actor, id, "upload"), actor.personId, hash);
    return found && { hash, size: found.size_bytes, name: found.file_name, mime: "application/zip", family: "archive" };
  },
  async describe(db, ids) {
    const names = await titlesOf(db, "units", ids);
    return new Map([...names].map(([id, title]) => [id, { title, href: `/schools/${id}/bulk-imports` }]));
  },
  hrefOf: (id) => `/bulk-imports/${id}`,
};

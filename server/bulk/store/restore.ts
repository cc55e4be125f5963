import { z } from "zod";
import { restoreWhole } from "../../materials/store/archive.ts";
import { dayOf } from "../../platform/clock.ts";
import { all, col, maybeOne, type Db } from "../../platform/db.ts";
import type { ArchivedMaterial } from "../archive/format.ts";
import type { BulkImport } from "../store.ts";
import type { RowOutcome } from "./run.ts";
import type { Act } from "./stage.ts";

/** Makes one material of an archive anew in the school of the import. */
export async function restoreRecord(trx: Db, found: BulkImport, record: ArchivedMaterial, act: Act): Promise<RowOutcome> {
  const [subjectKnown, lessonIds, uploader] = [await knowsSubject(trx, record.subject), await lessonsOf(trx, found.school_id, record), await personOf(trx, found.school, record.uploaded_by.id, act)];
  const id = await restoreWhole(
    trx,
    found.school_id,
    {
      ...record,
      subject_code: subjectKnown ? record.subject : null,
      createdAt: record.created_at,
      updatedAt: record.updated_at,
      submittedAt: record.submitted_at,
      retiredAt: record.retired_at,
      inUse: record.in_use,
      versions: record.versions.map((version) => ({ ...version, hash: version.sha256 })),
      steps: record.trail,
      lessonIds,
    },
    uploader ?? act.by,
    act,
  );
  return { materialId: id };
}

async function knowsSubject(trx: Db, code: string | null): Promise<boolean> {
  return code !== null && (await trx("subjects").where({ code }).first("code")) !== undefined;
}

const idRow = z.object({ id: col.id(), title: col.text() });

/** The same lessons in this school: by year, subject, grade and place, else by title where the plan was arranged otherwise. */
async function lessonsOf(trx: Db, schoolId: string, record: ArchivedMaterial): Promise<string[]> {
  const ids = new Set<string>();
  for (const lesson of record.lessons) {
    const inPlan = trx("plan_lessons as l").join("plans as p", "p.id", "l.plan_id").where({ "p.school_id": schoolId, "p.year_id": lesson.year, "p.subject_code": lesson.subject, "p.grade": lesson.grade }).whereNull("l.removed_at");
    const rows = await all(idRow.extend({ position: col.int() }), inPlan.where("l.title", lesson.title).orderBy("l.position").limit(20).select("l.id", "l.title", "l.position"));
    const found = rows.find((row) => row.position === lesson.position) ?? rows[0];
    if (found) ids.add(found.id);
  }
  return [...ids];
}

/** Who uploaded it, where that person works in this school today. */
async function personOf(trx: Db, school: { path: string }, id: string, act: Act): Promise<string | undefined> {
  const today = dayOf(act.at);
  const row = await maybeOne(
    z.object({ person_id: col.id() }),
    trx("memberships as m")
      .join("units as u", "u.id", "m.unit_id")
      .where("m.person_id", id)
      .where("u.path", "like", `${school.path}%`)
      .whereIn("m.role", ["teacher", "department_head", "school_leader"])
      .where("m.from_on", "<=", today)
      .where((q) => void q.whereNull("m.to_on").orWhere("m.to_on", ">", today))
      .first("m.person_id"),
  );
  return row?.person_id;
}

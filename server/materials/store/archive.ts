import { z } from "zod";
import type { Instant } from "../../platform/clock.ts";
import { all, col, maybeOne, type Db } from "../../platform/db.ts";
import { raise } from "../../platform/jobs/queue.ts";
import { materialLinksChanged } from "../events.ts";
import { materials, materialSteps, materialVersions } from "../store.ts";
import { audit, type Act } from "./upload.ts";

/**
 * Takes a material away as if it had never been: only for an import that is undone before anybody used what it brought.
 * Where another table refers to it, the database refuses.
 */
export async function removeWhole(trx: Db, material: { id: string; school_id: string }, act: Act): Promise<void> {
  const lessons = await all(z.object({ plan_lesson_id: col.id() }), trx("material_lessons").where({ material_id: material.id }).select("plan_lesson_id"));
  for (const name of ["material_lessons", "material_steps", "material_versions"]) await trx(name).where({ material_id: material.id }).del();
  await trx("materials").where({ id: material.id }).del();
  if (lessons.length > 0) await raise(trx, materialLinksChanged, { materialId: material.id, planLessonIds: lessons.map((l) => l.plan_lesson_id) }, act.at);
  await audit(trx, "material.undo_import", material, {}, act);
}

const untouched = z.object({ updated_at: col.instant(), revision: col.int(), versions: col.int(), others: col.int() });

/** What tells whether somebody dealt with a material since a moment; undefined where it is gone. */
export function findTraces(db: Db, id: string, since: Instant): Promise<z.infer<typeof untouched> | undefined> {
  return maybeOne(
    untouched,
    db("materials as m")
      .where("m.id", id)
      .select("m.updated_at", "m.revision")
      .select(
        db.raw("(SELECT COUNT(*) FROM material_versions v WHERE v.material_id = m.id) AS versions"),
        db.raw(
          `(SELECT COUNT(*) FROM lesson_attachments a WHERE a.material_id = m.id)
           + (SELECT COUNT(*) FROM material_lessons l WHERE l.material_id = m.id AND l.linked_at > ?)
           + (SELECT COUNT(*) FROM materials d WHERE d.from_material_id = m.id) AS others`,
          [since],
        ),
      ),
  );
}

const sized = z.object({ id: col.id(), bytes: col.int(), files: col.int() });

/** Every material of a school with what its versions weigh, in the order in which they were made. */
export function listSizes(db: Db, school: { id: string }): Promise<z.infer<typeof sized>[]> {
  return all(
    sized,
    db("materials as m")
      .join("material_versions as v", "v.material_id", "m.id")
      .where("m.school_id", school.id)
      .groupBy("m.id")
      .orderBy("m.id")
      .select("m.id", db.raw("SUM(v.size_bytes) AS bytes"), db.raw("COUNT(*) AS files")),
  );
}

const wholeRow = materials.row.extend({ uploader_name: col.text() });
const versionRow = materialVersions.row.extend({ by_name: col.text() });
const stepRow = materialSteps.row.extend({ by_name: col.text(), number: col.int() });
const lessonRow = z.object({ material_id: col.id(), year: col.text(), subject: col.text(), grade: col.int(), position: col.int(), title: col.text() });

/** Everything about some materials, in four queries: what an archive holds of them. */
export async function listWhole(db: Db, ids: readonly string[]) {
  const [rows, versions, steps, lessons] = await Promise.all([
    all(wholeRow, db("materials as m").join("persons as p", "p.id", "m.uploaded_by").whereIn("m.id", ids).orderBy("m.id").select(materials.columns.map((c) => `m.${c}`)).select({ uploader_name: "p.name" })),
    all(versionRow, db("material_versions as v").join("persons as p", "p.id", "v.uploaded_by").whereIn("v.material_id", ids).orderBy(["v.material_id", "v.number"]).select(materialVersions.columns.map((c) => `v.${c}`)).select({ by_name: "p.name" })),
    all(stepRow, db("material_steps as t").join("persons as p", "p.id", "t.by").join("material_versions as v", "v.id", "t.version_id").whereIn("t.material_id", ids).orderBy(["t.material_id", "t.id"]).select(materialSteps.columns.map((c) => `t.${c}`)).select({ by_name: "p.name", number: "v.number" })),
    all(
      lessonRow,
      db("material_lessons as ml")
        .join("plan_lessons as l", "l.id", "ml.plan_lesson_id")
        .join("plans as p", "p.id", "l.plan_id")
        .whereIn("ml.material_id", ids)
        .orderBy(["ml.material_id", "p.year_id", "p.subject_code", "p.grade", "l.position"])
        .select("ml.material_id", "l.position", "l.title", "p.grade")
        .select({ year: "p.year_id", subject: "p.subject_code" }),
    ),
  ]);
  return rows.map((material) => ({
    material,
    versions: versions.filter((v) => v.material_id === material.id),
    steps: steps.filter((s) => s.material_id === material.id),
    lessons: lessons.filter((l) => l.material_id === material.id),
  }));
}
export type WholeRow = Awaited<ReturnType<typeof listWhole>>[number];

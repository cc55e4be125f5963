import { z } from "zod";
import { dayOf, type Day } from "../../platform/clock.ts";
import { all, col, type Db } from "../../platform/db.ts";
import { remember } from "../../platform/remember.ts";
import type { LessonKind } from "../../ledger/store/definitions.ts";
import type { Counter } from "../rules.ts";
import type { Scope } from "../store/figures.ts";

const coveredRow = z.object({ covered_at: col.instant() });

const LESSONS_MAX = 20_000;

/**
 * Since when each lesson that is covered today has been: the first day on which one of the materials that cover it was
 * both linked and approved. From a school's materials to their lessons, so that it costs what the school has digitised,
 * not what it has planned (index materials (school_id, state, …)).
 */
export async function listCoveredDays(db: Db, scope: Scope, kinds: readonly LessonKind[], counter: Counter): Promise<{ on: Day; added: number }[]> {
  const campus = scope.campus_id === undefined ? [] : [scope.campus_id, scope.campus_id];
  const rows = await all(
    coveredRow,
    db.raw(
      `SELECT MIN(CASE WHEN covering.approved_at > covering.linked_at THEN covering.approved_at ELSE covering.linked_at END) AS covered_at
         FROM (SELECT ml.plan_lesson_id, ml.linked_at,
                      COALESCE((SELECT MAX(s.at) FROM material_steps s WHERE s.material_id = m.id AND s.act = 'approve'), ml.linked_at) AS approved_at
                 FROM materials m JOIN material_lessons ml ON ml.material_id = m.id
                WHERE m.school_id = ? AND m.state <> 'retired' AND m.approved_version_id IS NOT NULL
                  ${counter === "own" ? "AND m.origin <> 'adopted'" : ""}) covering
         JOIN plan_lessons l ON l.id = covering.plan_lesson_id AND l.removed_at IS NULL AND l.kind IN (${kinds.map(() => "?").join(", ")})
         JOIN plans p ON p.id = l.plan_id AND p.school_id = ? AND p.year_id = ? AND p.version > 0
              ${scope.campus_id === undefined ? "" : "AND (p.campus_id = ? OR p.id IN (SELECT c.plan_id FROM courses c WHERE c.campus_id = ?))"}
        GROUP BY l.id
        LIMIT ${LESSONS_MAX}`,
      [scope.school_id, ...kinds, scope.school_id, scope.year_id, ...campus],
    ),
  );
  const days = new Map<Day, number>();
  for (const { covered_at } of rows) days.set(dayOf(covered_at), (days.get(dayOf(covered_at)) ?? 0) + 1);
  return [...days].map(([on, added]) => ({ on, added }));
}

const schoolRow = z.object({ id: col.id(), level: col.maybeText(), area: col.maybeText() });

/** Every school of today with its level and area, for the circles of those alike. Never shown one by one. */
export const listAllSchools = remember(
  ["units"],
  (db: Db): Promise<readonly z.infer<typeof schoolRow>[]> => all(schoolRow, db("units").select(Object.keys(schoolRow.shape)).where({ kind: "school" }).whereNull("closed_on").orderBy("id").limit(5_000)),
);

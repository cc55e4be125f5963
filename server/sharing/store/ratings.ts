import { z } from "zod";
import type { Granted } from "../../access/policy.ts";
import { all, col, maybeOne, type Db } from "../../platform/db.ts";
import { conflict, notFound } from "../../platform/errors.ts";
import type { MaterialRow } from "../../materials/store.ts";
import { audit, type Act } from "../../materials/store/upload.ts";
import { ratingSum, type RatingSum } from "../rules.ts";
import { materialRatings } from "../store.ts";

const shown = materialRatings.row.pick({ person_id: true, stars: true, words: true, rated_at: true }).extend({ name: col.text(), school_name: col.maybeText() });
export type RatingRow = z.infer<typeof shown>;

const RATINGS_SHOWN_MAX = 50;

/** What teachers say of a material, the newest first, each with the school in which they work. */
export function listRatings(db: Db, materialId: string): Promise<RatingRow[]> {
  const school = db("memberships as m")
    .join("units as u", "u.id", "m.unit_id")
    .whereRaw("m.person_id = r.person_id")
    .whereIn("m.role", ["teacher", "department_head", "school_leader"])
    .whereNull("m.to_on")
    .min("u.name");
  return all(
    shown,
    db("material_ratings as r")
      .join("persons as p", "p.id", "r.person_id")
      .where({ "r.material_id": materialId, "r.removed_at": null })
      .orderBy([{ column: "r.rated_at", order: "desc" }, { column: "r.person_id" }])
      .limit(RATINGS_SHOWN_MAX)
      .select("r.person_id", "r.stars", "r.words", "r.rated_at", { name: "p.name" })
      .select(school.as("school_name")),
  );
}

const sumRow = z.object({ id: col.id(), count: col.int(), stars: col.int() });

/** What the ratings of materials say together; those without any are left out. */
export async function sumRatings(db: Db, ids: readonly string[]): Promise<Map<string, RatingSum>> {
  if (ids.length === 0) return new Map();
  const rows = await all(
    sumRow,
    db("material_ratings").whereIn("material_id", [...ids]).whereNull("removed_at").groupBy("material_id").select({ id: "material_id" }).count({ count: "*" }).sum({ stars: "stars" }),
  );
  return new Map(rows.flatMap((row) => {
    const sum = ratingSum(row.count, row.stars);
    return sum === undefined ? [] : [[row.id, sum] as const];
  }));
}

export function findRating(db: Db, materialId: string, personId: string): Promise<z.infer<typeof materialRatings.row> | undefined> {
  return maybeOne(materialRatings.row, db("material_ratings").where({ material_id: materialId, person_id: personId }).select(materialRatings.columns));
}

/**
 * Saves one's rating, the first or a changed one.
 *
 * @throws Refusal 409 when a leader or an officer removed it: it is not simply written anew
 */
export async function saveRating(db: Db, material: Granted<"rate", MaterialRow>, rating: { stars: number; words: string }, act: Act): Promise<void> {
  await db.transaction(async (trx) => {
    const row = { ...rating, rated_at: act.at };
    const changed = await trx("material_ratings").where({ material_id: material.id, person_id: act.by, removed_at: null }).update(row);
    if (changed === 0) {
      const there = await findRating(trx, material.id, act.by);
      if (there !== undefined) throw conflict("rating_removed");
      await trx("material_ratings").insert({ material_id: material.id, person_id: act.by, ...row }).onConflict(["material_id", "person_id"]).merge(row);
    }
    await audit(trx, "material.rate", material, { stars: rating.stars }, act);
  });
}

/** Removes somebody's rating, with a reason that stays. */
export async function removeRating(db: Db, material: Granted<"take_down", MaterialRow>, personId: string, reason: string, act: Act): Promise<void> {
  await db.transaction(async (trx) => {
    const removed = await trx("material_ratings").where({ material_id: material.id, person_id: personId, removed_at: null }).update({ removed_at: act.at, removed_by: act.by, removal_reason: reason });
    if (removed === 0) throw notFound();
    await audit(trx, "material.remove_rating", material, { of: personId, reason }, act);
  });
}

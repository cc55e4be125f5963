import { z } from "zod";
import type { Granted } from "../../access/policy.ts";
import { record } from "../../platform/audit.ts";
import { all, col, maybeOne, table, type Db } from "../../platform/db.ts";
import { conflict } from "../../platform/errors.ts";
import { newId } from "../../platform/ids.ts";
import type { CheckItem, StepDays } from "../rules/review.ts";
import type { Act } from "./upload.ts";

const checkItem = z.object({ text: z.string(), required: z.boolean() });

/** How a school reviews. Versions are added, never changed. */
export const reviewSettings = table("review_settings", {
  id: col.id(),
  unit_id: col.id(),
  version: col.int(),
  items: col.json(z.array(checkItem)),
  pass_days: col.maybeInt(),
  approve_days: col.maybeInt(),
  created_by: col.id(),
  created_at: col.instant(),
});

const withNames = reviewSettings.row.extend({ unit_name: col.text(), by_name: col.text() });
export type ReviewSettingsRow = z.infer<typeof withNames>;

const settingsQuery = (db: Db) =>
  db("review_settings as r")
    .join("units as u", "u.id", "r.unit_id")
    .join("persons as p", "p.id", "r.created_by")
    .select(reviewSettings.columns.map((name) => `r.${name}`))
    .select({ unit_name: "u.name", by_name: "p.name" });

/** The settings in force in a school: its own, else those of the nearest unit above it; undefined where nobody set any. */
export function findReviewSettings(db: Db, school: { path: string }): Promise<ReviewSettingsRow | undefined> {
  const inForce = settingsQuery(db)
    .whereRaw("? LIKE u.path || '%'", [school.path])
    .orderByRaw("LENGTH(u.path) DESC, r.version DESC")
    .first();
  return maybeOne(withNames, inForce);
}

const VERSIONS_SHOWN_MAX = 50;

/** Versions of a unit's own settings, the newest first. */
export function listReviewSettings(db: Db, unitId: string): Promise<ReviewSettingsRow[]> {
  return all(withNames, settingsQuery(db).where("r.unit_id", unitId).orderBy("r.version", "desc").limit(VERSIONS_SHOWN_MAX));
}

/**
 * Adds a version of a unit's settings.
 *
 * @param after the version that the person saw, 0 for none
 * @throws Refusal 409 when somebody else added one meanwhile
 */
export async function saveReviewSettings(db: Db, unit: Granted<"review_settings", { id: string }>, next: { items: readonly CheckItem[] } & StepDays, after: number, act: Act): Promise<void> {
  await db.transaction(async (trx) => {
    const newest = (await listReviewSettings(trx, unit.id))[0]?.version ?? 0;
    if (newest !== after) throw conflict();
    const { items, ...days } = next;
    await trx("review_settings").insert({ id: newId(), unit_id: unit.id, version: after + 1, items: JSON.stringify(items), ...days, created_by: act.by, created_at: act.at });
    await record(trx, {
      ...{ at: act.at, actorId: act.by, action: "review_settings.save", subjectType: "unit", subjectId: unit.id, requestId: act.requestId },
      details: { version: after + 1, items, ...days },
    });
  });
}

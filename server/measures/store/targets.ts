import type { Instant } from "../../platform/clock.ts";
import { record } from "../../platform/audit.ts";
import { all, type Db } from "../../platform/db.ts";
import { basisPoints, type BasisPoints } from "../../platform/units.ts";
import { remember } from "../../platform/remember.ts";
import { targets, type TargetRow } from "./tables.ts";

/** The targets of the plan, where a year says nothing else. Source: plan 1027/KH-SGDĐT of 5 May 2023, I.2. */
export const TARGETS_OF_1027 = { online_share_bp: 200, digitised_bp: 500, source: "KH 1027/KH-SGD\u0110T" } as const;

export interface Targets {
  online: BasisPoints;
  digitised: BasisPoints;
  source: string;
}

/** What a year asks, as it stands this moment: for whoever writes on top of it. */
export function readTargets(db: Db, yearId: string): Promise<TargetRow[]> {
  return all(targets.row, db(targets.name).where({ year_id: yearId }).orderBy("level").limit(20));
}

export const listTargets = remember([targets.name], (db: Db, yearId: string): Promise<readonly TargetRow[]> => readTargets(db, yearId));

/** The targets for a level: its own, else those of all levels, else those of the plan. */
export function targetsOf(rows: readonly TargetRow[], level: string | null): Targets {
  const row = rows.find((one) => one.level === level) ?? rows.find((one) => one.level === "all") ?? TARGETS_OF_1027;
  return { online: basisPoints(row.online_share_bp), digitised: basisPoints(row.digitised_bp), source: row.source };
}

/** Sets what a year asks of all levels or of one. */
export async function saveTargets(trx: Db, row: TargetRow, by: string, at: Instant): Promise<void> {
  await trx(targets.name).insert(row).onConflict(["year_id", "level"]).merge();
  const subjectId = `${row.year_id} ${row.level}`;
  await record(trx, { at, actorId: by, action: "targets.save", subjectType: "targets", subjectId, details: { ...row } });
}

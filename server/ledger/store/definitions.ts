import { z } from "zod";
import type { Day, Instant } from "../../platform/clock.ts";
import { record } from "../../platform/audit.ts";
import { all, type Db } from "../../platform/db.ts";
import { basisPoints } from "../../platform/units.ts";
import { remember } from "../../platform/remember.ts";
import { LEVELS, PARTIAL_PERIODS, type LevelThresholds, type PartialPeriods, type Thresholds } from "../rules.ts";
import { definitions } from "./tables.ts";

export const LESSON_KINDS = ["lesson", "topic", "practice", "review", "test", "activity"] as const;
export type LessonKind = (typeof LESSON_KINDS)[number];

const bp = z.number().int().min(0).max(10_000);
const share = (usual: number) => bp.default(usual).transform(basisPoints);
const own = bp.transform(basisPoints).optional();
const ownThresholds = z.object({ live_length: own, live_class_present: own, live_pupil_stayed: own, self_study_completed: own }).transform(given);
/** What each school level is asked instead of what all are; what was not written is left out, so that two readings are the same text. */
export const levelThresholds = z
  .object(Object.fromEntries(LEVELS.map((level) => [level, ownThresholds.optional()])) as Record<(typeof LEVELS)[number], z.ZodOptional<typeof ownThresholds>>)
  .transform((levels): LevelThresholds => given(levels));

function given<T extends object>(of: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(of).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

/** What a province may set. What it leaves out is as in DOMAIN §2. */
const settings = z.object({
  live_length: share(7_000),
  live_class_present: share(5_000),
  live_pupil_stayed: share(5_000),
  self_study_completed: share(5_000),
  levels: levelThresholds.default({}),
  /** Whether a live class that was too short for a whole period counts for the part that was held. */
  partial_periods: z.enum(PARTIAL_PERIODS).default("whole_only"),
  /** Kinds of plan rows in the denominator of the digitised lessons; reviews and tests are not, by default. */
  lesson_kinds: z.array(z.enum(LESSON_KINDS)).min(1).default(["lesson", "topic", "practice", "activity"]),
  /** Which lessons the target of digitised lessons means: covered by whatever is approved, or by the school's own work. */
  digitised_counter: z.enum(["all", "own"]).default("all"),
});

/** One version of what is counted; a change is a new version from a day on, printed with every figure. */
export interface Definition extends NewDefinition {
  version: number;
}

export interface NewDefinition {
  valid_from: Day;
  /** What is asked of every level that has nothing of its own in `levels`. */
  thresholds: Thresholds;
  levels: LevelThresholds;
  partial_periods: PartialPeriods;
  lesson_kinds: readonly LessonKind[];
  digitised_counter: "all" | "own";
  note: string;
}

/** In force until a province says something else. */
const unwritten: Definition = definitionOf({ version: 1, valid_from: "2023-05-05", settings: "{}", note: "" });

/** All versions, the newest first. Never empty. */
export const listDefinitions = remember([definitions.name], async (db: Db): Promise<readonly Definition[]> => {
  const rows = await all(definitions.row, db(definitions.name).orderBy("version", "desc").limit(200));
  return rows.length === 0 ? [unwritten] : rows.map(definitionOf);
});

/**
 * The version in force on a day: the newest that is valid from that day or earlier. A period is judged by the version of
 * its own day, so a change of the thresholds does not change what was reported before it.
 */
export function definitionOn(versions: readonly Definition[], day: Day): Definition {
  return versions.find((version) => version.valid_from <= day) ?? versions.at(-1) ?? unwritten;
}

/** Adds a version; versions are never edited. Two officers at once: one of them meets the primary key. */
export async function saveDefinition(trx: Db, next: NewDefinition, by: string, at: Instant): Promise<number> {
  const version = ((await listDefinitions(trx))[0]?.version ?? 0) + 1;
  const { levels, partial_periods, lesson_kinds, digitised_counter } = next;
  const written = { ...next.thresholds, levels, partial_periods, lesson_kinds, digitised_counter };
  await trx(definitions.name).insert({
    version,
    valid_from: next.valid_from,
    settings: JSON.stringify(written),
    created_by: by,
    created_at: at,
    note: next.note,
  });
  const entry = { at, actorId: by, action: "definition.save", subjectType: "definition", subjectId: String(version) };
  await record(trx, { ...entry, details: { ...written, valid_from: next.valid_from } });
  return version;
}

function definitionOf(row: { version: number; valid_from: Day; settings: string; note: string }): Definition {
  const { levels, partial_periods, lesson_kinds, digitised_counter, ...thresholds } = settings.parse(JSON.parse(row.settings));
  return { version: row.version, valid_from: row.valid_from, thresholds, levels, partial_periods, lesson_kinds, digitised_counter, note: row.note };
}

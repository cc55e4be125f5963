import { z } from "zod";
import type { Instant } from "../../platform/clock.ts";
import { all, col, countOf, maybeOne, table, type Db, type RowOf } from "../../platform/db.ts";
import { newId } from "../../platform/ids.ts";
import { raise } from "../../platform/jobs/queue.ts";
import { PARTIAL_PERIODS } from "../../ledger/rules.ts";
import { basisPoints } from "../../platform/units.ts";
import { LESSON_KINDS, levelThresholds, type NewDefinition } from "../../ledger/store/definitions.ts";
import { previewAsked } from "../events.ts";

const bp = z.number().int().min(0).max(10_000).transform(basisPoints);
const proposalJson = z.object({
  valid_from: col.day(),
  thresholds: z.object({ live_length: bp, live_class_present: bp, live_pupil_stayed: bp, self_study_completed: bp }),
  levels: levelThresholds.default({}),
  partial_periods: z.enum(PARTIAL_PERIODS).default("whole_only"),
  lesson_kinds: z.array(z.enum(LESSON_KINDS)),
  digitised_counter: z.enum(["all", "own"]),
  note: z.string(),
});

export const previews = table("definition_previews", {
  id: col.id(),
  year_id: col.text(),
  against: col.int(),
  proposal: col.json(proposalJson),
  schools: col.int(),
  state: col.oneOf(["running", "ready"]),
  created_by: col.id(),
  created_at: col.instant(),
});
export type PreviewRow = RowOf<typeof previews>;

export const previewSchools = table("definition_preview_schools", {
  preview_id: col.id(),
  school_id: col.id(),
  level: col.maybeText(),
  was_counted: col.hundredths(),
  was_covered: col.int(),
  was_lessons: col.int(),
  was_subjects_met: col.int(),
  was_online_met: col.flag(),
  was_digitised_met: col.flag(),
  then_counted: col.hundredths(),
  then_covered: col.int(),
  then_lessons: col.int(),
  then_subjects_met: col.int(),
  then_online_met: col.flag(),
  then_digitised_met: col.flag(),
  planned: col.int(),
  subjects: col.int(),
});
export type PreviewSchoolRow = RowOf<typeof previewSchools>;

/** Keeps a proposal and asks for it to be counted; while the same is being counted, answers that one. Nothing of the figures changes. */
export async function createPreview(db: Db, of: { year_id: string; against: number; proposal: NewDefinition; schools: number }, by: string, at: Instant): Promise<string> {
  const proposal = JSON.stringify(of.proposal);
  return db.transaction(async (trx) => {
    await trx("school_years").where({ id: of.year_id }).select("id").forUpdate(); // of two clicks the second sees the first
    const running = await maybeOne(previews.row, trx(previews.name).where({ year_id: of.year_id, against: of.against, proposal, state: "running" }).orderBy("id").limit(1).select(previews.columns));
    if (running) return running.id;
    const id = newId();
    await trx(previews.name).insert({ id, ...of, proposal, state: of.schools === 0 ? "ready" : "running", created_by: by, created_at: at });
    if (of.schools > 0) await raise(trx, previewAsked, { previewId: id, after: "" }, at);
    return id;
  });
}

export function loadPreview(db: Db, id: string): Promise<PreviewRow | undefined> {
  return maybeOne(previews.row, db(previews.name).where({ id }).select(previews.columns));
}

const namedRow = previewSchools.row.extend({ name: col.text() });
export type NamedSchoolRow = z.infer<typeof namedRow>;

/** What was counted so far, by the names of the schools. */
export function listPreviewSchools(db: Db, previewId: string): Promise<NamedSchoolRow[]> {
  return all(namedRow, db(`${previewSchools.name} as s`).join("units as u", "u.id", "s.school_id").where({ "s.preview_id": previewId }).orderBy(["u.name", "u.id"]).select("s.*", "u.name").limit(5_000));
}

/** How many were. */
export function countPreviewSchools(db: Db, previewId: string): Promise<number> {
  return countOf(db(previewSchools.name).where({ preview_id: previewId }).count({ n: "*" }));
}

/** Writes one school down; counted twice by two workers it is the same row. */
export async function savePreviewSchool(db: Db, row: PreviewSchoolRow): Promise<void> {
  await db(previewSchools.name).insert(row).onConflict(["preview_id", "school_id"]).ignore();
}

const uncountedRow = z.object({ id: col.id(), level: col.maybeText(), name: col.text() });

/** The schools of a year that a preview has not counted: those behind one, or a single one. */
export async function listUncounted(db: Db, preview: PreviewRow, { after = "", only, most }: { after?: string; only?: string; most: number }): Promise<z.infer<typeof uncountedRow>[]> {
  const counted = db(previewSchools.name).select("school_id").where({ preview_id: preview.id });
  const query = schoolsOf(db, preview.year_id).where("u.id", ">", after).whereNotIn("u.id", counted).orderBy("u.id").limit(most).select("u.id", "u.level", "u.name");
  if (only !== undefined) void query.where("u.id", only);
  return all(uncountedRow, query);
}

export function countSchoolsOf(db: Db, yearId: string): Promise<number> {
  return countOf(schoolsOf(db, yearId).count({ n: "*" }));
}

/** Schools with anything planned in a year. */
function schoolsOf(db: Db, yearId: string) {
  return db("units as u").where({ "u.kind": "school" }).whereIn("u.id", db("measure_plan_totals").select("school_id").where({ year_id: yearId }));
}

export async function savePreviewEnd(db: Db, id: string): Promise<void> {
  await db(previews.name).where({ id, state: "running" }).update({ state: "ready" });
}

/** Proposals are looked at for a while, then forgotten with what they counted. */
export async function forgetPreviews(db: Db, before: Instant): Promise<void> {
  const old = db(previews.name).select("id").where("created_at", "<", before);
  await db(previewSchools.name).whereIn("preview_id", old).del();
  await db(previews.name).where("created_at", "<", before).del();
}

import { z } from "zod";
import { col, table, type RowOf } from "../../platform/db.ts";
import { KINDS, MODES, type PlanRow } from "../rules.ts";

/** A subject's yearly plan (kế hoạch dạy học) of a school, or of one campus. */
export const plans = table("plans", {
  id: col.id(),
  school_id: col.id(),
  campus_id: col.maybeId(),
  year_id: col.text(),
  subject_code: col.text(),
  grade: col.int(),
  state: col.oneOf(["draft", "published"]),
  version: col.int(),
  revision: col.int(),
  created_by: col.maybeId(),
  created_at: col.instant(),
  published_at: col.maybeInstant(),
});
export type PlanTableRow = RowOf<typeof plans>;

/** A row of a plan (bài học). Removed rows stay for their evidence and are in no sum. */
export const planLessons = table("plan_lessons", {
  id: col.id(),
  plan_id: col.id(),
  position: col.int(),
  chapter: col.text(),
  title: col.text(),
  periods: col.int(),
  kind: col.oneOf(KINDS),
  week_from: col.maybeInt(),
  week_to: col.maybeInt(),
  term: col.maybeInt(),
  digital_content: col.flag(),
  ai_content: col.flag(),
  planned_mode: col.oneOf(MODES),
  notes: col.text(),
  removed_at: col.maybeInstant(),
});
export type PlanLessonRow = RowOf<typeof planLessons>;

/** A plan as it was published. */
export const planVersions = table("plan_versions", {
  plan_id: col.id(),
  version: col.int(),
  lessons: col.text(),
  published_by: col.id(),
  published_at: col.instant(),
});

/** A file on its way in: what was understood of it and corrected so far. */
export const imports = table("imports", {
  id: col.id(),
  kind: col.oneOf(["roster", "plan"]),
  school_id: col.id(),
  created_by: col.id(),
  file_name: col.text(),
  blob_hash: col.text(),
  state: col.oneOf(["preview", "done", "undone"]),
  data: col.text(),
  undo: col.maybeText(),
  revision: col.int(),
  created_at: col.instant(),
  done_at: col.maybeInstant(),
});

/** A row without what only the table knows. */
export function asPlanRow(row: Omit<PlanLessonRow, "removed_at" | "plan_id" | "position">): PlanRow {
  const { id, chapter, title, periods, kind, week_from, week_to, term, digital_content, ai_content, planned_mode, notes } = row;
  return { id, chapter, title, periods, kind, week_from, week_to, term, digital_content, ai_content, planned_mode, notes };
}

/** Who does something, when, in which request. */
export interface Act {
  by: string;
  at: string;
  requestId: string;
}

/** Rows of a published version, as JSON keeps them. */
export const publishedRows = col.json(
  z.array(
    z.object({
      id: z.string(),
      chapter: z.string(),
      title: z.string(),
      periods: z.number(),
      kind: z.enum(KINDS),
      week_from: z.number().nullish().transform((week) => week ?? null),
      week_to: z.number().nullish().transform((week) => week ?? null),
      term: z.number().nullish().transform((term) => term ?? null),
      digital_content: z.union([z.boolean(), z.number()]).transform(Boolean),
      ai_content: z.union([z.boolean(), z.number()]).transform(Boolean),
      planned_mode: z.enum(MODES),
      notes: z.string().default(""),
    }),
  ),
);

import { z } from "zod";
import { col, table, type RowOf } from "../../platform/db.ts";
import { AREAS, DIRECTIONS, MEASURES } from "../rules.ts";

/** One version of a year's indicators. */
export const scoreboards = table("scoreboards", {
  id: col.id(),
  year_id: col.text(),
  version: col.int(),
  state: col.oneOf(["draft", "published", "superseded"]),
  name: col.text(),
  source: col.text(),
  copied_from: col.maybeId(),
  created_by: col.maybeId(),
  created_at: col.instant(),
  published_by: col.maybeId(),
  published_at: col.maybeInstant(),
});
export type ScoreboardRow = RowOf<typeof scoreboards>;

export const SOURCES = ["computed", "imported", "declared"] as const;

export const indicators = table("indicators", {
  id: col.id(),
  scoreboard_id: col.id(),
  code: col.text(),
  position: col.int(),
  section: col.int(),
  name_vi: col.text(),
  name_en: col.text(),
  definition_vi: col.text(),
  definition_en: col.text(),
  measure: col.oneOf(MEASURES),
  unit_vi: col.text(),
  unit_en: col.text(),
  direction: col.oneOf(DIRECTIONS),
  source: col.oneOf(SOURCES),
  computer: col.maybeText(),
  levels: col.json(z.array(z.string())),
  deadline: col.maybeDay(),
});

export const thresholds = table("indicator_thresholds", {
  indicator_id: col.id(),
  area: col.oneOf(["all", ...AREAS]),
  threshold: col.int(),
});

/** What a school declared, or an office imported, for a month on. */
export const values = table("indicator_values", {
  id: col.id(),
  year_id: col.text(),
  code: col.text(),
  school_id: col.id(),
  month: col.text(),
  source: col.oneOf(["imported", "declared"]),
  part: col.int(),
  whole: col.int(),
  note: col.text(),
  evidence_url: col.maybeText(),
  evidence_blob: col.maybeText(),
  evidence_name: col.maybeText(),
  state: col.oneOf(["declared", "confirmed", "returned"]),
  comment: col.text(),
  standing: col.flag(),
  replaces_id: col.maybeId(),
  import_id: col.maybeId(),
  declared_by: col.id(),
  declared_at: col.instant(),
  decided_by: col.maybeId(),
  decided_at: col.maybeInstant(),
});
export type ValueRow = RowOf<typeof values>;

/** What the system counted, as the last night of a month left it. */
export const records = table("indicator_records", {
  year_id: col.text(),
  month: col.text(),
  computer: col.text(),
  unit_id: col.text(),
  part: col.int(),
  whole: col.int(),
  reached: col.maybeFlag(),
  recorded_at: col.instant(),
});

export const importedCell = z.object({ school_id: z.string(), code: z.string(), part: z.number().int(), whole: z.number().int() });
export type ImportedCell = z.infer<typeof importedCell>;
export const importProblem = z.object({ row: z.number().int(), column: z.string(), text: z.string(), problem: z.string() });
export type ImportProblem = z.infer<typeof importProblem>;

export const imports = table("indicator_imports", {
  id: col.id(),
  unit_id: col.id(),
  year_id: col.text(),
  month: col.text(),
  file_name: col.text(),
  state: col.oneOf(["preview", "done", "undone"]),
  cells: col.json(z.array(importedCell)),
  problems: col.json(z.array(importProblem)),
  created_by: col.id(),
  created_at: col.instant(),
  done_at: col.maybeInstant(),
  undone_at: col.maybeInstant(),
});
export type ImportRow = RowOf<typeof imports>;

/** A model digital school or a digital cluster of a year. */
export const models = table("digital_models", {
  id: col.id(),
  year_id: col.text(),
  unit_id: col.id(),
  kind: col.oneOf(["school", "cluster"]),
  decision: col.text(),
  note: col.text(),
  named_by: col.maybeId(),
  named_at: col.instant(),
  ended_by: col.maybeId(),
  ended_at: col.maybeInstant(),
});

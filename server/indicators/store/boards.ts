import type { Granted } from "../../access/policy.ts";
import type { UnitRow } from "../../organisation/store.ts";
import type { Act } from "../../organisation/store/tree.ts";
import { record } from "../../platform/audit.ts";
import { all, insertAll, isUniqueViolation, maybeOne, type Db, type RowOf } from "../../platform/db.ts";
import { conflict } from "../../platform/errors.ts";
import { isId, newId } from "../../platform/ids.ts";
import { remember } from "../../platform/remember.ts";
import type { Thresholds } from "../rules.ts";
import { indicators, scoreboards, thresholds, type ScoreboardRow } from "./tables.ts";

type Province = Granted<"set_targets", UnitRow>;

/** A target of the plan, as a year asks it. */
export type Indicator = RowOf<typeof indicators> & { thresholds: Thresholds };
/** What a form or a template says of an indicator. */
export type IndicatorFacts = Omit<Indicator, "id" | "scoreboard_id" | "position">;
export interface Board {
  board: ScoreboardRow;
  indicators: readonly Indicator[];
}

const BOARDS_MAX = 200;
export const INDICATORS_MAX = 80;

/** Every version of every year, the newest first. */
export function listBoards(db: Db): Promise<ScoreboardRow[]> {
  return all(scoreboards.row, db(scoreboards.name).orderBy([{ column: "year_id", order: "desc" }, { column: "version", order: "desc" }]).limit(BOARDS_MAX).select(scoreboards.columns));
}

/** The indicators of a version in their order, with their thresholds. */
export async function listIndicators(db: Db, boardId: string): Promise<Indicator[]> {
  const [rows, levels] = await Promise.all([
    all(indicators.row, db(indicators.name).where({ scoreboard_id: boardId }).orderBy(["section", "position", "code"]).limit(INDICATORS_MAX).select(indicators.columns)),
    all(thresholds.row, db("indicator_thresholds as t").join("indicators as i", "i.id", "t.indicator_id").where("i.scoreboard_id", boardId).select("t.indicator_id", "t.area", "t.threshold")),
  ]);
  return rows.map((row) => ({ ...row, thresholds: Object.fromEntries(levels.filter((one) => one.indicator_id === row.id).map((one) => [one.area, one.threshold])) }));
}

export async function findBoard(db: Db, id: string): Promise<Board | undefined> {
  if (!isId(id)) return undefined;
  const board = await maybeOne(scoreboards.row, db(scoreboards.name).where({ id }).select(scoreboards.columns));
  return board && { board, indicators: await listIndicators(db, id) };
}

/** The version of a year that is in force. Undefined: the department has not published any. */
export const publishedBoard = remember([scoreboards.name, indicators.name, thresholds.name], async (db: Db, yearId: string): Promise<Board | undefined> => {
  const board = await maybeOne(scoreboards.row, db(scoreboards.name).where({ year_id: yearId, state: "published" }).select(scoreboards.columns));
  return board && { board, indicators: await listIndicators(db, board.id) };
});

/**
 * Sets up a draft for a year from another version or from a template. A year has one draft at a time; the next version
 * of a published year begins in the same way.
 */
export async function createBoard(
  db: Db,
  _province: Province,
  draft: { year_id: string; name: string; source: string; copied_from: string | null; deadline: string; indicators: readonly IndicatorFacts[] },
  act: Act,
): Promise<string> {
  const id = newId();
  await db
    .transaction(async (trx) => {
      const last = await trx(scoreboards.name).where({ year_id: draft.year_id }).max({ version: "version" }).first();
      const version = Number((last as { version: number | null } | undefined)?.version ?? 0) + 1;
      const { year_id, name, source, copied_from } = draft;
      await trx(scoreboards.name).insert({ id, year_id, name, source, copied_from, version, state: "draft", created_by: act.by, created_at: act.at });
      await insertIndicators(trx, id, draft.indicators.map((one) => ({ ...one, deadline: one.deadline ?? draft.deadline })));
      await record(trx, auditOf(act, "scoreboard.create", id, { year_id, version, copied_from }));
    })
    .catch((error: unknown) => {
      throw isUniqueViolation(error) ? conflict("scoreboard_draft_exists") : error;
    });
  return id;
}

async function insertIndicators(trx: Db, boardId: string, all: readonly IndicatorFacts[]): Promise<void> {
  const rows = all.map((facts, position) => ({ id: newId(), facts, position }));
  await insertAll(trx, indicators.name, rows.map(({ id, facts: { thresholds: _t, levels, ...rest }, position }) => ({ ...rest, id, scoreboard_id: boardId, position, levels: JSON.stringify(levels) })));
  await insertAll(trx, thresholds.name, rows.flatMap(({ id, facts }) => thresholdRows(id, facts.thresholds)));
}

function thresholdRows(indicator_id: string, of: Thresholds): object[] {
  return Object.entries(of).map(([area, threshold]) => ({ indicator_id, area, threshold }));
}

/** Renames a draft. @throws Refusal 409 where it is no draft any more */
export async function saveBoard(db: Db, _province: Province, boardId: string, facts: { name: string; source: string }, act: Act): Promise<void> {
  await db.transaction(async (trx) => {
    await stillDraft(trx, boardId, facts);
    await record(trx, auditOf(act, "scoreboard.edit", boardId, facts));
  });
}

/** The draft's row is written to first, so that of an edit and a publication at once one comes second and is told so. */
async function stillDraft(trx: Db, boardId: string, facts: object = { state: "draft" }): Promise<void> {
  const changed = await trx(scoreboards.name).where({ id: boardId, state: "draft" }).update(facts);
  if (changed === 0) throw conflict("scoreboard_not_draft");
}

/** Adds an indicator to a draft, or changes one. Its code names it through all years and cannot be taken twice. */
export async function saveIndicator(db: Db, _province: Province, boardId: string, indicatorId: string | undefined, facts: IndicatorFacts, act: Act): Promise<void> {
  const { thresholds: limits, levels, ...rest } = facts;
  const row = { ...rest, levels: JSON.stringify(levels) };
  await db
    .transaction(async (trx) => {
      await stillDraft(trx, boardId);
      const id = indicatorId ?? newId();
      if (indicatorId === undefined) await trx(indicators.name).insert({ ...row, id, scoreboard_id: boardId, position: INDICATORS_MAX });
      else if ((await trx(indicators.name).where({ id, scoreboard_id: boardId }).update(row)) === 0) throw conflict();
      await trx(thresholds.name).where({ indicator_id: id }).del();
      await insertAll(trx, thresholds.name, thresholdRows(id, limits));
      await record(trx, auditOf(act, indicatorId === undefined ? "indicator.create" : "indicator.edit", boardId, { code: facts.code, thresholds: limits }));
    })
    .catch((error: unknown) => {
      throw isUniqueViolation(error) ? conflict("code_taken") : error;
    });
}

/** Takes an indicator out of a draft; what was declared for it in other versions stays. */
export async function removeIndicator(db: Db, _province: Province, boardId: string, indicator: Indicator, act: Act): Promise<void> {
  await db.transaction(async (trx) => {
    await stillDraft(trx, boardId);
    await trx(thresholds.name).where({ indicator_id: indicator.id }).del();
    if ((await trx(indicators.name).where({ id: indicator.id, scoreboard_id: boardId }).del()) === 0) throw conflict();
    await record(trx, auditOf(act, "indicator.remove", boardId, { code: indicator.code }));
  });
}

/** Puts a draft in force; the version before it is kept as it was. */
export async function publishBoard(db: Db, _province: Province, board: ScoreboardRow, act: Act): Promise<void> {
  await db.transaction(async (trx) => {
    await trx(scoreboards.name).where({ year_id: board.year_id, state: "published" }).update({ state: "superseded" });
    await stillDraft(trx, board.id, { state: "published", published_by: act.by, published_at: act.at });
    await record(trx, auditOf(act, "scoreboard.publish", board.id, { year_id: board.year_id, version: board.version }));
  });
}

/** Throws a draft away. */
export async function removeBoard(db: Db, _province: Province, boardId: string, act: Act): Promise<void> {
  await db.transaction(async (trx) => {
    await stillDraft(trx, boardId);
    const ids = trx(indicators.name).where({ scoreboard_id: boardId }).select("id");
    await trx(thresholds.name).whereIn("indicator_id", ids).del();
    await trx(indicators.name).where({ scoreboard_id: boardId }).del();
    await trx(scoreboards.name).where({ id: boardId }).del();
    await record(trx, auditOf(act, "scoreboard.remove", boardId, {}));
  });
}

function auditOf(act: Act, action: string, subjectId: string, details: Record<string, unknown>) {
  return { at: act.at, actorId: act.by, action, subjectType: "scoreboard", subjectId, details, requestId: act.requestId };
}

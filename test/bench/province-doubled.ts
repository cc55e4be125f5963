import { recountOnline } from "../../server/ledger/store/totals.ts";
import { listSchoolYears } from "../../server/measures/store/plans.ts";
import { countOf, isPostgres, type Db } from "../../server/platform/db.ts";
import type { Recipe } from "./data.ts";
import { PERIOD, provinceRecipe, type Shape } from "./province-data.ts";

/** The same province with twice the ledger: see `doubleLedger`. */
export function doubledRecipe(shape: Shape): Recipe {
  const from = provinceRecipe(shape);
  return { name: `${from.name}_doubled`, madeBy: from.madeBy, from, build: doubleLedger };
}

/** Copies rows of a table with some columns made otherwise; `of` says which rows, called `s`. */
async function copyRows(db: Db, table: string, made: Record<string, string>, of: string): Promise<void> {
  const columns = Object.keys(await db(table).columnInfo());
  const named = columns.map((column) => `"${column}"`).join(", ");
  await db.raw(`INSERT INTO ${table} (${named}) SELECT ${columns.map((column) => made[column] ?? `s."${column}"`).join(", ")} FROM ${table} s WHERE ${of}`);
}

/**
 * The same schools with twice the ledger: of every lesson of which one period was taught online, a second one was, on the next
 * day, in a live class of its own with the attendance of every pupil; judged as the first was. Lessons of a single period
 * (the last of some plans) have no second one. Facts, verdicts, what stands, and the cells of the sums are doubled so.
 */
async function doubleLedger(db: Db, say: (line: string) => void): Promise<void> {
  const nextDay = (column: string): string => (isPostgres(db) ? `TO_CHAR(CAST(SUBSTR(s.${column}, 1, 10) AS date) + 1, 'YYYY-MM-DD')` : `DATE(SUBSTR(s.${column}, 1, 10), '+1 day')`);
  const later = (...columns: string[]): Record<string, string> => Object.fromEntries(columns.map((column) => [column, `${nextDay(column)} || SUBSTR(s.${column}, 11)`]));
  const second = (column: string): Record<string, string> => ({ [column]: `'2nd' || SUBSTR(s.${column}, 4)` });
  const [number, hasSecond] = [String(PERIOD + 1), `EXISTS (SELECT 1 FROM plan_lessons l WHERE l.id = s.plan_lesson_id AND l.periods > ${PERIOD})`];
  const carries = `s.id IN (SELECT p.live_class_id FROM live_class_periods p JOIN plan_lessons l ON l.id = p.plan_lesson_id WHERE l.periods > ${PERIOD})`;
  const isDoubled = (column: string): string => `EXISTS (SELECT 1 FROM live_classes two WHERE two.id = '2nd' || SUBSTR(s.${column}, 4))`;
  await copyRows(db, "live_classes", { ...second("id"), ...later("starts_at", "opened_at", "ended_at") }, carries);
  await copyRows(db, "live_class_periods", { ...second("live_class_id"), period_number: number }, hasSecond);
  say("live classes doubled");
  await copyRows(db, "attendances", second("live_class_id"), isDoubled("live_class_id"));
  say("their attendance doubled");
  await copyRows(db, "deliveries", { ...second("id"), ...second("evidence_id"), ...later("taught_on", "created_at"), period_number: number }, hasSecond);
  await copyRows(db, "delivery_acts", { ...second("id"), ...second("delivery_id") }, isDoubled("delivery_id"));
  await copyRows(db, "ledger_periods", { ...second("delivery_id"), ...second("evidence_id"), ...later("taught_on"), period_number: number }, hasSecond);
  for (const { school_id } of await listSchoolYears(db)) await db.transaction((trx) => recountOnline(trx, school_id));
  say(`${await countOf(db("deliveries").count("* as count"))} deliveries`);
}

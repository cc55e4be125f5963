import { z } from "zod";
import { listYears } from "../calendar/store.ts";
import { monthsOfYear as monthsBegun } from "../indicators/figures.ts";
import { yearAsked } from "../measures/access.ts";
import { isOver, monthsOfYear } from "../measures/closing/rules.ts";
import { dayOf, type Instant } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { invalid, notFound } from "../platform/errors.ts";
import { PERIOD_ID, periodsOf } from "../reports/rules.ts";
import type { OpenedUnit } from "./access.ts";
import * as figures from "./unit-figures.ts";
import * as shapes from "./unit-schemas.ts";

const year = z.string().regex(/^\d{4}-\d{4}$/).optional();
const month = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/).optional();
const period = z.string().regex(PERIOD_ID).optional();

/** One kind of figures of a unit: its address, what it may be asked, its shape, and who reads it from the database. */
export interface Resource {
  /** The end of its address. */
  path: string;
  operationId: string;
  summary: string;
  schema: string;
  shape: z.ZodType;
  asks: ("month" | "closed_month" | "period")[];
  read(db: Db, asked: figures.Question): Promise<unknown>;
}

const resource = (path: string, schema: string, shape: z.ZodType, read: Resource["read"], more: Pick<Resource, "operationId" | "summary" | "asks">): Resource => ({ path, schema, shape, read, ...more });

/** All figures that the API tells of a unit: the routes and the OpenAPI file are both made of this list. */
export const RESOURCES: readonly Resource[] = [
  resource("measures", "UnitMeasures", shapes.UnitMeasures, figures.unitMeasures, { operationId: "getUnitMeasures", summary: "Both measures of every school of a unit, and added up", asks: [] }),
  resource("scoreboard", "Scoreboard", shapes.Scoreboard, figures.unitScoreboard, { operationId: "getScoreboard", summary: "Every target of the plan with its figures", asks: ["month"] }),
  resource("assessments", "Assessments", shapes.Assessments, figures.unitAssessments, { operationId: "getAssessments", summary: "Self-assessments of digital transformation", asks: [] }),
  resource("closings", "Closings", shapes.Closings, figures.unitClosings, { operationId: "getClosings", summary: "What schools closed and reported for a month", asks: ["closed_month"] }),
  resource("reports", "Reports", shapes.Reports, figures.unitReports, { operationId: "getReports", summary: "Who has sent the report of a period", asks: ["period"] }),
  resource("documents", "Documents", shapes.Documents, figures.unitDocuments, { operationId: "getDocuments", summary: "Plans and regulations for online teaching", asks: [] }),
];

/** The parameters of a resource, each with what it means where it is left out. */
export function parametersOf({ asks }: Pick<Resource, "asks">) {
  const months = "a month that has begun, YYYY-MM; ";
  return [
    { name: "year", description: "School year; today's when left out.", schema: { type: "string", pattern: "^\\d{4}-\\d{4}$" } },
    ...(asks.includes("month") ? [{ name: "month", description: `As of ${months}the running one when left out.`, schema: { type: "string", pattern: "^\\d{4}-\\d{2}$" } }] : []),
    ...(asks.includes("closed_month") ? [{ name: "month", description: `Of ${months}the last that is over when left out.`, schema: { type: "string", pattern: "^\\d{4}-\\d{2}$" } }] : []),
    ...(asks.includes("period") ? [{ name: "period", description: "2026-10, 2026-Q4, 2026-H2, 2026-T1 (first term), 2026-2027 or 2026 (year of the calendar); the last month that is over when left out.", schema: { type: "string" } }] : []),
  ];
}

/** What a program asks for. A wrong form is 422, a year, month or period that does not exist 404: nothing is guessed. */
export async function readQuestion(db: Db, asks: Resource["asks"], opened: OpenedUnit, query: unknown, now: Instant): Promise<figures.Question> {
  const Query = z.strictObject({ year, ...(asks.includes("month") || asks.includes("closed_month") ? { month } : {}), ...(asks.includes("period") ? { period } : {}) });
  const parsed = Query.safeParse(query);
  if (!parsed.success) throw invalid();
  const asked = parsed.data as { year?: string; month?: string; period?: string };
  const of = yearAsked(await listYears(db), asked, now);
  const today = dayOf(now);
  const begun = monthsOfYear(of).filter((one) => one <= today.slice(0, 7));
  const last = begun.findLast((one) => isOver(one, today)) ?? begun[0] ?? today.slice(0, 7);
  const months = asks.includes("month") ? await monthsBegun(db, of, today) : begun;
  if (asked.month !== undefined && !months.includes(asked.month)) throw notFound();
  const periods = periodsOf(of).filter((one) => (one.months[0] ?? "") <= today.slice(0, 7));
  if (asked.period !== undefined && !periods.some((one) => one.id === asked.period)) throw notFound();
  return { ...opened, year: of, now, month: asked.month ?? (asks.includes("month") ? (months[0] ?? last) : last), period: asked.period ?? last };
}

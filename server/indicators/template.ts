import { readFileSync } from "node:fs";
import { z } from "zod";
import { AREAS, DIRECTIONS, MEASURES } from "./rules.ts";
import type { IndicatorFacts } from "./store/boards.ts";
import { SOURCES } from "./store/tables.ts";

const threshold = z.number().int().min(0);
const facts = z.object({
  code: z.string(),
  section: z.number().int(),
  name_vi: z.string(),
  name_en: z.string(),
  definition_vi: z.string(),
  definition_en: z.string(),
  measure: z.enum(MEASURES),
  unit_vi: z.string(),
  unit_en: z.string(),
  direction: z.enum(DIRECTIONS),
  source: z.enum(SOURCES),
  computer: z.string().nullable(),
  levels: z.array(z.string()),
  deadline: z.string().nullable(),
  thresholds: z.partialRecord(z.enum(["all", ...AREAS]), threshold),
});
const template = z.object({ name_vi: z.string(), name_en: z.string(), source: z.string(), indicators: z.array(facts) });

/**
 * The targets of plan 1027/KH-SGDĐT as a first version to start from. Where the numbers of the plan are known they stand
 * in it; where only the subject is, the threshold is left for the department to fill in. Source: DOMAIN §1.
 */
export const PLAN_1027: { name_vi: string; name_en: string; source: string; indicators: IndicatorFacts[] } = template.parse(
  JSON.parse(readFileSync(new URL("./data/plan-1027.json", import.meta.url), "utf8")),
);

import { readFileSync } from "node:fs";
import { z } from "zod";
import type { CriterionFacts } from "./store/assessment-forms.ts";

const criterion = z.object({
  code: z.string(),
  part: z.number().int(),
  name_vi: z.string(),
  name_en: z.string(),
  evidence_vi: z.string(),
  evidence_en: z.string(),
  points: z.number().int().min(0),
  mandatory: z.boolean(),
  fact: z.string().nullable(),
  full_at: z.number().int().nullable(),
});
const template = z.object({ name_vi: z.string(), name_en: z.string(), source: z.string(), basic_from: z.number(), well_above: z.number(), criteria: z.array(criterion) });

/** The criteria of Decision 4725/QĐ-BGDĐT to start from. The points of group 2 are as found and sum to 90. Source: DOMAIN §6. */
export const DECISION_4725: Omit<z.infer<typeof template>, "criteria"> & { criteria: CriterionFacts[] } = template.parse(
  JSON.parse(readFileSync(new URL("./data/decision-4725.json", import.meta.url), "utf8")),
);

import { z } from "zod";
import { isId } from "../platform/ids.ts";
import { FACETS, type Facet } from "./rules/facets.ts";
import { QUERY_LENGTH_MAX } from "./rules/query.ts";
import { SORTS } from "./rules/rank.ts";
import type { Asked } from "./search.ts";

/** Addresses are typed and shared: what makes no sense is left out rather than refused. A long text is cut. */
const text = z.string().transform((value) => value.replace(/\s+/g, " ").trim().slice(0, QUERY_LENGTH_MAX)).catch("");
const value = z.string().min(1).max(30).optional().catch(undefined);
const yes = z.literal("yes").optional().catch(undefined);

const Query = z.object({
  q: text,
  subject: value,
  grade: value,
  kind: value,
  licence: value,
  school: value,
  year: value,
  approved: yes,
  captions: yes,
  literal: yes,
  sort: z.enum(SORTS).catch("relevance"),
  page: z.coerce.number().int().min(1).max(1000).catch(1),
});

/** The state of a search as its address holds it. */
export function readAsked(query: unknown): Asked {
  const read = Query.parse(query);
  const filters: Partial<Record<Facet, string>> = {};
  for (const facet of FACETS) if (read[facet] !== undefined) filters[facet] = read[facet];
  return { text: read.q, literal: read.literal === "yes", filters, sort: read.sort, page: read.page };
}

/** Whether anything was asked at all. */
export function asksNothing(asked: Asked): boolean {
  return asked.text === "" && Object.keys(asked.filters).length === 0 && asked.sort === "relevance";
}

export const SuggestQuery = z.object({ q: text });

export const BrowseQuery = z.object({ school: z.string().max(26).optional().catch(undefined), show: z.enum(["all", "missing"]).catch("all") });
export const GradeParam = z.coerce.number().int().min(1).max(12);

export const AttachForm = z.strictObject({ material: z.string({ error: "required" }).refine(isId, { error: "invalid" }) });

/** What results are narrowed by, in the order of the page. */
export const FACETS = ["subject", "grade", "kind", "licence", "school", "year", "approved", "captions"] as const;
export type Facet = (typeof FACETS)[number];

/** The facets of a hit: a value for each, empty where it has none. `approved` and `captions` are `yes` or empty. */
export type FacetValues = Record<Facet, string>;

export function writeFacets(values: FacetValues): string {
  return FACETS.map((facet) => values[facet].replaceAll("|", " ")).join("|");
}

export function readFacets(text: string): FacetValues {
  return asFacets(text.split("|"));
}

/** The values in the order of `FACETS`. */
export function asFacets([subject = "", grade = "", kind = "", licence = "", school = "", year = "", approved = "", captions = ""]: readonly string[]): FacetValues {
  return { subject, grade, kind, licence, school, year, approved, captions };
}

export interface FacetCount {
  value: string;
  count: number;
}

/** How many hits have each value, the most frequent first. `approved` counts those of the person's own schools. */
export function countFacets(hits: readonly FacetValues[], ownSchools: ReadonlySet<string>): Record<Facet, FacetCount[]> {
  const counts = Object.fromEntries(FACETS.map((facet) => [facet, new Map<string, number>()])) as Record<Facet, Map<string, number>>;
  for (const hit of hits) {
    for (const facet of FACETS) {
      const value = facet === "approved" && !ownSchools.has(hit.school) ? "" : hit[facet];
      if (value !== "") counts[facet].set(value, (counts[facet].get(value) ?? 0) + 1);
    }
  }
  return Object.fromEntries(FACETS.map((facet) => [facet, inOrder(facet, counts[facet])])) as Record<Facet, FacetCount[]>;
}

function inOrder(facet: Facet, counts: ReadonlyMap<string, number>): FacetCount[] {
  const list = [...counts].map(([value, count]) => ({ value, count }));
  if (facet === "grade") return list.sort((a, b) => Number(a.value) - Number(b.value));
  if (facet === "year") return list.sort((a, b) => Number(b.value) - Number(a.value));
  return list.sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
}

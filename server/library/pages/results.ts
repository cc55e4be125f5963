import type { EmptyView, PageHeadView, PagerView, TabsView } from "../../shell/partials.ts";
import { FACETS, type Facet, type FacetCount } from "../rules/facets.ts";
import { SORTS } from "../rules/rank.ts";
import { HITS_ON_PAGE, meant, type Asked, type Found } from "../search.ts";
import { hitView, type HitView, type Speech } from "./parts.ts";

export interface ChipView {
  label: string;
  href: string;
  /** What the cross does, for those who hear it. */
  says: string;
}

export interface FacetView {
  title: string;
  values: { label: string; count: string; href: string }[];
}

/** What was found, and what it can be narrowed by. */
export interface ResultsPage {
  head: PageHeadView;
  value: string;
  /** What was understood from the words, with the way back. */
  meant: { text: string; href: string } | undefined;
  keyboard: string | undefined;
  slip: { said: string; text: string; href: string } | undefined;
  better: { text: string; href: string } | undefined;
  chips: ChipView[];
  clearHref: string;
  count: string;
  sorts: TabsView;
  hits: HitView[];
  facets: FacetView[];
  /** What the numbers beside the facets count, where that is not everything. */
  counted: string | undefined;
  pager: PagerView | undefined;
  empty: EmptyView;
  tips: string[];
  browseHref: string | undefined;
}

declare global {
  interface Views {
    "library/results": ResultsPage;
    "library/facets": { facets: FacetView[]; counted: string | undefined };
  }
}

export interface Names {
  subjects: ReadonlyMap<string, string>;
  schools: ReadonlyMap<string, string>;
  ownSchools: ReadonlySet<string>;
}

/** Values of a facet that are offered at most: schools can be hundreds. */
const VALUES_MAX = 12;

export function resultsPage(speech: Speech, asked: Asked, found: Found, names: Names, browses: boolean): ResultsPage {
  const { t, f } = speech;
  const words = t.library;
  const label = (facet: Facet, value: string): string => labelOf(t, facet, value, names);
  const understood = asked.literal ? {} : meant(found.understood);
  const fromWords = FACETS.flatMap((facet) => (understood[facet] === undefined || asked.filters[facet] !== undefined ? [] : [label(facet, understood[facet])]));
  const chosen = FACETS.filter((facet) => asked.filters[facet] !== undefined);
  const first = (found.page - 1) * HITS_ON_PAGE;
  return {
    head: { title: asked.text === "" ? words.results_all : words.results_for(asked.text) },
    value: asked.text,
    meant: fromWords.length > 0 ? { text: fromWords.join(", "), href: hrefOf({ ...asked, literal: true, page: 1 }) } : undefined,
    keyboard: found.instead?.how === "keyboard" ? words.keyboard(found.understood.text, found.instead.text) : undefined,
    slip: found.instead?.how === "slip" ? { said: words.slip(found.understood.text), text: found.instead.text, href: hrefOf({ ...asked, text: found.instead.text, page: 1 }) } : undefined,
    better: found.better === undefined ? undefined : { text: found.better, href: hrefOf({ ...asked, text: found.better, page: 1 }) },
    chips: chosen.map((facet) => chip(t, asked, facet, label(facet, asked.filters[facet] ?? ""))),
    clearHref: hrefOf({ ...asked, filters: {}, page: 1 }),
    count: words.count(f.number(found.total), found.more),
    sorts: { label: words.sort, items: SORTS.map((sort) => ({ href: hrefOf({ ...asked, sort, page: 1 }), label: words.sorts[sort] ?? sort, current: sort === asked.sort })) },
    hits: found.hits.map((hit) => hitView(speech, hit, names.ownSchools, found.words, found.passages.get(hit.blob_hash ?? ""))),
    facets: FACETS.filter((facet) => asked.filters[facet] === undefined && understood[facet] === undefined).flatMap((facet) => facetView(speech, asked, facet, found.facets[facet], found.total, label)),
    counted: found.more ? words.counted_among(f.number(found.total)) : undefined,
    pager:
      found.pages > 1
        ? {
            summary: `${f.number(first + 1)}–${f.number(first + found.hits.length)} / ${f.number(found.total)}`,
            previous: found.page > 1 ? hrefOf({ ...asked, page: found.page - 1 }) : undefined,
            next: found.page < found.pages ? hrefOf({ ...asked, page: found.page + 1 }) : undefined,
          }
        : undefined,
    empty: {
      icon: "search",
      title: asked.text === "" ? words.none : words.none_for(asked.text),
      action: chosen.length > 0 ? { href: hrefOf({ ...asked, filters: {}, page: 1 }), label: words.clear } : undefined,
    },
    tips: words.none_tips,
    browseHref: browses ? "/library/browse" : undefined,
  };
}

/** The address of a search: what is as usual is left out. */
export function hrefOf(asked: Asked): string {
  const query = new URLSearchParams();
  if (asked.text !== "") query.set("q", asked.text);
  for (const facet of FACETS) if (asked.filters[facet] !== undefined) query.set(facet, asked.filters[facet]);
  if (asked.literal) query.set("literal", "yes");
  if (asked.sort !== "relevance") query.set("sort", asked.sort);
  if (asked.page > 1) query.set("page", String(asked.page));
  const text = query.toString();
  return text === "" ? "/library" : `/library?${text}`;
}

function chip(t: Words, asked: Asked, facet: Facet, label: string): ChipView {
  const others = Object.fromEntries(Object.entries(asked.filters).filter(([name]) => name !== facet));
  return { label, href: hrefOf({ ...asked, filters: others, page: 1 }), says: t.library.remove(label) };
}

function facetView({ t, f }: Speech, asked: Asked, facet: Facet, counts: readonly FacetCount[], total: number, label: (facet: Facet, value: string) => string): FacetView[] {
  // What every hit has narrows nothing.
  const useful = counts.filter(({ count }) => count < total);
  if (useful.length === 0) return [];
  return [
    {
      title: t.library.facets[facet] ?? facet,
      values: useful.slice(0, VALUES_MAX).map(({ value, count }) => ({ label: label(facet, value), count: f.number(count), href: hrefOf({ ...asked, filters: { ...asked.filters, [facet]: value }, page: 1 }) })),
    },
  ];
}

function labelOf(t: Words, facet: Facet, value: string, names: Names): string {
  switch (facet) {
    case "subject":
      return names.subjects.get(value) ?? value;
    case "grade":
      return t.materials.grade(Number(value));
    case "kind":
      return t.materials.kinds[value] ?? value;
    case "licence":
      return t.materials.licences[value] ?? value;
    case "school":
      return names.schools.get(value) ?? value;
    case "year":
      return value;
    case "approved":
      return t.library.approved_here;
    case "captions":
      return t.library.has_captions;
  }
}

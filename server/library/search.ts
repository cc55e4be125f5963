import type { Actor } from "../access/actor.ts";
import type { Db } from "../platform/db.ts";
import { wordsOf, type Word } from "../platform/text.ts";
import { ownSchoolsOf, withinReach } from "./access.ts";
import { countFacets, FACETS, type Facet, type FacetCount } from "./rules/facets.ts";
import { literally, understand, type Understood } from "./rules/query.ts";
import { compareHits, HITS_MAX, ladder, limited, plain, type Rung, type Sort } from "./rules/rank.ts";
import { subjectNames, type KnownSubject } from "./rules/subjects.ts";
import { decodeTyping } from "./rules/telex.ts";
import { filterTerm, term, titleWordFrom, wordsIn, type Condition } from "./rules/terms.ts";
import { corrections, toCount } from "./rules/typing.ts";
import { countWordsOf, findHits, listFoundPages, listHits, type FoundPage, type Hit, type ShownHit } from "./store/search.ts";

/** What a person asks of the library: the state of the page's address. */
export interface Asked {
  text: string;
  /** Take every word as a word. */
  literal: boolean;
  filters: Partial<Record<Facet, string>>;
  sort: Sort;
  /** From 1. */
  page: number;
}

/** How the words that were looked for differ from those that were typed. */
export type Instead = { how: "keyboard" | "slip"; text: string };

export interface Found {
  understood: Understood;
  /** The words that the hits have. */
  words: readonly Word[];
  /** Typed words found nothing; these did. */
  instead: Instead | undefined;
  /** Typed words found little; these would find more. */
  better: string | undefined;
  hits: readonly ShownHit[];
  passages: ReadonlyMap<string, FoundPage>;
  /** Hits that were looked at; `more` when there are others beyond. */
  total: number;
  more: boolean;
  pages: number;
  page: number;
  facets: Record<Facet, FacetCount[]>;
}

export const HITS_ON_PAGE = 20;
/** A search that finds fewer is asked whether a slip was made. */
const FEW = 3;
const CORRECTIONS_TRIED = 5;

export async function search(db: Db, actor: Actor, asked: Asked, subjects: readonly KnownSubject[]): Promise<Found> {
  const understood = asked.literal ? literally(asked.text) : understand(asked.text, subjectNames(subjects), new Set(subjects.map((subject) => subject.code)));
  const filters = { ...meant(understood), ...asked.filters };
  const run = (words: readonly Word[], max?: number): Promise<Hit[]> => findHits(db, actor, within(actor, filters, ladder(words, asked.sort)), max);
  const typed = await run(understood.words);
  const other = typed.length > 0 || understood.words.length === 0 ? undefined : await tryInstead(db, understood, run, (steps) => findHits(db, actor, within(actor, filters, steps), 1));
  const better = typed.length > 0 && typed.length <= FEW && !asked.literal ? await betterThan(db, understood, typed.length, run) : undefined;
  const words = other?.words ?? understood.words;
  const all = (other?.hits ?? typed).sort(compareHits(asked.sort, words.length));
  const hits = all.slice(0, HITS_MAX);
  const pages = Math.max(1, Math.ceil(hits.length / HITS_ON_PAGE));
  const page = Math.min(asked.page, pages);
  const shown = await listHits(db, hits.slice((page - 1) * HITS_ON_PAGE, page * HITS_ON_PAGE));
  const passages = await listFoundPages(db, shown.flatMap((hit) => hit.blob_hash ?? []), words);
  return {
    understood,
    words,
    instead: other && { how: other.how, text: other.how === "slip" ? asWritten(words, shown, passages) : other.text },
    better,
    hits: shown,
    passages,
    total: hits.length,
    more: all.length > HITS_MAX,
    pages,
    page,
    facets: countFacets(hits.map((hit) => hit.facets), ownSchoolsOf(actor)),
  };
}

/** Filters that stood in the words. */
export function meant(understood: Understood): Partial<Record<Facet, string>> {
  return { ...(understood.subject === null ? {} : { subject: understood.subject }), ...(understood.grade === null ? {} : { grade: String(understood.grade) }) };
}

/** The ladder's steps, within what the person can reach and has chosen. */
function within(actor: Actor, filters: Partial<Record<Facet, string>>, rungs: readonly Rung[]): Rung[] {
  const chosen = FACETS.flatMap((facet): Condition[] => {
    const value = filters[facet];
    if (value === undefined) return [];
    if (facet === "approved") return [{ any: [...ownSchoolsOf(actor)].map((school) => term(filterTerm(`approved:${school}`))).concat(term("f_nowhere")) }];
    return [term(filterTerm(`${facet}:${value}`))];
  });
  return limited(rungs, { all: [...chosen, withinReach(actor)] });
}

type Run = (words: readonly Word[], max?: number) => Promise<Hit[]>;

/** Nothing was found: typed without the keyboard program, or with a slip. */
async function tryInstead(db: Db, understood: Understood, run: Run, probe: (steps: readonly Rung[]) => Promise<Hit[]>): Promise<{ how: Instead["how"]; text: string; words: Word[]; hits: Hit[] } | undefined> {
  const decoded = decodeTyping(understood.text);
  if (decoded !== undefined) {
    const words = wordsOf(decoded);
    const hits = await run(words);
    if (hits.length > 0) return { how: "keyboard", text: decoded, words, hits };
  }
  const others = await likelier(db, understood.words);
  const [first] = others.length === 0 ? [] : await probe(plain(others.map((words) => wordsIn("x", words))));
  const words = first && others[first.step];
  return words && { how: "slip", text: words.map((word) => word.folded).join(" "), words, hits: await run(words) };
}

/** Little was found: whether one letter changed would find a good deal more. */
async function betterThan(db: Db, understood: Understood, found: number, run: Run): Promise<string | undefined> {
  const [words] = await likelier(db, understood.words);
  if (words === undefined) return undefined;
  const hits = await run(words, 20);
  if (hits.length < 3 * found + 1) return undefined;
  const shown = await listHits(db, hits.slice(0, 1));
  return asWritten(words, shown, await listFoundPages(db, shown.flatMap((hit) => hit.blob_hash ?? []), words));
}

async function likelier(db: Db, words: readonly Word[]): Promise<Word[][]> {
  const folded = words.map((word) => word.folded);
  const own = await countWordsOf(db, folded);
  const slips = toCount(folded, own);
  const singles = new Map([...own, ...(await countWordsOf(db, slips))]);
  const tried = new Set(slips);
  const counts = new Map([...singles, ...(await countWordsOf(db, toCount(folded, singles).filter((word) => !tried.has(word))))]);
  return corrections(folded, counts, CORRECTIONS_TRIED).map((list) => list.map((word) => ({ folded: word, exact: word })));
}

/** The words as a hit writes them, with their marks: what is proposed is never more than what the person may read. */
function asWritten(words: readonly Word[], hits: readonly ShownHit[], passages: ReadonlyMap<string, FoundPage>): string {
  const folded = words.map((word) => word.folded);
  for (const hit of hits) {
    for (const text of [hit.title, hit.keywords, hit.author, hit.description, passages.get(hit.blob_hash ?? "")?.text ?? ""]) {
      const whole = text.normalize("NFC");
      const placed = wordsOf(whole);
      const at = placed.findIndex((_, i) => folded.every((word, k) => placed[i + k]?.folded === word));
      const last = placed[at + folded.length - 1];
      if (at >= 0 && last !== undefined) return whole.slice(placed[at]?.from, last.to).replace(/\s+/g, " ").toLowerCase();
    }
  }
  return folded.join(" ");
}

/** Titles that begin like what is being typed: for the box, while a person types. */
export async function suggest(db: Db, actor: Actor, typed: string, subjects: readonly KnownSubject[], max: number): Promise<string[]> {
  const understood = understand(typed, subjectNames(subjects), new Set(subjects.map((subject) => subject.code)));
  const found = await titlesLike(db, actor, understood.words, meant(understood), max);
  const decoded = found.length > 0 ? undefined : decodeTyping(understood.text);
  return decoded === undefined ? found : titlesLike(db, actor, wordsOf(decoded), meant(understood), max);
}

/** Of one letter alone half of the library begins with it; two tell something. */
const PREFIX_LENGTH_MIN = 2;

async function titlesLike(db: Db, actor: Actor, words: readonly Word[], filters: Partial<Record<Facet, string>>, max: number): Promise<string[]> {
  const last = words.at(-1);
  if (last === undefined || (words.length === 1 && last.folded.length < PREFIX_LENGTH_MIN)) return [];
  const before = words.at(-2);
  const beginning: Condition[] = [
    ...words.slice(0, -1).map((word) => term(`t_${word.folded}`)),
    before === undefined ? titleWordFrom(last.folded) : { term: `t_${before.folded}_${last.folded}`, prefix: true },
  ];
  const hits = await findHits(db, actor, within(actor, filters, plain([{ all: beginning }])), 4 * max);
  const titles = (await listHits(db, hits.sort(compareHits("relevance", words.length)))).map((hit) => hit.title);
  const seen = new Map(titles.map((title) => [wordsOf(title.normalize("NFC")).map((word) => word.folded).join(" "), title]));
  return [...seen.values()].slice(0, max);
}

const ON_SHELF = 6;
/** The index knows use by powers of four; the most used are among the newest so many of the highest powers. */
const MOST_USED = 40;

/** What is new in some subjects (in all where none is named), and what is most used of all: for the front of the library. */
export async function shelves(db: Db, actor: Actor, subjects: readonly string[]): Promise<{ recent: ShownHit[]; used: ShownHit[] }> {
  const inSubjects: Condition = { any: subjects.map((code) => term(filterTerm(`subject:${code}`))) };
  const [recent, used] = await Promise.all([
    findHits(db, actor, limited(within(actor, {}, ladder([], "newest")), inSubjects), ON_SHELF),
    findHits(db, actor, within(actor, {}, ladder([], "used")), MOST_USED),
  ]);
  const best = [recent.sort(compareHits("newest", 0)), used.filter((hit) => hit.uses > 0).sort(compareHits("used", 0)).slice(0, ON_SHELF)];
  const shown = new Map((await listHits(db, best.flat())).map((hit) => [hit.doc, hit]));
  const [shownRecent = [], shownUsed = []] = best.map((hits) => hits.flatMap((hit) => shown.get(hit.doc) ?? []));
  return { recent: shownRecent, used: shownUsed };
}

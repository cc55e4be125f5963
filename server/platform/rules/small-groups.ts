/**
 * Groups of people so small that somebody could be recognised, and what is told of them to whoever stands above. Pure.
 *
 * Source: DOMAIN §7 (data minimisation); issue 5, point 3 (groups under 5 hidden).
 */

/** A figure about people: how many there are; the part of them decides nothing. Undefined: nothing is known of them. */
type People = { part?: number; whole: number } | undefined;

/** In a group of fewer people somebody could be recognised: whoever is above the school is not told of it. Source: DOMAIN §7 (data minimisation). */
export const PEOPLE_MIN = 5;

export function isSmallGroup(whole: number): boolean {
  return whole > 0 && whole < PEOPLE_MIN;
}

/**
 * Which lines of a figure about people are not told: small groups, and then as many of the next smallest as it takes that
 * subtracting what is told from the sum leaves no small group.
 */
export function hiddenLines<L extends { id: string; figure: People }>(lines: readonly L[]): ReadonlySet<string> {
  return smallTogether(lines.flatMap(({ id, figure }) => (figure !== undefined && figure.whole > 0 ? [{ id, size: figure.whole }] : [])), PEOPLE_MIN);
}

/** Those that are smaller than `least`, and as many of the next smallest as it takes that together they are not. */
export function smallTogether(groups: readonly { id: string; size: number }[], least: number): ReadonlySet<string> {
  const found = new Set<string>();
  let sum = 0;
  for (const { id, size } of [...groups].sort((a, b) => a.size - b.size || (a.id < b.id ? -1 : 1))) {
    if (size >= least && (sum === 0 || sum >= least)) break;
    found.add(id);
    sum += size;
  }
  return found;
}

/** A line of a figure about people, with the place (its commune) whose schools are added up. */
export interface PlacedLine {
  id: string;
  place: string;
  figure: People;
}

export type CountedLine = Omit<PlacedLine, "place">;

/** What of a figure is told: which lines are not, and which sums are. */
export interface Told {
  hides: (line: CountedLine) => boolean;
  tellsSum: (lines: readonly CountedLine[]) => boolean;
}

export const ALL_TOLD: Told = { hides: () => false, tellsSum: () => true };

/** Nothing, where nobody decided what is. */
export const NONE_TOLD: Told = { hides: () => true, tellsSum: () => false };

/**
 * What of a figure about people is told to whoever stands above the schools. It is decided once, on the widest list there
 * is, and holds for every narrower answer. Hidden lines form blocks of five people or more, and a sum is told only where it
 * holds each block wholly or not at all: so whatever is added and subtracted, no part of a block comes out.
 */
export function toldFromAbove(widest: readonly PlacedLine[]): Told {
  const blocks = blocksOf(widest).map((ids) => ({ ids, isLarge: !isSmallGroup(peopleIn(widest, ids)) }));
  const blockOf = new Map(blocks.flatMap((block) => [...block.ids].map((id) => [id, block] as const)));
  const known = new Map(widest.map(({ id, figure }) => [id, figure?.whole]));
  const isOther = ({ id, figure }: CountedLine): boolean => known.get(id) !== figure?.whole; // it changed since, so that nothing was decided about it
  return {
    hides: (line) => isOther(line) || blockOf.has(line.id),
    tellsSum: (lines) => {
      if (lines.some(isOther)) return false;
      const held = new Map<(typeof blocks)[number], number>();
      for (const block of lines.flatMap(({ id }) => blockOf.get(id) ?? [])) held.set(block, (held.get(block) ?? 0) + 1);
      return [...held].every(([{ ids, isLarge }, lineCount]) => isLarge && lineCount === ids.size);
    },
  };
}

/** Each place hides its own small groups; what is too few by itself joins one block, with the next smallest of them all. */
function blocksOf(lines: readonly PlacedLine[]): ReadonlySet<string>[] {
  const places = [...new Set(lines.map(({ place }) => place))].map((place) => hiddenLines(lines.filter((line) => line.place === place)));
  const blocks = places.filter((ids) => ids.size > 0 && !isSmallGroup(peopleIn(lines, ids)));
  const few = new Set(places.filter((ids) => isSmallGroup(peopleIn(lines, ids))).flatMap((ids) => [...ids]));
  if (few.size === 0) return blocks;
  const own = new Set(blocks.flatMap((ids) => [...ids]));
  const joined = new Set([...few, ...hiddenLines(lines.filter(({ id }) => !own.has(id)))]);
  if (!isSmallGroup(peopleIn(lines, joined))) return [...blocks, joined];
  const [first, ...others] = blocks;
  return [new Set([...joined, ...(first ?? [])]), ...others];
}

function peopleIn(lines: readonly CountedLine[], ids: ReadonlySet<string>): number {
  return lines.reduce((sum, { id, figure }) => sum + (ids.has(id) ? (figure?.whole ?? 0) : 0), 0);
}

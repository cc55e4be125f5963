/** What may be done with what others shared. Source: Creative Commons licence terms 4.0; issue 3, point 6; FIRSTS F16. */
import { derivedLicences, type MaterialOrigin } from "../materials/rules.ts";

/** Why a material cannot be taken over, or copied and changed: codes of `words.platform.refusals`. */
export type ReuseProblem = "licence_school_only" | "licence_no_changes" | "adopt_the_original";

/** Taking over as it is: the licence must let it leave the school; a material that was itself taken over is taken from its source. */
export function adoptionProblem(material: { licence: string; origin: MaterialOrigin }): ReuseProblem | undefined {
  if (material.origin === "adopted") return "adopt_the_original";
  return material.licence === "school-only" ? "licence_school_only" : undefined;
}

/** Copying and changing: not under ND, and not where all rights are reserved. */
export function derivationProblem(material: { licence: string; origin: MaterialOrigin }): ReuseProblem | undefined {
  return adoptionProblem(material) ?? (derivedLicences(material.licence).length === 0 ? "licence_no_changes" : undefined);
}

/** The page of a Creative Commons licence, which machines read; undefined where there is none. */
export function licenceAddress(licence: string): string | undefined {
  if (licence === "public-domain") return "https://creativecommons.org/publicdomain/mark/1.0/";
  const kind = /^CC (BY(?:-NC)?(?:-SA|-ND)?)$/.exec(licence)?.[1];
  return kind === undefined ? undefined : `https://creativecommons.org/licenses/${kind.toLowerCase()}/4.0/`;
}

export const STARS_MAX = 5;

/** What the ratings of a material say together; undefined without any. */
export interface RatingSum {
  count: number;
  /** Mean of the stars in tenths, rounded half up: 43 is 4.3. */
  tenths: number;
}

export function ratingSum(count: number, stars: number): RatingSum | undefined {
  return count === 0 ? undefined : { count, tenths: Math.floor((stars * 10) / count + 0.5) };
}

/** What can be wrong with a material. */
export const REPORT_KINDS = ["content", "rights", "privacy", "broken", "other"] as const;
export type ReportKind = (typeof REPORT_KINDS)[number];

/** Who may see a collection besides those who keep it. */
export const COLLECTION_SCOPES = ["own", "school", "cluster", "province", "public"] as const;
export type CollectionScope = (typeof COLLECTION_SCOPES)[number];

/** The place of an item after it was moved by one; undefined at the ends. */
export function movedOrder(order: readonly string[], id: string, by: -1 | 1): string[] | undefined {
  const at = order.indexOf(id);
  const to = at + by;
  if (at < 0 || to < 0 || to >= order.length) return undefined;
  const next = order.filter((one) => one !== id);
  next.splice(to, 0, id);
  return next;
}

/**
 * The order that a page asks for, on what is there now: an item that came meanwhile keeps its place at the end, one that
 * went is left out.
 */
export function askedOrder(now: readonly string[], asked: readonly string[]): string[] {
  const known = new Set(now);
  const first = [...new Set(asked)].filter((id) => known.has(id));
  const placed = new Set(first);
  return [...first, ...now.filter((id) => !placed.has(id))];
}

/**
 * How alike two titles are, from 0 to 1: the share of words they have in common (Jaccard). The titles are folded, so that
 * marks and capitals do not matter; numbers count as words.
 */
export function titleLikeness(foldedA: string, foldedB: string): number {
  const a = new Set(foldedA.split(/[^a-z0-9]+/).filter(Boolean));
  const b = new Set(foldedB.split(/[^a-z0-9]+/).filter(Boolean));
  const common = [...a].filter((word) => b.has(word)).length;
  const together = a.size + b.size - common;
  return together === 0 ? 0 : common / together;
}

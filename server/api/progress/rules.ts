import { smallTogether } from "../../platform/rules/small-groups.ts";

/** Of fewer schools a row of its own would tell one of them apart to whoever knows the others. */
export const SCHOOLS_MIN = 5;

/**
 * Which parts of a province may stand in a row of their own. The others are added up in one row; where that row would be of
 * too few schools, the smallest part joins them. `told` is the number of schools whose figures a row is made of.
 */
export function foldSmall<P extends { id: string; told: number }>(parts: readonly P[]): { shown: P[]; folded: P[] } {
  const folded = smallTogether(parts.map(({ id, told }) => ({ id, size: told })), SCHOOLS_MIN);
  return { shown: parts.filter((part) => !folded.has(part.id)), folded: parts.filter((part) => folded.has(part.id)) };
}

import type { Day } from "../platform/clock.ts";
import { fold } from "../platform/text.ts";

/**
 * The tree of units: who hung where on a day, moving a unit and merging schools at a date.
 *
 * History is kept, never rewritten: what was reported for a commune in September stays that commune's, whatever hangs
 * where in November. Source: DOMAIN §4 (no district level since 1 July 2025; schools merge within a school year; old
 * codes stay as aliases; results per campus inside the one school, Official Letter 5555/BGDĐT-GDPT of 18 August 2026).
 */
export const UNIT_KINDS = ["department", "commune", "cluster", "school", "campus"] as const;
export type UnitKind = (typeof UNIT_KINDS)[number];

/** What may hang below what. Lower-secondary schools are run by communes, upper-secondary ones by the department itself. */
export const PARENT_KINDS: Readonly<Record<UnitKind, readonly UnitKind[]>> = {
  department: [],
  commune: ["department"],
  cluster: ["department", "commune"],
  school: ["department", "commune", "cluster"],
  campus: ["school", "campus"],
};

/** A unit as far as a decision about the tree needs it. */
export interface TreeUnit {
  id: string;
  kind: UnitKind;
  path: string;
  parent_id: string | null;
  opened_on: Day;
  closed_on: Day | null;
}

/** A unit hung below a parent from a day on, until (not on) another. */
export interface Hanging {
  unit_id: string;
  parent_id: string;
  kind: UnitKind;
  from_on: Day;
  to_on: Day | null;
}

/** A code named a unit from a day on, until (not on) another. */
export interface CodeUse {
  unit_id: string;
  code: string;
  from_on: Day;
  to_on: Day | null;
}

export type MoveProblem =
  | "itself"
  | "below_itself"
  | "wrong_parent_kind"
  | "same_parent"
  | "parent_closed"
  | "date_before_opening"
  | "date_before_last_move"
  | "date_in_future";

/**
 * What forbids hanging a unit below a parent from a day on; undefined where nothing does.
 *
 * A date to come is refused: the tree is what it is today, and a merger is entered on its day or afterwards.
 */
export function moveProblem(
  unit: TreeUnit,
  parent: TreeUnit,
  move: { on: Day; today: Day; last_moved_on: Day | undefined },
): MoveProblem | undefined {
  if (unit.id === parent.id) return "itself";
  if (parent.path.startsWith(unit.path)) return "below_itself";
  if (!PARENT_KINDS[unit.kind].includes(parent.kind)) return "wrong_parent_kind";
  if (unit.parent_id === parent.id) return "same_parent";
  if (parent.closed_on !== null) return "parent_closed";
  return dateProblem(move, [unit.opened_on, parent.opened_on]);
}

function dateProblem(
  act: { on: Day; today: Day; last_moved_on: Day | undefined },
  opened: readonly Day[],
): "date_before_opening" | "date_before_last_move" | "date_in_future" | undefined {
  if (act.on > act.today) return "date_in_future";
  if (opened.some((day) => act.on < day)) return "date_before_opening";
  // A move on the day of the last one would leave a hanging of no day, and no history of which came first.
  if (act.last_moved_on !== undefined && act.on <= act.last_moved_on) return "date_before_last_move";
  return undefined;
}

export type MergeProblem =
  | "nothing_to_merge"
  | "into_itself"
  | "not_a_school"
  | "already_merged"
  | "one_below_another"
  | "date_before_opening"
  | "date_before_last_move"
  | "date_in_future";

/**
 * What forbids merging schools into one from a day on.
 *
 * @param into the surviving school; undefined where a new one is founded that day, which needs two schools at least
 */
export function mergeProblem(
  into: TreeUnit | undefined,
  from: readonly TreeUnit[],
  act: { on: Day; today: Day; last_moved_on: Day | undefined },
): MergeProblem | undefined {
  const ids = new Set(from.map((school) => school.id));
  if (into && ids.has(into.id)) return "into_itself";
  if (from.length === 0 || ids.size !== from.length || (into === undefined && from.length < 2)) return "nothing_to_merge";
  const all = into ? [into, ...from] : from;
  if (all.some((school) => school.kind === "campus")) return "already_merged";
  if (all.some((school) => school.kind !== "school")) return "not_a_school";
  if (all.some((school) => school.closed_on !== null)) return "already_merged";
  if (all.some((a) => all.some((b) => a !== b && b.path.startsWith(a.path)))) return "one_below_another";
  return dateProblem(act, all.map((school) => school.opened_on));
}

/**
 * The history of a unit after it was hung elsewhere: what it was before the day stays word for word, the hanging that
 * lasted until now ends on the day, and one new hanging begins.
 */
export function hangAgain(
  hangings: readonly Hanging[],
  move: { unit_id: string; parent_id: string; kind: UnitKind; on: Day },
): Hanging[] {
  const { on, ...place } = move;
  return [
    ...hangings.map((h) => (h.unit_id === move.unit_id && h.to_on === null ? { ...h, to_on: on } : h)),
    { ...place, from_on: on, to_on: null },
  ];
}

/**
 * The codes after schools were merged: those of the old schools name the one school from the day on; before it they
 * name the school whose codes they were.
 */
export function aliasCodes(codes: readonly CodeUse[], merge: { into_id: string; from_ids: readonly string[]; on: Day }): CodeUse[] {
  const ended = codes.filter((use) => merge.from_ids.includes(use.unit_id) && use.to_on === null);
  return [
    ...codes.map((use) => (ended.includes(use) ? { ...use, to_on: merge.on } : use)),
    ...ended.map((use) => ({ unit_id: merge.into_id, code: use.code, from_on: merge.on, to_on: null })),
  ];
}

/** Where a unit hung on a day; undefined before it was opened, and for the root. */
export function hangingOn(hangings: readonly Hanging[], unitId: string, day: Day): Hanging | undefined {
  return hangings.find((h) => h.unit_id === unitId && h.from_on <= day && (h.to_on === null || day < h.to_on));
}

/** The units above a unit on a day, its parent first, the root last. */
export function lineageOn(hangings: readonly Hanging[], unitId: string, day: Day): string[] {
  const above: string[] = [];
  let hanging = hangingOn(hangings, unitId, day);
  while (hanging !== undefined && !above.includes(hanging.parent_id)) {
    above.push(hanging.parent_id);
    hanging = hangingOn(hangings, hanging.parent_id, day);
  }
  return above;
}

/**
 * The school that stood for a unit on a day: itself while it was a school, the school it was a campus of afterwards.
 * Undefined where it was neither.
 */
export function schoolOn(hangings: readonly Hanging[], unitId: string, day: Day): string | undefined {
  for (const id of [unitId, ...lineageOn(hangings, unitId, day)]) {
    if (hangingOn(hangings, id, day)?.kind === "school") return id;
  }
  return undefined;
}

/** The unit that a code names on a day; an old code leads to the school that took over. */
export function unitOfCode(codes: readonly CodeUse[], code: string, day: Day): string | undefined {
  return codes.find((use) => use.code === code && use.from_on <= day && (use.to_on === null || day < use.to_on))?.unit_id;
}

/** The path of a unit below a moved one: what stood before it is replaced, what stands below it stays. */
export function movedPath(path: string, oldRoot: string, newRoot: string): string {
  return path.startsWith(oldRoot) ? newRoot + path.slice(oldRoot.length) : path;
}

/** A name for a thing that comes to a school where the name is taken: `Tổ Toán` of THCS Lê Lợi → `Tổ Toán (THCS Lê Lợi)`. */
export function freeName(name: string, origin: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  const withOrigin = `${name} (${origin})`;
  for (let n = 1; n < 100; n += 1) {
    const candidate = n === 1 ? withOrigin : `${withOrigin} ${n}`;
    if (!taken.has(candidate)) return candidate;
  }
  throw new Error(`a hundred things are called "${name}"`);
}

/** The grades of each school level. Source: DOMAIN §4; Education Law 43/2019/QH14, Art. 28 (grades 1–5, 6–9, 10–12). */
export const GRADES_OF_LEVEL: Readonly<Record<string, readonly number[]>> = {
  preschool: [],
  primary: [1, 2, 3, 4, 5],
  lower_secondary: [6, 7, 8, 9],
  upper_secondary: [10, 11, 12],
  primary_lower: [1, 2, 3, 4, 5, 6, 7, 8, 9],
  lower_upper: [6, 7, 8, 9, 10, 11, 12],
  continuing: [6, 7, 8, 9, 10, 11, 12],
};

/**
 * A sign-in name for a person: the given name and the initials of the others, `Nguyễn Thị Hương` → `huongnt`, with a
 * number where it is taken.
 */
export function usernameFor(name: string, taken: ReadonlySet<string>): string {
  const parts = fold(name).replace(/[^a-z ]/g, "").split(" ").filter(Boolean);
  const base = `${parts.at(-1) ?? "user"}${parts.slice(0, -1).map((part) => part.charAt(0)).join("")}`;
  for (let n = 1; n < 10_000; n += 1) {
    const candidate = n === 1 ? base : `${base}${n}`;
    if (!taken.has(candidate)) return candidate;
  }
  throw new Error("ten thousand people have the same sign-in name");
}

import type { Formats } from "../../platform/i18n.ts";
import { compareVietnamese } from "../../platform/text.ts";
import type { ActionView, BadgeView, EmptyView, FactsView, PageHeadView, TableView, TrailView } from "../../shell/partials.ts";
import type { CodeUse } from "../rules.ts";
import type { UnitRow } from "../store.ts";
import type { FoundUnit, HangingWithName } from "../store/tree.ts";

/** What a page is written with. */
export interface Say {
  t: Words;
  f: Formats;
}

/** One unit of the list, with how deep it stands. */
export interface TreeItem {
  name: string;
  href: string;
  depth: number;
  kind: string;
  code: string;
  detail: string;
}

export interface TreePage {
  head: PageHeadView;
  search: string;
  items: TreeItem[];
  found: { summary: string; rows: { title: string; href: string; detail: string; badges: BadgeView[] }[] } | undefined;
  empty: EmptyView | undefined;
}

export interface UnitPage {
  head: PageHeadView;
  notice: { kind: "info"; text: string; action: { href: string; label: string } } | undefined;
  facts: FactsView;
  links: { title: string; href: string; icon: "users" | "video" | "school" | "graduation-cap" | "list-checks" | "calendar-days" | "book-open" | "gauge" }[];
  children: { title: string; href: string; detail: string }[];
  noChildren: boolean;
  addBelow: ActionView | undefined;
  cluster: ClusterPart | undefined;
  codes: TableView;
  history: TrailView;
}

export interface ClusterPart {
  schools: { name: string; href: string; leave: { action: string; confirm: string } | undefined }[];
  add: { action: string; options: { value: string; label: string }[]; today: string } | undefined;
}

declare global {
  interface Views {
    "organisation/tree": TreePage;
    "organisation/unit": UnitPage;
  }
}

/** The tree as a list: parents before what is below them, names in Vietnamese order. */
export function treeItems(say: Say, root: UnitRow, rows: readonly UnitRow[]): TreeItem[] {
  const below = new Map<string, UnitRow[]>();
  for (const row of rows) {
    const siblings = below.get(row.parent_id ?? "");
    if (siblings) siblings.push(row);
    else below.set(row.parent_id ?? "", [row]);
  }
  const counts = countBelow(rows);
  const items: TreeItem[] = [];
  const walk = (unit: UnitRow, depth: number): void => {
    items.push({
      name: unit.name,
      href: `/units/${unit.id}`,
      depth,
      kind: kindLabel(say, unit),
      code: unit.code,
      detail: belowLabel(say, unit, counts.get(unit.id)),
    });
    for (const child of [...(below.get(unit.id) ?? [])].sort(byKindAndName)) walk(child, depth + 1);
  };
  walk(root, 0);
  return items;
}

const KIND_ORDER = { department: 0, commune: 1, cluster: 2, school: 3, campus: 4 } as const;

function byKindAndName(a: UnitRow, b: UnitRow): number {
  return KIND_ORDER[a.kind] - KIND_ORDER[b.kind] || compareVietnamese(a.name, b.name);
}

interface Below {
  schools: number;
  campuses: number;
}

/** How many schools and campuses stand below each unit, in one pass over the rows' own paths. */
function countBelow(rows: readonly UnitRow[]): Map<string, Below> {
  const counts = new Map<string, Below>();
  for (const row of rows) {
    if (row.kind !== "school" && row.kind !== "campus") continue;
    for (const above of row.path.split("/").slice(1, -2)) {
      const count = counts.get(above) ?? { schools: 0, campuses: 0 };
      if (row.kind === "school") count.schools += 1;
      else count.campuses += 1;
      counts.set(above, count);
    }
  }
  return counts;
}

function belowLabel(say: Say, unit: UnitRow, below: Below | undefined): string {
  if (below === undefined) return "";
  if (unit.kind === "school" || unit.kind === "campus") return below.campuses > 0 ? say.t.organisation.campuses(below.campuses) : "";
  return below.schools > 0 ? say.t.organisation.schools(below.schools) : "";
}

/** What a unit is: a school says its level. */
export function kindLabel(say: Say, unit: UnitRow): string {
  const kind = say.t.organisation.kinds[unit.kind];
  return unit.level === null ? kind : `${kind} ${say.t.access.levels[unit.level] ?? ""}`.trim();
}

export function treePage(
  say: Say,
  root: UnitRow,
  tree: readonly UnitRow[],
  options: { search: string; found: readonly FoundUnit[]; canManage: boolean },
): TreePage {
  const words = say.t.organisation;
  const searching = options.search !== "";
  const years: ActionView = { href: "/school-years", label: words.years, icon: "calendar-days" };
  const actions: ActionView[] = options.canManage
    ? [
        years,
        { href: `/units/${root.id}/new`, label: words.add, icon: "plus" },
        { href: "/mergers/new", label: words.merge, icon: "network", kind: "primary" },
      ]
    : [years];
  return {
    head: { title: words.title, lead: words.lead, actions },
    search: options.search,
    items: searching ? [] : treeItems(say, root, tree),
    found:
      searching && options.found.length > 0
        ? {
            summary: words.found(options.found.length, options.search),
            rows: options.found.map((unit) => ({
              title: unit.name,
              href: `/units/${unit.id}`,
              detail: `${kindLabel(say, unit)} · ${unit.code}`,
              badges: unit.old_code !== null && unit.old_code !== unit.code ? [{ label: words.old_code(unit.old_code), tone: "info" as const }] : [],
            })),
          }
        : undefined,
    empty: searching && options.found.length === 0 ? { icon: "search", title: words.none_found, text: words.none_found_text } : undefined,
  };
}

export interface UnitFacts {
  unit: UnitRow;
  parent: UnitRow | undefined;
  children: readonly UnitRow[];
  hangings: readonly HangingWithName[];
  codes: readonly CodeUse[];
  school: UnitRow | undefined;
  clusterSchools: readonly UnitRow[];
  clusterCandidates: readonly UnitRow[];
  may: { manage: boolean; administer: boolean; lead: boolean; arrange: boolean };
  today: string;
}

export function unitPage(say: Say, facts: UnitFacts): UnitPage {
  const { unit, may } = facts;
  const words = say.t.organisation;
  return {
    head: { title: unit.name, eyebrow: kindLabel(say, unit), actions: may.manage ? unitActions(words, unit) : [] },
    notice: facts.school && unit.merged_into_id !== null && facts.school.id !== unit.id
      ? { kind: "info", text: words.merged_notice(facts.school.name), action: { href: `/units/${facts.school.id}`, label: facts.school.name } }
      : undefined,
    facts: { items: factItems(say, facts) },
    links: [...unitLinks(words, facts), ...(may.arrange ? [{ title: say.t.live_after.school.title, href: `/schools/${unit.id}/live-classes`, icon: "video" as const }] : []), ...(may.lead ? [{ title: say.t.live_after.settings.title, href: `/schools/${unit.id}/live-settings`, icon: "video" as const }] : [])],
    children: [...facts.children].sort(byKindAndName).map((child) => ({
      title: child.name,
      href: `/units/${child.id}`,
      detail: `${kindLabel(say, child)} · ${child.code}`,
    })),
    noChildren: facts.children.length === 0 && unit.kind !== "campus" && unit.kind !== "cluster",
    addBelow: may.manage && unit.kind !== "campus" ? { href: `/units/${unit.id}/new`, label: words.add, icon: "plus" } : undefined,
    cluster: unit.kind === "cluster" ? clusterPart(words, facts) : undefined,
    codes: codesTable(say, facts.codes),
    history: { items: facts.hangings.map((h) => ({
      icon: "history",
      title: words.history_item(words.kinds[h.kind], h.parent_name),
      detail: h.to_on === null ? words.since(say.f.day(h.from_on)) : words.between(say.f.day(h.from_on), say.f.day(h.to_on)),
    })) },
  };
}

function unitActions(words: Words["organisation"], unit: UnitRow): ActionView[] {
  const edit: ActionView = { href: `/units/${unit.id}/edit`, label: words.edit, icon: "pencil" };
  if (unit.kind === "department") return [edit];
  const move: ActionView = { href: `/units/${unit.id}/move`, label: words.move, icon: "arrow-right" };
  if (unit.kind !== "school") return [edit, move];
  return [edit, move, { href: `/mergers/new?into=${unit.id}`, label: words.merge, icon: "network" }];
}

function factItems(say: Say, { unit, parent }: UnitFacts): FactsView["items"] {
  const words = say.t.organisation;
  const items: FactsView["items"] = [{ label: words.code, value: unit.code }];
  if (parent) items.push({ label: words.parent, value: parent.name, href: `/units/${parent.id}` });
  if (unit.level !== null) items.push({ label: words.level, value: say.t.access.levels[unit.level] ?? unit.level });
  if (unit.area !== null) items.push({ label: words.area, value: say.t.access.areas[unit.area] ?? unit.area });
  return [...items, { label: words.opened_on, value: say.f.day(unit.opened_on) }];
}

function unitLinks(words: Words["organisation"], { unit, may }: UnitFacts): UnitPage["links"] {
  if (unit.kind === "school" && may.administer) {
    return [
      { title: words.people, href: `/schools/${unit.id}/people`, icon: "users" },
      { title: words.classes, href: `/schools/${unit.id}/classes`, icon: "school" },
      { title: words.pupils, href: `/schools/${unit.id}/pupils`, icon: "graduation-cap" },
      { title: words.groups, href: `/schools/${unit.id}/subject-groups`, icon: "book-open" },
      { title: words.teaching, href: `/schools/${unit.id}/assignments`, icon: "list-checks" },
      { title: words.calendar, href: `/schools/${unit.id}/calendar`, icon: "calendar-days" },
      { title: words.storage, href: `/schools/${unit.id}/storage`, icon: "gauge" },
    ];
  }
  if (unit.kind === "school" && may.manage) return [{ title: words.storage, href: `/schools/${unit.id}/storage`, icon: "gauge" }];
  if ((unit.kind === "department" || unit.kind === "commune") && may.manage) {
    return [
      { title: words.officers, href: `/units/${unit.id}/people`, icon: "users" },
      { title: words.storage, href: `/units/${unit.id}/storage`, icon: "gauge" },
    ];
  }
  return [];
}

function clusterPart(words: Words["organisation"], facts: UnitFacts): ClusterPart {
  const { unit, may } = facts;
  return {
    schools: facts.clusterSchools.map((school) => ({
      name: school.name,
      href: `/units/${school.id}`,
      leave: may.manage
        ? { action: `/units/${unit.id}/cluster-members/${school.id}/removal`, confirm: words.cluster_out_ask(school.name) }
        : undefined,
    })),
    add:
      may.manage && facts.clusterCandidates.length > 0
        ? {
            action: `/units/${unit.id}/cluster-members`,
            options: facts.clusterCandidates.map((school) => ({ value: school.id, label: school.name })),
            today: facts.today,
          }
        : undefined,
  };
}

function codesTable(say: Say, codes: readonly CodeUse[]): TableView {
  const words = say.t.organisation;
  return {
    caption: words.codes,
    columns: [{ label: words.code }, { label: words.from_day }, { label: words.until_day }],
    rows: codes.map((use) => [
      { text: use.code },
      { text: say.f.day(use.from_on) },
      use.to_on === null ? { text: words.code_now, badge: "good" as const } : { text: say.f.day(use.to_on) },
    ]),
  };
}

import type { Role } from "../../access/actor.ts";
import type { EmptyView, FieldView, FilterBarView, PageHeadView } from "../../shell/partials.ts";
import type { FormView } from "../../shell/form-fields.ts";
import type { Member } from "../store/people.ts";
import type { Group, SubjectRow } from "../store/groups.ts";
import type { Say } from "./units.ts";

export interface PeoplePage {
  head: PageHeadView;
  filter: FilterBarView;
  summary: string;
  rows: PersonRow[];
  empty: EmptyView | undefined;
  give: FormView;
  create: FormView;
}

export interface PersonRow {
  name: string;
  /** Undefined where somebody else looks after the account. */
  accountHref: string | undefined;
  username: string;
  waiting: boolean;
  also: string;
  roles: { label: string; since: string; end: { action: string; confirm: string } }[];
}

export interface GroupsPage {
  head: PageHeadView;
  rows: { name: string; editHref: string; subjects: string; heads: string }[];
  empty: EmptyView | undefined;
}

declare global {
  interface Views {
    "organisation/people": PeoplePage;
    "organisation/groups": GroupsPage;
  }
}

/** One row a person, with every role held here. */
export function personRows(
  say: Say,
  place: { base: string; keepsAccounts: boolean },
  members: readonly Member[],
  elsewhere: readonly { person_id: string; unit_name: string }[],
): PersonRow[] {
  const words = say.t.organisation;
  const byPerson = new Map<string, Member[]>();
  for (const row of members) byPerson.set(row.person_id, [...(byPerson.get(row.person_id) ?? []), row]);
  return [...byPerson.entries()].flatMap(([personId, held]) => {
    const first = held[0];
    if (first === undefined) return [];
    const places = elsewhere.filter((place) => place.person_id === personId).map((place) => place.unit_name);
    return [
      {
        name: first.name,
        accountHref: place.keepsAccounts ? `/people/${personId}/account` : undefined,
        username: first.username,
        waiting: first.has_password === 0,
        also: places.length > 0 ? words.also(places.join(", ")) : "",
        roles: held.map((row) => ({
          label: row.group_name === null ? roleName(say, row.role) : `${roleName(say, row.role)} (${row.group_name})`,
          since: words.since(say.f.day(row.from_on)),
          end: { action: `${place.base}/memberships/${row.id}/ending`, confirm: words.role_end_ask(first.name, roleName(say, row.role)) },
        })),
      },
    ];
  });
}

export function roleName(say: Say, role: Role): string {
  return say.t.access.roles[role];
}

/** The role, its group and its first day: the fields that both forms of the page share. */
export function roleFields(say: Say, prefix: string, options: { roles: readonly Role[]; groups: readonly Group[]; today: string }): FieldView[] {
  const words = say.t.organisation;
  const fields: FieldView[] = [
    { name: "role", id: `${prefix}-role`, label: words.role, kind: "select", options: options.roles.map((role) => ({ value: role, label: roleName(say, role) })) },
  ];
  if (options.groups.length > 0) {
    fields.push({
      name: "subject_group_id",
      id: `${prefix}-group`,
      label: words.role_group,
      hint: words.role_group_hint,
      kind: "select",
      required: false,
      options: [{ value: "", label: words.no_group }, ...options.groups.map((group) => ({ value: group.id, label: group.name }))],
    });
  }
  return [...fields, { name: "from_on", id: `${prefix}-from`, label: words.from_day, kind: "date", required: true, value: options.today }];
}

export function groupsPage(say: Say & { lang: "vi" | "en" }, school: { id: string; name: string }, groups: readonly Group[], subjects: readonly SubjectRow[]): GroupsPage {
  const words = say.t.organisation;
  const base = `/schools/${school.id}/subject-groups`;
  const names = new Map(subjects.map((subject) => [subject.code, say.lang === "vi" ? subject.name_vi : subject.name_en]));
  return {
    head: { title: words.groups_of(school.name), lead: words.groups_lead, actions: [{ href: `${base}/new`, label: words.group_new, icon: "plus", kind: "primary" }] },
    rows: groups.map((group) => ({
      name: group.name,
      editHref: `${base}/${group.id}/edit`,
      subjects: group.subjects.map((code) => names.get(code) ?? code).join(", ") || words.group_no_subject,
      heads: group.heads.join(", ") || words.group_no_head,
    })),
    empty: groups.length === 0 ? { icon: "book-open", title: words.group_none, text: words.group_none_text, action: { href: `${base}/new`, label: words.group_new } } : undefined,
  };
}

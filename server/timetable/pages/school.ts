import type { Day } from "../../platform/clock.ts";
import { formView, type FormState } from "../../shell/form-fields.ts";
import type { ActionView, BadgeView, EmptyView, ErrorSummaryView, FieldView, FilterBarView, NoticeView, PageHeadView } from "../../shell/partials.ts";
import { BELL_PLACES, bellField } from "../forms.ts";
import type { Bell } from "../rules.ts";
import type { ClassNamed, HeldVersion } from "../store/weeks.ts";
import { slotName } from "./grid.ts";
import type { Say } from "./class.ts";

export interface SchoolTimetablesPage {
  head: PageHeadView;
  filter: FilterBarView;
  notice: NoticeView | undefined;
  empty: EmptyView | undefined;
  rows: { name: string; href: string; since: string; count: string; edit: { href: string; label: string; said: string } | undefined }[];
  files: ActionView[];
}

/** A period's beginning and end. */
export interface BellRow {
  fields: [FieldView, FieldView];
}

export interface BellsPage {
  head: PageHeadView;
  notice: NoticeView | undefined;
  errors: ErrorSummaryView["errors"];
  /** Sites with times of their own. */
  places: { label: string; href: string; current: boolean }[];
  action: string;
  hidden: Record<string, string>;
  from: FieldView;
  sessions: { title: string; rows: BellRow[] }[];
  cancel: string;
}

declare global {
  interface Views {
    "timetable/school": SchoolTimetablesPage;
    "timetable/bells": BellsPage;
    "timetable/bell-row": BellRow;
  }
}

export interface SchoolKnowledge {
  school: { id: string; name: string };
  classes: readonly ClassNamed[];
  held: ReadonlyMap<string, HeldVersion>;
  on: Day;
  clashes: NoticeView | undefined;
  arranges: boolean;
}

export function schoolTimetables(known: SchoolKnowledge, say: Say): SchoolTimetablesPage {
  const { t, f } = say;
  const words = t.timetable;
  const base = `/schools/${known.school.id}`;
  const have = known.classes.filter((klass) => known.held.has(klass.id)).length;
  const badge: BadgeView = { label: words.have(have, known.classes.length), tone: have === known.classes.length ? "good" : "warn" };
  return {
    head: {
      title: words.of_school(known.school.name),
      lead: words.school_lead,
      badges: known.classes.length > 0 ? [badge] : [],
      actions: known.arranges
        ? [
            { href: `${base}/bells`, label: words.bells, icon: "clock" },
            { href: `${base}/timetable-imports/new`, label: words.import, icon: "upload", kind: "primary" },
          ]
        : [],
    },
    filter: { action: `${base}/timetables`, label: words.on, fields: [{ name: "on", label: words.on, kind: "date", value: known.on }] },
    notice: known.clashes ?? (have > 0 ? { kind: "good", text: words.no_clashes } : undefined),
    empty: known.classes.length === 0 ? { icon: "school", title: words.no_classes } : undefined,
    rows: known.classes.map((klass) => {
      const held = known.held.get(klass.id);
      return {
        name: klass.name,
        href: `/classes/${klass.id}/timetable?on=${known.on}`,
        since: held ? f.day(held.from_on) : words.missing,
        count: held ? f.number(held.slots.length) : "",
        edit: known.arranges ? { href: `/classes/${klass.id}/timetable/edit${held ? `?version=${held.id}` : ""}`, label: held ? words.edit : words.make, said: held ? words.edit_of(klass.name) : words.make_of(klass.name) } : undefined,
      };
    }),
    files:
      have > 0
        ? [
            { href: `${base}/timetables.xlsx?on=${known.on}`, label: words.excel, icon: "download" },
            { href: `${base}/timetables.csv?on=${known.on}`, label: words.csv, icon: "download" },
          ]
        : [],
  };
}

export interface BellsKnowledge {
  school: { id: string; name: string };
  sites: readonly { id: string; name: string }[];
  place: string;
  /** What holds on the offered day. */
  periods: readonly Bell[];
  isUsual: boolean;
  offered: Day;
  before: readonly Day[];
}

export function bellsPage(known: BellsKnowledge, state: FormState, say: Say): BellsPage {
  const { t, f } = say;
  const words = t.timetable;
  const base = `/schools/${known.school.id}`;
  const timeField = (place: Pick<Bell, "session" | "number">, edge: "starts" | "ends"): FieldView => ({
    name: bellField(place, edge),
    label: edge === "starts" ? words.starts_of(slotName(place, say)) : words.ends_of(slotName(place, say)),
    kind: "time",
    value: known.periods.find((bell) => bell.session === place.session && bell.number === place.number)?.[edge] ?? "",
  });
  const from: FieldView = { name: "from_on", label: words.from, kind: "date", required: true, value: known.offered };
  const form = formView(t, state, { action: `${base}/bells`, submit: words.bells_save, fields: [from, ...BELL_PLACES.flatMap((place) => [timeField(place, "starts"), timeField(place, "ends")])] });
  const fieldOf = (name: string, place: Pick<Bell, "session" | "number">, edge: "starts" | "ends"): FieldView => form.fields.find((field) => field.name === name) ?? timeField(place, edge);
  const said = known.before.length > 0 ? words.bells_before(known.before.map((day) => f.day(day)).join(", ")) : undefined;
  return {
    head: { title: words.bells_title(known.school.name), lead: words.bells_lead },
    notice: known.isUsual ? { kind: "info", text: words.bells_usual } : said === undefined ? undefined : { kind: "info", text: said },
    errors: form.errors,
    places: known.sites.length === 0 ? [] : [{ id: known.school.id, name: words.bells_school }, ...known.sites].map((site) => ({ label: site.name, href: `${base}/bells?place=${site.id}`, current: site.id === known.place })),
    action: form.action,
    hidden: { place: known.place },
    from: form.fields[0] ?? from,
    sessions: (["morning", "afternoon", "evening"] as const).map((session) => ({
      title: words.sessions[session],
      rows: BELL_PLACES.filter((place) => place.session === session).map((place) => ({
        fields: [fieldOf(bellField(place, "starts"), place, "starts"), fieldOf(bellField(place, "ends"), place, "ends")],
      })),
    })),
    cancel: `${base}/timetables`,
  };
}

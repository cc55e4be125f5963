import type { FieldView, BadgeView, NoticeView, PageHeadView, TableView, ActView, OptionView, StatView } from "../../shell/partials.ts";
import { sayText } from "../../platform/messages.ts";
import type { Formats } from "../../platform/i18n.ts";
import { FIELDS, type Field } from "../import/columns.ts";
import { mappedColumns, stops, type KnownClass, type Person, type Problem } from "../import/judge.ts";
import { countChanges, type Change, type ImportPlan } from "../import/plan.ts";
import { FIXABLE } from "../forms.ts";
import type { RosterImport } from "../store/imports.ts";

export interface PreviewPage {
  head: PageHeadView;
  stats: StatView[];
  notices: NoticeView[];
  form: { action: string; revision: string };
  columns: { header: string; samples: string; select: FieldView }[];
  lines: ProblemLine[];
  moreLines: string;
  stoppedNote: string;
  complete: ActView | undefined;
  nothing: string;
  discard: ActView;
  changes: TableView | undefined;
  moreChanges: string;
}

export interface ProblemLine {
  key: string;
  where: string;
  name: string;
  state: "bad" | "warn";
  badge: BadgeView;
  fields: { field: FieldView; was: { name: string; value: string }; guess: FieldView | undefined; messages: string[] }[];
  skip: FieldView;
}

export interface PreviewLineView {
  line: ProblemLine;
}

declare global {
  interface Views {
    "people/preview": PreviewPage;
    "people/preview-line": PreviewLineView;
  }
}

const LINES_SHOWN = 100;
const CHANGES_SHOWN = 60;

export interface Say {
  t: Words;
  f: Formats;
}

/** What the preview of a roster shows: what was understood, what stands in the way, what would change. */
export function previewPage(say: Say, found: RosterImport, seen: { people: readonly Person[]; plan: ImportPlan; classes: readonly KnownClass[]; newDetails: number }): PreviewPage {
  const words = say.t.people;
  const base = `/roster-imports/${found.id}`;
  const revision = String(found.revision);
  const troubled = seen.people.filter((person) => person.skipped || problemsOf(person, seen.plan).length > 0);
  const stopped = seen.people.filter((person) => !person.skipped && problemsOf(person, seen.plan).some((problem) => problem.weight === "stop")).length;
  const counts = countChanges(seen.plan);
  const doing = counts.create + counts.update + counts.move + counts.leave + seen.newDetails;
  const changes = seen.plan.changes.filter((change) => change.kind !== "unchanged");
  const stat = (label: string, n: number): StatView => ({ label, value: say.f.number(n) });
  return {
    head: { title: words.preview_of(found.file_name), eyebrow: words.layouts[found.data.layout], lead: `${found.school.name} · ${words.lines(seen.people.length)}` },
    stats: [...(["create", "update", "move", "leave", "unchanged"] as const).map((kind) => stat(words.counts[kind], counts[kind])), stat(words.counts.stopped, stopped)],
    notices: noticesOf(say, found),
    form: { action: `${base}/corrections`, revision },
    columns: columnsOf(say, found),
    lines: troubled.slice(0, LINES_SHOWN).map((person) => problemLine(say, person, seen)),
    moreLines: troubled.length > LINES_SHOWN ? words.more_to_fix(troubled.length - LINES_SHOWN) : "",
    stoppedNote: stopped > 0 && doing > 0 ? words.stopped_note(stopped) : "",
    complete: doing === 0 ? undefined : { action: `${base}/completion`, label: words.do_import(doing), kind: "primary", icon: "check", hidden: { revision }, confirm: words.do_import_ask(doing, found.school.name) },
    nothing: doing === 0 ? words.nothing_to_import : "",
    discard: { action: `${base}/removal`, label: words.discard, kind: "quiet", hidden: { revision } },
    changes: changes.length === 0 ? undefined : changesTable(say, changes.slice(0, CHANGES_SHOWN), seen.classes),
    moreChanges: changes.length > CHANGES_SHOWN ? words.more_changes(changes.length - CHANGES_SHOWN) : "",
  };
}

function problemsOf(person: Person, plan: ImportPlan): Problem[] {
  return [...person.problems, ...(plan.problems.get(person.key) ?? [])];
}

function noticesOf(say: Say, found: RosterImport): NoticeView[] {
  const words = say.t.people;
  const { leftOut, kept, ignoredSheets } = found.data;
  const keptColumns = kept.map((column) => `${column.header} (${words.about[column.about]})`).join(", ");
  const columns = leftOut.map((column) => `${column.header} (${words.about[column.about]})`).join(", ");
  return [
    ...(leftOut.length > 0 ? [{ kind: "info" as const, title: words.left_out_title, text: words.left_out(columns) }] : []),
    ...(kept.length > 0 ? [{ kind: "warn" as const, title: words.kept_title, text: words.kept_columns(keptColumns) }] : []),
    ...(ignoredSheets.length > 0 ? [{ kind: "info" as const, text: words.sheets_ignored(ignoredSheets.join(", ")) }] : []),
  ];
}

function columnsOf(say: Say, found: RosterImport): PreviewPage["columns"] {
  const words = say.t.people;
  const chosen = new Map([...mappedColumns(found.data.columns, found.data.mapping)].map(([field, key]) => [key, field] as const));
  const options: OptionView[] = [{ value: "", label: words.not_taken }, ...FIELDS.map((field) => ({ value: field, label: words.fields[field] }))];
  return found.data.columns.map((column, i) => ({
    header: column.header,
    samples: column.samples.join(" · "),
    select: { name: `column.${i}`, label: `${words.taken_as}: ${column.header}`, kind: "select", value: chosen.get(column.key) ?? "", options },
  }));
}

function problemLine(say: Say, person: Person, seen: { plan: ImportPlan; classes: readonly KnownClass[] }): ProblemLine {
  const words = say.t.people;
  const problems = problemsOf(person, seen.plan);
  const bad = stops(person) || seen.plan.problems.has(person.key);
  const fields = FIXABLE.filter((field) => problems.some((problem) => problem.field === field));
  return {
    key: person.key,
    where: words.row(person.sheet, person.at),
    name: person.name || "–",
    state: bad ? "bad" : "warn",
    badge: person.skipped ? { label: words.skip, tone: "neutral" } : bad ? { label: words.must_fix, tone: "bad" } : { label: words.note, tone: "warn" },
    fields: fields.map((field) => {
      const here = problems.filter((problem) => problem.field === field);
      const guess = here.find((problem) => problem.guess !== undefined)?.guess;
      const id = `${person.key}.${field}`;
      return {
        field: { ...inputOf(say, field, person, seen.classes), name: `fix.${id}`, label: words.fields[field] },
        was: { name: `was.${id}`, value: person.texts[field] ?? "" },
        guess: guess === undefined ? undefined : { name: `guess.${id}`, label: words.use_guess(guess), kind: "checkbox", value: guess },
        messages: here.map((problem) => sayText(words.problems, problem.code, problem.params)),
      };
    }),
    skip: { name: `skip.${person.key}`, label: words.skip, kind: "checkbox", checked: person.skipped },
  };
}

/** A list where the answers are few, a text field otherwise. */
function inputOf(say: Say, field: Field, person: Person, classes: readonly KnownClass[]): Pick<FieldView, "kind" | "value" | "options" | "attributes"> {
  const words = say.t.people;
  const text = person.texts[field] ?? "";
  const list = (options: OptionView[]): Pick<FieldView, "kind" | "value" | "options"> => ({ kind: "select", value: text, options: [{ value: text, label: text || "–" }, ...options] });
  if (field === "class_name") return list(classes.map((klass) => ({ value: klass.name, label: klass.name })));
  if (field === "sex") return list([{ value: "nam", label: words.sexes.male }, { value: "nu", label: words.sexes.female }]);
  if (field === "status") return list([{ value: "dang hoc", label: words.status_present }, { value: "chuyen di", label: words.status_left }]);
  return { kind: "text", value: text, attributes: { maxlength: 200, autocomplete: "off" } };
}

function changesTable(say: Say, changes: readonly Change[], classes: readonly KnownClass[]): TableView {
  const words = say.t.people;
  const nameOf = new Map(classes.map((klass) => [klass.id, klass.name]));
  const className = (id: string | null): string => (id === null ? "–" : (nameOf.get(id) ?? "–"));
  return {
    caption: words.changes,
    columns: [{ label: words.change_what }, { label: words.name }, { label: words.born_on }, { label: words.fields.class_name }],
    rows: changes.map((change) => {
      const moves = change.kind === "update" && change.from !== null && change.classId !== null;
      const klass = moves ? words.change_moved(className(change.from), className(change.classId)) : className(change.line.classId);
      return [
        { text: words.counts[moves ? "move" : change.kind], badge: change.kind === "create" ? "good" : change.kind === "leave" ? "warn" : "info" },
        { text: change.line.name },
        { text: change.line.bornOn === null ? "–" : say.f.day(change.line.bornOn) },
        { text: klass },
      ];
    }),
  };
}

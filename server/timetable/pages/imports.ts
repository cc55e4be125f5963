import type { Day } from "../../platform/clock.ts";
import { formView, type FormState } from "../../shell/form-fields.ts";
import type { ActView, BadgeView, ErrorSummaryView, FieldView, NoticeView, PageHeadView, TableView } from "../../shell/partials.ts";
import { headingField, nameField } from "../forms.ts";
import type { Judged } from "../import/judge.ts";
import type { ImportRow, ListedImport } from "../store/imports.ts";
import { placeName } from "./grid.ts";
import type { Say } from "./class.ts";

export interface TimetableImportPage {
  head: PageHeadView;
  errors: ErrorSummaryView["errors"];
  action: string;
  fields: FieldView[];
  last: ImportLine["line"][];
}

export interface ImportLine {
  line: { title: string; detail: string; href: string | undefined; badge: BadgeView; undo: ActView | undefined };
}

export interface TimetablePreviewPage {
  head: PageHeadView;
  notices: NoticeView[];
  save: ActView | undefined;
  discard: ActView;
  names: { action: string; revision: string; fields: FieldView[] } | undefined;
  problems: TableView | undefined;
  more: string;
  classes: string;
}

declare global {
  interface Views {
    "timetable/import": TimetableImportPage;
    "timetable/import-line": ImportLine;
    "timetable/preview": TimetablePreviewPage;
  }
}

export function importPage(given: { school: { id: string; name: string }; offered: Day; last: readonly ListedImport[] }, state: FormState & { file?: string | undefined }, { t, f }: Say): TimetableImportPage {
  const words = t.timetable.imports;
  const from: FieldView = { name: "from_on", label: t.timetable.from, hint: t.timetable.from_hint, kind: "date", required: true, value: given.offered };
  const form = formView(t, state, { action: `/schools/${given.school.id}/timetable-imports`, submit: words.read, fields: [from] });
  const file: FieldView = { name: "file", label: words.file, hint: words.file_hint, kind: "file", required: true, error: state.file, attributes: { accept: ".xlsx,.csv" } };
  return {
    head: { title: words.title, eyebrow: given.school.name, lead: words.lead },
    errors: [...(state.file === undefined ? [] : [{ field: "file", label: words.file, message: state.file }]), ...form.errors],
    action: form.action,
    fields: [file, ...form.fields],
    last: given.last.map((one) => ({
      title: one.file_name,
      detail: `${t.timetable.holds(f.day(one.from_on))} · ${one.by_name} · ${f.moment(one.created_at)}`,
      href: one.state === "preview" ? `/timetable-imports/${one.id}` : undefined,
      badge: { label: words.states[one.state], tone: ({ preview: "info", done: "good", undone: "neutral" } as const)[one.state] },
      undo: one.state === "done" ? { action: `/timetable-imports/${one.id}/undoing`, label: words.undo, icon: "undo-2", kind: "quiet", confirm: words.undo_ask } : undefined,
    })),
  };
}

const PROBLEMS_SHOWN = 60;

export interface PreviewKnowledge {
  found: ImportRow;
  school: { id: string; name: string };
  judged: Judged;
  classes: ReadonlyMap<string, string>;
  subjects: readonly { code: string; name: string }[];
  /** Classes that have a timetable from this very day. */
  replaced: readonly string[];
  clashes: NoticeView | undefined;
}

export function previewPage(known: PreviewKnowledge, say: Say): TimetablePreviewPage {
  const { t, f } = say;
  const words = t.timetable.imports;
  const { found, judged, classes } = known;
  const count = [...judged.weeks.values()].reduce((sum, week) => sum + week.length, 0);
  const hidden = { revision: String(found.revision) };
  const notices: NoticeView[] = [{ kind: judged.problems.length === 0 && judged.unknownHeadings.length === 0 ? "good" : "info", text: [words.understood(judged.weeks.size, f.number(count)), words.from(f.day(found.from_on)), ...(judged.problems.length === 0 ? [words.all_clear] : [])].join(" ") }];
  if (known.replaced.length > 0) notices.push({ kind: "warn", text: words.replaces(known.replaced.join(", ")) });
  if (known.clashes) notices.push(known.clashes);
  const shown = judged.problems.slice(0, PROBLEMS_SHOWN);
  return {
    head: { title: words.preview(found.file_name), eyebrow: known.school.name },
    notices,
    save: judged.weeks.size === 0 ? undefined : { action: `/timetable-imports/${found.id}/completion`, label: words.save, icon: "save", kind: "primary", hidden },
    discard: { action: `/timetable-imports/${found.id}/removal`, label: words.discard, kind: "quiet", icon: "trash-2" },
    names: namesOf(known, say),
    problems:
      shown.length === 0
        ? undefined
        : {
            caption: words.problem_table,
            columns: [{ label: words.place }, { label: t.timetable.class }, { label: words.lesson }, { label: words.says }, { label: words.problem }],
            rows: shown.map(({ cell, reason }) => [{ text: words.where(cell.sheet, cell.at) }, { text: cell.heading }, { text: placeName(cell, say) }, { text: cell.by === undefined ? cell.text : [cell.by, cell.heading || cell.text].join(": ") }, { text: words.reasons[reason] }]),
          },
    more: judged.problems.length > shown.length ? words.more(judged.problems.length - shown.length) : "",
    classes: [...judged.weeks].map(([id, week]) => `${classes.get(id) ?? ""}: ${t.timetable.periods(f.number(week.length))}`).sort().join("; "),
  };
}

function namesOf({ found, judged, classes, subjects }: PreviewKnowledge, { t }: Say): TimetablePreviewPage["names"] {
  const words = t.timetable.imports;
  const out = { value: "", label: words.leave_out };
  const meanings = [out, ...subjects.map((subject) => ({ value: subject.code, label: subject.name })), { value: "flag", label: t.timetable.flag }, { value: "homeroom", label: t.timetable.homeroom }];
  const named = [...classes].map(([value, label]) => ({ value, label }));
  const headings = judged.unknownHeadings.map((heading, i): FieldView => ({ name: headingField(i), label: words.class_of(heading), kind: "select", value: "", options: [out, ...named] }));
  const names = [...judged.unknownNames.values()].map(({ text, count }, i): FieldView => ({ name: nameField(i), label: words.name_of(text, count), kind: "select", value: "", options: meanings }));
  const fields = [...headings, ...names];
  return fields.length === 0 ? undefined : { action: `/timetable-imports/${found.id}/names`, revision: String(found.revision), fields: fields.slice(0, 80) };
}

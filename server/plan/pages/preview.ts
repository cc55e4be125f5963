import { sayText } from "../../platform/messages.ts";
import type { ErrorSummaryView, NoticeView, PageHeadView, StepsView } from "../../shell/partials.ts";
import type { ImportList, ImportRow, PlanImport } from "../store/imports.ts";
import { comparison } from "./plan.ts";
import { rowViews, type RowView, type Speech } from "./rows.ts";

/** What was understood of a plan file, to be corrected in place. */
export interface PreviewPage {
  head: PageHeadView;
  steps: StepsView;
  notices: NoticeView[];
  summary: { rows: string; need: string; skipped: string; clear: boolean };
  lists: { label: string; current: boolean; value: string }[];
  action: string;
  choose: string;
  revision: string;
  errors: ErrorSummaryView["errors"];
  rows: RowView[];
  total: string;
  firstDoubt: string | undefined;
  back: string;
}

declare global {
  interface Views {
    "plan/preview": PreviewPage;
  }
}

/** The name of a subject by its code. */
export type NameOf = (code: string) => string;

export function sayDoubt(say: Speech, doubt: { code: string; params: Record<string, string | number> }): string {
  return sayText(say.t.plan.doubts, doubt.code, doubt.params);
}

export const periodsTaken = (rows: readonly ImportRow[]): number => rows.reduce((sum, row) => sum + (row.include ? (row.periods ?? 0) : 0), 0);

export function previewRows(say: Speech, list: ImportList): RowView[] {
  return rowViews(
    say,
    list.rows,
    (row) => row.key,
    (row) => ({
      include: row.include,
      place: say.t.plan.place(row.place.table, row.place.row),
      remarks: row.doubts.map((doubt) => sayDoubt(say, doubt)),
      state: row.doubts.length === 0 ? undefined : row.include && row.periods === null ? "bad" : "warn",
    }),
  );
}

interface Previewed {
  file: PlanImport;
  name: string;
  national: number | undefined;
  nameOf: NameOf;
  rows: RowView[];
  errors: ErrorSummaryView["errors"];
  notice: NoticeView | undefined;
  exists: boolean;
}

export function previewPage(say: Speech, given: Previewed): PreviewPage {
  const { file, rows } = given;
  const { data } = file;
  const words = say.t.plan;
  const list = data.lists[data.chosen];
  const taken = rows.filter((row) => row.include !== false);
  const sum = taken.reduce((total, row) => total + (Number(row.periods) || 0), 0);
  const need = rows.filter((row) => row.state !== undefined).length;
  const n = (value: number): string => say.f.number(value);
  const notices = [given.notice, comparison(say, sum, given.national), ...(list?.doubts ?? []).map((doubt): NoticeView => ({ kind: "warn", text: sayDoubt(say, doubt) })), differs(say, given, list)];
  if (given.exists) notices.push({ kind: "info", title: words.exists_title, text: words.exists });
  return {
    head: { title: words.preview_title(given.name), eyebrow: file.school.name, lead: words.preview_lead(file.file_name) },
    steps: {
      label: words.by_file,
      items: [
        { label: words.steps.file, state: "done" },
        { label: words.steps.check, state: "current" },
        { label: words.steps.save, state: "todo" },
      ],
    },
    notices: notices.filter((notice) => notice !== undefined),
    summary: {
      rows: words.understood(n(taken.length), n(sum)),
      need: need > 0 ? words.need_you(n(need)) : words.all_clear,
      skipped: data.skipped > 0 ? words.skipped(n(data.skipped)) : "",
      clear: need === 0,
    },
    lists: data.lists.length > 1 ? data.lists.map((own, i) => ({ label: listName(say, own), current: i === data.chosen, value: String(i) })) : [],
    action: `/plan-imports/${file.id}`,
    choose: `/plan-imports/${file.id}/list`,
    revision: String(file.revision),
    errors: given.errors,
    rows,
    total: words.periods(n(sum)),
    firstDoubt: rows.find((row) => row.state !== undefined)?.key,
    back: `/schools/${file.school_id}/plans/new?subject=${data.subjectCode}&grade=${data.grade}&year=${data.yearId}&campus=${data.campusId ?? ""}`,
  };

  function listName(speech: Speech, own: ImportList): string {
    const grade = own.grade === null ? "" : speech.t.plan.grade(own.grade);
    const subject = own.subjectCode === null ? "" : given.nameOf(own.subjectCode);
    const where = own.name === "" ? speech.t.plan.list_table(own.table) : own.name;
    const name = [speech.t.plan.list_names[own.role], subject, grade, `(${where})`].filter((part) => part !== "").join(" ");
    return speech.t.plan.list_of(name, n(own.rows.filter((row) => row.include).length), n(periodsTaken(own.rows)));
  }
}

/** A file of another subject or grade is read all the same, and said. */
function differs(say: Speech, given: Previewed, list: ImportList | undefined): NoticeView | undefined {
  const { data } = given.file;
  const otherSubject = list?.subjectCode != null && list.subjectCode !== data.subjectCode;
  const otherGrade = list?.grade != null && list.grade !== data.grade;
  if (!list || !(otherSubject || otherGrade)) return undefined;
  const found = say.t.plan.name(given.nameOf(list.subjectCode ?? data.subjectCode), list.grade ?? data.grade);
  return { kind: "bad", text: say.t.plan.subject_differs(found, given.name) };
}

import type { Formats } from "../platform/i18n.ts";
import { sayText } from "../platform/messages.ts";
import type { FieldError, Typed } from "../platform/web/form.ts";
import type { OfficialDocument } from "../documents/official/model.ts";
import { placeAndDay } from "../documents/official/model.ts";
import type { ActionView, ActView, BadgeView, FieldView, NoticeView, PageHeadView, TableView, Tone, TrailView } from "../shell/partials.ts";
import type { ReportState } from "./rules.ts";
import type { ReportActRow, ReportRow } from "./store.ts";

export interface ReportsPage {
  head: PageHeadView;
  groups: { title: string; rows: { period: string; badge: BadgeView; detail: string; href: string | undefined; begin: ActView | undefined }[] }[];
  filter: { action: string; fields: FieldView[] };
}

export interface PaperTable {
  caption: string;
  columns: { label: string; number: boolean }[];
  rows: { text: string; number: boolean }[][];
}

/** A document as the page shows it. */
export interface PaperView {
  parent: string;
  issuer: string;
  number: string;
  nation: string;
  motto: string;
  day: string;
  draft: string;
  kind: string;
  title: string;
  blocks: { heading: string; paragraph: string; table: PaperTable | undefined }[];
  recipients: { title: string; lines: string[] };
  signatory_title: string;
  signatory: string;
}

export interface ReportPage {
  head: PageHeadView;
  notices: NoticeView[];
  errors: { field: string; label: string; message: string }[];
  acts: ActView[];
  write: { action: string; seen: string; fields: FieldView[] } | undefined;
  give_back: { action: string; comment: FieldView } | undefined;
  paper: PaperView;
  trail: TrailView;
}

export interface BoardPage {
  head: PageHeadView;
  remind: ActView | undefined;
  table: TableView;
  filter: { action: string; fields: FieldView[] };
}

declare global {
  interface Views {
    "reports/unit": ReportsPage;
    "reports/show": ReportPage;
    "reports/board": BoardPage;
    "reports/paper": PaperView;
    "reports/paper-table": PaperTable;
  }
}

export const STATE_TONES: Record<ReportState | "none", Tone> = { draft: "info", submitted: "accent", returned: "warn", accepted: "good", none: "neutral" };

export function badgeOf(state: ReportState | "none", t: Words): BadgeView {
  return { label: t.reports.states[state], tone: STATE_TONES[state] };
}

export function paperView(document: OfficialDocument, t: Words): PaperView {
  const words = t.official;
  return {
    ...{ parent: document.parent, issuer: document.issuer, number: words.number(document.number), nation: words.nation, motto: words.motto },
    ...{ day: placeAndDay(document.place, document.on), draft: document.draft ? words.draft : "", kind: document.kind, title: document.title },
    blocks: document.blocks.map((block) =>
      block.kind === "table"
        ? {
            ...{ heading: "", paragraph: "" },
            table: {
              caption: block.caption,
              columns: block.columns.map((column) => ({ label: column.label, number: column.number === true })),
              rows: block.rows.map((row) => row.map((text, i) => ({ text, number: block.columns[i]?.number === true }))),
            },
          }
        : { heading: block.kind === "heading" ? block.text : "", paragraph: block.kind === "paragraph" ? block.text : "", table: undefined },
    ),
    recipients: { title: words.recipients, lines: [...document.recipients, words.archive] },
    signatory_title: document.signatory_title,
    signatory: document.signatory,
  };
}

type Shown = { errors: readonly FieldError[]; typed: Typed };

export function fieldsOf(report: ReportRow, symbol: string, form: Shown, t: Words): FieldView[] {
  const words = t.reports.form;
  const field = (view: FieldView): FieldView => {
    const error = form.errors.find((one) => one.field === view.name);
    const typed = form.typed[view.name];
    return { ...view, required: false, value: typeof typed === "string" ? typed : view.value, error: error ? sayText(t.platform.fields, error.code, error.params) : undefined };
  };
  return [
    field({ name: "assessment", label: words.assessment, kind: "textarea", value: report.assessment, attributes: { rows: 6, maxlength: 20_000 } }),
    field({ name: "next_steps", label: words.next_steps, kind: "textarea", value: report.next_steps, attributes: { rows: 6, maxlength: 20_000 } }),
    field({ name: "number", label: words.number, kind: "text", hint: t.documents.form.number_hint(symbol), value: report.number, attributes: { maxlength: 60 } }),
    field({ name: "issued_on", label: words.issued_on, kind: "date", value: report.issued_on ?? "" }),
    field({ name: "place", label: words.place, kind: "text", value: report.place, attributes: { maxlength: 120 } }),
    field({ name: "signatory_title", label: words.signatory_title, kind: "text", value: report.signatory_title, attributes: { maxlength: 120 } }),
    field({ name: "signatory", label: words.signatory, kind: "text", value: report.signatory, attributes: { maxlength: 120 } }),
    field({ name: "recipients", label: words.recipients, kind: "textarea", value: report.recipients, attributes: { rows: 3, maxlength: 2000 } }),
  ];
}

export function filesOf(report: ReportRow, t: Words): ActionView[] {
  const words = t.reports;
  return (["docx", "pdf", "xlsx"] as const).map((format) => ({ href: `/reports/${report.id}/${format}`, label: { docx: words.word, pdf: words.pdf, xlsx: words.excel }[format], icon: "download" }));
}

const ICONS = { submit: "send", return: "undo-2", accept: "badge-check" } as const;
const ACT_TONES = { submit: undefined, return: "warn", accept: "good" } as const;

export function trailOf(acts: readonly ReportActRow[], names: ReadonlyMap<string, string>, t: Words, f: Formats): TrailView {
  const words = t.reports;
  return { items: acts.map((act) => ({ title: words.step(names.get(act.by) ?? "", words.acts[act.act]), detail: f.stamp(act.at), text: act.comment || undefined, icon: ICONS[act.act], tone: ACT_TONES[act.act] })) };
}

export function numberText(report: ReportRow | undefined, f: Formats): string {
  if (report === undefined || report.number === "") return "";
  return report.issued_on === null ? report.number : `${report.number}, ${f.day(report.issued_on)}`;
}


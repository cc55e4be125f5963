import type { Formats } from "../platform/i18n.ts";
import type { FieldError, Typed } from "../platform/web/form.ts";
import { sayText } from "../platform/messages.ts";
import type { ActionView, ActView, BadgeView, FieldView, FileRowView, PageHeadView, TableView, Tone } from "../shell/partials.ts";
import { official } from "./official/messages.ts";
import type { Issuer } from "./official/issuer.ts";
import { blocksOf, type OfficialDocument } from "./official/model.ts";
import { documents } from "./messages.ts";
import { DOCUMENT_KINDS, type DocumentKind, type DocumentRow, type VersionOfDocument, type VersionRow } from "./store.ts";

export interface DocumentsPage {
  head: PageHeadView;
  documents: { title: string; badge: BadgeView; text: string; actions: ActionView[]; acts: ActView[]; link: string | undefined; history: FileRowView[] }[];
  filter: { action: string; fields: FieldView[] };
}

export interface EditPage {
  head: PageHeadView;
  errors: { field: string; label: string; message: string }[];
  write: { action: string; hidden: { year: string; seen: string }; fields: FieldView[] };
  file: { action: string; year: string; fields: FieldView[] };
}

export interface StatusPage {
  head: PageHeadView;
  remind: ActView | undefined;
  table: TableView;
  empty: boolean;
  filter: { action: string; fields: FieldView[] };
}

export interface PublicPage {
  title: string;
  school: string;
  text: string;
  href: string;
}

declare global {
  interface Views {
    "documents/school": DocumentsPage;
    "documents/edit": EditPage;
    "documents/status": StatusPage;
    "documents/public": PublicPage;
  }
}

export type DocumentState = "issued" | "draft" | "missing";
export const STATE_TONES: Record<DocumentState, Tone> = { issued: "good", draft: "info", missing: "warn" };

/** Issued once is issued, whatever draft came after it. */
export function stateOf(versions: readonly VersionRow[]): DocumentState {
  if (versions.length === 0) return "missing";
  return versions.some((version) => version.issued_on !== null) ? "issued" : "draft";
}

/** The two cards of a school's year. */
export function documentCards(
  found: readonly (DocumentRow & { versions: VersionRow[] })[],
  school: { id: string },
  yearId: string,
  may: { lead: boolean; drafts: boolean; base: string },
  t: Words,
  f: Formats,
): DocumentsPage["documents"] {
  const words = t.documents;
  return DOCUMENT_KINDS.map((kind) => {
    const document = found.find((one) => one.kind === kind);
    const versions = (document?.versions ?? []).filter((version) => may.drafts || version.issued_on !== null);
    const state = stateOf(versions);
    const issued = versions.find((version) => version.issued_on !== null);
    const key = document?.public_key ?? undefined;
    const edit: ActionView = { href: `/schools/${school.id}/documents/${kind}?year=${yearId}`, label: state === "missing" ? words.write : words.edit, icon: "pencil", kind: state === "missing" ? "primary" : undefined };
    const publish: ActView = key === undefined ? { action: `/school-documents/${document?.id ?? ""}/publication`, label: words.publish, icon: "link" } : { action: `/school-documents/${document?.id ?? ""}/publication-removal`, label: words.unpublish, icon: "x" };
    return {
      title: words.kinds[kind],
      badge: { label: words.states[state], tone: STATE_TONES[state] },
      text: issued ? words.issued(issued.number, f.day(issued.issued_on ?? ""), issued.signatory) : words.missing_text,
      actions: may.lead ? [edit] : [],
      acts: may.lead && issued !== undefined ? [publish] : [],
      link: key === undefined ? undefined : `${may.base}/public-documents/${key}`,
      history: versions.map((version) => historyRow(version, t, f)),
    };
  });
}

function historyRow(version: VersionRow, t: Words, f: Formats): FileRowView {
  const words = t.documents;
  const base = `/school-document-versions/${version.id}`;
  const name = `${words.version(version.version)}${version.issued_on === null ? ` · ${words.states.draft}` : ` · ${version.number} · ${f.day(version.issued_on)}`}`;
  if (version.blob_hash !== null) return { name, href: `${base}/file`, icon: "file-text", detail: version.file_name ?? "" };
  return { name, href: `${base}/pdf`, icon: "file-text", detail: f.stamp(version.saved_at), actions: [{ href: `${base}/docx`, label: words.word, icon: "download" }] };
}

/** A version that was written here, laid out as Decree 30 asks. Always in Vietnamese. */
export function officialOf(version: VersionOfDocument, issuer: Issuer): OfficialDocument {
  const words = documents.vi;
  return {
    ...{ parent: issuer.parent, issuer: issuer.issuer, number: version.number, place: version.place, on: version.issued_on ?? undefined },
    ...{ kind: words.kind_heads[version.kind], title: words.about[version.kind](version.year_id), blocks: blocksOf(version.body) },
    ...{ signatory_title: version.signatory_title, signatory: version.signatory, recipients: linesOf(version.recipients), draft: version.issued_on === null },
  };
}

export function linesOf(text: string): string[] {
  return text.split(/\r?\n/).map((line) => line.trim().replace(/^[-–]\s*/, "").replace(/[;.]$/, "")).filter((line) => line !== "");
}

export interface Editing {
  school: { id: string; name: string };
  year_id: string;
  kind: DocumentKind;
  last: VersionRow | undefined;
  issuer: Issuer;
  leader: string;
  share: string;
}

/** The form, filled from the last version or from the template; what was typed wrongly stays in it. */
export function editPage(editing: Editing, form: { errors: readonly FieldError[]; typed: Typed; of: "write" | "file" }, t: Words): EditPage {
  const { kind, last, school, year_id, issuer } = editing;
  const words = t.documents.form;
  const errorOf = (name: string, of: "write" | "file"): string | undefined => {
    const error = form.of === of ? form.errors.find((one) => one.field === name) : undefined;
    if (error === undefined) return undefined;
    return sayText(Object.hasOwn(t.platform.fields, error.code) ? t.platform.fields : t.platform.files, error.code, error.params);
  };
  const field = (of: "write" | "file", view: FieldView): FieldView => {
    const typed = form.of === of ? form.typed[view.name] : undefined;
    return { ...view, id: of === "file" ? `file-${view.name}` : view.name, value: typeof typed === "string" ? typed : view.value, error: errorOf(view.name, of) };
  };
  const draft = last?.issued_on === null ? last : undefined;
  const example = `12/${documents.vi.symbols[kind]}-${issuer.abbreviation}`;
  const number: FieldView = { name: "number", label: words.number, kind: "text", hint: words.number_hint(example), value: draft?.number ?? "", attributes: { maxlength: 60 } };
  const signatory: FieldView = { name: "signatory", label: words.signatory, kind: "text", value: last?.signatory ?? editing.leader, attributes: { maxlength: 120 } };
  const issued: FieldView = { name: "issued_on", label: words.issued_on, kind: "date", value: draft?.issued_on ?? "" };
  const write = [
    field("write", { ...number, required: false }),
    field("write", { ...issued, required: false }),
    field("write", { ...signatory, required: false }),
    field("write", { name: "signatory_title", label: words.signatory_title, kind: "text", required: false, value: last?.signatory_title || words.signatory_default, attributes: { maxlength: 120 } }),
    field("write", { name: "place", label: words.place, kind: "text", required: false, value: last?.place || issuer.place, attributes: { maxlength: 120 } }),
    field("write", { name: "body", label: words.body, kind: "textarea", hint: words.body_hint, value: last?.body || documents.vi.templates[kind](official.vi.school(school.name), year_id, editing.share), attributes: { rows: 24, maxlength: 60_000 } }),
    field("write", { name: "recipients", label: words.recipients, kind: "textarea", required: false, value: last?.recipients || documents.vi.recipients, attributes: { rows: 4, maxlength: 2000 } }),
  ];
  const file = [
    field("file", { ...number, required: true, value: "" }),
    field("file", { ...issued, required: true, value: "" }),
    field("file", { ...signatory, required: true }),
    field("file", { name: "file", label: words.file, kind: "file", required: true, attributes: { accept: ".pdf,.docx" } }),
  ];
  const shown = form.of === "write" ? write : file;
  return {
    head: { title: words.write_title[kind], eyebrow: school.name, lead: words.lead },
    errors: shown.flatMap((one) => (one.error ? [{ field: one.id ?? one.name, label: one.label, message: one.error }] : [])),
    write: { action: `/schools/${school.id}/documents/${kind}/text`, hidden: { year: year_id, seen: String(last?.version ?? 0) }, fields: write },
    file: { action: `/schools/${school.id}/documents/${kind}/files`, year: year_id, fields: file },
  };
}

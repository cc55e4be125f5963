import { sayText } from "../../platform/messages.ts";
import type { FieldError, Typed } from "../../platform/web/form.ts";
import type { ActView, CellView, EmptyView, FieldView, NoticeView, PageHeadView, TableView } from "../../shell/partials.ts";
import type { Sensitive } from "../import/columns.ts";
import { PURPOSE_NAMES, PURPOSES, type Purpose } from "../import/purposes.ts";
import type { PurposeRow, ShownDetail } from "../store/details.ts";
import type { Say } from "./preview.ts";

export interface PurposesPage {
  head: PageHeadView;
  privacy: NoticeView;
  purposes: PurposeView[];
}

interface PurposeView {
  title: string;
  text: string;
  /** What is on since when and why, or undefined. */
  state: string | undefined;
  kept: string;
  off: ActView | undefined;
  on: { action: string; purpose: Purpose; field: FieldView; submit: string } | undefined;
}

export interface DetailsPage {
  head: PageHeadView;
  logged: string;
  table: TableView | undefined;
  empty: EmptyView;
}

declare global {
  interface Views {
    "people/purposes": PurposesPage;
    "people/details": DetailsPage;
  }
}

/** The form as it was sent, with what is wrong in it. */
export interface PurposeForm {
  errors: readonly FieldError[];
  typed: Typed;
}

export function purposesPage(say: Say, school: { id: string; name: string }, seen: { on: readonly PurposeRow[]; kept: ReadonlyMap<Sensitive, number>; form: PurposeForm }): PurposesPage {
  const words = say.t.people;
  return {
    head: { title: words.purposes_title, eyebrow: school.name, lead: words.purposes_lead },
    privacy: { kind: "info", text: words.purposes_never },
    purposes: PURPOSE_NAMES.map((purpose) => purposeView(say, `/schools/${school.id}/data-purposes`, purpose, seen)),
  };
}

function purposeView(say: Say, base: string, purpose: Purpose, seen: Parameters<typeof purposesPage>[2]): PurposeView {
  const words = say.t.people;
  const { title, text } = words.purposes[purpose];
  const on = seen.on.find((row) => row.purpose === purpose);
  const kinds: readonly Sensitive[] = PURPOSES[purpose];
  const kept = kinds.reduce((sum, kind) => sum + (seen.kept.get(kind) ?? 0), 0);
  const view = { title, text: `${text} ${words.purpose_columns(kinds.map((kind) => words.about[kind]).join(", "))}` };
  if (on) {
    const off: ActView = { action: `${base}/${purpose}/ending`, label: words.purpose_switch_off, kind: "danger", confirm: words.purpose_off_ask(title, kept) };
    return { ...view, state: words.purpose_state(on.by_name, say.f.stamp(on.switched_on_at), on.reason), kept: words.purpose_kept(kept), off, on: undefined };
  }
  const mine = seen.form.typed["purpose"] === purpose;
  const error = mine ? seen.form.errors.find((one) => one.field === "reason") : undefined;
  const field: FieldView = {
    ...{ id: `reason-${purpose}`, name: "reason", label: words.purpose_reason, hint: words.purpose_reason_hint, kind: "text", required: true, attributes: { maxlength: 300 } },
    value: mine ? String(seen.form.typed["reason"] ?? "") : "",
    ...(error ? { error: sayText(say.t.platform.fields, error.code, error.params) } : {}),
  };
  return { ...view, state: undefined, kept: "", off: undefined, on: { action: base, purpose, field, submit: words.purpose_switch_on } };
}

/** One row a pupil, one column a header of the files that were imported. */
export function detailsPage(say: Say, klass: { name: string; school: { name: string } }, pupils: readonly { id: string; name: string }[], details: readonly ShownDetail[]): DetailsPage {
  const words = say.t.people;
  const headers = [...new Set(details.map((detail) => detail.header))];
  const values = new Map(details.map((detail) => [`${detail.person_id} ${detail.header}`, detail.value]));
  const lines = pupils.map(({ id, name }): CellView[] => [{ text: name }, ...headers.map((header) => ({ text: values.get(`${id} ${header}`) ?? "–" }))]);
  const columns = [{ label: words.name }, ...headers.map((label) => ({ label }))];
  return {
    head: { title: words.details_of(klass.name), eyebrow: klass.school.name, lead: words.details_lead },
    logged: words.details_logged,
    table: headers.length === 0 ? undefined : { caption: words.details_of(klass.name), columns, rows: lines },
    empty: { icon: "users", title: words.details_none, text: words.details_none_text },
  };
}

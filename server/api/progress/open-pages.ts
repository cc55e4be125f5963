import type { UnitRow } from "../../organisation/store.ts";
import { formView, type FormState, type FormView } from "../../shell/form-fields.ts";
import type { ActionView, FilterBarView, NoticeView, PageHeadView, TableView } from "../../shell/partials.ts";
import { CSV_TABLES } from "../tables.ts";
import type { PublicPageRow } from "./store.ts";

export interface OpenFiguresPage {
  head: PageHeadView;
  tables: { title: string; text: string; download: ActionView; columns: TableView }[];
  programs: ActionView[];
  /** The public page: for officers of the department alone. */
  publicPage: { notice: NoticeView; form: FormView } | undefined;
  filter: FilterBarView | undefined;
}

declare global {
  interface Views {
    "progress/open-figures": OpenFiguresPage;
  }
}

interface Facts {
  unit: UnitRow;
  units: { value: string; label: string }[];
  /** Undefined: not for this person to switch. */
  page: { row: PublicPageRow | undefined; changed: string } | undefined;
}

export function openFiguresPage({ unit, units, page }: Facts, state: FormState, t: Words): OpenFiguresPage {
  const words = t.open_figures;
  return {
    head: { title: words.title, eyebrow: unit.name, lead: words.lead },
    tables: CSV_TABLES.map(({ name, columns }) => ({
      title: words.table_names[name],
      text: words.table_texts[name],
      download: { href: `/api/v1/units/${unit.id}/tables/${name}.csv`, label: words.download(name), icon: "download" },
      columns: { caption: words.columns(`${name}.csv`), columns: [{ label: words.column }, { label: words.meaning }], rows: columns.map((column) => [{ text: column }, { text: words.column_texts[column] }]) },
    })),
    programs: [
      { href: "/api/v1/openapi.json", label: words.openapi, icon: "file-text" },
      { href: "/api-tokens", label: words.tokens, icon: "key-round" },
    ],
    publicPage: page && { notice: noticeOf(page, t), form: formOf(page.row, state, t) },
    filter: units.length < 2 ? undefined : { action: "/open-figures", label: words.unit, fields: [{ name: "unit", label: words.unit, kind: "select", value: unit.id, options: units }] },
  };
}

function noticeOf({ row, changed }: { row: PublicPageRow | undefined; changed: string }, t: Words): NoticeView {
  const words = t.open_figures.page;
  return row?.is_open ? { kind: "good", text: words.open(changed), action: { href: "/progress", label: words.see } } : { kind: "info", text: words.closed };
}

function formOf(row: PublicPageRow | undefined, state: FormState, t: Words): FormView {
  const words = t.open_figures.page;
  return formView(t, state, {
    action: "/open-figures/public-page",
    submit: words.save,
    hidden: { seen: String(row?.revision ?? 0) },
    fields: [
      { name: "is_open", label: words.is_open, kind: "checkbox", value: "yes", checked: row?.is_open ?? false, required: false, hint: words.is_open_hint },
      { name: "shows_schools", label: words.shows_schools, kind: "checkbox", value: "yes", checked: row?.shows_schools ?? false, required: false, hint: words.shows_schools_hint },
    ],
  });
}

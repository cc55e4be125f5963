import type { Request, Response } from "express";
import { provinceOfficerOver } from "../access/actor.ts";
import { listYears } from "../calendar/store.ts";
import { dayOf } from "../platform/clock.ts";
import { fold } from "../platform/text.ts";
import { drawnOnce } from "../platform/web/drawn.ts";
import type { SafeHtml } from "../platform/web/render.ts";
import type { FeatureRoutes } from "../platform/web/router.ts";
import { sendTables } from "../platform/web/send-tables.ts";
import { TABLE_FORMATS } from "../platform/table-file.ts";
import type { ActionView, EmptyView, FieldView, FilterBarView, MeterView, PagerView, StatView, TableView } from "../shell/partials.ts";
import { openOfficeUnit, yearAsked } from "./access.ts";
import { TableAsked } from "./forms.ts";
import { readOffice } from "./table-lines.ts";
import { chosen, ORDERS, RESULTS } from "./table-rules.ts";
import { partsTable, schoolsFile, schoolsTable, unitMeters, unitStats, type SchoolLine } from "./table.ts";

/** What a sheet of paper holds, and a phone scrolls. Files have all rows. */
const SCHOOLS_A_PAGE = 50;

export interface TablePage {
  title: string;
  lead: string;
  actions: ActionView[];
  figures: SafeHtml;
  filter: FilterBarView;
  schools: SafeHtml;
}

export interface TableFigures {
  meters: MeterView[];
  stats: StatView[];
}

export interface TableSchools {
  /** Undefined: the unit has no schools, or none that was asked for. */
  schools: TableView | undefined;
  empty: EmptyView;
  pager: PagerView;
  parts: TableView | undefined;
}

declare global {
  interface Views {
    "measures/table": TablePage;
    "measures/table-figures": TableFigures;
    "measures/table-schools": TableSchools;
  }
}

/** Tables of schools for the officers of a commune, a cluster or the province: sums of counts, never a pupil. */
export function tableRoutes(routes: FeatureRoutes): void {
  routes.get("/measures", "signed_in", async (req, res) => showTable(req, res, await openTable(req)));

  for (const format of TABLE_FORMATS) {
    routes.get(`/measures/table.${format}`, "signed_in", async (req, res) => {
      const opened = await openTable(req);
      const { unit, year, office } = opened;
      const parts = format === "csv" ? undefined : partsTable(office.parts, year.id, req.t, req.f); // a program reads one table, a person all
      const units = parts ? [{ name: req.t.outlook.sheets.parts, head: parts.columns.map((column) => column.label), rows: parts.rows.map((cells) => cells.map((cell) => cell.text)) }] : [];
      await sendTables(res, format, `${unit.code || "truong"}-${year.id}`, [schoolsFile(linesOf(opened), req.t), ...units]);
    });
  }
}

async function openTable(req: Request) {
  const asked = TableAsked.parse(req.query);
  const [years, unit] = await Promise.all([listYears(req.db), openOfficeUnit(req.db, req.actor, req.query["unit"])]);
  const year = yearAsked(years, asked, req.now);
  const office = await readOffice(req.db, unit, year.id, dayOf(req.now));
  return { unit, year, years, asked, office };
}

type OpenTable = Awaited<ReturnType<typeof openTable>>;

/** The schools that the address asks for, in its order. */
function linesOf({ asked: { level, area, result, order, q }, office }: OpenTable): SchoolLine[] {
  const words = fold(q).split(" ").filter((word) => word !== "");
  return chosen(office.lines, { level, area, result, order, words }, office.counter);
}

function showTable(req: Request, res: Response, opened: OpenTable): void {
  const { t, f } = req;
  const { unit, year, office } = opened;
  const words = t.measures.table;
  const of = `unit=${unit.id}&year=${year.id}`;
  const file = queryOf(opened, {});
  const settings: ActionView[] = provinceOfficerOver(req.actor, unit) ? [{ href: "/measures/settings", label: words.settings, icon: "settings" }, { href: "/measures/recounts", label: t.recount.link, icon: "refresh-cw" }] : [];
  const page: TablePage = {
    title: words.of(unit.name),
    lead: `${t.measures.lead(f.day(dayOf(req.now)), year.id)}. ${words.sums} ${t.measures.definition.counter[office.counter]}`,
    actions: [{ href: `/measures/table.csv?${file}`, label: t.outlook.files.csv, icon: "download" }, { href: `/measures/table.xlsx?${file}`, label: t.outlook.files.xlsx, icon: "download" }, { href: `/measures/months?${of}`, label: t.closing.link, icon: "lock" }, { href: `/odd-figures?${of}`, label: t.odd.link, icon: "circle-help" }, { href: `/documents?${of}`, label: t.measures.documents_link, icon: "file-text" }, { href: `/report-board?${of}`, label: t.measures.reports_link, icon: "send" }, { href: "/api-tokens", label: t.api.title, icon: "key-round" }, ...settings],
    figures: drawnOnce(office, `figures ${req.lang}`, () => res.fragment("measures/table-figures", { meters: unitMeters(office.sum, office.targets, office.counter, t, f), stats: unitStats(office, t, f) })),
    filter: { action: "/measures", label: t.measures.filters.label, fields: filterFields(req, opened), clearHref: isNarrowed(opened) ? `/measures?${of}` : undefined },
    schools: drawnOnce(office, `schools ${req.lang} ${opened.asked.page} ${file}`, () => res.fragment("measures/table-schools", schoolsOf(req, opened))),
  };
  res.page("measures/table", page, { title: words.title, wide: true });
}

/** The page that is asked for, or the last one there is. */
function schoolsOf({ t, f }: Request, opened: OpenTable): TableSchools {
  const { office, year, asked } = opened;
  const words = t.measures.table;
  const lines = linesOf(opened);
  const last = Math.max(1, Math.ceil(lines.length / SCHOOLS_A_PAGE));
  const page = Math.min(asked.page, last);
  const from = (page - 1) * SCHOOLS_A_PAGE;
  const shown = lines.slice(from, from + SCHOOLS_A_PAGE);
  const pageAt = (number: number): string => `/measures?${queryOf(opened, { page: String(number) })}#schools`;
  return {
    schools: shown.length === 0 ? undefined : schoolsTable(shown, year.id, office.counter, t, f),
    empty: { icon: "school", ...(office.lines.length === 0 ? { title: words.empty } : { title: words.none_found, text: words.none_found_text }) },
    pager: {
      summary: words.shown(f.number(from + 1), f.number(from + shown.length), f.number(lines.length)),
      previous: page > 1 ? pageAt(page - 1) : undefined,
      next: page < last ? pageAt(page + 1) : undefined,
    },
    parts: partsTable(office.parts, year.id, t, f),
  };
}

/** What the address asks for, without what it leaves as it is. */
function queryOf({ unit, year, asked }: OpenTable, more: Record<string, string>): string {
  const { level, area, result, order, q } = asked;
  const narrow = { level, area, result, order: order === "online_far" ? undefined : order, q: q === "" ? undefined : q };
  const parts = Object.entries({ unit: unit.id, year: year.id, ...narrow, ...more }).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return new URLSearchParams(parts).toString();
}

function isNarrowed({ asked: { level, area, result, q } }: OpenTable): boolean {
  return level !== undefined || area !== undefined || result !== undefined || q !== "";
}

function filterFields(req: Request, { unit, year, years, asked, office }: OpenTable): FieldView[] {
  const { t } = req;
  const words = t.measures.table;
  const any = { value: "", label: t.measures.filters.any };
  const named = (there: ReadonlySet<string | null>, names: Record<string, string>) => Object.entries(names).flatMap(([value, label]) => (there.has(value) ? [{ value, label }] : []));
  const select = (name: string, label: string, value: string | undefined, options: { value: string; label: string }[]): FieldView => ({ name, label, kind: "select", value: value ?? "", options });
  const [levels, areas] = [named(office.levels, t.access.levels), named(office.areas, t.access.areas)];
  const own = req.actor.memberships.filter((m) => m.role === "province_officer" || m.role === "commune_officer");
  const units = [...new Map([[unit.id, unit.name], ...own.map((m): [string, string] => [m.unitId, m.unitName])])].map(([value, label]) => ({ value, label }));
  return [
    { name: "q", label: words.find, kind: "search", value: asked.q, attributes: { maxlength: 100 } },
    select("order", words.order, asked.order, ORDERS.map((value) => ({ value, label: words.orders[value] }))),
    select("result", words.result, asked.result, [any, ...RESULTS.map((value) => ({ value, label: words.results[value] }))]),
    ...(levels.length > 1 ? [select("level", words.columns.level, asked.level, [any, ...levels])] : []),
    ...(areas.length > 1 ? [select("area", words.area, asked.area, [any, ...areas])] : []),
    select("year", t.measures.filters.year, year.id, years.map((one) => ({ value: one.id, label: one.id }))),
    ...(units.length > 1 ? [select("unit", words.unit, unit.id, units)] : []), // the only one is what an address without unit means
  ];
}

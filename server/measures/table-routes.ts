import type { Request, Response } from "express";
import { provinceOfficerOver } from "../access/actor.ts";
import { listYears } from "../calendar/store.ts";
import { definitionOn, listDefinitions } from "../ledger/store/definitions.ts";
import type { UnitRow } from "../organisation/store.ts";
import { dayOf } from "../platform/clock.ts";
import type { FeatureRoutes } from "../platform/web/router.ts";
import { sendTables } from "../platform/web/send-tables.ts";
import { TABLE_FORMATS } from "../platform/table-file.ts";
import type { ActionView, CellView, FieldView, MeterView, StatView, TableView } from "../shell/partials.ts";
import { openOffice, yearAsked } from "./access.ts";
import { Asked } from "./forms.ts";
import { schoolCells, schoolsFile, schoolFigures, unitMeters, unitStats, type SchoolLine } from "./table.ts";
import { rollUp, type RollUp } from "./rules.ts";
import { listPartsOf, listSchoolSums } from "./store/figures.ts";
import { listTargets, targetsOf, TARGETS_OF_1027 } from "./store/targets.ts";

export interface TablePage {
  title: string;
  lead: string;
  actions: ActionView[];
  filter: { action: string; fields: FieldView[] };
  meters: MeterView[];
  stats: StatView[];
  parts: { caption: string; table: TableView } | undefined;
  schools: TableView;
  empty: boolean;
}

declare global {
  interface Views {
    "measures/table": TablePage;
  }
}

/** Tables of schools for the officers of a commune, a cluster or the province: sums of counts, never a pupil. */
export function tableRoutes(routes: FeatureRoutes): void {
  routes.get("/measures", "signed_in", async (req, res) => showTable(req, res, await openTable(req)));

  for (const format of TABLE_FORMATS) {
    routes.get(`/measures/table.${format}`, "signed_in", async (req, res) => {
      const { unit, year, lines } = await openTable(req);
      const parts = format === "csv" ? undefined : await partsOf(req, unit, lines, year.id); // a program reads one table, a person all
      const units = parts ? [{ name: req.t.outlook.sheets.parts, head: parts.table.columns.map((column) => column.label), rows: parts.table.rows.map((cells) => cells.map((cell) => cell.text)) }] : [];
      await sendTables(res, format, `${unit.code || "truong"}-${year.id}`, [schoolsFile(lines, req.t), ...units]);
    });
  }
}

async function openTable(req: Request) {
  const asked = Asked.parse(req.query);
  const [years, { unit, schools }] = await Promise.all([listYears(req.db), openOffice(req.db, req.actor, req.query["unit"], req.now)]);
  const year = yearAsked(years, asked, req.now);
  const ids = schools.map((school) => school.id);
  const today = dayOf(req.now);
  const counter = definitionOn(await listDefinitions(req.db), today).digitised_counter;
  const usual = { bp: TARGETS_OF_1027.digitised_bp, counter };
  const [targets, sums] = await Promise.all([listTargets(req.db, year.id), listSchoolSums(req.db, ids, year.id, today, usual)]);
  const paths = new Map(schools.map((school) => [school.id, school.path]));
  const lines: SchoolLine[] = sums.map((row) => ({ row, path: paths.get(row.id) ?? "", figures: schoolFigures(row, targetsOf(targets, row.level)) }));
  return { unit, year, years, lines, counter, targets: targetsOf(targets, null) };
}

async function showTable(req: Request, res: Response, { unit, year, years, lines, counter, targets }: Awaited<ReturnType<typeof openTable>>): Promise<void> {
  const { t, f } = req;
  const words = t.measures.table;
  const sum = rollUp(lines.map((line) => line.figures));
  const query = new URLSearchParams({ unit: unit.id, year: year.id });
  const yearOptions = years.map((one) => ({ value: one.id, label: one.id }));
  const settings: ActionView[] = provinceOfficerOver(req.actor, unit) ? [{ href: "/measures/settings", label: words.settings, icon: "settings" }, { href: "/measures/recounts", label: t.recount.link, icon: "refresh-cw" }] : [];
  const page: TablePage = {
    title: words.of(unit.name),
    lead: `${t.measures.lead(f.day(dayOf(req.now)), year.id)}. ${words.sums} ${t.measures.definition.counter[counter]}`,
    actions: [{ href: `/measures/table.csv?${query.toString()}`, label: t.outlook.files.csv, icon: "download" }, { href: `/measures/table.xlsx?${query.toString()}`, label: t.outlook.files.xlsx, icon: "download" }, { href: `/measures/months?unit=${unit.id}&year=${year.id}`, label: t.closing.link, icon: "lock" }, { href: `/odd-figures?unit=${unit.id}&year=${year.id}`, label: t.odd.link, icon: "circle-help" }, { href: `/documents?unit=${unit.id}&year=${year.id}`, label: t.measures.documents_link, icon: "file-text" }, { href: `/report-board?unit=${unit.id}&year=${year.id}`, label: t.measures.reports_link, icon: "send" }, { href: "/api-tokens", label: t.api.title, icon: "key-round" }, ...settings],
    filter: { action: `/measures`, fields: [{ name: "year", label: t.measures.filters.year, kind: "select", value: year.id, options: yearOptions }, ...unitField(req, unit)] },
    meters: unitMeters(sum, targets, counter, t, f),
    stats: unitStats(sum, t, f),
    parts: await partsOf(req, unit, lines, year.id),
    schools: { caption: words.caption, columns: schoolColumns(t), rows: lines.map((line) => schoolCells(line, year.id, counter, t, f)), phones: "scroll" },
    empty: lines.length === 0,
  };
  res.page("measures/table", page, { title: words.title, wide: true });
}

function unitField(req: Request, unit: UnitRow): FieldView[] {
  const own = req.actor.memberships.filter((m) => m.role === "province_officer" || m.role === "commune_officer");
  const options = [...new Map([[unit.id, unit.name], ...own.map((m): [string, string] => [m.unitId, m.unitName])])].map(([value, label]) => ({ value, label }));
  return [{ name: "unit", label: req.t.measures.table.units, kind: "select", value: unit.id, options }];
}

function schoolColumns(t: Words): TableView["columns"] {
  const { school, level, online, online_counts, digitised, digitised_counts, subjects } = t.measures.table.columns;
  const number = true;
  return [
    { label: school },
    { label: level },
    { label: online, number },
    { label: online_counts, number },
    { label: t.measures.filters.state },
    { label: digitised, number },
    { label: digitised_counts, number },
    { label: subjects, number },
    { label: t.measures.filters.state },
  ];
}

/** Communes and clusters below the department, each with the sums of its schools. */
async function partsOf(req: Request, unit: UnitRow, lines: readonly SchoolLine[], yearId: string): Promise<TablePage["parts"]> {
  const parts = await listPartsOf(req.db, unit.id, dayOf(req.now));
  if (parts.length === 0) return undefined;
  const { t, f } = req;
  const words = t.measures.table;
  const rows = parts.map((part): CellView[] => {
    const own = lines.filter((line) => (part.kind === "cluster" ? part.school_ids.includes(line.row.id) : line.path.startsWith(part.path)));
    return partCells(part.name, `/measures?unit=${part.id}&year=${yearId}`, rollUp(own.map((line) => line.figures)), t, f);
  });
  const number = true;
  const columns = [{ label: words.units }, { label: words.schools, number }, { label: words.online_met, number }, { label: words.digitised_met, number }, { label: words.without_plan, number }];
  return { caption: words.units, table: { caption: words.units, columns, rows, phones: "stack" } };
}

function partCells(name: string, href: string, sum: RollUp, t: Words, f: Request["f"]): CellView[] {
  const of = (n: number): string => t.measures.table.of_all(f.number(n), f.number(sum.schools));
  return [{ text: name, href }, { text: f.number(sum.schools) }, { text: of(sum.online_met) }, { text: of(sum.digitised_met) }, { text: f.number(sum.without_plan) }];
}

import type { FileTable } from "../../platform/table-file.ts";
import { rate, type Hundredths } from "../../platform/units.ts";
import type { Opened } from "../access.ts";
import { definitionView, type Voice } from "../pages.ts";
import { sidesOf } from "../rules.ts";
import type { Outlook } from "./load.ts";
import { alikeTable, lastYearTable, type Line } from "./pages.ts";

/** A rate for a file: a number of percent with two decimals, cut down like on the page. Empty where nothing was planned. */
export function percentOf(part: number, whole: number): number | null {
  return whole === 0 ? null : rate(part, whole) / 100;
}

export function sharePercent(share: { counted: Hundredths; planned: number }): number | null {
  const { part, whole } = sidesOf(share);
  return percentOf(part, whole);
}

/** How the figures of a file were counted: the last table of every file. */
export function definitionTable({ measures, school }: Opened, voice: Voice): FileTable {
  const { targets, thresholds, kinds, counter, version } = definitionView(measures, school, voice);
  const { sheets, file_heads } = voice.t.outlook;
  return { name: sheets.definition, head: file_heads.definition, rows: [targets, thresholds, kinds, counter, version].map((line) => [line]) };
}

/** What the page of trends shows, table by table: what is on the screen and in the file is the same. */
export function outlookTables(opened: Opened, { lines, last_year, alike }: Outlook, voice: Voice): FileTable[] {
  const { t } = voice;
  const { sheets, file_heads: heads } = t.outlook;
  const is_monthly = opened.asked.by === "month";
  const shown = (table: { caption: string; columns: { label: string }[]; rows: { text: string }[][] }, name: string): FileTable => ({
    name,
    head: table.columns.map((column) => column.label),
    rows: table.rows.map((cells) => cells.map((cell) => cell.text)),
  });
  return [
    ...lines.map(({ line, months }) => ({
      name: line.kind === "online" ? sheets.trend : sheets.digitised,
      head: heads.trend,
      rows: (is_monthly ? months.map((one) => ({ label: one.month, ...one })) : line.points.map((one) => ({ label: t.outlook.week(one.week), ...one }))).map(({ label, added, so_far }) => [label, added / line.unit, so_far / line.unit, line.planned / line.unit, percentOf(so_far, line.planned)]),
    })),
    { name: sheets.forecast, head: heads.forecast, rows: lines.map(({ line }) => forecastRow(line, voice)) },
    ...(last_year && opened.measures.online ? [shown(lastYearTable(opened.measures, last_year, voice), sheets.year)] : []),
    ...(alike && alike !== "narrowed" ? [shown(alikeTable(alike, true, voice), sheets.alike)] : []),
    definitionTable(opened, voice),
  ];
}

function forecastRow(line: Line, { t }: Voice): (string | number | null)[] {
  const ahead = line.forecast;
  const band = ahead.known ? [ahead.low, ahead.expected, ahead.high].map((count) => count / line.unit) : [null, null, null];
  return [t.outlook[line.kind], (line.points.at(-1)?.so_far ?? 0) / line.unit, line.planned / line.unit, ...band];
}

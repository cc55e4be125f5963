import { readFile } from "node:fs/promises";
import type { Request, Response } from "express";
import writeXlsxFile from "write-excel-file/node";
import type { Granted } from "../../access/policy.ts";
import { openOffice } from "../../assessment/access.ts";
import { listSchoolsOf, type UnitRow } from "../../organisation/store.ts";
import { readRoster, UnreadableRoster } from "../../people/import/read.ts";
import { dayOf } from "../../platform/clock.ts";
import { conflict } from "../../platform/errors.ts";
import { sayText } from "../../platform/messages.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { withUploads, type Received } from "../../platform/web/uploads.ts";
import { flash } from "../../shell/layout.ts";
import { openImport } from "../access.ts";
import { whenAsked, type When } from "../asked.ts";
import { figuresFromAbove } from "../figures.ts";
import { understandFigures } from "../import/read.ts";
import { fillable, importPage, previewPage, templateRows } from "../pages/imports.ts";
import { publishedBoard } from "../store/boards.ts";
import { createImport, listImports, removeImport, saveImport, undoImport } from "../store/imports.ts";
import { actOf, voiceOf } from "./act.ts";

const FILE_BYTES_MAX = 5_000_000;
const ACCEPTED = new Set(["xlsx", "csv"]);
const XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/** Figures of many schools in one file: form, preview with every wrong cell, saving, undoing. */
export function importRoutes(routes: FeatureRoutes): void {
  routes.get("/scoreboard/imports/new", "signed_in", async (req, res) => {
    const { unit, when } = await openFile(req);
    await showUpload(req, res, unit, when);
  });

  routes.get("/scoreboard/imports/template.xlsx", "signed_in", async (req, res) => {
    const { unit, when } = await openFile(req);
    const [board, schools] = await Promise.all([publishedBoard(req.db, when.year.id), listSchoolsOf(req.db, unit, dayOf(req.now))]);
    const indicators = fillable(board?.indicators ?? []);
    const { rows: figures } = await figuresFromAbove(req.db, unit, when, req.now, indicators.map((one) => one.code));
    const rows = templateRows(schools, figures, voiceOf(req));
    const cells = rows.map((row, i) => row.map((value) => (typeof value === "number" ? { value, type: Number } : { value, type: String, ...(i === 0 ? { fontWeight: "bold" as const } : {}) })));
    const columns = (rows[0] ?? []).map((_head, i) => ({ width: i === 1 ? 32 : 18 }));
    const words = req.t.indicators.imports;
    const file = await writeXlsxFile(cells, { columns, sheet: words.sheet, stickyRowsCount: 1, stickyColumnsCount: 2 }).toBuffer();
    res.attachment(`${words.template_name}-${unit.code || "don-vi"}-${when.month}.xlsx`).type(XLSX).send(file);
  });

  routes.post("/scoreboard/imports", "signed_in", async (req, res) => {
    const { unit, when } = await openFile(req);
    const words = req.t.indicators.imports;
    if (!req.is("multipart/form-data")) return showUpload(req, res.status(422), unit, when, words.no_file);
    const rules = { store: req.blobs, field: "file", filesMax: 1, bytesMax: FILE_BYTES_MAX, accept: ACCEPTED };
    await withUploads(req, res, rules, (received) => takeFile(req, res, unit, when, received));
  });

  routes.get("/scoreboard/imports/:id", "signed_in", async (req, res) => {
    const found = await openImport(req.db, req.actor, idOf(req.params["id"]));
    if (found.state !== "preview") throw conflict("import_over");
    const schools = await listSchoolsOf(req.db, found.office, dayOf(req.now));
    const { rows: figures } = await figuresFromAbove(req.db, found.office, { year: { id: found.year_id }, month: found.month }, req.now, [...new Set(found.cells.map((cell) => cell.code))].sort());
    const page = previewPage(found, { schools, figures }, voiceOf(req));
    const crumbs = [{ href: `/scoreboard?unit=${found.unit_id}`, label: req.t.indicators.title }, { href: `/scoreboard/imports/new?unit=${found.unit_id}`, label: req.t.indicators.imports.title }];
    res.page("indicators/preview", page, { title: page.head.title, crumbs, wide: true });
  });

  routes.post("/scoreboard/imports/:id/completion", "signed_in", async (req, res) => {
    const found = await openImport(req.db, req.actor, idOf(req.params["id"]));
    await saveImport(req.db, found, actOf(req));
    flash(req, req.t.indicators.imports.done(req.f.number(found.cells.length)));
    res.redirect(303, `/scoreboard?unit=${found.unit_id}&year=${found.year_id}&month=${found.month}`);
  });

  routes.post("/scoreboard/imports/:id/undoing", "signed_in", async (req, res) => {
    const found = await openImport(req.db, req.actor, idOf(req.params["id"]));
    const stayed = await undoImport(req.db, found, actOf(req));
    flash(req, req.t.indicators.imports.undone);
    if (stayed > 0) flash(req, req.t.indicators.imports.undone_stayed(req.f.number(stayed)), "warn");
    res.redirect(303, `/scoreboard/imports/new?unit=${found.unit_id}`);
  });

  routes.post("/scoreboard/imports/:id/removal", "signed_in", async (req, res) => {
    const found = await openImport(req.db, req.actor, idOf(req.params["id"]));
    await removeImport(req.db, found);
    flash(req, req.t.indicators.imports.discarded);
    res.redirect(303, `/scoreboard/imports/new?unit=${found.unit_id}`);
  });
}

async function openFile(req: Request) {
  const when = await whenAsked(req.db, req.query, req.now);
  return { when, unit: await openOffice(req.db, req.actor, when.asked.unit) };
}

/** Understands the file and opens its preview; what cannot be read is said on the page of the upload. */
async function takeFile(req: Request, res: Response, unit: Granted<"decide", UnitRow>, asked: When, received: Received): Promise<void> {
  const words = req.t.indicators.imports;
  const when = { ...asked, month: asked.months.find((one) => one === received.fields["month"]) ?? asked.month };
  const refuse = (problem: string): Promise<void> => showUpload(req, res.status(422), unit, when, problem);
  const [refused] = received.refused;
  const [file] = received.files;
  if (refused) return refuse(sayText(req.t.platform.files, refused.code, refused.params));
  if (file === undefined) return refuse(words.no_file);
  const [board, schools] = await Promise.all([publishedBoard(req.db, when.year.id), listSchoolsOf(req.db, unit, dayOf(req.now))]);
  const indicators = fillable(board?.indicators ?? []);
  if (indicators.length === 0) return refuse(words.no_indicators);
  const sheets = await readRoster(await readFile(file.path), file.kind.ext === "xlsx" ? "xlsx" : "csv").catch((error: unknown) => {
    if (error instanceof UnreadableRoster) return undefined;
    throw error;
  });
  if (sheets === undefined) return refuse(words.unreadable);
  const read = sheets.map((sheet) => understandFigures(sheet.rows, schools, indicators)).find((one) => one !== undefined);
  if (read === undefined) return refuse(words.no_header);
  const id = await createImport(req.db, unit, { year_id: when.year.id, month: when.month, file_name: file.name, ...read }, actOf(req));
  res.redirect(303, `/scoreboard/imports/${id}`);
}

async function showUpload(req: Request, res: Response, unit: UnitRow, when: When, problem?: string): Promise<void> {
  const page = importPage(unit, when, await listImports(req.db, unit), problem, voiceOf(req));
  res.page("indicators/import", page, { title: page.head.title, crumbs: [{ href: `/scoreboard?unit=${unit.id}`, label: req.t.indicators.title }, { label: page.head.title }] });
}

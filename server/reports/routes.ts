import type { Request, Response } from "express";
import { officerOver, provinceOfficerOver } from "../access/actor.ts";
import { listYears } from "../calendar/store.ts";
import { officialFile } from "../documents/official/file.ts";
import type { OfficialDocument } from "../documents/official/model.ts";
import { issuerOf } from "../documents/official/issuer.ts";
import { listStaffNames } from "../ledger/store/periods.ts";
import { leadersOf, nameOf } from "../materials/store/telling.ts";
import { openOffice } from "../measures/access.ts";
import { yearAskedOr } from "../measures/closing/access.ts";
import { digitisedText, monthName, shareText } from "../measures/closing/say.ts";
import { monthsOfYear } from "../measures/closing/rules.ts";
import { listStandingClosings, type ClosingRow } from "../measures/closing/store.ts";
import { listAncestors, type UnitRow } from "../organisation/store.ts";
import { dayOf } from "../platform/clock.ts";
import { conflict, forbidden, invalid, notFound } from "../platform/errors.ts";
import { sayText } from "../platform/messages.ts";
import { blankForm, readForm, type FieldError, type Typed } from "../platform/web/form.ts";
import { featureRoutes, idOf, type FeatureRoutes } from "../platform/web/router.ts";
import { flash } from "../shell/layout.ts";
import type { CellView, FieldView, NoticeView } from "../shell/partials.ts";
import { mayReport, openReport, openReporter } from "./access.ts";
import { NewForm, RemindForm, ReturnForm, WordsForm } from "./forms.ts";
import { findPeriod, isSent, readPaper, reportsOf, sourcesNow } from "./sources.ts";
import { reports as catalogue } from "./messages.ts";
import { badgeOf, fieldsOf, filesOf, numberText, paperView, trailOf, STATE_TONES, type BoardPage, type ReportPage, type ReportsPage } from "./pages.ts";
import { periodName, reportPaper } from "./paper.ts";
import { isOpen, lastMonthOf, PERIOD_KINDS, periodsOf, type Period, type ReportAct } from "./rules.ts";
import * as store from "./store.ts";
import { templateBytes, templateRoutes } from "./templates/routes.ts";
import { templateAt, templateKindOf } from "./templates/store.ts";
import { fromTemplate } from "./templates/word.ts";
import { reportXlsx } from "./xlsx.ts";

type Shown = { errors: readonly FieldError[]; typed: Typed };

/** Reports of schools and offices by period: written below, submitted, returned or accepted above. */
export function reportRoutes(): FeatureRoutes {
  const routes = featureRoutes();
  routes.get("/units/:id/reports", "signed_in", showReports);

  routes.post("/units/:id/reports", "signed_in", async (req, res) => {
    const unit = await openReporter(req.db, req.actor, idOf(req.params["id"]), "write");
    const form = readForm(NewForm, req.body);
    if (!form.ok) throw invalid();
    const { year, period } = await openPeriod(req, form.value.year, form.value.period);
    const sources = await sourcesNow(req.db, unit, year.id, period);
    if (sources.length === 0) throw conflict("report_nothing_closed");
    const id = await store.createReport(req.db, unit, { year_id: year.id, period: period.id }, sources, await headOf(req, unit), actOf(req));
    res.redirect(303, `/reports/${id}`);
  });

  routes.get("/reports/:id", "signed_in", async (req, res) => {
    const { report, unit } = await openReport(req.db, req.actor, idOf(req.params["id"]), "read");
    await showReport(req, res, report, unit, { write: blankForm(), give_back: blankForm() });
  });

  routes.post("/reports/:id/words", "signed_in", async (req, res) => {
    const { report, unit } = await openReport(req.db, req.actor, idOf(req.params["id"]), "write");
    const form = readForm(WordsForm, req.body);
    if (!form.ok) return showReport(req, res.status(422), report, unit, { write: form, give_back: blankForm() });
    const { seen, issued_on, ...words } = form.value;
    const { year, period } = await openPeriod(req, report.year_id, report.period);
    await store.saveWords(req.db, report, seen, { ...words, issued_on: issued_on === "" ? null : issued_on }, await sourcesNow(req.db, unit, year.id, period));
    flash(req, req.t.reports.saved);
    res.redirect(303, `/reports/${report.id}`);
  });

  stepRoutes(routes);

  routes.get("/reports/:id/:format", "signed_in", async (req, res) => {
    const { report, unit } = await openReport(req.db, req.actor, idOf(req.params["id"]), "read");
    await sendReport(req, res, report, unit, String(req.params["format"]));
  });

  boardRoutes(routes);
  templateRoutes(routes);
  return routes;
}

/** Submitted by those who write it, returned or accepted by the level above. */
function stepRoutes(routes: FeatureRoutes): void {
  routes.post("/reports/:id/submission", "signed_in", async (req, res) => {
    const { report, unit } = await openReport(req.db, req.actor, idOf(req.params["id"]), "write");
    if (report.number === "" || report.issued_on === null || report.signatory === "") throw conflict("report_not_signed");
    const { year, period } = await openPeriod(req, report.year_id, report.period);
    const sources = await sourcesNow(req.db, unit, year.id, period);
    if (sources.length === 0) throw conflict("report_nothing_closed");
    const above = (await listAncestors(req.db, unit)).filter((one) => one.id !== unit.id);
    await step(req, res, { report, unit, period, act: "submit", comment: "", sources, people: await store.officersOf(req.db, above, req.now) });
  });

  routes.post("/reports/:id/acceptance", "signed_in", async (req, res) => {
    const { report, unit } = await openReport(req.db, req.actor, idOf(req.params["id"]), "judge");
    await step(req, res, { report, unit, ...(await openPeriod(req, report.year_id, report.period)), act: "accept", comment: "", people: await writersOf(req, unit) });
  });

  routes.post("/reports/:id/return", "signed_in", async (req, res) => {
    const { report, unit } = await openReport(req.db, req.actor, idOf(req.params["id"]), "judge");
    const form = readForm(ReturnForm, req.body);
    if (!form.ok) return showReport(req, res.status(422), report, unit, { write: blankForm(), give_back: form });
    await step(req, res, { report, unit, ...(await openPeriod(req, report.year_id, report.period)), act: "return", comment: form.value.comment, people: await writersOf(req, unit) });
  });
}

/** Who has sent a period's report, for the offices above. */
function boardRoutes(routes: FeatureRoutes): void {
  routes.get("/report-board", "signed_in", showBoard);

  routes.post("/report-board/reminders", "signed_in", async (req, res) => {
    const form = readForm(RemindForm, req.body);
    const { unit, schools } = await openOffice(req.db, req.actor, form.ok ? form.value.unit : undefined, req.now);
    if (!officerOver(req.actor, unit)) throw forbidden("role");
    if (!form.ok) throw invalid();
    const { year, period } = await openPeriod(req, form.value.year, form.value.period);
    const reports = await reportsOf(req.db, schools, year.id, period.id);
    const told = await store.remindOfReports(req.db, schools.filter((school) => !isSent(reports.get(school.id))), { title: periodName(period), year_id: year.id }, req.now);
    flash(req, req.t.reports.reminded(told));
    res.redirect(303, `/report-board?unit=${unit.id}&year=${year.id}&period=${period.id}`);
  });
}

function actOf(req: Request): store.Act {
  return { by: req.actor.personId, at: req.now, requestId: req.id };
}

async function openPeriod(req: Request, yearId: string, periodId: string) {
  const year = (await listYears(req.db)).find((one) => one.id === yearId);
  const period = year && findPeriod(year, periodId);
  if (!year || !period) throw notFound();
  return { year, period };
}

/** Who signs and receives, as the unit's reports usually have it; all of it can be written otherwise. */
async function headOf(req: Request, unit: UnitRow): Promise<store.Head> {
  const [issuer, signatory] = await Promise.all([issuerOf(req.db, unit), nameOf(req.db, req.actor.personId)]);
  const words = catalogue.vi.paper;
  if (unit.kind !== "school") return { place: issuer.place, signatory, signatory_title: words.office_title, recipients: words.recipients_office };
  return { place: issuer.place, signatory, signatory_title: req.t.documents.form.signatory_default, recipients: words.recipients_school(issuer.parent) };
}

function writersOf(req: Request, unit: UnitRow): Promise<string[]> {
  return unit.kind === "school" ? leadersOf(req.db, unit, req.now) : store.officersOf(req.db, [unit], req.now);
}

const TELLS = { submit: "report_submitted", return: "report_returned", accept: "report_accepted" } as const;

async function step(req: Request, res: Response, of: { report: store.ReportRow; unit: UnitRow; period: Period; act: ReportAct; comment: string; sources?: readonly string[]; people: readonly string[] }): Promise<void> {
  const { report, unit, act, comment, sources, people } = of;
  const tell: store.Telling = { people, kind: TELLS[act], title: periodName(of.period), school: unit.name, by: await nameOf(req.db, req.actor.personId) };
  await store.saveStep(req.db, report, act, sources === undefined ? { comment } : { comment, sources }, tell, actOf(req));
  flash(req, { submit: req.t.reports.submitted, return: req.t.reports.returned, accept: req.t.reports.accepted }[act]);
  res.redirect(303, `/reports/${report.id}`);
}

async function sendReport(req: Request, res: Response, report: store.ReportRow, unit: UnitRow, format: string): Promise<void> {
  const { year, period } = await openPeriod(req, report.year_id, report.period);
  const document = reportPaper(await readPaper(req.db, report, unit, year, period, dayOf(req.now)));
  const made = await (format === "xlsx" ? reportXlsx(document) : ((format === "docx" ? await byTemplate(req, report, unit, period, document) : undefined) ?? officialFile(document, format)));
  if (made === undefined) throw notFound();
  res.attachment(`bao-cao-${period.id}.${format}`).send(made);
}

/** The Word file by the department's template; one that was sent by that of its day. */
async function byTemplate(req: Request, report: store.ReportRow, unit: UnitRow, period: Period, document: OfficialDocument): Promise<Buffer | undefined> {
  const sent = isOpen(report.state) ? undefined : (await store.listActs(req.db, report.id)).findLast((act) => act.act === "submit")?.at;
  const template = await templateAt(req.db, await listAncestors(req.db, unit), templateKindOf(period.kind), sent ?? req.now);
  return template && fromTemplate(await templateBytes(req, template), document, periodName(period));
}

async function showReports(req: Request, res: Response): Promise<void> {
  const unit = await openReporter(req.db, req.actor, idOf(req.params["id"]), "read");
  const { year, years } = await yearAskedOr(req.db, req.query["year"], req.now);
  const { t, f } = req;
  const words = t.reports;
  const months = monthsOfYear(year);
  const [found, closings] = await Promise.all([store.listReports(req.db, unit.id, year.id), unit.kind === "school" ? listStandingClosings(req.db, [unit.id], year.id, months) : []]);
  const writes = mayReport(req.actor, "write", unit);
  const closed = new Set(closings.map((closing) => closing.month));
  const begun = periodsOf(year).filter((period) => (period.months[0] ?? "") <= dayOf(req.now).slice(0, 7));
  const rowOf = (period: Period): ReportsPage["groups"][number]["rows"][number] => {
    const report = found.find((one) => one.period === period.id && (writes || one.state !== "draft"));
    const ready = unit.kind !== "school" || closed.has(lastMonthOf(period));
    const begin = report === undefined && writes && ready ? { action: `/units/${unit.id}/reports`, label: words.begin(periodName(period)), icon: "pencil" as const, hidden: { year: year.id, period: period.id } } : undefined;
    const badge = report ? badgeOf(report.state, t) : ready ? badgeOf("none", t) : { label: words.states.waits, tone: "neutral" as const };
    return { period: periodName(period), badge, detail: report ? numberText(report, f) : ready ? "" : words.close_first(monthName(lastMonthOf(period), t)), href: report ? `/reports/${report.id}` : undefined, begin };
  };
  const page: ReportsPage = {
    head: {
      ...{ title: words.title, eyebrow: unit.name, lead: words.lead(year.id) },
      actions: unit.kind === "school" ? [] : [{ href: `/report-board?unit=${unit.id}&year=${year.id}`, label: words.board, icon: "list-checks" }],
    },
    groups: PERIOD_KINDS.map((kind) => ({ title: words.kinds[kind], rows: begun.filter((period) => period.kind === kind).map(rowOf) })),
    filter: { action: `/units/${unit.id}/reports`, fields: [{ name: "year", label: t.measures.filters.year, kind: "select", value: year.id, options: years.map((one) => ({ value: one.id, label: one.id })) }] },
  };
  res.page("reports/unit", page, { title: words.title, crumbs: crumbsOf(unit, t) });
}

function crumbsOf(unit: UnitRow, t: Words): { href: string; label: string }[] {
  return [unit.kind === "school" ? { href: `/schools/${unit.id}/measures`, label: t.measures.title } : { href: `/measures?unit=${unit.id}`, label: t.measures.table.title }];
}

async function showReport(req: Request, res: Response, report: store.ReportRow, unit: UnitRow, forms: { write: Shown; give_back: Shown }): Promise<void> {
  const { year, period } = await openPeriod(req, report.year_id, report.period);
  const { t, f } = req;
  const words = t.reports;
  const [paper, acts] = await Promise.all([readPaper(req.db, report, unit, year, period, dayOf(req.now)), store.listActs(req.db, report.id)]);
  const names = await listStaffNames(req.db, acts.map((act) => act.by));
  const writes = mayReport(req.actor, "write", unit) && isOpen(report.state);
  const judges = mayReport(req.actor, "judge", unit);
  const signed = report.number !== "" && report.issued_on !== null && report.signatory !== "";
  const fields = writes ? fieldsOf(report, `12/${catalogue.vi.paper.symbol}-${paper.issuer.abbreviation}`, forms.write, t) : [];
  const wrong = forms.give_back.errors[0];
  const comment: FieldView = { name: "comment", label: words.comment, kind: "textarea", required: true, value: String(forms.give_back.typed["comment"] ?? ""), error: wrong ? sayText(t.platform.fields, wrong.code, wrong.params) : undefined, attributes: { rows: 3, maxlength: 2000 } };
  const said = report.state === "returned" ? acts.findLast((act) => act.act === "return")?.comment : undefined;
  const source = paper.schools === undefined ? paper.sources[0] : undefined;
  const notices: NoticeView[] = [
    ...(said === undefined ? [] : [{ kind: "warn" as const, text: words.returned_notice(said) }]),
    ...(paper.corrected ? [{ kind: "warn" as const, text: words.corrected, ...(source ? { action: { href: `/month-closings/${source.id}`, label: words.corrected_link } } : {}) }] : []),
    ...(writes && !signed ? [{ kind: "info" as const, text: words.needs }] : []),
    ...(paper.sources.length === 0 ? [{ kind: "info" as const, text: words.none_reported }] : []),
  ];
  const page: ReportPage = {
    head: { title: `${words.kinds[period.kind]}: ${periodName(period)}`, eyebrow: unit.name, badges: [badgeOf(report.state, t)], actions: filesOf(report, t) },
    notices,
    errors: [...fields, comment].flatMap((one) => (one.error ? [{ field: one.name, label: one.label, message: one.error }] : [])),
    acts: [
      ...(writes && signed ? [{ action: `/reports/${report.id}/submission`, label: unit.kind === "department" ? words.submit_top : words.submit, icon: "send" as const, kind: "primary" as const, confirm: words.submit_confirm }] : []),
      ...(judges && report.state === "submitted" ? [{ action: `/reports/${report.id}/acceptance`, label: words.accept, icon: "badge-check" as const, kind: "primary" as const }] : []),
    ],
    write: writes ? { action: `/reports/${report.id}/words`, seen: String(report.revision), fields } : undefined,
    give_back: judges && (report.state === "submitted" || report.state === "accepted") ? { action: `/reports/${report.id}/return`, comment } : undefined,
    paper: paperView(reportPaper(paper), t),
    trail: trailOf(acts, names, t, f),
  };
  res.page("reports/show", page, { title: page.head.title, crumbs: [...crumbsOf(unit, t), { href: `/units/${unit.id}/reports?year=${year.id}`, label: words.title }], wide: true });
}

async function showBoard(req: Request, res: Response): Promise<void> {
  const { unit, schools } = await openOffice(req.db, req.actor, req.query["unit"], req.now);
  if (!officerOver(req.actor, unit)) throw forbidden("role");
  const { year } = await yearAskedOr(req.db, req.query["year"], req.now);
  const { t, f } = req;
  const words = t.reports;
  const today = dayOf(req.now);
  const begun = periodsOf(year).filter((one) => (one.months[0] ?? "") <= today.slice(0, 7));
  const period = begun.find((one) => one.id === req.query["period"]) ?? begun.findLast((one) => one.kind === "month" && lastMonthOf(one) < today.slice(0, 7)) ?? begun[0];
  if (period === undefined) throw notFound();
  const reports = await reportsOf(req.db, schools, year.id, period.id);
  const sources = await store.listSources(req.db, [...reports.values()].filter(isSent).flatMap((report) => report.sources));
  const bySchool = new Map(sources.filter((source) => source.year_id === year.id).map((source): [string, ClosingRow] => [source.school_id, source]));
  const waiting = schools.filter((school) => !isSent(reports.get(school.id))).length;
  const { school, state, number, online, digitised } = words.columns;
  const page: BoardPage = {
    head: { title: words.board, eyebrow: unit.name, lead: words.board_lead(f.number(schools.length - waiting), f.number(schools.length), periodName(period)), actions: [{ href: `/units/${unit.id}/reports?year=${year.id}`, label: words.own, icon: "file-text" }, ...(provinceOfficerOver(req.actor, unit) ? [{ href: "/report-templates", label: words.templates.title, icon: "settings" as const }] : [])] },
    remind: waiting === 0 || lastMonthOf(period) > today.slice(0, 7) ? undefined : { action: "/report-board/reminders", label: words.remind(waiting), icon: "bell", kind: "primary", hidden: { unit: unit.id, year: year.id, period: period.id } },
    table: {
      caption: words.board,
      columns: [{ label: school }, { label: state }, { label: number }, { label: online }, { label: digitised }],
      rows: schools.map((one): CellView[] => {
        const report = reports.get(one.id);
        const seen = report !== undefined && report.state !== "draft";
        const source = bySchool.get(one.id);
        return [
          { text: one.name, href: seen ? `/reports/${report.id}` : `/units/${one.id}/reports?year=${year.id}` },
          { text: words.states[report?.state ?? "none"], badge: STATE_TONES[report?.state ?? "none"] },
          { text: seen ? numberText(report, f) : "–" },
          { text: source ? shareText(source, t, f) : "–" },
          { text: source ? digitisedText(source, t, f) : "–" },
        ];
      }),
    },
    filter: { action: "/report-board", fields: [{ name: "period", label: words.columns.period, kind: "select", value: period.id, options: begun.map((one) => ({ value: one.id, label: periodName(one) })) }, { name: "unit", label: t.measures.table.units, kind: "select", value: unit.id, options: [{ value: unit.id, label: unit.name }] }] },
  };
  res.page("reports/board", page, { title: words.board, crumbs: crumbsOf(unit, t), wide: true });
}

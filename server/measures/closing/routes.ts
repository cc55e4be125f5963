import type { Request, Response } from "express";
import { listCampuses } from "../../organisation/store.ts";
import { canLead, openSchool } from "../../organisation/access.ts";
import { officerOver } from "../../access/actor.ts";
import { schoolRefusal } from "../../access/policy.ts";
import { listStaffNames } from "../../ledger/store/periods.ts";
import { dayOf } from "../../platform/clock.ts";
import { conflict, forbidden, invalid, notFound } from "../../platform/errors.ts";
import { sayText } from "../../platform/messages.ts";
import { addHundredths, hundredths, numberOf, type Hundredths } from "../../platform/units.ts";
import { blankForm, readForm, type FieldError, type Typed } from "../../platform/web/form.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { flash } from "../../shell/layout.ts";
import type { CellView, FieldView, NoticeView, TableView } from "../../shell/partials.ts";
import { openOffice } from "../access.ts";
import type { Voice } from "../pages.ts";
import { listCountedDays, listPlanTotals } from "../store/figures.ts";
import { subjectNames } from "../store/lists.ts";
import { openClosing, openMonth, yearAskedOr, type OpenedClosing } from "./access.ts";
import { CloseForm, RemindForm, ReopenForm } from "./forms.ts";
import { changeNotices, changeTables, closingTrail, definitionLine, figureTable, STATE_TONES, subjectTable, type Changes, type MonthsPage } from "./pages.ts";
import { digitisedText, monthName, ofText, periodsText, shareText } from "./say.ts";
import { differenceOf, endOfMonth, isOver, monthsOfYear, monthState, type Month } from "./rules.ts";
import * as store from "./store.ts";
import { takeSnapshot } from "./snapshot.ts";

type Shown = { errors: readonly FieldError[]; typed: Typed };

/** The months of a school: closed by its leaders, reopened by the level above, compared with today by all who may see. */
export function closingRoutes(routes: FeatureRoutes): void {
  routes.get("/schools/:id/months", "signed_in", showMonths);

  routes.get("/schools/:id/months/:month", "signed_in", async (req, res) => {
    const opened = await openMonth(req.db, req.actor, idOf(req.params["id"]), req.params["month"], "read_figures");
    const closing = await store.findClosing(req.db, opened.school.id, opened.year.id, opened.month);
    if (closing) return showClosing(req, res, { ...opened, closing, campus_id: undefined }, blankForm());
    await showMonth(req, res, opened, { moved: false, note: "", errors: [] });
  });

  routes.post("/schools/:id/months/:month/closing", "signed_in", async (req, res) => {
    const opened = await openMonth(req.db, req.actor, idOf(req.params["id"]), req.params["month"], "lead");
    const { school, year, month } = opened;
    const form = readForm(CloseForm, req.body);
    const typed = form.ok ? form.value.note : String(form.typed["note"] ?? "");
    if (!form.ok) return showMonth(req, res.status(422), opened, { moved: form.errors.some((error) => error.field === "seen"), note: typed, errors: form.errors });
    if (!isOver(month, dayOf(req.now))) throw conflict("month_not_over");
    const id = await store.closeMonth(req.db, { school, year_id: year.id, month, ...form.value }, { by: req.actor.personId, at: req.now, requestId: req.id });
    if (id === undefined) return showMonth(req, res.status(409), opened, { moved: true, note: typed, errors: [] });
    flash(req, req.t.closing.closed(monthName(month, req.t)));
    res.redirect(303, `/schools/${school.id}/months/${month}`);
  });

  routes.post("/schools/:id/months/:month/reopening", "signed_in", async (req, res) => {
    const { school, year, month } = await openMonth(req.db, req.actor, idOf(req.params["id"]), req.params["month"], "reopen");
    const closing = await store.findClosing(req.db, school.id, year.id, month);
    if (closing === undefined) throw conflict("month_open");
    const form = readForm(ReopenForm, req.body);
    if (!form.ok) return showClosing(req, res.status(422), { school, year, closing, campus_id: undefined }, form);
    await store.reopenMonth(req.db, school, closing, form.value.reason, { by: req.actor.personId, at: req.now, requestId: req.id });
    flash(req, req.t.closing.reopen.done(monthName(month, req.t)));
    res.redirect(303, `/month-closings/${closing.id}`);
  });

  routes.get("/month-closings/:id", "signed_in", async (req, res) => {
    await showClosing(req, res, await openClosing(req.db, req.actor, idOf(req.params["id"])), blankForm());
  });

  routes.get("/measures/months", "signed_in", showStatus);

  routes.post("/measures/months/reminders", "signed_in", async (req, res) => {
    const form = readForm(RemindForm, req.body);
    const { unit, schools } = await openOffice(req.db, req.actor, form.ok ? form.value.unit : undefined, req.now);
    if (!officerOver(req.actor, unit)) throw forbidden("role"); // leaders read the table of their office
    if (!form.ok) throw invalid();
    const { month } = form.value;
    const { year } = await yearAskedOr(req.db, yearOfMonth(month), req.now);
    if (!isOver(month, dayOf(req.now)) || !monthsOfYear(year).includes(month)) throw conflict("month_not_over");
    const below = new Set(schools.map((school) => school.id));
    const due = (await store.listSchoolsDue(req.db, year.id, month)).filter((school) => below.has(school.id));
    const told = await store.remindOfMonth(req.db, due, month, req.now);
    flash(req, told === 0 ? req.t.closing.status.nobody : req.t.closing.status.reminded(told));
    res.redirect(303, `/measures/months?unit=${unit.id}&month=${month}`);
  });
}

async function voiceOf(req: Request): Promise<Voice> {
  return { t: req.t, f: req.f, subjects: await subjectNames(req.db, req.lang) };
}

async function showMonths(req: Request, res: Response): Promise<void> {
  const school = await openSchool(req.db, req.actor, idOf(req.params["id"]), "read_figures");
  const { year, years } = await yearAskedOr(req.db, req.query["year"], req.now);
  const today = dayOf(req.now);
  const scope = { school_id: school.id, year_id: year.id, date: today, campus_id: undefined };
  const campuses = await listCampuses(req.db, school);
  const [closings, days, totals, former] = await Promise.all([
    store.listClosings(req.db, school.id, year.id),
    listCountedDays(req.db, scope),
    listPlanTotals(req.db, scope),
    store.listStandingClosings(req.db, campuses.map((campus) => campus.id), year.id, monthsOfYear(year)),
  ]);
  const { t, f } = req;
  const words = t.closing;
  const planned = totals.reduce((sum, row) => sum + row.planned_periods, 0);
  const upTo = (month: Month): Hundredths => addHundredths(days.filter((day) => day.taught_on <= endOfMonth(month)).map((day) => day.counted));
  const months = monthsOfYear(year).filter((month) => month <= today.slice(0, 7));
  const next = months.find((month) => isOver(month, today) && !closings.some((one) => one.month === month && one.reopened_at === null));
  const rows = months.map((month): CellView[] => {
    const own = closings.filter((one) => one.month === month);
    const stands = own.find((one) => one.reopened_at === null);
    const state = monthState(month, today, stands !== undefined);
    const reopened = stands === undefined && own.length > 0 ? ` · ${words.reopened}` : "";
    const was = stands ? shareText(stands, t, f) : "–";
    const now = totals.length === 0 ? "–" : periodsText(upTo(month), planned, t, f);
    return [
      { text: monthName(month, t), href: `/schools/${school.id}/months/${month}` },
      { text: `${words.states[state]}${reopened}`, badge: STATE_TONES[state] },
      { text: was },
      stands && stands.subjects_planned > 0 && was !== now ? { text: now, badge: "warn" } : { text: now },
      { text: stands ? digitisedText(stands, t, f) : "–" },
      { text: stands ? f.stamp(stands.closed_at) : "–" },
    ];
  });
  const { month, state, reported, now, digitised, closed } = words.columns;
  const page: MonthsPage = {
    head: { title: words.title, eyebrow: school.name, lead: words.lead(year.id) },
    next: next !== undefined && canLead(req.actor, school) ? { href: `/schools/${school.id}/months/${next}`, label: words.next(monthName(next, t)) } : undefined,
    former: campuses
      .map((campus) => ({
        name: campus.name,
        rows: former.filter((one) => one.school_id === campus.id).map((one) => ({ title: monthName(one.month, t), href: `/month-closings/${one.id}`, detail: shareText(one, t, f) })),
      }))
      .filter((campus) => campus.rows.length > 0),
    table: { caption: words.title, columns: [{ label: month }, { label: state }, { label: reported }, { label: now }, { label: digitised }, { label: closed }], rows },
    filter: { action: `/schools/${school.id}/months`, fields: [{ name: "year", label: t.measures.filters.year, kind: "select", value: year.id, options: years.map((one) => ({ value: one.id, label: one.id })) }] },
    empty: months.length === 0,
  };
  res.page("measures/months", page, { title: words.title, crumbs: [{ href: `/schools/${school.id}/measures`, label: t.measures.title }], wide: true });
}

type OpenedMonth = Awaited<ReturnType<typeof openMonth>>;

/** A month that is not closed: its figures as they stand, what is not in them yet, and the button of its leaders. */
async function showMonth(req: Request, res: Response, { school, year, month }: OpenedMonth, shown: { moved: boolean; note: string; errors: readonly FieldError[] }): Promise<void> {
  const today = dayOf(req.now);
  if (month > today.slice(0, 7)) throw notFound();
  const { t, f } = req;
  const words = t.closing.preview;
  const name = monthName(month, t);
  const [snapshot, waiting, closings] = await Promise.all([
    takeSnapshot(req.db, { school, year_id: year.id, month, today }),
    store.listUnconfirmed(req.db, school.id, year.id, month),
    store.listClosings(req.db, school.id, year.id),
  ]);
  const over = isOver(month, today);
  const open = monthsOfYear(year).filter((one) => one < month && !closings.some((closing) => closing.month === one && closing.reopened_at === null));
  const leads = canLead(req.actor, school);
  const notices: NoticeView[] = [
    ...(shown.moved ? [{ kind: "warn" as const, text: words.moved }] : []),
    ...(over ? [] : [{ kind: "info" as const, text: words.not_yet(f.day(endOfMonth(month))) }]),
    ...(waiting.length > 0 ? [{ kind: "warn" as const, text: words.waiting(f.number(waiting.length)), action: { href: "/ledger/declarations", label: words.waiting_link } }] : []),
    ...(open.length > 0 ? [{ kind: "info" as const, text: words.earlier(open.map((one) => monthName(one, t)).join(", ")) }] : []),
    ...(over && !leads ? [{ kind: "info" as const, text: words.leader_only }] : []),
  ];
  const note: FieldView = { name: "note", label: words.note, kind: "textarea", required: false, hint: words.note_hint, value: shown.note, error: errorOf(shown.errors, "note", t), attributes: { maxlength: 1000, rows: 3 } };
  const page: Views["measures/month"] = {
    head: { title: words.title(name), eyebrow: school.name, lead: over ? words.lead(f.day(endOfMonth(month))) : undefined },
    notices,
    errors: note.error ? [{ field: "note", label: note.label, message: note.error }] : [],
    figures: figureTable(snapshot.figures, undefined, { t, f }),
    waiting: waiting.length === 0 ? undefined : waitingTable(waiting, t, f),
    close: leads && over ? { action: `/schools/${school.id}/months/${month}/closing`, seen: snapshot.hash, note, label: words.close(name), confirm: words.confirm(name) } : undefined,
    definition: definitionLine(snapshot.figures, { t, f }),
  };
  res.page("measures/month", page, { title: words.title(name), crumbs: crumbsOf(school.id, year.id, t), wide: true });
}

function waitingTable(waiting: readonly store.WaitingPeriod[], t: Words, f: Request["f"]): TableView {
  const words = t.closing.snapshot;
  return {
    caption: t.closing.preview.waiting_title,
    columns: [{ label: words.period }, { label: words.course }, { label: words.day }],
    rows: waiting.map((row) => [{ text: t.ledger.period_title(row.number, row.periods, row.lesson), href: `/ledger/${row.id}` }, { text: row.course }, { text: f.day(row.taught_on) }]),
  };
}

function errorOf(errors: readonly FieldError[], field: string, t: Words): string | undefined {
  const error = errors.find((one) => one.field === field);
  return error ? sayText(t.platform.fields, error.code, error.params) : undefined;
}

function crumbsOf(schoolId: string, yearId: string, t: Words): { href: string; label: string }[] {
  return [
    { href: `/schools/${schoolId}/measures`, label: t.measures.title },
    { href: `/schools/${schoolId}/months?year=${yearId}`, label: t.closing.title },
  ];
}

/** What was reported beside what is now, and every record that makes the difference. */
async function showClosing(req: Request, res: Response, { closing, school, year, campus_id }: OpenedClosing, form: Shown): Promise<void> {
  const { t, f } = req;
  const words = t.closing.snapshot;
  const of = { school: { id: school.id, level: school.level }, campus_id, year_id: year.id, month: closing.month, today: dayOf(req.now) };
  const [records, now, all, voice] = await Promise.all([store.loadRecords(req.db, closing.id), takeSnapshot(req.db, of), store.listClosings(req.db, closing.school_id, year.id), voiceOf(req)]);
  const difference = differenceOf({ figures: closing, records }, now);
  const own = all.filter((one) => one.month === closing.month);
  const { periods, lessons } = difference;
  const since = closing.closed_at;
  const [names, lost_periods, added_periods, changed_periods, lost_lessons, added_lessons, changed_lessons] = await Promise.all([
    listStaffNames(req.db, own.flatMap((one) => [one.closed_by, one.reopened_by])),
    store.listChangedPeriods(req.db, periods.lost, since),
    store.listChangedPeriods(req.db, periods.added, since),
    store.listChangedPeriods(req.db, periods.changed, since),
    store.listChangedLessons(req.db, lessons.lost, since),
    store.listChangedLessons(req.db, lessons.added, since),
    store.listChangedLessons(req.db, lessons.changed, since),
  ]);
  const changes: Changes = { difference, lost_periods, added_periods, changed_periods, lost_lessons, added_lessons, changed_lessons };
  const name = monthName(closing.month, t);
  const mayReopen = closing.reopened_at === null && campus_id === undefined && schoolRefusal(req.actor, "reopen", school) === undefined;
  const typed = form.typed["reason"];
  const reason: FieldView = { name: "reason", label: t.closing.reopen.reason, kind: "textarea", required: true, value: typeof typed === "string" ? typed : "", error: errorOf(form.errors, "reason", t), attributes: { maxlength: 1000, rows: 3 } };
  const was: NoticeView[] = closing.reopened_at === null ? [] : [{ kind: "warn", text: words.was_reopened(names.get(closing.reopened_by ?? "") ?? "", f.stamp(closing.reopened_at), closing.reopen_reason ?? "") }];
  const page: Views["measures/snapshot"] = {
    head: { title: words.title(name), eyebrow: school.name, lead: words.lead(names.get(closing.closed_by) ?? "", f.stamp(closing.closed_at), closing.number), badges: [{ label: closing.reopened_at === null ? t.closing.states.closed : t.closing.reopened, tone: closing.reopened_at === null ? "good" : "warn" }] },
    notices: [...was, ...changeNotices(closing, now.figures, difference, voice)],
    errors: reason.error ? [{ field: "reason", label: reason.label, message: reason.error }] : [],
    figures: figureTable(closing, now.figures, voice),
    changes: changeTables(changes, closing, school.id, voice),
    by_subject: subjectTable(closing, voice),
    trail: closingTrail(own, names, t, f),
    note: closing.note,
    definition: definitionLine(closing, voice),
    hash: words.hash(closing.records_hash),
    reopen: mayReopen ? { action: `/schools/${school.id}/months/${closing.month}/reopening`, reason, label: t.closing.reopen.button(name) } : undefined,
  };
  res.page("measures/snapshot", page, { title: words.title(name), crumbs: crumbsOf(school.id, year.id, t), wide: true });
}

/** `2026-10` lies in the school year 2026-2027, `2027-03` too. */
function yearOfMonth(month: Month): string {
  const start = Number(month.slice(0, 4)) - (Number(month.slice(5)) < 8 ? 1 : 0);
  return `${start}-${start + 1}`;
}

/** Which schools of an office have closed a month. */
async function showStatus(req: Request, res: Response): Promise<void> {
  const { unit, schools } = await openOffice(req.db, req.actor, req.query["unit"], req.now);
  const asked = typeof req.query["month"] === "string" ? req.query["month"] : undefined;
  const { year } = await yearAskedOr(req.db, asked ? yearOfMonth(asked) : req.query["year"], req.now);
  const today = dayOf(req.now);
  const begun = monthsOfYear(year).filter((month) => month <= today.slice(0, 7));
  const month = begun.find((one) => one === asked) ?? begun.findLast((one) => isOver(one, today)) ?? begun.at(-1);
  if (month === undefined) throw notFound();
  const ids = schools.map((school) => school.id);
  const [closings, due] = await Promise.all([store.listStandingClosings(req.db, ids, year.id, [month]), store.listSchoolsDue(req.db, year.id, month)]);
  const { t, f } = req;
  const words = t.closing;
  const of = new Map(closings.map((closing) => [closing.school_id, closing]));
  const waiting = isOver(month, today) ? due.filter((school) => ids.includes(school.id)).length : 0;
  const columns = words.columns;
  const sum = (pick: (row: store.ClosingRow) => number): number => closings.filter((one) => one.subjects_planned > 0).reduce((total, one) => total + pick(one), 0);
  const page: Views["measures/month-status"] = {
    head: { title: words.status.title, eyebrow: unit.name, lead: `${monthName(month, t)}. ${words.status.lead(f.number(closings.length), f.number(schools.length))}` },
    filter: {
      action: "/measures/months",
      fields: [{ name: "month", label: words.status.month, kind: "select", value: month, options: begun.map((one) => ({ value: one, label: monthName(one, t) })) }, { name: "unit", label: t.measures.table.units, kind: "select", value: unit.id, options: [{ value: unit.id, label: unit.name }] }],
    },
    remind: waiting === 0 || !officerOver(req.actor, unit) ? undefined : { action: "/measures/months/reminders", label: words.status.remind(waiting), icon: "bell", kind: "primary", hidden: { unit: unit.id, month } },
    table: {
      caption: words.status.of(unit.name, monthName(month, t)),
      columns: [{ label: columns.school }, { label: columns.state }, { label: columns.reported }, { label: columns.digitised }, { label: columns.closed }],
      rows: [
        ...schools.map((school): CellView[] => {
          const closing = of.get(school.id);
          const state = monthState(month, today, closing !== undefined);
          return [
            { text: school.name, href: closing ? `/month-closings/${closing.id}` : `/schools/${school.id}/months?year=${year.id}` },
            { text: words.states[state], badge: STATE_TONES[state] },
            { text: closing ? shareText(closing, t, f) : "–" },
            { text: closing ? digitisedText(closing, t, f) : "–" },
            { text: closing ? f.stamp(closing.closed_at) : "–" },
          ];
        }),
        ...(closings.length > 1 ? [[{ text: words.status.sum }, { text: "" }, { text: periodsText(hundredths(sum((one) => numberOf(one.counted))), sum((one) => one.planned), t, f) }, { text: ofText(sum((one) => (one.counter === "own" ? one.own : one.covered)), sum((one) => one.lessons), t, f) }, { text: "" }]] : []),
      ],
    },
    empty: schools.length === 0,
  };
  res.page("measures/month-status", page, { title: words.status.title, crumbs: [{ href: `/measures?unit=${unit.id}`, label: t.measures.table.title }], wide: true });
}

import type { Request, Response } from "express";
import type { Granted } from "../access/policy.ts";
import { canAdminister, canManage, openOwnTree, openSchool, openSchoolToSee, openUnit } from "../organisation/access.ts";
import { listAncestors, type UnitRow } from "../organisation/store.ts";
import { dayOf } from "../platform/clock.ts";
import { notFound } from "../platform/errors.ts";
import { blankForm, readForm, typedOf, type FieldError } from "../platform/web/form.ts";
import { featureRoutes, idOf, type FeatureRoutes } from "../platform/web/router.ts";
import { formView, type FormState, type FormView } from "../shell/form-fields.ts";
import { flash } from "../shell/layout.ts";
import { HolidayForm, NewYearForm, YearForm, yearId } from "./forms.ts";
import { calendarPage, holidayFields, yearFields, yearsPage } from "./pages.ts";
import { holidayProblem, nextYear, weeksOf, yearProblems } from "./rules.ts";
import * as store from "./store.ts";

/** School years of the province, holidays of province and schools, and the calendar of the 35 weeks. */
export function calendarRoutes(): FeatureRoutes {
  const routes = featureRoutes();
  addYearRoutes(routes);
  addProvinceHolidays(routes);
  addSchoolCalendar(routes);
  return routes;
}

function addYearRoutes(routes: FeatureRoutes): void {
  routes.get("/school-years", "signed_in", async (req, res) => {
    const root = await openOwnTree(req.db, req.actor);
    const page = yearsPage(req, await store.listYears(req.db), canManage(req.actor, root));
    res.page("calendar/years", page, { title: req.t.calendar.years });
  });

  routes.get("/school-years/new", "signed_in", async (req, res) => {
    await openProvince(req);
    await showYearForm(req, res, undefined, blankForm());
  });

  routes.post("/school-years", "signed_in", async (req, res) => {
    const province = await openProvince(req);
    const form = readForm(NewYearForm, req.body);
    if (!form.ok) return showYearForm(req, res.status(422), undefined, form);
    const problems = yearProblems(form.value.id, form.value);
    if (problems.length > 0) return showYearForm(req, res.status(422), undefined, again(req, problems));
    await store.createYear(req.db, province, form.value, actOf(req));
    flash(req, req.t.calendar.created(form.value.id));
    res.redirect(303, `/school-years/${form.value.id}`);
  });

  routes.get("/school-years/:year", "signed_in", async (req, res) => {
    const root = await openOwnTree(req.db, req.actor);
    await showProvince(req, res, root, await yearOf(req), blankForm());
  });

  routes.get("/school-years/:year/edit", "signed_in", async (req, res) => {
    await openProvince(req);
    await showYearForm(req, res, await yearOf(req), blankForm());
  });

  routes.post("/school-years/:year/terms", "signed_in", async (req, res) => {
    const province = await openProvince(req);
    const before = await yearOf(req);
    const form = readForm(YearForm, req.body);
    if (!form.ok) return showYearForm(req, res.status(422), before, form);
    const problems = yearProblems(before.id, form.value);
    if (problems.length > 0) return showYearForm(req, res.status(422), before, again(req, problems));
    await store.saveYear(req.db, province, before, { id: before.id, ...form.value }, actOf(req));
    flash(req, req.t.calendar.saved);
    res.redirect(303, `/school-years/${before.id}`);
  });
}

function addProvinceHolidays(routes: FeatureRoutes): void {
  routes.post("/school-years/:year/holidays", "signed_in", async (req, res) => {
    const province = await openProvince(req);
    const year = await yearOf(req);
    const form = readHoliday(req);
    if (!form.ok) return showProvince(req, res.status(422), province, year, form);
    await store.createHoliday(req.db, { province }, form.value, actOf(req));
    flash(req, req.t.calendar.holiday_added(form.value.name));
    res.redirect(303, `/school-years/${year.id}`);
  });

  routes.post("/school-years/:year/holidays/:holidayId/removal", "signed_in", async (req, res) => {
    const province = await openProvince(req);
    const year = await yearOf(req);
    if (!(await store.removeHoliday(req.db, { province }, idOf(req.params["holidayId"]), actOf(req)))) throw notFound();
    flash(req, req.t.calendar.holiday_removed);
    res.redirect(303, `/school-years/${year.id}`);
  });
}

function addSchoolCalendar(routes: FeatureRoutes): void {
  routes.get("/schools/:id/calendar", "signed_in", async (req, res) => {
    const school = await openSchoolToSee(req.db, req.actor, idOf(req.params["id"]));
    await showSchool(req, res, school, blankForm());
  });

  routes.post("/schools/:id/holidays", "signed_in", async (req, res) => {
    const school = await openSchool(req.db, req.actor, idOf(req.params["id"]), "administer");
    const form = readHoliday(req);
    if (!form.ok) return showSchool(req, res.status(422), school, form);
    if (!(await store.findYear(req.db, form.value.year_id))) throw notFound();
    await store.createHoliday(req.db, { school }, form.value, actOf(req));
    flash(req, req.t.calendar.holiday_added(form.value.name));
    res.redirect(303, `/schools/${school.id}/calendar?year=${form.value.year_id}`);
  });

  routes.post("/schools/:id/holidays/:holidayId/removal", "signed_in", async (req, res) => {
    const school = await openSchool(req.db, req.actor, idOf(req.params["id"]), "administer");
    if (!(await store.removeHoliday(req.db, { school }, idOf(req.params["holidayId"]), actOf(req)))) throw notFound();
    flash(req, req.t.calendar.holiday_removed);
    res.redirect(303, `/schools/${school.id}/calendar`);
  });
}

/** The whole province's frame is kept where the whole tree is. */
async function openProvince(req: Request): Promise<Granted<"manage", UnitRow>> {
  const root = await openOwnTree(req.db, req.actor);
  return openUnit(req.db, req.actor, root.id, "manage");
}

async function yearOf(req: Request): Promise<store.SchoolYearRow> {
  const id = yearId.safeParse(req.params["year"]);
  const year = id.success ? await store.findYear(req.db, id.data) : undefined;
  if (!year) throw notFound();
  return year;
}

function actOf(req: Request) {
  return { by: req.actor.personId, at: req.now, requestId: req.id };
}

function again(req: Request, problems: readonly { field: string; problem: string }[]): FormState & { ok: false; errors: FieldError[] } {
  return { ok: false, errors: problems.map(({ field, problem }) => ({ field, code: problem, params: {} })), typed: typedOf(req.body ?? {}) };
}

function readHoliday(req: Request) {
  const form = readForm(HolidayForm, { year_id: req.params["year"], ...req.body });
  const problem = form.ok ? holidayProblem(form.value) : undefined;
  return problem ? again(req, [problem]) : form;
}

async function showYearForm(req: Request, res: Response, year: store.SchoolYearRow | undefined, state: FormState): Promise<void> {
  const words = req.t.calendar;
  const title = year ? words.edit_year_of(year.id) : words.new_year;
  const latest = (await store.listYears(req.db))[0];
  const thisYear = Number(dayOf(req.now).slice(0, 4));
  const shown = year ?? nextYear(latest?.id ?? `${thisYear - 1}-${thisYear}`);
  const form = formView(req.t, state, {
    action: year ? `/school-years/${year.id}/terms` : "/school-years",
    submit: words.save,
    cancel: { href: year ? `/school-years/${year.id}` : "/school-years", label: words.cancel },
    fields: yearFields(words, shown, year === undefined),
  });
  res.page("shell/form", { head: { title, lead: words.years_lead }, notice: undefined, form }, { title, crumbs: [{ label: words.years, href: "/school-years" }, { label: title }] });
}

function addForm(req: Request, action: string, year: store.SchoolYearRow, state: FormState): FormView {
  const words = req.t.calendar;
  const today = dayOf(req.now);
  return formView(req.t, state, { action, submit: words.holiday_add, fields: holidayFields(words, today), hidden: { year_id: year.id } });
}

async function showProvince(req: Request, res: Response, root: UnitRow, year: store.SchoolYearRow, state: FormState): Promise<void> {
  const words = req.t.calendar;
  const manages = canManage(req.actor, root);
  const holidays = await store.listHolidays(req.db, year.id, []);
  const page = calendarPage(req, {
    year,
    years: [],
    weeks: weeksOf(year, holidays),
    holidays,
    today: dayOf(req.now),
    school: undefined,
    removeAt: manages ? (holiday) => `/school-years/${year.id}/holidays/${holiday.id}/removal` : undefined,
    editHref: manages ? `/school-years/${year.id}/edit` : undefined,
    add: manages ? addForm(req, `/school-years/${year.id}/holidays`, year, state) : undefined,
  });
  res.page("calendar/calendar", page, { title: words.year(year.id), crumbs: [{ label: words.years, href: "/school-years" }, { label: words.year(year.id) }] });
}

async function showSchool(req: Request, res: Response, school: UnitRow, state: FormState): Promise<void> {
  const words = req.t.calendar;
  const years = await store.listYears(req.db);
  const asked = years.find((y) => y.id === (req.query["year"] ?? req.body?.year_id));
  const year = asked ?? (await store.yearOfDay(req.db, dayOf(req.now)));
  if (!year) throw notFound();
  const keeps = canAdminister(req.actor, school);
  const holidays = await store.listHolidays(req.db, year.id, [school.id]);
  const page = calendarPage(req, {
    year,
    years,
    weeks: weeksOf(year, holidays),
    holidays,
    today: dayOf(req.now),
    school,
    removeAt: keeps ? (holiday) => (holiday.unit_id === school.id ? `/schools/${school.id}/holidays/${holiday.id}/removal` : undefined) : undefined,
    editHref: undefined,
    add: keeps ? addForm(req, `/schools/${school.id}/holidays`, year, state) : undefined,
  });
  const above = await listAncestors(req.db, school);
  res.page("calendar/calendar", page, {
    title: words.calendar_of(school.name, year.id),
    crumbs: [...above.filter((u) => u.kind === "school").map((u) => ({ label: u.name })), { label: words.calendar }],
  });
}

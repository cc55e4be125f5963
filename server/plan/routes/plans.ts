import type { Request, Response } from "express";
import { findYear, listYears, yearOfDay } from "../../calendar/store.ts";
import { openSchool } from "../../organisation/access.ts";
import { listCampuses, type UnitRow } from "../../organisation/store.ts";
import { listSubjects } from "../../organisation/store/groups.ts";
import { dayOf } from "../../platform/clock.ts";
import { invalid, notFound } from "../../platform/errors.ts";
import { readForm } from "../../platform/web/form.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { flash } from "../../shell/layout.ts";
import type { NoticeView } from "../../shell/partials.ts";
import type { Granted } from "../../access/policy.ts";
import { canDo, openPlace, openPlan, openRowsToCopy, writesPlans, type PlanPlace } from "../access.ts";
import { CopyForm, ModeForm, PlaceForm, RevisionForm, yearField } from "../forms.ts";
import { choosePage, listPage, newPage } from "../pages/list.ts";
import { planName, planPage } from "../pages/plan.ts";
import { faultsOf, gradesOfLevel } from "../rules.ts";
import * as store from "../store/plans.ts";
import { actOf, speechOf } from "./speech.ts";

export function addPlans(routes: FeatureRoutes): void {
  routes.get("/schools/:id/plans", "signed_in", async (req, res) => {
    const school = await openSchool(req.db, req.actor, idOf(req.params["id"]), "read");
    const yearId = await yearOf(req);
    const grades = gradesOfLevel(school.level);
    const [years, programme, plans] = await Promise.all([listYears(req.db), store.listProgramme(req.db, grades), store.listPlans(req.db, school, yearId)]);
    const writes = (code: string): boolean => canDo(req.actor, "edit", { subject_code: code, school });
    const page = listPage(speechOf(req), { school, yearId, years, grades, programme, plans, writes });
    res.page("plan/list", page, { title: req.t.plan.plans, crumbs: [{ label: school.name }, { label: req.t.plan.plans }], wide: true });
  });

  routes.get("/schools/:id/plans/new", "signed_in", async (req, res) => {
    const school = await openSchool(req.db, req.actor, idOf(req.params["id"]), "read");
    if (req.query["subject"] === undefined) return showChoice(req, res, school);
    await showNew(req, res, await placeOf(req, school, req.query), {});
  });

  routes.post("/schools/:id/plans", "signed_in", async (req, res) => {
    const school = await openSchool(req.db, req.actor, idOf(req.params["id"]), "read");
    const place = await placeOf(req, school, req.body);
    const id = await store.createPlan(req.db, place, [], "blank", actOf(req));
    res.redirect(303, `/plans/${id}/edit`);
  });

  routes.post("/schools/:id/plan-copies", "signed_in", async (req, res) => {
    const school = await openSchool(req.db, req.actor, idOf(req.params["id"]), "read");
    const place = await placeOf(req, school, req.body);
    const form = readForm(CopyForm, req.body);
    if (!form.ok) throw invalid();
    const { plan, rows } = await openRowsToCopy(req.db, place, form.value.from);
    const id = await store.createPlan(req.db, place, rows, `copy:${plan.id}`, actOf(req));
    flash(req, req.t.plan.copied(planName(speechOf(req), plan)));
    res.redirect(303, `/plans/${id}`);
  });

  addShow(routes);
}

function addShow(routes: FeatureRoutes): void {
  routes.get("/plans/:id", "signed_in", async (req, res) => {
    const plan = await openPlan(req.db, req.actor, idOf(req.params["id"]), "read");
    await showPlan(req, res, plan);
  });

  routes.post("/plans/:id/publication", "signed_in", async (req, res) => {
    const plan = await openPlan(req.db, req.actor, idOf(req.params["id"]), "publish");
    const form = readForm(RevisionForm, req.body);
    if (!form.ok) throw invalid();
    if (faultsOf(await store.listLessons(req.db, plan.id)).length > 0) return showPlan(req, res.status(422), plan);
    const version = await store.publishPlan(req.db, plan, form.value.revision, actOf(req));
    flash(req, req.t.plan.published(version));
    res.redirect(303, `/plans/${plan.id}`);
  });

  routes.post("/plans/:id/lessons/:lessonId/mode", "signed_in", async (req, res) => {
    const plan = await openPlan(req.db, req.actor, idOf(req.params["id"]), "edit");
    const lessonId = idOf(req.params["lessonId"]);
    const form = readForm(ModeForm, req.body);
    if (!form.ok) throw invalid();
    const lesson = (await store.listLessons(req.db, plan.id)).find((row) => row.id === lessonId);
    if (!lesson) throw notFound();
    await store.saveMode(req.db, plan, lesson, form.value.mode, actOf(req));
    flash(req, req.t.plan.mode_saved);
    res.redirect(303, `/plans/${plan.id}#lesson-${lesson.id}`);
  });
}

async function showPlan(req: Request, res: Response, plan: Granted<"read" | "publish", store.Plan> | store.Plan): Promise<void> {
  const [rows, national, published, courses] = await Promise.all([
    store.listLessons(req.db, plan.id),
    store.nationalPeriods(req.db, plan.subject_code, plan.grade),
    store.findPublished(req.db, plan),
    store.countCourses(req.db, plan),
  ]);
  const may = { canEdit: canDo(req.actor, "edit", plan), canPublish: canDo(req.actor, "publish", plan) };
  const speech = speechOf(req);
  const title = planName(speech, plan);
  res.page("plan/show", planPage(speech, { plan, rows, national, published, courses, ...may }), { title, crumbs: crumbsOf(req, plan, title), wide: true });
}

export function crumbsOf(req: Request, plan: { school: { id: string; name: string }; year_id: string }, title: string) {
  return [{ label: plan.school.name }, { label: req.t.plan.plans, href: `/schools/${plan.school.id}/plans?year=${plan.year_id}` }, { label: title }];
}

async function yearOf(req: Request): Promise<string> {
  const asked = yearField.optional().safeParse(req.query["year"]);
  if (!asked.success) throw notFound();
  const year = asked.data === undefined ? await yearOfDay(req.db, dayOf(req.now)) : await findYear(req.db, asked.data);
  if (!year) throw notFound();
  return year.id;
}

async function showChoice(req: Request, res: Response, school: UnitRow): Promise<void> {
  const subjects = await listSubjects(req.db);
  const own = subjects.filter(({ code }) => canDo(req.actor, "edit", { subject_code: code, school }));
  if (!writesPlans(req.actor, school)) openPlace(req.actor, { ...blankPlace(school), subject_code: "" });
  const page = choosePage(speechOf(req), school, await yearOf(req), own, gradesOfLevel(school.level));
  res.page("plan/new", page, { title: page.head.title });
}

function blankPlace(school: UnitRow): PlanPlace {
  return { school_id: school.id, campus_id: null, year_id: "", subject_code: "", grade: 0, school };
}

/** Reads for which subject, grade, year and campus a plan is wanted, through the door of that place. */
export async function placeOf(req: Request, school: UnitRow, given: unknown): Promise<Granted<"edit", PlanPlace>> {
  const form = readForm(PlaceForm, given);
  if (!form.ok) throw notFound();
  const { subject, grade, year, campus } = form.value;
  const place = openPlace(req.actor, { school_id: school.id, campus_id: campus, year_id: year, subject_code: subject, grade, school });
  const [subjects, years, campuses] = await Promise.all([listSubjects(req.db), listYears(req.db), campus === null ? [] : listCampuses(req.db, school)]);
  const known = subjects.some(({ code }) => code === subject) && years.some(({ id }) => id === year);
  if (!known || (campus !== null && !campuses.some(({ id }) => id === campus))) throw notFound();
  return place;
}

/** The page on which a plan begins. */
export async function showNew(req: Request, res: Response, place: Granted<"edit", PlanPlace>, problem: { fileError?: string; notice?: NoticeView }): Promise<void> {
  const speech = speechOf(req);
  const [subjects, exists, sources] = await Promise.all([listSubjects(req.db), store.findPlanOf(req.db, place), store.listCopySources(req.db, place)]);
  const subject = subjects.find(({ code }) => code === place.subject_code);
  if (!subject) throw notFound();
  const name = planName(speech, { subject, grade: place.grade });
  const page = newPage(speech, {
    school: place.school,
    place: { subject: place.subject_code, grade: place.grade, year: place.year_id, campus: place.campus_id },
    name,
    exists,
    sources,
    fileError: problem.fileError,
    notice: problem.notice,
  });
  res.page("plan/new", page, { title: page.head.title, crumbs: crumbsOf(req, { school: place.school, year_id: place.year_id }, name) });
}

import type { Request, Response } from "express";
import { findYear, listYears, yearOfDay, type SchoolYearRow } from "../../calendar/store.ts";
import { canAdminister, canArrange, openSchool, openSchoolToSee } from "../../organisation/access.ts";
import { listAncestors, listCampuses, type UnitRow } from "../../organisation/store.ts";
import { dayOf } from "../../platform/clock.ts";
import { notFound } from "../../platform/errors.ts";
import { blankForm, readForm } from "../../platform/web/form.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { formView, type FormState } from "../../shell/form-fields.ts";
import { flash } from "../../shell/layout.ts";
import type { ActionView, FieldView } from "../../shell/partials.ts";
import { ClassForm, NewClassesForm } from "../forms.ts";
import { classRows, yearFilter } from "../pages.ts";
import { gradeOfName } from "../rules.ts";
import * as store from "../store.ts";

export function actOf(req: Request) {
  return { by: req.actor.personId, at: req.now, requestId: req.id };
}

/** The year that was asked for, else that of today; 404 where the province has none. */
export async function chosenYear(req: Request, asked: unknown): Promise<SchoolYearRow> {
  const found = typeof asked === "string" ? await findYear(req.db, asked) : undefined;
  const year = found ?? (await yearOfDay(req.db, dayOf(req.now)));
  if (!year) throw notFound();
  return year;
}

/** The way to a page of a school. */
export async function schoolCrumbs(req: Request, school: UnitRow, more: { label: string; href?: string }[]) {
  const above = await listAncestors(req.db, school);
  return [...above.slice(-1).map((unit) => ({ label: unit.name, href: `/units/${unit.id}` })), ...more];
}

export function addClassRoutes(routes: FeatureRoutes): void {
  routes.get("/schools/:id/classes", "signed_in", async (req, res) => {
    const school = await openSchoolToSee(req.db, req.actor, idOf(req.params["id"]));
    await showClasses(req, res, school, blankForm());
  });

  routes.post("/schools/:id/classes", "signed_in", async (req, res) => {
    const school = await openSchool(req.db, req.actor, idOf(req.params["id"]), "administer");
    const form = readForm(NewClassesForm, req.body);
    if (!form.ok) return showClasses(req, res.status(422), school, form);
    const { names, campus_id, year_id } = form.value;
    const year = await findYear(req.db, year_id);
    if (!year || !(await isCampus(req, school, campus_id))) throw notFound();
    const made = names.map((name) => ({ name, grade: gradeOfName(name) ?? 0, campus_id, homeroom_teacher_id: null }));
    await store.createClasses(req.db, school, year.id, made, actOf(req));
    flash(req, req.t.teaching.added(made.length));
    res.redirect(303, `/schools/${school.id}/classes?year=${year.id}`);
  });

  routes.get("/schools/:id/classes/:classId/edit", "signed_in", async (req, res) => {
    const school = await openSchool(req.db, req.actor, idOf(req.params["id"]), "administer");
    await showEdit(req, res, school, await classOf(req, school), blankForm());
  });

  routes.post("/schools/:id/classes/:classId", "signed_in", async (req, res) => {
    const school = await openSchool(req.db, req.actor, idOf(req.params["id"]), "administer");
    const klass = await classOf(req, school);
    const form = readForm(ClassForm, req.body);
    if (!form.ok) return showEdit(req, res.status(422), school, klass, form);
    const teachers = await store.listTeachers(req.db, school, dayOf(req.now));
    const { homeroom_teacher_id: homeroom } = form.value;
    const stays = homeroom === null || homeroom === klass.homeroom_teacher_id;
    if (!(await isCampus(req, school, form.value.campus_id)) || (!stays && !teachers.some((t) => t.id === homeroom))) throw notFound();
    await store.saveClass(req.db, school, klass, form.value, actOf(req));
    flash(req, req.t.teaching.saved);
    res.redirect(303, `/schools/${school.id}/classes?year=${klass.year_id}`);
  });

  routes.post("/schools/:id/classes/:classId/removal", "signed_in", async (req, res) => {
    const school = await openSchool(req.db, req.actor, idOf(req.params["id"]), "administer");
    const klass = await classOf(req, school);
    await store.removeClass(req.db, school, klass, actOf(req));
    flash(req, req.t.teaching.removed(klass.name));
    res.redirect(303, `/schools/${school.id}/classes?year=${klass.year_id}`);
  });
}

async function isCampus(req: Request, school: UnitRow, campusId: string | null): Promise<boolean> {
  return campusId === null || (await listCampuses(req.db, school)).some((campus) => campus.id === campusId);
}

/** A class of this school, whichever year: the school was opened, so its classes may be kept. */
async function classOf(req: Request, school: UnitRow): Promise<store.ClassLine> {
  const found = await store.findClass(req.db, school, idOf(req.params["classId"]), dayOf(req.now));
  if (!found) throw notFound();
  return found;
}

function campusField(req: Request, campuses: readonly UnitRow[], value: string | null): FieldView[] {
  if (campuses.length === 0) return [];
  const options = [{ value: "", label: req.t.teaching.main_site }, ...campuses.map((campus) => ({ value: campus.id, label: campus.name }))];
  return [{ name: "campus_id", label: req.t.teaching.campus, kind: "select", required: false, value: value ?? "", options }];
}

async function showClasses(req: Request, res: Response, school: UnitRow, state: FormState): Promise<void> {
  const words = req.t.teaching;
  const year = await chosenYear(req, req.query["year"] ?? req.body?.year_id);
  const keeps = canAdminister(req.actor, school);
  const [years, classes, campuses] = await Promise.all([
    listYears(req.db),
    store.listClasses(req.db, school, year.id, dayOf(req.now)),
    listCampuses(req.db, school),
  ]);
  const base = `/schools/${school.id}`;
  const add = formView(req.t, state, {
    action: `${base}/classes`,
    submit: words.add,
    hidden: { year_id: year.id, ...(campuses.length === 0 ? { campus_id: "" } : {}) },
    fields: [{ name: "names", label: words.names, hint: words.names_hint, kind: "text", required: true, attributes: { maxlength: 2000, autocomplete: "off" } }, ...campusField(req, campuses, null)],
  });
  const title = words.classes_of(school.name, year.id);
  // Who only keeps the machine in order does not read the school's weeks.
  const weeks: ActionView[] = !keeps || canArrange(req.actor, school) ? [{ href: `${base}/timetables`, label: req.t.timetable.title, icon: "clock" }] : [];
  const calendar: ActionView = { href: `${base}/calendar`, label: req.t.organisation.calendar, icon: "calendar-days" };
  const actions: ActionView[] = keeps
    ? [
        { href: `${base}/pupils`, label: req.t.organisation.pupils, icon: "graduation-cap" },
        { href: `${base}/subject-groups`, label: req.t.organisation.groups, icon: "book-open" },
        calendar,
        ...weeks,
        { href: `${base}/assignments?year=${year.id}`, label: words.to_assignments, icon: "list-checks", kind: "primary" },
      ]
    : [calendar, ...weeks];
  res.page(
    "teaching/classes",
    {
      head: { title, actions },
      filter: yearFilter(req, `${base}/classes`, years, year),
      rows: classRows(req, base, classes, keeps),
      hasCampuses: campuses.length > 0,
      empty: classes.length === 0 ? { icon: "school", title: words.none, text: words.none_text } : undefined,
      add: keeps ? add : undefined,
    },
    { title, crumbs: await schoolCrumbs(req, school, [{ label: words.classes }]) },
  );
}

async function showEdit(req: Request, res: Response, school: UnitRow, klass: store.ClassLine, state: FormState): Promise<void> {
  const words = req.t.teaching;
  const [teachers, campuses] = await Promise.all([store.listTeachers(req.db, school, dayOf(req.now)), listCampuses(req.db, school)]);
  const back = `/schools/${school.id}/classes?year=${klass.year_id}`;
  const gone = klass.homeroom_teacher_id !== null && !teachers.some((t) => t.id === klass.homeroom_teacher_id);
  const options = [
    { value: "", label: words.no_homeroom },
    ...(gone ? [{ value: klass.homeroom_teacher_id ?? "", label: klass.homeroom_name ?? "" }] : []),
    ...teachers.map((teacher) => ({ value: teacher.id, label: teacher.name })),
  ];
  const title = words.edit_class(klass.name);
  const form = formView(req.t, state, {
    action: `/schools/${school.id}/classes/${klass.id}`,
    submit: words.save,
    cancel: { href: back, label: words.cancel },
    hidden: campuses.length === 0 ? { campus_id: klass.campus_id ?? "" } : {},
    fields: [
      { name: "name", label: words.class, kind: "text", required: true, value: klass.name, attributes: { maxlength: 40 } },
      ...campusField(req, campuses, klass.campus_id),
      { name: "homeroom_teacher_id", label: words.homeroom, kind: "select", required: false, value: klass.homeroom_teacher_id ?? "", options },
    ],
  });
  const remove = { action: `/schools/${school.id}/classes/${klass.id}/removal`, confirm: words.remove_ask(klass.name) };
  const used = klass.pupils > 0 || klass.courses > 0;
  res.page("teaching/class-edit", { head: { title }, form, remove: used ? undefined : remove }, { title, crumbs: await schoolCrumbs(req, school, [{ label: words.classes, href: back }, { label: klass.name }]) });
}

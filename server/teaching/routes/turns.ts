import type { Request, Response } from "express";
import { openSchool } from "../../organisation/access.ts";
import { dayOf } from "../../platform/clock.ts";
import { notFound } from "../../platform/errors.ts";
import { blankForm, readForm, typedOf } from "../../platform/web/form.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { formView, type FormState } from "../../shell/form-fields.ts";
import { flash } from "../../shell/layout.ts";
import { AddTeacherForm } from "../forms.ts";
import { turnRows } from "../pages.ts";
import * as store from "../store.ts";
import { actOf, schoolCrumbs } from "./classes.ts";

/** Who teaches a course, and when: shared subjects, substitutes, changes in mid-year. */
export function addTurnRoutes(routes: FeatureRoutes): void {
  routes.get("/schools/:id/courses/:courseId/teachers", "signed_in", async (req, res) => {
    const { school, course, yearId } = await openTaught(req);
    await showTurns(req, res, school, course, yearId, blankForm());
  });

  routes.post("/schools/:id/courses/:courseId/teachers", "signed_in", async (req, res) => {
    const { school, course, yearId } = await openTaught(req);
    const form = readForm(AddTeacherForm, req.body);
    if (!form.ok) return showTurns(req, res.status(422), school, course, yearId, form);
    const { person_id, from_on, to_on } = form.value;
    const teacher = (await store.listTeachers(req.db, school, dayOf(req.now))).find((t) => t.id === person_id);
    const problem = !teacher ? { field: "person_id", code: "not_a_choice" } : to_on !== null && to_on <= from_on ? { field: "to_on", code: "before_start" } : undefined;
    if (!teacher || problem) {
      const errors = problem ? [{ ...problem, params: {} }] : [];
      return showTurns(req, res.status(422), school, course, yearId, { errors, typed: typedOf(req.body ?? {}) });
    }
    await store.addTeacher(req.db, school, course, form.value, actOf(req));
    flash(req, req.t.teaching.turn_added(teacher.name));
    res.redirect(303, pathOf(school, course));
  });

  routes.post("/schools/:id/courses/:courseId/teachers/:turnId/ending", "signed_in", async (req, res) => {
    const { school, course } = await openTaught(req);
    const turn = course.turns.find((t) => t.id === req.params["turnId"]);
    if (!turn) throw notFound();
    await store.endTurn(req.db, school, course, turn.id, dayOf(req.now), actOf(req));
    flash(req, req.t.teaching.turn_ended(turn.name));
    res.redirect(303, pathOf(school, course));
  });
}

function pathOf(school: { id: string }, course: { id: string }): string {
  return `/schools/${school.id}/courses/${course.id}/teachers`;
}

async function openTaught(req: Request): Promise<{ school: store.School; course: store.TaughtCourse; yearId: string }> {
  const school = await openSchool(req.db, req.actor, idOf(req.params["id"]), "administer");
  const id = idOf(req.params["courseId"]);
  const year = await store.yearOfCourse(req.db, school, id);
  const course = year && (await store.listTaught(req.db, school, year.id, { id }))[0];
  if (!year || !course) throw notFound();
  return { school, course, yearId: year.id };
}

async function showTurns(req: Request, res: Response, school: store.School, course: store.TaughtCourse, yearId: string, state: FormState): Promise<void> {
  const words = req.t.teaching;
  const today = dayOf(req.now);
  const teachers = await store.listTeachers(req.db, school, today);
  const title = words.turns_of(course.name);
  const grid = `/schools/${school.id}/assignments?year=${yearId}`;
  const add = formView(req.t, state, {
    action: pathOf(school, course),
    submit: words.turn_add,
    fields: [
      { name: "person_id", label: words.teacher, kind: "select", options: teachers.map((t) => ({ value: t.id, label: t.name })) },
      { name: "from_on", label: words.turn_from, kind: "date", required: true, value: today },
      { name: "to_on", label: words.turn_to, hint: words.turn_to_hint, kind: "date", required: false },
    ],
  });
  const rows = turnRows(req, `/schools/${school.id}/courses/${course.id}`, course, today);
  res.page(
    "teaching/turns",
    { head: { title, lead: words.turns_lead, actions: [{ href: grid, label: words.back, icon: "arrow-left" }] }, rows, add },
    { title, crumbs: await schoolCrumbs(req, school, [{ label: words.assignments, href: grid }, { label: course.name }]) },
  );
}

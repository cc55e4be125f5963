import type { Request, Response } from "express";
import { addDays, dayOf, instantOf } from "../../platform/clock.ts";
import { blankForm, readForm, type FieldError } from "../../platform/web/form.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { formView, type FormState } from "../../shell/form-fields.ts";
import { flash } from "../../shell/layout.ts";
import { AssignForm } from "../forms.ts";
import { lessonHead } from "../pages.ts";
import { assignmentProblem } from "../rules.ts";
import { saveAssignment, saveCancelled } from "../store.ts";
import { byOf, openTaught, type Taught } from "./lesson.ts";

const USUAL_DAYS = 5;

/** A lesson given to the class as online self-study, and taken back. */
export function addSelfStudyRoutes(routes: FeatureRoutes): void {
  const path = "/courses/:id/lessons/:lessonId/self-study";

  routes.get(`${path}/new`, "signed_in", async (req, res) => showAssign(req, res, await openTaught(req), blankForm()));

  routes.post(path, "signed_in", async (req, res) => {
    const taught = await openTaught(req);
    const form = readForm(AssignForm, req.body);
    if (!form.ok) return showAssign(req, res.status(422), taught, form);
    const { opens_on, due_on, ...rest } = form.value;
    const given = { ...rest, opens_at: instantOf(opens_on), due_at: instantOf(addDays(due_on, 1)) };
    const problem = assignmentProblem(given, taught.lesson);
    if (problem) return showAssign(req, res.status(422), taught, { errors: [errorAt(problem, taught)], typed: textsOf(form.value) });
    await saveAssignment(req.db, taught.course, taught.lesson, given, byOf(req));
    flash(req, req.t.courses.assigned);
    res.redirect(303, taught.base);
  });

  routes.post(`${path}/:assignmentId/cancellation`, "signed_in", async (req, res) => {
    const { course, base } = await openTaught(req);
    await saveCancelled(req.db, course, idOf(req.params["assignmentId"]), byOf(req));
    flash(req, req.t.courses.cancelled);
    res.redirect(303, base);
  });
}

function errorAt(problem: NonNullable<ReturnType<typeof assignmentProblem>>, { lesson }: Taught): FieldError {
  const field = problem.field === "due_at" ? "due_on" : problem.field;
  return { field, code: problem.code, params: problem.code === "past_the_lesson" ? { max: lesson.periods } : {} };
}

function textsOf(value: Record<string, string | number>): Record<string, string> {
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, String(item)]));
}

function showAssign(req: Request, res: Response, { course, lesson, base }: Taught, state: FormState): void {
  const words = req.t.courses;
  const today = dayOf(req.now);
  const periods = { min: 1, max: lesson.periods };
  const form = formView(req.t, state, {
    action: `${base}/self-study`,
    submit: words.assign_save,
    cancel: { href: base, label: lesson.title },
    fields: [
      { name: "period_from", label: words.period_from, kind: "number", value: "1", required: true, attributes: periods },
      { name: "period_to", label: words.period_to, kind: "number", value: String(lesson.periods), required: true, attributes: periods },
      { name: "opens_on", label: words.opens_on, kind: "date", value: today, required: true },
      { name: "due_on", label: words.due_on, kind: "date", value: addDays(today, USUAL_DAYS), required: true },
      {
        name: "legal_form",
        label: words.legal_form,
        kind: "select",
        value: "supporting",
        required: true,
        options: [
          { value: "supporting", label: words.supporting },
          { value: "replacing", label: words.replacing },
        ],
      },
      { name: "legal_reason", label: words.legal_reason, kind: "text", hint: words.legal_reason_hint, required: false, attributes: { maxlength: 300 } },
    ],
  });
  const head = { ...lessonHead(course, lesson, req), title: words.assign_title, lead: lesson.title };
  res.page("shell/form", { head, notice: undefined, form }, { title: words.assign_title });
}

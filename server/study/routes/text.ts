import type { Request, Response } from "express";
import { TextForm } from "../forms.ts";
import { saveText } from "../../courses/store.ts";
import { Refusal } from "../../platform/errors.ts";
import { richText } from "../../platform/rich-text.ts";
import { blankForm, readForm } from "../../platform/web/form.ts";
import type { FeatureRoutes } from "../../platform/web/router.ts";
import type { SafeHtml } from "../../platform/web/render.ts";
import { formView, type FormState } from "../../shell/form-fields.ts";
import { flash } from "../../shell/layout.ts";
import { lessonHead, textOf } from "../pages.ts";
import { byOf, openTaught, type Taught } from "./lesson.ts";

/** The teacher's text of a lesson. */
export function addTextRoutes(routes: FeatureRoutes): void {
  const path = "/courses/:id/lessons/:lessonId/text";

  routes.get(path, "signed_in", async (req, res) => showText(req, res, await openTaught(req), { state: blankForm() }));

  routes.post(path, "signed_in", async (req, res) => {
    const taught = await openTaught(req);
    const form = readForm(TextForm, req.body);
    if (!form.ok) return showText(req, res.status(422), taught, { state: form });
    try {
      await saveText(req.db, taught.course, taught.lesson, form.value, byOf(req));
    } catch (error) {
      // Somebody was faster: what was typed stays in the field, theirs is shown below it.
      if (!(error instanceof Refusal && error.status === 409)) throw error;
      const fresh = await openTaught(req);
      return showText(req, res.status(409), fresh, { state: { errors: [], typed: { body: form.value.body } }, theirs: textOf(fresh.lesson) });
    }
    flash(req, req.t.courses.text_saved);
    res.redirect(303, taught.base);
  });

  routes.post("/courses/:id/lessons/:lessonId/text-preview", "signed_in", async (req, res) => {
    const taught = await openTaught(req);
    const form = readForm(TextForm, req.body);
    if (!form.ok) return showText(req, res.status(422), taught, { state: form });
    showText(req, res, taught, { state: { errors: [], typed: { body: form.value.body } }, preview: richText(form.value.body) });
  });
}

interface Shown {
  state: FormState;
  preview?: SafeHtml;
  theirs?: SafeHtml | undefined;
}

function showText(req: Request, res: Response, { course, lesson, base }: Taught, shown: Shown): void {
  const words = req.t.courses;
  const form = formView(req.t, shown.state, {
    action: `${base}/text`,
    submit: words.save_text,
    cancel: { href: base, label: lesson.title },
    hidden: { revision: String(lesson.revision) },
    fields: [{ name: "body", label: words.text_label, kind: "textarea", hint: words.text_hint, value: lesson.body, required: false, attributes: { rows: 16 } }],
  });
  const head = { ...lessonHead(course, lesson, req), lead: words.edit_text };
  const page = { head, form, preview: shown.preview, theirs: shown.theirs, previewAction: `${base}/text-preview`, draftKey: `${course.id} ${lesson.id} ${lesson.revision}` };
  res.page("courses/text", page, { title: lesson.title, scripts: ["js/rich-text.js"] });
}

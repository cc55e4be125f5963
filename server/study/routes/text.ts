import type { Request, Response } from "express";
import { DraftForm, TextForm } from "../forms.ts";
import { saveText } from "../../courses/store.ts";
import { Refusal } from "../../platform/errors.ts";
import { richText } from "../../platform/rich-text.ts";
import { readForm, type FieldError } from "../../platform/web/form.ts";
import { asksForJson, type FeatureRoutes } from "../../platform/web/router.ts";
import { flash } from "../../shell/layout.ts";
import { sayText } from "../../platform/messages.ts";
import { aroundText } from "../around.ts";
import { lessonHead } from "../pages.ts";
import { textPage } from "../text-page.ts";
import { dropDraft, findDraft, listEmbeddable, listImages, saveDraft } from "../store/authoring.ts";
import { byOf, openTaught, type Taught } from "./lesson.ts";

/** The teacher's text of a lesson: written, kept as a draft while it is written, shown, saved. */
export function addTextRoutes(routes: FeatureRoutes): void {
  const path = "/courses/:id/lessons/:lessonId/text";

  routes.get(path, "signed_in", async (req, res) => showText(req, res, await openTaught(req), {}));

  routes.post(path, "signed_in", async (req, res) => {
    const taught = await openTaught(req);
    const form = readForm(TextForm, req.body);
    if (!form.ok) return showText(req, res.status(422), taught, { body: typedBody(form.typed["body"]), errors: form.errors });
    try {
      await saveText(req.db, taught.course, taught.lesson, form.value, byOf(req));
    } catch (error) {
      // Somebody was faster: what was typed stays in the field, theirs is shown below it.
      if (!(error instanceof Refusal && error.status === 409)) throw error;
      return showText(req, res.status(409), await openTaught(req), { body: form.value.body, theirs: true });
    }
    await dropDraft(req.db, taught.course, taught.lesson.id, req.actor.personId);
    flash(req, req.t.courses.text_saved);
    res.redirect(303, taught.base);
  });

  routes.post("/courses/:id/lessons/:lessonId/text-preview", "signed_in", async (req, res) => {
    const taught = await openTaught(req);
    const form = readForm(TextForm, req.body);
    if (!form.ok) return showText(req, res.status(422), taught, { body: typedBody(form.typed["body"]), errors: form.errors });
    if (asksForJson(req)) {
      res.json({ html: await rendered(req, taught, form.value.body) });
      return;
    }
    await showText(req, res, taught, { body: form.value.body, preview: true });
  });

  routes.post("/courses/:id/lessons/:lessonId/text-draft", "signed_in", async (req, res) => {
    const taught = await openTaught(req);
    const form = readForm(DraftForm, req.body);
    if (!form.ok) return void res.status(422).json({ saved: "" });
    await saveDraft(req.db, taught.course, taught.lesson.id, form.value, byOf(req));
    res.json({ saved: req.t.courses.draft_saved(req.f.time(req.now)), moved: taught.lesson.revision !== form.value.revision });
  });

  routes.post("/courses/:id/lessons/:lessonId/text-draft-removal", "signed_in", async (req, res) => {
    const taught = await openTaught(req);
    await dropDraft(req.db, taught.course, taught.lesson.id, req.actor.personId);
    res.redirect(303, `${taught.base}/text`);
  });
}

function typedBody(value: string | string[] | undefined): string {
  return typeof value === "string" ? value : "";
}

async function rendered(req: Request, { course, lesson }: Taught, body: string) {
  return richText(body, await aroundText(req.db, req.actor, req.f, { courseId: course.id, lessonId: lesson.id }, body));
}

export interface Shown {
  /** What was typed; without it the draft, else the text as it is saved. */
  body?: string;
  errors?: readonly FieldError[];
  preview?: boolean;
  /** Somebody saved meanwhile: their text is shown too. */
  theirs?: boolean;
  problem?: string;
  added?: string;
}

export async function showText(req: Request, res: Response, taught: Taught, shown: Shown): Promise<void> {
  const { course, lesson, base } = taught;
  const [images, materials, draft] = await Promise.all([
    listImages(req.db, course, lesson.id),
    listEmbeddable(req.db, req.actor, course, lesson.id),
    shown.body === undefined ? findDraft(req.db, course, lesson.id, req.actor.personId) : undefined,
  ]);
  const restored = draft !== undefined && draft.body !== lesson.body ? draft : undefined;
  const body = shown.body ?? restored?.body ?? lesson.body;
  const moved = restored !== undefined && restored.revision !== lesson.revision;
  const page = textPage(
    { t: req.t, f: req.f, lang: req.lang },
    {
      head: { ...lessonHead(course, lesson, req), lead: req.t.courses.edit_text },
      base,
      body,
      revision: lesson.revision,
      errors: (shown.errors ?? []).map((error) => sayText(req.t.platform.fields, error.code, error.params)),
      draftFrom: restored?.saved_at,
      preview: shown.preview ? await rendered(req, taught, body) : undefined,
      theirs: shown.theirs || moved ? await rendered(req, taught, lesson.body) : undefined,
      problem: shown.problem,
      added: shown.added,
      images,
      materials,
      place: { courseId: course.id, lessonId: lesson.id },
    },
  );
  res.page("courses/text", page, { title: lesson.title, wide: true, scripts: ["js/rich-text.js"] });
}

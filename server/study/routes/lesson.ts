import type { Request, Response } from "express";
import { courseRefusal, type Granted } from "../../access/policy.ts";
import { openAgain, openCourse, openLesson } from "../../courses/access.ts";
import { listTitles, saveMode, type By, type CourseRow, type LessonRow } from "../../courses/store.ts";
import { aroundFiles, openMaterial } from "../../materials/access.ts";
import { recordLooks } from "../../platform/audit.ts";
import { ownPath } from "../../platform/web/own-path.ts";
import { dayOf } from "../../platform/clock.ts";
import { invalid } from "../../platform/errors.ts";
import { isId } from "../../platform/ids.ts";
import { readForm } from "../../platform/web/form.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { flash } from "../../shell/layout.ts";
import { aroundText } from "../around.ts";
import { AttachForm, ModeForm } from "../forms.ts";
import { attachableViews, courseHead, doneView, lessonHead, materialViews, neighbours, studyView, savePageViews, textParts, type LessonPage, type StudyView } from "../pages.ts";
import * as store from "../store.ts";
import { findSavedPage } from "../store/saved-page.ts";

export function addLessonRoutes(routes: FeatureRoutes): void {
  const path = "/courses/:id/lessons/:lessonId";

  routes.get(path, "signed_in", showLesson);

  routes.post(`${path}/completion`, "signed_in", (req, res) => finish(req, res, req.now));
  routes.post(`${path}/completion-removal`, "signed_in", (req, res) => finish(req, res, null));

  routes.post(`${path}/mode`, "signed_in", async (req, res) => {
    const { course, lesson, base } = await openTaught(req);
    const form = readForm(ModeForm, req.body);
    if (!form.ok) throw invalid();
    await saveMode(req.db, course, lesson, form.value.mode, byOf(req));
    flash(req, req.t.courses.mode_saved(lesson.title, form.value.mode === "online"));
    res.redirect(303, form.value.back === undefined ? base : ownPath(form.value.back));
  });

  routes.post(`${path}/attachments`, "signed_in", async (req, res) => {
    const { course, lesson, base } = await openTaught(req);
    const form = readForm(AttachForm, req.body);
    if (!form.ok) throw invalid();
    // Only what one may change oneself: another teacher's draft is not shown to a class over its head.
    const material = await openMaterial(req.db, req.actor, idOf(form.value.material), "edit", req.now);
    await store.saveAttachment(req.db, course, lesson, material.id, byOf(req));
    flash(req, req.t.courses.attached);
    res.redirect(303, base);
  });

  routes.post(`${path}/attachments/:materialId/removal`, "signed_in", async (req, res) => {
    const { course, lesson, base } = await openTaught(req);
    await store.removeAttachment(req.db, course, lesson, idOf(req.params["materialId"]), byOf(req));
    res.redirect(303, base);
  });
}

export function byOf(req: Request): By {
  return { by: req.actor.personId, at: req.now, requestId: req.id };
}

export interface Taught {
  course: Granted<"teach", CourseRow>;
  lesson: LessonRow;
  base: string;
}

/** A lesson of a course that the person teaches. */
export async function openTaught(req: Request): Promise<Taught> {
  const course = await openCourse(req.db, req.actor, idOf(req.params["id"]), "teach");
  const lesson = await openLesson(req.db, course, idOf(req.params["lessonId"]));
  return { course, lesson, base: `/courses/${course.id}/lessons/${lesson.id}` };
}

async function finish(req: Request, res: Response, value: string | null): Promise<void> {
  const course = await openCourse(req.db, req.actor, idOf(req.params["id"]), "learn");
  const lesson = await openLesson(req.db, course, idOf(req.params["lessonId"]));
  await store.saveDone(req.db, course, lesson, req.actor.personId, { at: req.now, value });
  res.redirect(303, `/courses/${course.id}/lessons/${lesson.id}`);
}

async function showLesson(req: Request, res: Response): Promise<void> {
  const course = await openCourse(req.db, req.actor, idOf(req.params["id"]), "read");
  const lesson = await openLesson(req.db, course, idOf(req.params["lessonId"]));
  const base = `/courses/${course.id}/lessons/${lesson.id}`;
  const teaches = courseRefusal(req.actor, "teach", course) === undefined;
  const asked = isId(req.query["show"]) ? req.query["show"] : undefined;
  const words = req.t.courses;
  const [shown, done, studies, titles, around] = await Promise.all([
    store.listShown(req.db, course, lesson.id),
    ownProgress(req, course, lesson, base),
    studiesOf(req, course, lesson, base, teaches),
    listTitles(req.db, course),
    aroundText(req.db, req.actor, req.f, { courseId: course.id, lessonId: lesson.id }, lesson.body),
  ]);
  const named = [...around.files.values()].map((file) => file.version);
  const files: Awaited<ReturnType<typeof aroundFiles>> = named.length === 0 ? new Map() : await aroundFiles(req.db, named);
  const page: LessonPage = {
    head: lessonHead(course, lesson, req),
    text: textParts(lesson, around, files, req),
    savePage: undefined,
    savedPage: undefined,
    noText: teaches ? words.no_text_teacher : words.no_text_pupil,
    slidesHref: lesson.body === "" ? undefined : `${base}/slides`,
    editHref: teaches ? `${base}/text` : undefined,
    materials: materialViews(base, shown, asked, new Set(around.files.keys()), teaches, req),
    uploadHref: teaches ? `/plan-lessons/${lesson.id}/materials` : undefined,
    attachable: [],
    done,
    acts: [],
    links: [],
    studies,
    ...neighbours(course, titles, lesson.id),
  };
  if (teaches) await addTeaching(req, page, { course: openAgain(req.actor, course, "teach"), lesson, base });
  const title = courseHead(course, req).title;
  const crumbs = [{ href: "/courses", label: words.title }, { href: `/courses/${course.id}`, label: title }];
  res.page("courses/lesson", page, { title: lesson.title, crumbs, scripts: ["js/print-page.js", "js/file-viewer.js"] });
}

/** Serving the page to a pupil is what the server observes; anybody else leaves no trace in the progress. */
async function ownProgress(req: Request, course: Granted<"read", CourseRow>, lesson: LessonRow, base: string): Promise<LessonPage["done"]> {
  if (!req.actor.pupilOf.has(course.class_id)) return undefined;
  const learning = openAgain(req.actor, course, "learn");
  return doneView(base, await store.saveOpened(req.db, learning, lesson, req.actor.personId, req.now), req);
}

async function studiesOf(req: Request, course: Granted<"read", CourseRow>, lesson: LessonRow, base: string, teaches: boolean): Promise<StudyView[]> {
  const rows = await store.listAssignments(req.db, course, lesson.id);
  if (rows.length === 0 || !teaches) return rows.map((row) => studyView(base, row, undefined, req));
  const results = openAgain(req.actor, course, "results");
  const pupils = await store.listPupils(req.db, results, lesson.id, dayOf(req.now));
  await recordLooks(req.db, pupils.map((pupil) => pupil.id), { at: req.now, actorId: req.actor.personId, what: "lesson_progress" });
  return rows.map((row) => studyView(base, row, pupils, req));
}

async function addTeaching(req: Request, page: LessonPage, { course, lesson, base }: Taught): Promise<void> {
  const words = req.t.courses;
  const online = lesson.mode === "online";
  Object.assign(page, savePageViews(base, lesson, lesson.body === "" ? undefined : await findSavedPage(req.db, course, lesson.id), req));
  page.attachable = attachableViews(base, await store.listAttachable(req.db, course, lesson.id, req.actor.personId), req);
  page.acts = [{ action: `${base}/mode`, label: online ? words.mode_class : words.mode_online, kind: "quiet", hidden: { mode: online ? "in_class" : "online" } }];
  page.links = [
    { href: `/courses/${course.id}/live-classes/new?lesson=${lesson.id}`, label: words.schedule, icon: "video", kind: "primary" },
    { href: `${base}/self-study/new`, label: words.assign, icon: "book-open" },
  ];
}

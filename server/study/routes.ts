import type { Request, Response } from "express";
import { coursesVisibleTo, openAgain, openCourse } from "../courses/access.ts";
import { countPupils, listCourses, listMembers, listOutline } from "../courses/store.ts";
import { courseRefusal } from "../access/policy.ts";
import { dayOf } from "../platform/clock.ts";
import { featureRoutes, idOf, type FeatureRoutes } from "../platform/web/router.ts";
import { addLessonRoutes } from "./routes/lesson.ts";
import { addSelfStudyRoutes } from "./routes/self-study.ts";
import { addImageRoutes } from "./routes/images.ts";
import { addSavedPageRoutes } from "./routes/saved-page.ts";
import { addSlideRoutes } from "./routes/slides.ts";
import { addTextRoutes } from "./routes/text.ts";
import { chaptersOf, courseHead, coursesPage, courseTabs, type Beside } from "./pages.ts";
import * as store from "./store.ts";

/** Courses and their lessons as pupils, parents and teachers use them. */
export function studyRoutes(): FeatureRoutes {
  const routes = featureRoutes();

  routes.get("/courses", "signed_in", async (req, res) => {
    res.page("courses/list", coursesPage(await listCourses(req.db, coursesVisibleTo(req.actor)), req), { title: req.t.courses.title });
  });

  routes.get("/courses/:id", "signed_in", showCourse);

  routes.get("/courses/:id/members", "signed_in", async (req, res) => {
    const course = await openCourse(req.db, req.actor, idOf(req.params["id"]), "read");
    const members = await listMembers(req.db, course, dayOf(req.now));
    const seesNames = courseRefusal(req.actor, "classmates", course) === undefined;
    const pupils = members.filter((member) => member.role === "pupil");
    const page = {
      head: courseHead(course, req),
      tabs: courseTabs(course, "members", seesResults(req, course), req),
      teachers: members.filter((member) => member.role === "teacher").map((member) => member.name),
      pupilsTitle: req.t.courses.pupils(pupils.length),
      pupils: seesNames ? pupils.map((member) => member.name) : [],
    };
    res.page("courses/members", page, { title: page.head.title, crumbs: [{ href: "/courses", label: req.t.courses.title }] });
  });

  routes.get("/courses/:id/progress", "signed_in", async (req, res) => {
    const course = await openCourse(req.db, req.actor, idOf(req.params["id"]), "results");
    const sums = await store.listPupilSums(req.db, course, { by: req.actor.personId, at: req.now, today: dayOf(req.now) });
    const head = { ...courseHead(course, req), lead: req.t.courses.progress_lead };
    const rows = sums.map((row) => ({ name: row.name, opened: req.f.number(row.opened), done: req.f.number(row.done) }));
    res.page("courses/progress", { head, tabs: courseTabs(course, "progress", true, req), rows }, { title: head.title, crumbs: [{ href: "/courses", label: req.t.courses.title }] });
  });

  addTextRoutes(routes);
  addImageRoutes(routes);
  addSlideRoutes(routes);
  addSavedPageRoutes(routes);
  addSelfStudyRoutes(routes);
  addLessonRoutes(routes);
  return routes;
}

type Course = Awaited<ReturnType<typeof openCourse<"read">>>;

export function seesResults(req: Request, course: Course): boolean {
  return courseRefusal(req.actor, "results", course) === undefined;
}

async function showCourse(req: Request, res: Response): Promise<void> {
  const course = await openCourse(req.db, req.actor, idOf(req.params["id"]), "read");
  const [outline, studies, progress] = await Promise.all([listOutline(req.db, course), store.listAssignments(req.db, course), progressBeside(req, course)]);
  const beside: Beside = { ...progress, studies: new Set(studies.map((study) => study.plan_lesson_id)) };
  const head = courseHead(course, req);
  const page = {
    head,
    tabs: courseTabs(course, "outline", seesResults(req, course), req),
    empty: outline.length === 0 ? ({ icon: "list-ordered", title: req.t.courses.no_plan } as const) : undefined,
    chapters: chaptersOf(course, outline, beside, req),
  };
  res.page("courses/show", page, { title: head.title, crumbs: [{ href: "/courses", label: req.t.courses.title }] });
}

/** A pupil sees the own progress, those who may see results the class's in numbers, everybody else neither. */
async function progressBeside(req: Request, course: Course): Promise<Omit<Beside, "studies">> {
  const beside = { own: undefined, counts: undefined, classSize: 0 };
  if (req.actor.pupilOf.has(course.class_id)) {
    const own = await store.listOwnProgress(req.db, course.id, req.actor.personId);
    return { ...beside, own: new Map(own.map((row) => [row.plan_lesson_id, row])) };
  }
  if (!seesResults(req, course)) return beside;
  const results = openAgain(req.actor, course, "results");
  const [counts, classSize] = await Promise.all([store.listLessonCounts(req.db, results), countPupils(req.db, course, dayOf(req.now))]);
  return { ...beside, counts: new Map(counts.map((row) => [row.plan_lesson_id, row.done])), classSize };
}

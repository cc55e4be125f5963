import { openCourse, openLesson } from "../../courses/access.ts";
import { courseRefusal } from "../../access/policy.ts";
import { richText } from "../../platform/rich-text.ts";
import type { SafeHtml } from "../../platform/web/render.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import type { PageHeadView } from "../../shell/partials.ts";
import { aroundText } from "../around.ts";
import { courseHead, lessonHead } from "../pages.ts";
import { slidesOf } from "../rules/slides.ts";

/** A lesson's text as slides: one after the other without script, one at a time with it. */
export interface SlidesPage {
  head: PageHeadView;
  back: string;
  slides: { id: string; number: string; title: string; body: SafeHtml; notes: SafeHtml | undefined; dense: boolean }[];
  words: string;
}

declare global {
  interface Views {
    "courses/slides": SlidesPage;
  }
}

/** More letters than this on one slide are set smaller. */
const DENSE_FROM = 420;

export function addSlideRoutes(routes: FeatureRoutes): void {
  routes.get("/courses/:id/lessons/:lessonId/slides", "signed_in", async (req, res) => {
    const course = await openCourse(req.db, req.actor, idOf(req.params["id"]), "read");
    const lesson = await openLesson(req.db, course, idOf(req.params["lessonId"]));
    const around = await aroundText(req.db, req.actor, req.f, { courseId: course.id, lessonId: lesson.id }, lesson.body);
    // The speaker's notes are for who speaks.
    const speaks = courseRefusal(req.actor, "teach", course) === undefined;
    const written = slidesOf(lesson.body);
    const slides = written.length > 0 && written[0]?.title === "" ? written : [{ title: lesson.title, body: courseHead(course, req).title, notes: "" }, ...written];
    const back = `/courses/${course.id}/lessons/${lesson.id}`;
    const page: SlidesPage = {
      head: { ...lessonHead(course, lesson, req), lead: req.t.courses.slides_lead },
      back,
      words: JSON.stringify(req.t.courses.slide_words),
      slides: slides.map((slide, i) => ({
        id: `slide-${i + 1}`,
        number: req.t.courses.slide_number(i + 1, slides.length),
        title: slide.title,
        body: richText(slide.body, around),
        notes: speaks && slide.notes !== "" ? richText(slide.notes, around) : undefined,
        dense: slide.body.length > DENSE_FROM,
      })),
    };
    const crumbs = [{ href: `/courses/${course.id}`, label: courseHead(course, req).title }, { href: back, label: lesson.title }, { label: req.t.courses.slides }];
    res.page("courses/slides", page, { title: lesson.title, crumbs, wide: true, scripts: ["js/slide-deck.js", "js/print-page.js"] });
  });
}

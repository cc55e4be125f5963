import type { Request } from "express";
import { weekOfDay, type StudyWeek } from "../calendar/rules.ts";
import { weeksOfSchool } from "../calendar/store.ts";
import { addDays, dayOf, instantOf } from "../platform/clock.ts";
import type { FeatureRoutes } from "../platform/web/router.ts";
import type { EmptyView } from "../shell/partials.ts";
import { layPeriods, plannedPeriods } from "../timetable/rules/lessons.ts";
import { listPlanLessons } from "../timetable/store/lessons.ts";
import { listClassesById, occurrencesOf, type ClassOccurrence, type CourseLine } from "../timetable/store/weeks.ts";
import { listLivesBetween } from "./store.ts";
import { ownOccurrences, todayRows, weekPage, weeksOf, type Whose } from "./week.ts";
import type { ListPart } from "./pages.ts";

/** Everybody's own week by the timetable. */
export function weekRoutes(routes: FeatureRoutes): void {
  routes.get("/timetable", "signed_in", async (req, res) => {
    const words = req.t.home.timetable;
    const all = await ownWeeks(req);
    const whose = all.find((one) => one.key === req.query["of"]) ?? all[0];
    const weeks = whose ? await weeksOfClasses(req, whose) : [];
    const today = dayOf(req.now);
    const current = weekOfDay(weeks, today) ?? weeks.find((week) => week.starts_on > today) ?? weeks.at(-1);
    const week = weeks.find((one) => String(one.number) === req.query["week"]) ?? current;
    if (!whose || !week) {
      const empty: EmptyView = { icon: "calendar-days", title: words.nobody, text: words.nobody_text };
      return res.page("home/week", { head: { title: words.title }, tabs: undefined, grid: undefined, empty, near: { previous: undefined, next: undefined } }, { title: words.title });
    }
    const { found, courses } = await occurrencesOf(req.db, whose.classes, weeks.slice(0, weeks.indexOf(week) + 1));
    const own = ownOccurrences(found.filter((one) => one.week === week.number), courses, whose);
    const courseIds = [...new Set(own.flatMap((one) => one.slot.course_id ?? []))];
    const [lives, lessonOf] = await Promise.all([
      listLivesBetween(req.db, courseIds, instantOf(week.starts_on), instantOf(addDays(week.starts_on, 7))),
      lessonsOf(req, { found, courseIds, courses, weeks: weeks.length }),
    ]);
    const near = (step: number): number | undefined => weeks.find((one) => one.number === week.number + step)?.number;
    const page = weekPage({ whose, all, week, today, found: own, courses, lives, lessonOf, previous: near(-1), next: near(1) }, req);
    res.page("home/week", page, { title: words.title, wide: true });
  });
}

async function ownWeeks(req: Request): Promise<Whose[]> {
  const { actor } = req;
  return weeksOf(actor, await listClassesById(req.db, [...new Set([...actor.teachesClasses, ...actor.homeroomOf, ...actor.pupilOf, ...actor.childrenClasses])]), req.t);
}

/** The study weeks of the newest year in which the person has classes: those of the first of them. */
async function weeksOfClasses(req: Request, whose: Whose): Promise<readonly StudyWeek[]> {
  const newest = whose.classes.reduce((last, klass) => (klass.year_id > last.year_id ? klass : last));
  return weeksOfSchool(req.db, { id: newest.year_id }, newest.school_id, newest.campus_id);
}

/** Which lesson of the plan falls into a period of the timetable, reckoned from the beginning of the year. */
async function lessonsOf(req: Request, given: { found: readonly ClassOccurrence[]; courseIds: readonly string[]; courses: ReadonlyMap<string, CourseLine>; weeks: number }): Promise<(one: ClassOccurrence) => { id: string; title: string } | undefined> {
  const planOf = (courseId: string): string | null => given.courses.get(courseId)?.plan_id ?? null;
  const lessons = await listPlanLessons(req.db, given.courseIds.flatMap((id) => planOf(id) ?? []));
  const titles = new Map(lessons.map((lesson) => [lesson.id, lesson.title]));
  const laid = new Map<ClassOccurrence, string>();
  for (const courseId of given.courseIds) {
    const taught = given.found.filter((one) => one.slot.course_id === courseId);
    const periods = plannedPeriods(lessons.filter((lesson) => lesson.plan_id === planOf(courseId)), given.weeks);
    layPeriods(periods, taught).forEach((period, i) => void (period && taught[i] && laid.set(taught[i], period.lesson_id)));
  }
  return (one) => {
    const id = laid.get(one);
    return id === undefined ? undefined : { id, title: titles.get(id) ?? "" };
  };
}

/** What the timetable says of today, for the home page; nothing on days off and where there is no timetable. */
export async function todayPart(req: Request): Promise<ListPart[]> {
  const today = dayOf(req.now);
  const parts = await Promise.all(
    (await ownWeeks(req)).map(async (whose): Promise<ListPart[]> => {
      const week = weekOfDay(await weeksOfClasses(req, whose), today);
      const { found, courses } = await occurrencesOf(req.db, whose.classes, week ? [week] : []);
      const own = ownOccurrences(found.filter((one) => one.on === today), courses, whose).sort((a, b) => (a.starts < b.starts ? -1 : 1));
      const words = req.t.home.timetable;
      return own.length === 0 ? [] : [{ title: words.today(whose.label), none: "", rows: todayRows(own, courses, whose, req), more: { href: `/timetable?of=${whose.key}`, label: words.whole_week } }];
    }),
  );
  return parts.flat();
}

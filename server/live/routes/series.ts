import type { Request, Response } from "express";
import type { Granted } from "../../access/policy.ts";
import { weekOfDay } from "../../calendar/rules.ts";
import { weeksOfSchool } from "../../calendar/store.ts";
import { dayOf } from "../../platform/clock.ts";
import { newId } from "../../platform/ids.ts";
import { blankForm, readForm, typedOf } from "../../platform/web/form.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import type { FormState } from "../../shell/form-fields.ts";
import { flash } from "../../shell/layout.ts";
import { layPeriods, plannedPeriods } from "../../timetable/rules/lessons.ts";
import { occurrencesOf } from "../../timetable/store/weeks.ts";
import { openLiveCourse } from "../access.ts";
import { linkProblem } from "../engines/rules.ts";
import { SeriesForm } from "../forms.ts";
import { seriesPage, WEEKS_AHEAD, type SeriesKnowledge } from "../pages/series.ts";
import { minutesOfProposal, proposalKey, proposalsOf, type Proposal } from "../series-rules.ts";
import { findSettings } from "../store/after.ts";
import { saveSchedules, type LiveRow } from "../store/classes.ts";
import { listLessons, listSlidesOf, listTaken, type CourseRow } from "../store/planning.ts";
import { byOf, conflictsOf, scheduleOf, whoseConflict, type Checked, type OfSeries } from "./schedule.ts";

type Course = Granted<"teach", CourseRow>;

/** Several live classes at once, where the timetable and the plan say that the course has its lessons. */
export function addSeries(routes: FeatureRoutes): void {
  routes.get("/courses/:id/live-classes/series", "signed_in", async (req, res) => {
    const course = await openLiveCourse(req.db, req.actor, idOf(req.params["id"]), "teach");
    show(req, res, await propose(req, course, Number(req.query["weeks"])), blankForm(), []);
  });

  routes.post("/courses/:id/live-classes/series", "signed_in", async (req, res) => {
    const course = await openLiveCourse(req.db, req.actor, idOf(req.params["id"]), "teach");
    const known = await propose(req, course, Number(req.body?.weeks));
    const form = readForm(SeriesForm, req.body);
    if (!form.ok) {
      const errors = form.errors.map((error) => (error.field === "pick" ? { ...error, code: "nothing_picked" } : error));
      return show(req, res.status(422), known, { typed: form.typed, errors }, []);
    }
    const picked = pickedOf(known.proposals, form.value.pick);
    const { engine } = await findSettings(req.db, course.school_id);
    const link = engine === "link" ? linkProblem(form.value.link, req.config.engines.linkHosts) : undefined;
    const wrong: [boolean, string, string][] = [[picked === undefined, "pick", "proposal_moved"], [link !== undefined, "link", link ?? ""]];
    const errors = wrong.filter(([is]) => is).map(([, field, code]) => ({ field, code, params: {} }));
    const state = { typed: typedOf(req.body as object), errors };
    if (errors.length > 0 || !picked) return show(req, res.status(422), known, state, []);
    const checked: Checked = { errors: [], engine, lesson: undefined, courses: [course] };
    const series = await seriesOf(req, course, known, picked, form.value);
    const clash = await conflictsOf(req, series, checked);
    if (clash.length > 0 && form.value.despite_conflicts === undefined) return show(req, res.status(422), known, state, clash);
    const seriesId = series.length > 1 ? newId() : null;
    await saveSchedules(req.db, course, series.map((one) => ({ ...scheduleOf(one.form, course, { ...checked, lesson: one.lesson }), series_id: seriesId })), byOf(req), true);
    flash(req, req.t.live_after.series_done(series.length));
    res.redirect(303, `/courses/${course.id}/live-classes`);
  });
}

/** What the timetable and the plan propose from today on. */
async function propose(req: Request, course: Course, asked: number): Promise<SeriesKnowledge & { course: Course }> {
  const ahead = WEEKS_AHEAD.find((n) => n === asked) ?? WEEKS_AHEAD[0];
  const all = await weeksOfSchool(req.db, { id: course.year_id }, course.school_id, course.campus_id);
  const today = dayOf(req.now);
  const now = weekOfDay(all, today) ?? all.find((week) => week.starts_on > today);
  const weeks = now ? all.slice(all.indexOf(now), all.indexOf(now) + ahead) : [];
  const last = weeks.at(-1);
  const klass = { id: course.class_id, school_id: course.school_id, campus_id: course.campus_id, year_id: course.year_id, grade: course.grade };
  const [lessons, taken, { found }, settings] = await Promise.all([
    listLessons(req.db, course),
    listTaken(req.db, course),
    occurrencesOf(req.db, [klass], last ? all.slice(0, all.indexOf(last) + 1) : []), // from the beginning: what came before decides what comes next
    findSettings(req.db, course.school_id),
  ]);
  const taught = found.filter((one) => one.slot.course_id === course.id);
  const proposals = proposalsOf(taught, layPeriods(plannedPeriods(lessons, all.length), taught), {
    tests: new Set(lessons.filter((lesson) => lesson.kind === "test").map((lesson) => lesson.id)),
    taken: new Set(taken.map((one) => `${one.plan_lesson_id} ${one.period_number}`)),
    at: req.now,
  });
  return { course, lessons, weeks, ahead, proposals, inTimetable: taught.some((one) => one.week >= (now?.number ?? 0)), byLink: settings.engine === "link", conflicts: [] };
}

/** The proposals that were picked; undefined where one of them is offered no more. */
function pickedOf(proposals: readonly Proposal[], keys: readonly string[]): Proposal[] | undefined {
  const offered = new Map(proposals.filter((one) => one.state === "free").map((one) => [proposalKey(one), one]));
  const picked = [...new Set(keys)].map((key) => offered.get(key));
  return picked.every((one) => one !== undefined) ? picked : undefined;
}

/** The classes as the form of a single one would have them, each with the first slides of its lesson. */
async function seriesOf(req: Request, course: Course, known: SeriesKnowledge, picked: readonly Proposal[], form: SeriesForm): Promise<OfSeries[]> {
  const slides = await listSlidesOf(req.db, course, [...new Set(picked.map((one) => one.lesson_id))]);
  const { legal_form, legal_reason, link } = form;
  return picked.map((one): OfSeries => ({
    lesson: known.lessons.find((lesson) => lesson.id === one.lesson_id),
    form: {
      ...{ lesson: one.lesson_id, periods: one.numbers, on: one.on, at: one.starts, minutes: minutesOfProposal(one), weeks: 0 },
      ...{ slides: slides.find((file) => file.plan_lesson_id === one.lesson_id)?.id ?? "", legal_form, legal_reason, link },
    },
  }));
}

function show(req: Request, res: Response, known: SeriesKnowledge, state: FormState, clash: readonly LiveRow[]): void {
  const { course } = known;
  const page = seriesPage({ ...known, conflicts: clash.map((live) => ({ live, who: whoseConflict(req, live) })) }, state, req);
  const crumbs = [{ href: `/courses/${course.id}`, label: course.name }, { href: `/courses/${course.id}/live-classes`, label: req.t.live.title }, { label: req.t.live_after.from_timetable.link }];
  res.page("live/series", page, { title: page.head.title, crumbs });
}

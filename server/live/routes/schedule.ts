import type { Request, Response } from "express";
import type { Granted } from "../../access/policy.ts";
import { addDays, instantOf } from "../../platform/clock.ts";
import { conflict } from "../../platform/errors.ts";
import { newId } from "../../platform/ids.ts";
import type { Signals } from "../../platform/signals.ts";
import { blankForm, readForm, type FieldError, type Typed } from "../../platform/web/form.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { formView, type FormState } from "../../shell/form-fields.ts";
import { flash } from "../../shell/layout.ts";
import { openLiveClass, openLiveCourse } from "../access.ts";
import { linkProblem } from "../engines/rules.ts";
import { CancelForm, ScheduleForm } from "../forms.ts";
import { schedulePage, type Planning } from "../pages/schedule.ts";
import { LIVE_CHANGED } from "../socket.ts";
import { listConflicts, saveCancellation, saveSchedules, taughtBy, type By, type LiveRow, type Schedule } from "../store/classes.ts";
import { findSettings } from "../store/after.ts";
import type { EngineKind } from "../store/tables.ts";
import { listLessons, listSlides, listTaken, listTogether, type CourseRow, type LessonRow } from "../store/planning.ts";

type Course = Granted<"teach", CourseRow>;

export function addSchedule(routes: FeatureRoutes, signals: Signals): void {
  routes.get("/courses/:id/live-classes/new", "signed_in", async (req, res) => {
    const course = await openLiveCourse(req.db, req.actor, idOf(req.params["id"]), "teach");
    await showSchedule(req, res, course, blankForm(), []);
  });

  routes.post("/courses/:id/live-classes", "signed_in", async (req, res) => {
    const course = await openLiveCourse(req.db, req.actor, idOf(req.params["id"]), "teach");
    const form = readForm(ScheduleForm, req.body);
    if (!form.ok) return showSchedule(req, res.status(422), course, form, []);
    const checked = await check(req, course, form.value);
    const series = await seriesOf(req, course, form.value, checked);
    const clash = checked.errors.length === 0 ? await conflictsOf(req, series, checked) : [];
    if (checked.errors.length > 0 || (clash.length > 0 && form.value.despite_conflicts === undefined)) {
      return showSchedule(req, res.status(422), course, { errors: checked.errors, typed: readTyped(req.body) }, clash);
    }
    const seriesId = series.length > 1 ? newId() : null;
    const ids = await saveSchedules(req.db, course, series.map((one) => ({ ...scheduleOf(one.form, course, { ...checked, lesson: one.lesson }), series_id: seriesId })), byOf(req));
    const id = ids[0] ?? "";
    flash(req, series.length > 1 ? req.t.live_after.series_done(series.length) : req.t.live.schedule.done(req.f.moment(startOf(form.value))));
    res.redirect(303, `/live-classes/${id}`);
  });

  routes.get("/live-classes/:id/cancellation", "signed_in", async (req, res) => {
    const live = await openLiveClass(req.db, req.actor, idOf(req.params["id"]), "teach");
    showCancel(req, res, live, blankForm());
  });

  routes.post("/live-classes/:id/cancellation", "signed_in", async (req, res) => {
    const live = await openLiveClass(req.db, req.actor, idOf(req.params["id"]), "teach");
    const form = readForm(CancelForm, req.body);
    if (!form.ok) return showCancel(req, res.status(422), live, form);
    await saveCancellation(req.db, live, form.value.reason, byOf(req));
    signals.tell(LIVE_CHANGED, live.id);
    flash(req, req.t.live.cancel.done);
    res.redirect(303, `/live-classes/${live.id}`);
  });
}

export function byOf(req: Request): By {
  return { by: req.actor.personId, at: req.now, requestId: req.id };
}

export interface Checked {
  errors: FieldError[];
  /** What the school's classes are held with now. */
  engine: EngineKind;
  lesson: LessonRow | undefined;
  courses: { id: string; class_id: string }[];
}

/** What a schema cannot know: is it a lesson of this plan, has it that period, may the person teach the others too? */
async function check(req: Request, course: Course, form: ScheduleForm): Promise<Checked> {
  const lesson = (await listLessons(req.db, course)).find((one) => one.id === form.lesson);
  const others = await listTogether(req.db, course, req.actor.teaches);
  const slides = lesson ? await listSlides(req.db, course, lesson.id) : [];
  const { engine } = await findSettings(req.db, course.school_id);
  const link = engine === "link" ? linkProblem(form.link, req.config.engines.linkHosts) : undefined;
  const wrong: [boolean, string, string][] = [
    [!lesson, "lesson", "not_a_choice"],
    [form.periods.some((number) => number > (lesson?.periods ?? 0)), "periods", "not_a_choice"],
    [(form.with ?? []).some((id) => !others.some((one) => one.id === id)), "with", "not_a_choice"],
    [form.slides !== "" && !slides.some((one) => one.id === form.slides), "slides", "not_a_choice"],
    [startOf(form) < req.now, "at", "time_passed"],
    [link !== undefined, "link", link ?? ""],
  ];
  const errors = wrong.filter(([isWrong]) => isWrong).map(([, field, code]) => ({ field, code, params: {} }));
  return { errors, engine, lesson, courses: [course, ...others.filter((one) => form.with?.includes(one.id))] };
}

function startOf(form: ScheduleForm): string {
  return instantOf(form.on, form.at);
}

export interface OfSeries {
  form: ScheduleForm;
  lesson: LessonRow | undefined;
}

/** The class itself and those of the weeks after it: same day and hour, the lessons that follow in the plan, as long as there are. */
async function seriesOf(req: Request, course: Course, form: ScheduleForm, checked: Checked): Promise<OfSeries[]> {
  const first = { form, lesson: checked.lesson };
  if (form.weeks === 0 || !checked.lesson) return [first];
  const lessons = await listLessons(req.db, course);
  const at = lessons.findIndex((one) => one.id === form.lesson);
  const next = lessons.slice(at + 1, at + 1 + form.weeks).map((lesson, i): OfSeries => ({
    lesson,
    form: { ...form, lesson: lesson.id, on: addDays(form.on, 7 * (i + 1)), periods: form.periods.filter((number) => number <= lesson.periods), slides: "" },
  }));
  return [first, ...next.map((one) => (one.form.periods.length > 0 ? one : { ...one, form: { ...one.form, periods: [1] } }))];
}

export async function conflictsOf(req: Request, series: readonly OfSeries[], checked: Checked): Promise<LiveRow[]> {
  const classIds = checked.courses.map((one) => one.class_id);
  const found = await Promise.all(series.map(({ form }) => listConflicts(req.db, { starts_at: startOf(form), length_minutes: form.minutes, teacherId: req.actor.personId, classIds })));
  return found.flat().slice(0, 20);
}

export function scheduleOf(form: ScheduleForm, course: Course, checked: Checked): Schedule {
  const numbers = [...new Set(form.periods)].sort((a, b) => a - b);
  return {
    title: `${course.name}: ${checked.lesson?.title ?? ""}`.slice(0, 300),
    starts_at: startOf(form),
    length_minutes: form.minutes,
    purpose: form.trial === "yes" ? "trial" : "lesson",
    legal_form: form.legal_form,
    legal_reason: form.legal_form === "replacing" ? form.legal_reason : "",
    slides_material_id: form.slides === "" ? null : form.slides,
    covers: checked.courses.flatMap((one) => numbers.map((number) => ({ course_id: one.id, plan_lesson_id: form.lesson, period_number: number }))),
    series_id: null,
    engine: checked.engine,
    engine_link: checked.engine === "link" ? form.link : null,
  };
}

function readTyped(body: unknown): Typed {
  return blankForm(typeof body === "object" && body !== null ? Object.fromEntries(Object.entries(body).filter(([, value]) => typeof value === "string" || Array.isArray(value))) : {}).typed;
}

async function showSchedule(req: Request, res: Response, course: Course, state: FormState, clash: readonly LiveRow[]): Promise<void> {
  const lessons = await listLessons(req.db, course);
  const asked = typeof state.typed["lesson"] === "string" ? state.typed["lesson"] : req.query["lesson"];
  const lesson = lessons.find((one) => one.id === asked);
  const planning: Planning = {
    course,
    lessons,
    lesson,
    taken: lesson ? await listTaken(req.db, course) : [],
    together: lesson ? await listTogether(req.db, course, req.actor.teaches) : [],
    slides: lesson ? await listSlides(req.db, course, lesson.id) : [],
    byLink: (await findSettings(req.db, course.school_id)).engine === "link",
    conflicts: clash.map((live) => ({ live, who: whoseConflict(req, live) })),
  };
  const day = typeof req.query["on"] === "string" && /^\d{4}-\d{2}-\d{2}$/.test(req.query["on"]) ? { on: req.query["on"] } : {};
  const time = typeof req.query["at"] === "string" && /^\d{2}:\d{2}$/.test(req.query["at"]) ? { at: req.query["at"] } : {};
  const crumbs = [{ href: `/courses/${course.id}`, label: course.name }, { href: `/courses/${course.id}/live-classes`, label: req.t.live.title }, { label: req.t.live.plan_one }];
  res.page("live/schedule", schedulePage(planning, state, { ...day, ...time }, req.now, req), { title: req.t.live.schedule.title, crumbs });
}

/** Whom a class at the same time keeps busy: the teacher, or classes. */
export function whoseConflict(req: Request, live: LiveRow): string {
  return taughtBy(live).id === req.actor.personId ? req.t.live.schedule.conflict_teacher : live.courses.map((one) => one.class_name).join(", ");
}

function showCancel(req: Request, res: Response, live: LiveRow, state: FormState): void {
  if (live.state !== "scheduled" && live.state !== "ended") throw conflict("live_not_cancellable");
  const words = req.t.live.cancel;
  const held = live.state === "ended";
  const title = held ? words.title_back : words.title;
  const form = formView(req.t, state, {
    action: `/live-classes/${live.id}/cancellation`,
    submit: held ? words.submit_back : words.submit,
    fields: [{ name: "reason", label: words.reason, kind: "text", required: true, attributes: { maxlength: 300 } }],
    cancel: { href: `/live-classes/${live.id}`, label: words.keep },
  });
  const page = { head: { title, eyebrow: live.title, lead: held ? words.text_back : words.text }, notice: undefined, form };
  res.page("shell/form", page, { title, crumbs: [{ href: `/live-classes/${live.id}`, label: live.title }, { label: title }] });
}

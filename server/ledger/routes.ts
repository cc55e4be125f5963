import type { Request, Response } from "express";
import type { Actor } from "../access/actor.ts";
import { findYear, weeksOfSchool, yearOfDay } from "../calendar/store.ts";
import { weekOfDay, type StudyWeek } from "../calendar/rules.ts";
import { dayOf, type Day } from "../platform/clock.ts";
import { conflict, notFound } from "../platform/errors.ts";
import { sayText } from "../platform/messages.ts";
import { readForm, type FieldError } from "../platform/web/form.ts";
import { featureRoutes, idOf, type FeatureRoutes } from "../platform/web/router.ts";
import { flash } from "../shell/layout.ts";
import { maySee, openLedgerCourse, openPeriod } from "./access.ts";
import { declarationRoutes } from "./declaration-routes.ts";
import { periodPage, type PeriodKnowledge } from "./evidence-page.ts";
import { WeekForm, WhyForm } from "./forms.ts";
import { confirmable, courseView, linesOfWeek, type LedgerCourseView, type LedgerLine } from "./pages.ts";
import { isReversed } from "./rules.ts";
import { definitionOn, listDefinitions } from "./store/definitions.ts";
import { saveAct, saveWeek, type By } from "./store/deliveries.ts";
import { historyOf, listActs, listChosenModes, listCoursesTaught } from "./store/periods.ts";
import { listLessons, listStaffNames, listStanding, type LedgerCourse, type LedgerPeriod } from "./store/periods.ts";
import { evidenceOf, observe } from "./store/settle.ts";

export function ledgerRoutes(): FeatureRoutes {
  const routes = featureRoutes();

  routes.get("/ledger", "signed_in", showWeek);

  routes.post("/ledger/weeks", "signed_in", async (req, res) => {
    const form = readForm(WeekForm, req.body);
    if (!form.ok) throw notFound();
    const course = await openLedgerCourse(req.db, req.actor, idOf(form.value.course));
    const weeks = await weeksOfCourse(req, course);
    const week = weeks.find((one) => one.number === form.value.week);
    if (week === undefined) throw notFound();
    const { seen, taught } = confirmable((await linesOf(req, [course], week, weeks.length)).get(course.id) ?? []);
    const count = seen.length + taught.length;
    if (count > 0) await saveWeek(req.db, course, { seen, taught, taught_on: lastDayTaught(week, dayOf(req.now)) }, by(req));
    flash(req, count > 0 ? req.t.ledger.week_confirmed(count) : req.t.ledger.nothing_to_confirm);
    res.redirect(303, `/ledger?week=${week.number}`);
  });

  declarationRoutes(routes);

  routes.get("/ledger/:id", "signed_in", async (req, res) => {
    await showPeriod(req, res, await openPeriod(req.db, req.actor, idOf(req.params["id"]), "read"));
  });

  routes.post("/ledger/:id/confirmation", "signed_in", async (req, res) => {
    const id = idOf(req.params["id"]);
    const seen = await openPeriod(req.db, req.actor, id, "read");
    const external = seen.evidence_kind === "external";
    const period = external ? await openPeriod(req.db, req.actor, id, "confirm") : await openPeriod(req.db, req.actor, id, "record");
    await refuseTwice(req, id, (acts) => acts.findLast((act) => act.act === "confirm" || act.act === "refuse")?.act === "confirm" || isReversed(acts));
    await saveAct(req.db, period, "confirm", "", by(req));
    flash(req, req.t.ledger.acts.confirmed);
    res.redirect(303, `/ledger/${id}`);
  });

  routes.post("/ledger/:id/refusal", "signed_in", async (req, res) => {
    const period = await openPeriod(req.db, req.actor, idOf(req.params["id"]), "confirm");
    const form = readForm(WhyForm, req.body);
    if (!form.ok) return showPeriod(req, res.status(422), period, form.errors);
    if (period.evidence_kind !== "external") throw conflict();
    await refuseTwice(req, period.id, (acts) => acts.findLast((act) => act.act === "confirm" || act.act === "refuse")?.act === "refuse" || isReversed(acts));
    await saveAct(req.db, period, "refuse", form.value.why, by(req));
    flash(req, req.t.ledger.acts.refused);
    res.redirect(303, `/ledger/${period.id}`);
  });

  routes.post("/ledger/:id/reversal", "signed_in", async (req, res) => {
    const period = await openPeriod(req.db, req.actor, idOf(req.params["id"]), "reverse");
    const form = readForm(WhyForm, req.body);
    if (!form.ok) return showPeriod(req, res.status(422), period, form.errors);
    await refuseTwice(req, period.id, isReversed);
    await saveAct(req.db, period, "reverse", form.value.why, by(req));
    flash(req, req.t.ledger.acts.reversed);
    res.redirect(303, `/ledger/${period.id}`);
  });

  routes.post("/ledger/:id/restoration", "signed_in", async (req, res) => {
    const period = await openPeriod(req.db, req.actor, idOf(req.params["id"]), "reverse");
    await refuseTwice(req, period.id, (acts) => !isReversed(acts));
    await saveAct(req.db, period, "restore", "", by(req));
    flash(req, req.t.ledger.acts.restored);
    res.redirect(303, `/ledger/${period.id}`);
  });

  return routes;
}

function by(req: Request): By {
  return { by: req.actor.personId, at: req.now, requestId: req.id };
}

/** The same act again, from a second tab or the back button: somebody was faster. */
async function refuseTwice(req: Request, id: string, done: (acts: Awaited<ReturnType<typeof listActs>>) => boolean): Promise<void> {
  if (done(await listActs(req.db, id))) throw conflict();
}

/** A week is confirmed for its Friday, or for today while it is not over. */
function lastDayTaught(week: StudyWeek, today: Day): Day {
  return today < week.ends_on ? (today > week.starts_on ? today : week.starts_on) : week.ends_on;
}

async function weeksOfCourse(req: Request, course: LedgerCourse): Promise<readonly StudyWeek[]> {
  const year = await findYear(req.db, course.year_id);
  return year ? weeksOfSchool(req.db, year, course.school_id, course.campus_id) : [];
}

/** The periods of these courses in a week. All courses are read at once. */
async function linesOf(req: Request, courses: readonly LedgerCourse[], week: StudyWeek, weeks: number): Promise<Map<string, LedgerLine[]>> {
  const ids = courses.map((course) => course.id);
  const lessons = await listLessons(req.db, [...new Set(courses.flatMap((course) => course.plan_id ?? []))]);
  const standing = await listStanding(req.db, ids);
  const chosen = await listChosenModes(req.db, ids);
  return new Map(
    courses.map((course) => [
      course.id,
      linesOfWeek(
        lessons.filter((lesson) => lesson.plan_id === course.plan_id),
        standing.filter((row) => row.course_id === course.id),
        new Map(chosen.flatMap((row) => (row.course_id === course.id ? [[row.plan_lesson_id, row.planned_mode]] : []))),
        week,
        weeks,
      ),
    ]),
  );
}

async function showWeek(req: Request, res: Response): Promise<void> {
  const today = dayOf(req.now);
  const year = await yearOfDay(req.db, today);
  const courses = year ? await listCoursesTaught(req.db, req.actor.personId, year.id, today) : [];
  const first = courses[0];
  const weeks = first ? await weeksOfCourse(req, first) : [];
  const current = weekOfDay(weeks, today) ?? weeks.findLast((week) => week.starts_on <= today) ?? weeks[0];
  const week = weeks.find((one) => String(one.number) === req.query["week"]) ?? current;
  const lines = week ? await linesOf(req, courses, week, weeks.length) : new Map<string, LedgerLine[]>();
  const shown = week ? courses.map((course): LedgerCourseView => courseView(course, lines.get(course.id) ?? [], week.number, req.t, req.f)) : [];
  const link = (number: number | undefined): string | undefined =>
    weeks.some((one) => one.number === number) ? `/ledger?week=${number}` : undefined;
  const page = {
    lead: req.t.ledger.lead,
    title: week ? req.t.ledger.week(week.number) : req.t.ledger.no_week,
    days: week ? req.t.ledger.week_days(req.f.day(week.starts_on), req.f.day(week.ends_on)) : "",
    previous: link(week && week.number - 1),
    next: link(week && week.number + 1),
    today: week === current ? undefined : "/ledger",
    waiting: confirmsPeriods(req.actor) ? "/ledger/declarations" : undefined,
    courses: shown,
  };
  res.page("ledger/week", page, { title: req.t.ledger.title, wide: true });
}

function confirmsPeriods(actor: Actor): boolean {
  return actor.memberships.some((m) => m.role === "department_head" || m.role === "school_leader");
}

async function showPeriod(req: Request, res: Response, period: LedgerPeriod, errors: readonly FieldError[] = []): Promise<void> {
  const known = await knowledgeOf(req, period);
  const typed = typeof req.body?.why === "string" ? { why: req.body.why as string } : {};
  const shown = errors.map((error) => ({
    field: error.field,
    label: req.t.ledger.acts.why_reverse,
    message: sayText(req.t.platform.fields, error.code, error.params),
  }));
  const page = periodPage(known, req.t, req.f);
  const crumbs = [
    known.may.record ? { href: "/ledger", label: req.t.ledger.title } : { href: `/schools/${period.course.school_id}/measures`, label: period.school.name },
    { label: period.course.name },
  ];
  res.page("ledger/period", { ...page, errors: shown, typed }, { title: page.head.title, crumbs });
}

/** Two questions beside the door's: what was said of the delivery, and what the system saw. */
async function knowledgeOf(req: Request, period: LedgerPeriod): Promise<PeriodKnowledge> {
  const { db, actor } = req;
  const may = maySee(actor, period);
  const [{ standing, others, acts, names }, seen, definitions] = await Promise.all([
    historyOf(db, period, may.see_names),
    period.mode === "online" ? observe(db, [period]) : undefined,
    listDefinitions(db),
  ]);
  const live = seen?.live.get(period.evidence_id ?? "")?.row;
  const replaced = may.see_names && live?.substitute_id === period.taught_by ? live?.teacher_id : undefined;
  return {
    ...{ period, acts, may, standing, others, names },
    evidence: seen && evidenceOf(period, acts, seen),
    definition: definitionOn(definitions, period.taught_on),
    instead: replaced === undefined ? undefined : ((await listStaffNames(db, [replaced])).get(replaced) ?? ""),
  };
}

import type { Request, Response } from "express";
import { monthsOf, type StudyWeek } from "../calendar/rules.ts";
import { dayOf } from "../platform/clock.ts";
import { drawnOnce } from "../platform/web/drawn.ts";
import type { SafeHtml } from "../platform/web/render.ts";
import { featureRoutes, idOf, type FeatureRoutes } from "../platform/web/router.ts";
import type { FieldView } from "../shell/partials.ts";
import { confirmsIn } from "../ledger/access.ts";
import { openMeasures, type Opened } from "./access.ts";
import { closingRoutes } from "./closing/routes.ts";
import { monthName, shareText } from "./closing/say.ts";
import { standingClosingsOf, type ClosingRow } from "./closing/store.ts";
import { evidenceRoutes } from "./evidence-routes.ts";
import type { SchoolMeasures } from "./figures.ts";
import { definitionView, heatTables, metersOf, missingView, statsOf, type Missing, type Voice } from "./pages.ts";
import { recountRoutes } from "./recount/routes.ts";
import { settingsRoutes } from "./settings-routes.ts";
import type { Lessons } from "../platform/units.ts";
import { addShares, quickestLessons, type MaterialStage } from "./rules.ts";
import { listNearlyCovered, listQuickest, listReasons, QUICKEST_SHOWN, subjectNames, type LessonCoverRow } from "./store/lists.ts";
import { tableRoutes } from "./table-routes.ts";
import { tabsFor } from "./outlook/access.ts";
import { filesOf, onlineLine, schoolTabs, weeklyTrend } from "./outlook/pages.ts";
import { useRoutes } from "./use/routes.ts";
import { previewRoutes } from "./preview/routes.ts";
import { oddRoutes } from "./odd/routes.ts";
import { outlookRoutes } from "./outlook/routes.ts";

export function measureRoutes(): FeatureRoutes {
  const routes = featureRoutes();
  settingsRoutes(routes);
  recountRoutes(routes);
  tableRoutes(routes);
  closingRoutes(routes);
  routes.get("/schools/:id/measures", "signed_in", showSchool);
  evidenceRoutes(routes);
  outlookRoutes(routes);
  oddRoutes(routes);
  previewRoutes(routes);
  useRoutes(routes);
  return routes;
}

/** What a page of the measures speaks with. */
async function voiceOf(req: Request): Promise<Voice> {
  return { t: req.t, f: req.f, subjects: await subjectNames(req.db, req.lang) };
}

async function showSchool(req: Request, res: Response): Promise<void> {
  const [opened, voice] = await Promise.all([openMeasures(req.db, req.actor, idOf(req.params["id"]), req.query, req.now), voiceOf(req)]);
  const { school, year, measures } = opened;
  const closings = await standingClosingsOf(req.db, school.id, year.id);
  const page: Views["measures/school"] = {
    head: {
      ...{ title: req.t.measures.title, eyebrow: school.name, lead: req.t.measures.lead(req.f.day(measures.scope.date), year.id) },
      actions: [
        { href: `/schools/${school.id}/months?year=${year.id}`, label: req.t.closing.link, icon: "lock" },
        { href: `/schools/${school.id}/documents?year=${year.id}`, label: req.t.measures.documents_link, icon: "file-text" },
        { href: `/units/${school.id}/reports?year=${year.id}`, label: req.t.measures.reports_link, icon: "send" },
        ...(confirmsIn(req.actor).some((one) => one.school_id === school.id) ? [{ href: "/ledger/declarations", label: req.t.ledger.waiting_link, icon: "inbox" as const }] : []),
      ],
    },
    tabs: schoolTabs(school.id, year.id, "overview", tabsFor(req.actor, school), req.t),
    closed: closedNotice(opened, closings, voice),
    filter: { action: `/schools/${school.id}/measures`, label: req.t.measures.filters.label, fields: filterFields(req, opened, closings), active: isNarrowed(opened) },
    no_plan: measures.online === undefined,
    from_national: measures.from_national,
    figures: drawnOnce(measures, `figures ${req.lang}`, () => res.fragment("measures/school-figures", { meters: metersOf(measures, voice), stats: statsOf(measures, voice) })),
    missing: measures.online && missingOf(req, res, measures, await loadMissing(req, measures), voice),
    charts: chartsOf(req, res, opened, voice),
    files: filesOf(`/schools/${school.id}/measures/subjects`, { year: year.id, campus: measures.scope.campus_id, date: measures.is_today ? undefined : measures.scope.date }, req.t),
  };
  res.page("measures/school", page, { title: req.t.measures.title, wide: true });
}

/** What is missing, which is remembered by itself: part of what it is drawn for. */
function missingOf(req: Request, res: Response, measures: SchoolMeasures, missing: Missing, voice: Voice): SafeHtml {
  return drawnOnce(measures, `missing ${req.lang} ${JSON.stringify(missing)}`, () => res.fragment("measures/school-missing", missingView(measures, missing, voice)));
}

/** The heat tables, the trend and the definition: half of the page's bytes, and the same for everybody who reads the same figures. */
function chartsOf(req: Request, res: Response, { measures, school }: Opened, voice: Voice): SafeHtml {
  return drawnOnce(measures, `charts ${req.lang}`, () => {
    const line = onlineLine(measures);
    return res.fragment("measures/charts", {
      heat: measures.online ? heatTables(measures, voice) : [],
      trend: line && weeklyTrend(line, voice),
      definition: definitionView(measures, school, voice),
    });
  });
}

function isNarrowed({ asked }: Opened): boolean {
  return [asked.campus, asked.week, asked.month, asked.date].some((one) => one !== undefined);
}

/** What would close the gap: asked for only where there is a gap. */
async function loadMissing(req: Request, measures: SchoolMeasures): Promise<Missing> {
  const { scope, definition, digitised } = measures;
  const reasons = measures.periods_still_needed > 0 ? await listReasons(req.db, scope) : [];
  const lacking = measures.subjects.filter((subject) => subject.still_needed > 0);
  const needed = new Map(lacking.map((subject) => [subject.subject, subject.still_needed]));
  if (needed.size === 0) return { reasons, quickest: [] };
  const kinds = definition.lesson_kinds.join(" ");
  const near = await listNearlyCovered(req.db, scope.school_id, scope.year_id, kinds);
  if (near.some((lesson) => needed.has(lesson.subject_code)) || !digitised.weakest) return { reasons, quickest: quickest(near, needed) };
  return { reasons, quickest: quickest(await listQuickest(req.db, scope.school_id, scope.year_id, kinds, digitised.weakest.subject, scope.campus_id), needed) };
}

const STAGES: readonly MaterialStage[] = ["passed", "submitted", "draft", "none"];

function quickest(rows: readonly LessonCoverRow[], needed: ReadonlyMap<string, Lessons>): LessonCoverRow[] {
  const lessons = rows.map((row) => ({ row, id: row.id, subject: row.subject_code, stage: STAGES[row.stage] ?? "none", week: row.week_from }));
  return quickestLessons(lessons, needed).slice(0, QUICKEST_SHOWN).map(({ row }) => row);
}

/** A closed month shows what was reported beside what the same days give now. */
function closedNotice({ asked, measures, campuses }: Opened, closings: readonly ClosingRow[], { t, f }: Voice): Views["measures/school"]["closed"] {
  const closing = closings.find((one) => one.month === asked.month);
  if (closing === undefined || asked.date || asked.week || campuses.some((campus) => campus.id === asked.campus)) return undefined;
  const now = { ...(measures.online ?? addShares([])), subjects_planned: measures.digitised.subjects_planned };
  const [was, is, month] = [shareText(closing, t, f), shareText(now, t, f), monthName(closing.month, t)];
  const text = was === is ? t.closing.notice_same(month, was) : t.closing.notice(month, was, is);
  return { kind: was === is ? "info" : "warn", text, action: { href: `/month-closings/${closing.id}`, label: t.closing.notice_link } };
}

function filterFields(req: Request, { year, years, asked, campuses, measures }: Opened, closings: readonly ClosingRow[]): FieldView[] {
  const words = req.t.measures.filters;
  const none = { value: "", label: "–" };
  return [
    ...(campuses.length === 0
      ? []
      : [
          {
            ...{ name: "campus", label: words.campus, kind: "select" as const, value: asked.campus ?? "" },
            options: [{ value: "", label: words.whole_school }, ...campuses.map((campus) => ({ value: campus.id, label: campus.name }))],
          },
        ]),
    { name: "week", label: words.week, kind: "select", value: asked.date ? "" : String(asked.week ?? ""), options: [none, ...weekOptions(measures, words)] },
    { name: "month", label: words.month, kind: "select", value: asked.date || asked.week ? "" : (asked.month ?? ""), options: [none, ...monthOptions(measures.weeks, closings, req.t, dayOf(req.now))] },
    { name: "date", label: words.date, kind: "date", value: asked.date ?? "", attributes: { max: dayOf(req.now) } },
    { name: "year", label: words.year, kind: "select", value: year.id, options: years.map((one) => ({ value: one.id, label: one.id })) },
  ];
}

function weekOptions(measures: SchoolMeasures, words: Words["measures"]["filters"]): { value: string; label: string }[] {
  return measures.weeks.map((week) => ({ value: String(week.number), label: words.week_of(week.number) }));
}

function monthOptions(weeks: readonly StudyWeek[], closings: readonly ClosingRow[], t: Words, today: string): { value: string; label: string }[] {
  const begun = monthsOf(weeks).filter((month) => month <= today.slice(0, 7));
  const closed = new Set(closings.map((one) => one.month));
  return begun.map((month) => ({ value: month, label: closed.has(month) ? t.closing.marked(monthName(month, t)) : monthName(month, t) }));
}

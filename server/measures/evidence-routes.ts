import type { Request, Response } from "express";
import { reasonWords, stateWords } from "../ledger/say.ts";
import { weekOfDay } from "../calendar/rules.ts";
import { numberOf, PERIOD } from "../platform/units.ts";
import { TABLE_FORMATS, type FileTable } from "../platform/table-file.ts";
import { groupBy } from "../platform/group.ts";
import { drawnOnce } from "../platform/web/drawn.ts";
import type { SafeHtml } from "../platform/web/render.ts";
import { idOf, type FeatureRoutes } from "../platform/web/router.ts";
import { sendTables } from "../platform/web/send-tables.ts";
import type { FieldView, PageHeadView } from "../shell/partials.ts";
import { openMeasures, type Opened } from "./access.ts";
import { monthName } from "./closing/say.ts";
import { lastDayOf } from "./figures.ts";
import { coverageText, definitionView, evidencePath, type Voice } from "./pages.ts";
import { definitionTable, percentOf, sharePercent } from "./outlook/files.ts";
import { filesOf, type FilesView } from "./outlook/pages.ts";
import { addCoverages, coveredBy } from "./rules.ts";
import { LESSONS_A_FILE, listLessonCovers, listMaterialsOfLessons, listOnlinePeriods, findOnlinePeriods, PERIODS_A_FILE, PERIODS_A_PAGE, subjectNames } from "./store/lists.ts";
import type { LessonCoverRow, OnlinePeriodRow, PeriodFilter, PeriodsFound } from "./store/lists.ts";

export interface PeriodsPage {
  head: PageHeadView;
  filter: SafeHtml;
  /** Undefined where nothing is found. */
  rows: SafeHtml | undefined;
  older: string | undefined;
  newest: string | undefined;
  files: FilesView;
  definition: SafeHtml;
}

export interface PeriodRowView {
  href: string;
  title: string;
  course: string;
  day: string;
  kind: string;
  /** Counted, or why not. */
  says: { text: string; good: boolean };
}

export interface LessonsPage {
  head: PageHeadView;
  filter: SafeHtml;
  rows: { title: string; subject: string; week: string; covered: boolean; materials: { href: string; label: string; note: string }[] }[];
  cut: string | undefined;
  files: FilesView;
  definition: SafeHtml;
}

declare global {
  interface Views {
    "measures/periods": PeriodsPage;
    "measures/period-rows": { rows: PeriodRowView[] };
    "measures/lessons": LessonsPage;
  }
}

/** The lists behind every number of the dashboard; each row leads to the evidence itself. */
export function evidenceRoutes(routes: FeatureRoutes): void {
  routes.get("/schools/:id/measures/periods", "signed_in", async (req, res) => {
    const [opened, voice] = await Promise.all([openMeasures(req.db, req.actor, idOf(req.params["id"]), req.query, req.now), voiceOf(req)]);
    await showPeriods(req, res, opened, voice);
  });
  routes.get("/schools/:id/measures/lessons", "signed_in", async (req, res) => {
    await showLessons(req, res, await openMeasures(req.db, req.actor, idOf(req.params["id"]), req.query, req.now));
  });
  for (const format of TABLE_FORMATS) {
    for (const [name, tableOf] of [["subjects", subjectsFile], ["periods", periodsFile], ["lessons", lessonsFile]] as const) {
      routes.get(`/schools/:id/measures/${name}.${format}`, "signed_in", async (req, res) => {
        const opened = await openMeasures(req.db, req.actor, idOf(req.params["id"]), req.query, req.now);
        const voice = await voiceOf(req);
        await sendTables(res, format, `${opened.school.code || "truong"}-${opened.measures.scope.date}-${name}`, [await tableOf(req, opened, voice), definitionTable(opened, voice)]);
      });
    }
  }
}

/** The heat tables as one: a row for each subject in each grade. */
function subjectsFile(_req: Request, { measures }: Opened, { t, subjects }: Voice): Promise<FileTable> {
  const order = [...subjects.keys()];
  const cells = [...measures.cells].sort((a, b) => order.indexOf(a.subject) - order.indexOf(b.subject) || a.grade - b.grade);
  const counter = measures.definition.digitised_counter;
  const rows = cells.map(({ subject, grade, online, coverage }) => [
    ...[subjects.get(subject) ?? subject, grade, numberOf(online.counted) / PERIOD, online.planned, sharePercent(online)],
    ...[coverage.covered, coverage.own, coverage.covered - coverage.own, coverage.planned, percentOf(coveredBy(coverage, counter), coverage.planned)],
  ]);
  return Promise.resolve({ name: t.outlook.sheets.subjects, head: t.outlook.file_heads.subjects, rows });
}

async function periodsFile(req: Request, opened: Opened, { t, f, subjects }: Voice): Promise<FileTable> {
  const found = await listOnlinePeriods(req.db, opened.measures.scope, filterOf(opened), undefined, PERIODS_A_FILE);
  const rows = found.map((row) => [
    ...[t.ledger.period_title(row.period_number, row.lesson_periods, row.lesson_title), row.course_name, subjects.get(row.subject_code) ?? row.subject_code, f.day(row.taught_on)],
    ...[weekOfDay(opened.measures.weeks, row.taught_on)?.number ?? null, t.ledger.kinds[row.evidence_kind ?? "in_class"], stateWords(row, t), reasonWords(row.reason, row.params, t, f)],
  ]);
  return { name: t.outlook.sheets.periods, head: t.outlook.file_heads.periods, rows };
}

async function lessonsFile(req: Request, { measures, asked }: Opened, { t, subjects }: Voice): Promise<FileTable> {
  const filter = { subject: asked.subject, grade: asked.grade, covered: asked.covered === undefined ? undefined : asked.covered === "yes" };
  const found = await listLessonCovers(req.db, measures.scope, measures.definition.lesson_kinds, filter, LESSONS_A_FILE);
  const materials = await listMaterialsOfLessons(req.db, measures.scope, found.map((row) => row.id));
  const titles = new Map<string, string[]>();
  for (const { plan_lesson_id, title } of materials) titles.set(plan_lesson_id, [...(titles.get(plan_lesson_id) ?? []), title]);
  const { covered_options } = t.measures.lessons;
  const rows = found.map((row) => [row.title, subjects.get(row.subject_code) ?? row.subject_code, row.grade, row.week_from, row.covered ? covered_options.yes : covered_options.no, (titles.get(row.id) ?? []).join("; ")]);
  return { name: t.outlook.sheets.lessons, head: t.outlook.file_heads.lessons, rows };
}

async function voiceOf(req: Request): Promise<Voice> {
  return { t: req.t, f: req.f, subjects: await subjectNames(req.db, req.lang) };
}

/** A week or a month narrows the list to its days; otherwise everything up to the day is listed. */
function filterOf({ asked, measures }: Opened): PeriodFilter {
  const week = measures.weeks.find((one) => one.number === asked.week);
  const { subject, grade, state, reason, month } = asked;
  const from = week?.starts_on ?? (month ? `${month}-01` : undefined);
  const end = week?.ends_on ?? (month ? lastDayOf(month) : undefined);
  return { subject, grade, state, reason, from, to: end && end < measures.scope.date ? end : measures.scope.date };
}

async function showPeriods(req: Request, res: Response, opened: Opened, voice: Voice): Promise<void> {
  const { school, measures, asked } = opened;
  const [on, id] = (asked.before ?? "").split(".");
  const found = await findOnlinePeriods(req.db, measures.scope, filterOf(opened), on && id ? { on, id } : undefined);
  const shown = found.rows.slice(0, PERIODS_A_PAGE);
  const last = found.rows.length > PERIODS_A_PAGE ? shown.at(-1) : undefined;
  const again = { ...narrowing(opened), state: asked.state, reason: asked.reason };
  const fields = [...commonFields(opened, voice), ...weekFields(opened, voice), stateField(opened, voice)];
  const page: PeriodsPage = {
    head: { title: req.t.measures.periods.title, eyebrow: school.name, lead: countWords(found, voice) },
    filter: filterBar(req, res, opened, "periods", fields),
    rows: shown.length === 0 ? undefined : drawnOnce(found, req.lang, () => res.fragment("measures/period-rows", { rows: shown.map((row) => periodRowView(row, opened, voice)) })),
    older: last ? evidencePath(measures, "periods", { ...again, before: `${last.taught_on}.${last.delivery_id}` }) : undefined,
    newest: asked.before ? evidencePath(measures, "periods", again) : undefined,
    files: filesOf(`/schools/${school.id}/measures/periods`, fileQuery(opened, again), req.t),
    definition: definitionNote(req, res, opened, voice),
  };
  res.page("measures/periods", page, { title: page.head.title, crumbs: crumbsOf(opened, voice), wide: true });
}

/** The filters of a list as they are set. */
function filterBar(req: Request, res: Response, { school, measures }: Opened, list: "periods" | "lessons", fields: FieldView[]): SafeHtml {
  const action = `/schools/${school.id}/measures/${list}`;
  return drawnOnce(measures, `filter ${list} ${req.lang} ${JSON.stringify(fields)}`, () =>
    res.fragment("partials/filter-bar", { action, label: req.t.measures.filters.label, fields, clearHref: action }),
  );
}

function definitionNote(req: Request, res: Response, { measures, school }: Opened, voice: Voice): SafeHtml {
  return drawnOnce(measures, `definition ${req.lang}`, () => res.fragment("measures/definition-note", definitionView(measures, school, voice)));
}

/** How many periods are listed; where they do not all count as whole ones, for how much. */
function countWords({ count, counted }: PeriodsFound, { t, f }: Voice): string {
  const words = t.measures.periods;
  return numberOf(counted) === count * PERIOD ? words.count(f.number(count)) : words.count_for(f.number(count), f.periods(counted));
}

function periodRowView(row: OnlinePeriodRow, { measures }: Opened, { t, f }: Voice): PeriodRowView {
  const why = reasonWords(row.reason, row.params, t, f);
  const week = weekOfDay(measures.weeks, row.taught_on);
  const good = row.state === "counted" && why === "";
  return {
    href: `/ledger/${row.delivery_id}`,
    title: t.ledger.period_title(row.period_number, row.lesson_periods, row.lesson_title),
    course: row.course_name,
    day: week ? `${f.day(row.taught_on)} (${t.measures.filters.week_of(week.number)})` : f.day(row.taught_on),
    kind: t.ledger.kinds[row.evidence_kind ?? "in_class"],
    says: { text: good || why === "" ? t.ledger.states[row.state] : why, good },
  };
}

async function showLessons(req: Request, res: Response, opened: Opened): Promise<void> {
  const { school, measures, asked } = opened;
  const voice = await voiceOf(req);
  const covered = asked.covered === undefined ? undefined : asked.covered === "yes";
  const filter = { subject: asked.subject, grade: asked.grade, covered };
  const rows = await listLessonCovers(req.db, measures.scope, measures.definition.lesson_kinds, filter);
  const materials = groupBy(await listMaterialsOfLessons(req.db, measures.scope, rows.map((row) => row.id)), (material) => material.plan_lesson_id);
  const cells = measures.cells.filter((cell) => (!asked.subject || cell.subject === asked.subject) && (!asked.grade || cell.grade === asked.grade));
  const counted = addCoverages(cells.map((cell) => cell.coverage));
  const words = req.t.measures.lessons;
  const page: LessonsPage = {
    head: { title: words.title, eyebrow: school.name, lead: words.counts(coverageText(counted, measures.definition.digitised_counter, req.t, req.f)) },
    filter: filterBar(req, res, opened, "lessons", [...commonFields(opened, voice), coveredField(opened, voice)]),
    rows: rows.map((row) => lessonRow(row, materials.get(row.id) ?? [], voice)),
    files: filesOf(`/schools/${school.id}/measures/lessons`, fileQuery(opened, { subject: asked.subject, grade: asked.grade, covered: asked.covered }), req.t),
    cut: rows.length === 500 ? words.cut(req.f.number(rows.length)) : undefined,
    definition: definitionNote(req, res, opened, voice),
  };
  res.page("measures/lessons", page, { title: words.title, crumbs: crumbsOf(opened, voice), wide: true });
}

function lessonRow(row: LessonCoverRow, materials: { id: string; title: string; state: string; approved: boolean; origin: string }[], { t, subjects }: Voice): LessonsPage["rows"][number] {
  const words = t.measures.lessons;
  return {
    title: row.title,
    subject: words.subject_grade(subjects.get(row.subject_code) ?? row.subject_code, row.grade),
    week: row.week_from === null ? "–" : String(row.week_from),
    covered: row.covered,
    materials: materials.map(({ id, title, state, approved, origin }) => ({
      href: `/materials/${id}`,
      label: title,
      note: [origin === "adopted" ? words.adopted : "", approved ? "" : words.on_the_way(words.states[state] ?? state)].filter(Boolean).join("; "),
    })),
  };
}

function narrowing({ asked }: Opened): Record<string, string | number | undefined> {
  return { subject: asked.subject, grade: asked.grade, week: asked.week, month: asked.month };
}

/** What the address of a file says: the choices of the page that it holds. */
function fileQuery({ measures, asked }: Opened, narrow: Record<string, string | number | undefined>): Record<string, string | undefined> {
  const { year_id, campus_id, date } = measures.scope;
  const own = { year: year_id, campus: campus_id, date: measures.is_today || asked.week !== undefined || asked.month !== undefined ? undefined : date };
  return { ...own, ...Object.fromEntries(Object.entries(narrow).map(([name, value]) => [name, value === undefined ? undefined : String(value)])) };
}

function crumbsOf({ school, measures }: Opened, { t }: Voice): { href?: string; label: string }[] {
  const { year_id, campus_id } = measures.scope;
  const query = new URLSearchParams({ year: year_id, ...(campus_id ? { campus: campus_id } : {}) });
  return [{ label: school.name }, { href: `/schools/${school.id}/measures?${query.toString()}`, label: t.measures.title }];
}

function commonFields({ asked, measures, campuses, year }: Opened, { t, subjects }: Voice): FieldView[] {
  const words = t.measures.filters;
  const any = { value: "", label: words.any };
  const codes = new Set(measures.cells.map((cell) => cell.subject));
  const grades = [...new Set(measures.cells.map((cell) => cell.grade))].sort((a, b) => a - b);
  const options = [...subjects].filter(([code]) => codes.has(code)).map(([value, label]) => ({ value, label }));
  return [
    { name: "subject", label: words.subject, kind: "select", value: asked.subject ?? "", options: [any, ...options] },
    { name: "grade", label: words.grade, kind: "select", value: String(asked.grade ?? ""), options: [any, ...grades.map((grade) => ({ value: String(grade), label: String(grade) }))] },
    ...(campuses.length === 0
      ? []
      : [
          {
            ...{ name: "campus", label: words.campus, kind: "select" as const, value: asked.campus ?? "" },
            options: [{ value: "", label: words.whole_school }, ...campuses.map((campus) => ({ value: campus.id, label: campus.name }))],
          },
        ]),
    { name: "year", label: words.year, kind: "select", value: year.id, options: [{ value: year.id, label: year.id }] },
  ];
}

function weekFields({ asked, measures }: Opened, { t }: Voice): FieldView[] {
  const words = t.measures.filters;
  const begun = measures.weeks.filter((week) => week.starts_on <= measures.scope.date || week.number === asked.week);
  const weeks = begun.map((week) => ({ value: String(week.number), label: words.week_of(week.number) }));
  const months = [...new Set(begun.map((week) => week.starts_on.slice(0, 7)))].map((month) => ({
    value: month,
    label: monthName(month, t),
  }));
  const any = { value: "", label: words.any };
  return [
    { name: "week", label: words.only_week, kind: "select", value: String(asked.week ?? ""), options: [any, ...weeks] },
    { name: "month", label: words.only_month, kind: "select", value: asked.month ?? "", options: [any, ...months] },
  ];
}

function stateField({ asked }: Opened, { t }: Voice): FieldView {
  const words = t.measures.filters;
  const any = { value: "", label: words.any };
  const states = (["counted", "not_counted"] as const).map((state) => ({ value: state, label: t.ledger.states[state] }));
  return { name: "state", label: words.state, kind: "select", value: asked.state ?? "", options: [any, ...states] };
}

function coveredField({ asked }: Opened, { t }: Voice): FieldView {
  const words = t.measures.lessons;
  const options = [
    { value: "", label: words.covered_options.any },
    { value: "yes", label: words.covered_options.yes },
    { value: "no", label: words.covered_options.no },
  ];
  return { name: "covered", label: words.covered, kind: "select", value: asked.covered ?? "", options };
}

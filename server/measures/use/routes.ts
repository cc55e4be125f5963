import type { Request, Response } from "express";
import { officerOver } from "../../access/actor.ts";
import { listYears } from "../../calendar/store.ts";
import { openSchool } from "../../organisation/access.ts";
import { dayOf } from "../../platform/clock.ts";
import { TABLE_FORMATS } from "../../platform/table-file.ts";
import { sendTables } from "../../platform/web/send-tables.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import type { EmptyView, FieldView, PageHeadView, StatView, TableView, TabsView } from "../../shell/partials.ts";
import { yearAsked } from "../access.ts";
import { Asked } from "../forms.ts";
import { tabsFor } from "../outlook/access.ts";
import { percentOf } from "../outlook/files.ts";
import { filesOf, schoolTabs, type FilesView } from "../outlook/pages.ts";
import { rateText } from "../pages.ts";
import { attendanceShown, monthsOfUse, peopleShown, type MonthOfUse } from "./rules.ts";
import { listHeldClasses, readUse, type UseSums } from "./store.ts";

export interface UsePage {
  head: PageHeadView;
  tabs: TabsView;
  groups: { title: string; stats: StatView[] }[];
  months: TableView | undefined;
  empty: EmptyView;
  filter: { action: string; label: string; fields: FieldView[] };
  files: FilesView;
}

declare global {
  interface Views {
    "measures/use": UsePage;
  }
}

/** How much live classes and the library are used: sums alone, on a page of their own. */
export function useRoutes(routes: FeatureRoutes): void {
  routes.get("/schools/:id/measures/use", "signed_in", async (req, res) => showUse(req, res, await openUse(req)));

  for (const format of TABLE_FORMATS) {
    routes.get(`/schools/:id/measures/use.${format}`, "signed_in", async (req, res) => {
      const { school, year, months, sums, is_officer } = await openUse(req);
      const words = req.t.use;
      const stats = groupsOf(req, months, sums, is_officer).flatMap((group) => group.stats);
      await sendTables(res, format, `${school.code || "truong"}-${year.id}-su-dung`, [
        { name: words.sheet, head: Object.values(words.months.columns), rows: months.map((one) => [one.month, one.classes, Math.floor(one.minutes / 6) / 10, one.present, one.listed, percentOf(one.present, one.listed)]) },
        { name: words.sums, head: words.sums_head, rows: stats.map((stat) => [stat.label, stat.value, stat.detail ?? ""]) },
      ]);
    });
  }
}

async function openUse(req: Request) {
  const school = await openSchool(req.db, req.actor, idOf(req.params["id"]), "read_figures");
  const years = await listYears(req.db);
  const year = yearAsked(years, Asked.parse(req.query), req.now);
  const today = dayOf(req.now);
  const to = today < year.ends_on ? today : year.ends_on;
  const is_officer = officerOver(req.actor, school);
  const [classes, sums] = await Promise.all([listHeldClasses(req.db, school.id, year.term1_starts_on, to), readUse(req.db, school.id, year.id, year.term1_starts_on, to)]);
  return { school, year, years, to, sums, months: monthsOfUse(classes).map((month) => attendanceShown(month, is_officer)), is_officer };
}

function showUse(req: Request, res: Response, { school, year, years, to, months, sums, is_officer }: Awaited<ReturnType<typeof openUse>>): void {
  const { t, f } = req;
  const words = t.use;
  const path = `/schools/${school.id}/measures/use`;
  const page: UsePage = {
    head: { title: words.title, eyebrow: school.name, lead: words.lead(f.day(to), year.id) },
    tabs: schoolTabs(school.id, year.id, "use", tabsFor(req.actor, school), t),
    groups: groupsOf(req, months, sums, is_officer),
    months: months.length === 0 ? undefined : monthsTable(req, months),
    empty: { icon: "video", title: words.months.empty },
    filter: { action: path, label: t.measures.filters.label, fields: [{ name: "year", label: t.measures.filters.year, kind: "select", value: year.id, options: years.map((one) => ({ value: one.id, label: one.id })) }] },
    files: filesOf(path, { year: year.id }, t),
  };
  const crumbs = [{ label: school.name }, { href: `/schools/${school.id}/measures?year=${year.id}`, label: t.measures.title }];
  res.page("measures/use", page, { title: words.title, crumbs, wide: true });
}

function groupsOf({ t, f }: Request, months: readonly MonthOfUse[], sums: UseSums, is_officer: boolean): UsePage["groups"] {
  const words = t.use;
  const total = (of: (month: MonthOfUse) => number): number => months.reduce((sum, month) => sum + of(month), 0);
  const [present, listed] = [total((one) => one.present), total((one) => one.listed)];
  const people = (count: number, all: number): string => {
    const shown = peopleShown(count, is_officer);
    return shown === "few" ? words.few : words.of(f.number(shown), peopleShown(all, is_officer) === "few" ? words.few : f.number(all));
  };
  const each = sums.lessons_live === 0 ? "–" : words.per_lesson.value(f.number(Math.floor((sums.materials_live * 10) / sums.lessons_live) / 10, 1));
  return [
    {
      title: words.live,
      stats: [
        { label: words.hours.label, value: words.hours.value(hoursText(total((one) => one.minutes), f)), detail: words.hours.detail(f.number(total((one) => one.classes))) },
        { label: words.attendance.label, value: rateText(f, present, listed), detail: listed === 0 ? words.attendance.few : words.attendance.detail(f.number(present), f.number(listed)) },
        { label: words.per_lesson.label, value: each, detail: words.per_lesson.detail(f.number(sums.materials_live), f.number(sums.lessons_live)) },
      ],
    },
    {
      title: words.library,
      stats: [
        { label: words.materials.label, value: f.number(sums.materials), detail: words.materials.detail },
        { label: words.opened.label, value: f.number(sums.lessons_opened), detail: words.opened.detail },
        { label: words.outside.label, value: f.number(sums.opens_outside), detail: words.outside.detail },
      ],
    },
    {
      title: words.people,
      stats: [
        { label: words.teachers.label, value: people(sums.teachers, sums.teachers_all), detail: words.teachers.detail },
        { label: words.pupils.label, value: people(sums.pupils, sums.pupils_all), detail: words.pupils.detail },
      ],
    },
  ];
}

/** Hours with one decimal, cut down. */
function hoursText(minutes: number, f: Request["f"]): string {
  return f.number(Math.floor(minutes / 6) / 10, 1);
}

function monthsTable({ t, f }: Request, months: readonly MonthOfUse[]): TableView {
  const words = t.use.months;
  const { columns } = words;
  const number = true;
  return {
    caption: words.caption,
    columns: [{ label: columns.month }, { label: columns.classes, number }, { label: columns.hours, number }, { label: columns.present, number }, { label: columns.listed, number }, { label: columns.rate, number }],
    rows: months.map((one) => [{ text: words.month(String(Number(one.month.slice(5))), one.month.slice(0, 4)) }, { text: f.number(one.classes) }, { text: hoursText(one.minutes, f) }, { text: f.number(one.present) }, { text: f.number(one.listed) }, { text: rateText(f, one.present, one.listed) }]),
  };
}

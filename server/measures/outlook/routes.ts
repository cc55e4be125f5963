import type { Request, Response } from "express";
import { officerOver } from "../../access/actor.ts";
import { dayOf } from "../../platform/clock.ts";
import type { SafeHtml } from "../../platform/web/render.ts";
import { TABLE_FORMATS } from "../../platform/table-file.ts";
import { sendTables } from "../../platform/web/send-tables.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { openMeasures, type Opened } from "../access.ts";
import { definitionView, type Voice } from "../pages.ts";
import { subjectNames } from "../store/lists.ts";
import { tabsFor } from "./access.ts";
import { outlookTables } from "./files.ts";
import { readOutlook, type Outlook } from "./load.ts";
import { alikeTable, filesOf, lastYearTable, monthlyTrend, schoolTabs, weeklyTrend, type OutlookPage } from "./pages.ts";

/** Where a school's figures come from and where they go: trends with a forecast, last year, schools alike. */
export function outlookRoutes(routes: FeatureRoutes): void {
  routes.get("/schools/:id/measures/outlook", "signed_in", async (req, res) => {
    const opened = await openMeasures(req.db, req.actor, idOf(req.params["id"]), req.query, req.now);
    await showOutlook(req, res, opened, await readOutlook(req.db, opened, dayOf(req.now)));
  });

  for (const format of TABLE_FORMATS) {
    routes.get(`/schools/:id/measures/outlook.${format}`, "signed_in", async (req, res) => {
      const opened = await openMeasures(req.db, req.actor, idOf(req.params["id"]), req.query, req.now);
      const outlook = await readOutlook(req.db, opened, dayOf(req.now));
      await sendTables(res, format, `${opened.school.code || "truong"}-${opened.measures.scope.date}-xu-huong`, outlookTables(opened, outlook, await voiceOf(req)));
    });
  }
}

async function voiceOf(req: Request): Promise<Voice> {
  return { t: req.t, f: req.f, subjects: await subjectNames(req.db, req.lang) };
}

async function showOutlook(req: Request, res: Response, opened: Opened, outlook: Outlook): Promise<void> {
  const { school, year, years, asked, campuses, measures } = opened;
  const voice = await voiceOf(req);
  const words = req.t.outlook;
  const path = `/schools/${school.id}/measures/outlook`;
  const by = asked.by ?? "week";
  const campus_id = measures.scope.campus_id;
  const page: OutlookPage = {
    head: { title: words.title, eyebrow: school.name, lead: words.lead(req.f.day(measures.scope.date), year.id) },
    tabs: schoolTabs(school.id, year.id, "outlook", tabsFor(req.actor, school), req.t),
    filter: {
      action: path,
      label: req.t.measures.filters.label,
      fields: [
        { name: "by", label: words.by, kind: "select", value: by, options: [{ value: "week", label: words.by_week }, { value: "month", label: words.by_month }] },
        ...(campuses.length === 0
          ? []
          : [{ ...{ name: "campus", label: req.t.measures.filters.campus, kind: "select" as const, value: campus_id ?? "" }, options: [{ value: "", label: req.t.measures.filters.whole_school }, ...campuses.map((campus) => ({ value: campus.id, label: campus.name }))] }]),
        { name: "year", label: req.t.measures.filters.year, kind: "select", value: year.id, options: years.map((one) => ({ value: one.id, label: one.id })) },
      ],
    },
    no_plan: outlook.lines.length === 0,
    trends: trendsOf(res, outlook, by, voice),
    last_year: lastYearOf(opened, outlook, voice),
    alike: alikeOf(outlook, officerOver(req.actor, school), voice),
    files: filesOf(path, { year: year.id, by: asked.by, campus: campus_id, date: measures.is_today ? undefined : measures.scope.date }, req.t),
    definition: definitionView(measures, school, voice),
  };
  const crumbs = [{ label: school.name }, { href: `/schools/${school.id}/measures?year=${year.id}`, label: req.t.measures.title }];
  res.page("measures/outlook", page, { title: words.title, crumbs, wide: true });
}

function trendsOf(res: Response, { lines }: Outlook, by: "week" | "month", voice: Voice): SafeHtml {
  const drawn = lines.map(({ line, months }) => (by === "week" ? weeklyTrend(line, voice) : monthlyTrend(line, months, voice)));
  const trends = drawn.filter((one) => one !== undefined);
  return res.fragment("measures/outlook-trends", { trends: trends.map((trend, at) => (trend.foot === trends[at + 1]?.foot ? { ...trend, foot: undefined } : trend)) }); // said once
}

function lastYearOf({ measures }: Opened, { year_before, last_year }: Outlook, voice: Voice): OutlookPage["last_year"] {
  const words = voice.t.outlook.compare.year;
  if (last_year && measures.online) return { table: lastYearTable(measures, last_year, voice) };
  return { notice: { kind: "info", text: year_before ? words.none(year_before.id) : words.no_year } };
}

function alikeOf({ alike }: Outlook, is_officer: boolean, voice: Voice): OutlookPage["alike"] {
  const words = voice.t.outlook.compare.alike;
  if (alike === "narrowed" || alike === undefined) return { notice: { kind: "info", text: alike === "narrowed" ? words.narrowed : words.none } };
  return { table: alikeTable(alike, is_officer, voice), note: words.note };
}

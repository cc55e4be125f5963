import type { Request, Response } from "express";
import type { Granted } from "../../access/policy.ts";
import { yearOfDay } from "../../calendar/store.ts";
import { canArrange, openSchool } from "../../organisation/access.ts";
import { listCampuses, type UnitRow } from "../../organisation/store.ts";
import { dayOf } from "../../platform/clock.ts";
import { notFound } from "../../platform/errors.ts";
import { TABLE_FORMATS } from "../../platform/table-file.ts";
import { blankForm, readForm, typedOf, type FieldError } from "../../platform/web/form.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { sendTables } from "../../platform/web/send-tables.ts";
import type { FormState } from "../../shell/form-fields.ts";
import { flash } from "../../shell/layout.ts";
import { BELL_PLACES, bellField, BellsForm } from "../forms.ts";
import { clashNotice, sheetOfSchool } from "../pages/class.ts";
import { bellsPage, schoolTimetables } from "../pages/school.ts";
import { bellProblems, heldOn, usualBells, type Bell } from "../rules.ts";
import { saveBells } from "../store/save.ts";
import { listBells, listClasses, readTimetables } from "../store/weeks.ts";
import { actOf, dayAsked, fileName } from "./classes.ts";

export function addSchoolTimetables(routes: FeatureRoutes): void {
  routes.get("/schools/:id/timetables", "signed_in", async (req, res) => {
    const { school, classes, held, courses, on } = await weeksOf(req);
    const arranges = canArrange(req.actor, school);
    const page = schoolTimetables({ school, classes, held, on, clashes: clashNotice({ weeks: [...held.values()], courses, classes, on }, req), arranges }, req);
    res.page("timetable/school", page, { title: page.head.title, crumbs: [{ href: `/schools/${school.id}/classes`, label: req.t.nav.classes }, { label: req.t.timetable.title }] });
  });

  for (const format of TABLE_FORMATS) {
    routes.get(`/schools/:id/timetables.${format}`, "signed_in", async (req, res) => {
      const { school, classes, held, courses, on } = await weeksOf(req);
      await sendTables(res, format, fileName(req, school.name), [sheetOfSchool(classes, held, courses, on, req)]);
    });
  }

  routes.get("/schools/:id/bells", "signed_in", async (req, res) => {
    await showBells(req, res, await openSchool(req.db, req.actor, idOf(req.params["id"]), "arrange"), req.query["place"], blankForm());
  });

  routes.post("/schools/:id/bells", "signed_in", async (req, res) => {
    const school = await openSchool(req.db, req.actor, idOf(req.params["id"]), "arrange");
    const form = readForm(BellsForm, req.body);
    if (!form.ok) return showBells(req, res.status(422), school, req.body?.place, form);
    const place = await placeOf(req, school, form.value.place);
    if (place === undefined) throw notFound();
    const { periods, errors } = readBells(form.value);
    if (errors.length > 0) return showBells(req, res.status(422), school, place, { typed: typedOf(req.body as object), errors });
    await saveBells(req.db, school, place, { from_on: form.value.from_on, periods }, actOf(req));
    flash(req, req.t.timetable.bells_saved(req.f.day(form.value.from_on)));
    res.redirect(303, `/schools/${school.id}/bells?place=${place}`);
  });
}

async function weeksOf(req: Request) {
  const school = await openSchool(req.db, req.actor, idOf(req.params["id"]), "read");
  const on = dayAsked(req);
  const year = await yearOfDay(req.db, on);
  const classes = year ? await listClasses(req.db, school, year.id) : [];
  const { versions, courses } = await readTimetables(req.db, classes.map((klass) => klass.id), on, on);
  return { school, classes, courses, held: new Map(versions.map((version) => [version.class_id, version])), on };
}

/** The school itself, or one of its sites. */
async function placeOf(req: Request, school: UnitRow, asked: unknown): Promise<string | undefined> {
  if (asked === undefined || asked === school.id) return school.id;
  return (await listCampuses(req.db, school)).find((site) => site.id === asked)?.id;
}

function readBells(sent: Readonly<Record<string, unknown>>): { periods: Bell[]; errors: FieldError[] } {
  const errors: FieldError[] = [];
  const wrong = (field: string, code: string): void => void errors.push({ field, code, params: {} });
  const text = (field: string): string => (typeof sent[field] === "string" ? sent[field] : "");
  const periods = BELL_PLACES.flatMap((place): Bell[] => {
    const [starts, ends] = [text(bellField(place, "starts")), text(bellField(place, "ends"))];
    if (starts === "" && ends === "") return [];
    if (starts === "") wrong(bellField(place, "starts"), "required");
    if (ends === "") wrong(bellField(place, "ends"), "required");
    return [{ ...place, starts, ends }];
  });
  if (errors.length === 0) for (const { edge, problem, ...place } of bellProblems(periods)) wrong(bellField(place, edge), problem);
  if (periods.length === 0) wrong("from_on", "bells_empty");
  return { periods, errors };
}

async function showBells(req: Request, res: Response, school: Granted<"arrange", UnitRow>, asked: unknown, state: FormState): Promise<void> {
  const place = (await placeOf(req, school, asked)) ?? school.id;
  const [sites, own] = await Promise.all([listCampuses(req.db, school), listBells(req.db, place)]);
  const today = dayOf(req.now);
  const held = heldOn(own, today) ?? own.at(-1);
  const periods = held?.periods ?? usualBells(school.level === "primary" ? 35 : 45);
  const page = bellsPage({ school, sites, place, periods, isUsual: own.length === 0, offered: held?.from_on ?? today, before: own.map((one) => one.from_on) }, state, req);
  res.page("timetable/bells", page, { title: page.head.title, crumbs: [{ href: `/schools/${school.id}/timetables`, label: req.t.timetable.title }, { label: req.t.timetable.bells }], wide: true });
}

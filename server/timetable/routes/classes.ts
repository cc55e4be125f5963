import type { Request, Response } from "express";
import { findYear } from "../../calendar/store.ts";
import { isDay, isWithinYear, mondayOf } from "../../calendar/rules.ts";
import type { Granted } from "../../access/policy.ts";
import type { ClassWithSchool } from "../../organisation/store.ts";
import { dayOf, type Day } from "../../platform/clock.ts";
import { notFound } from "../../platform/errors.ts";
import { TABLE_FORMATS } from "../../platform/table-file.ts";
import { blankForm, readForm, typedOf, type FieldError } from "../../platform/web/form.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { sendTables } from "../../platform/web/send-tables.ts";
import type { FormState } from "../../shell/form-fields.ts";
import { flash } from "../../shell/layout.ts";
import { mayArrange, openTimetable, openVersion } from "../access.ts";
import { PLACES, RemovalForm, slotField, WeekForm } from "../forms.ts";
import { classTimetable, printedTimetable, sheetOfClass, type ClassKnowledge } from "../pages/class.ts";
import { editPage } from "../pages/edit.ts";
import { heldOn, teachersOfSlot, type Slot } from "../rules.ts";
import { listSlots, removeWeek, saveWeek } from "../store/save.ts";
import { bellTimesOf, listClassesById, listVersions, readTimetables, type ClassNamed, type CourseLine, type HeldVersion } from "../store/weeks.ts";
import { clashesInClass } from "./clashes.ts";

export function addClassTimetables(routes: FeatureRoutes): void {
  routes.get("/classes/:id/timetable", "signed_in", async (req, res) => {
    const known = await knowledgeOf(req, { clashes: true });
    const page = classTimetable(known, req);
    res.page("timetable/class", page, { title: page.head.title, crumbs: crumbsOf(req, known.klass, known.arranges), wide: true });
  });

  routes.get("/classes/:id/timetable/print", "signed_in", async (req, res) => {
    const known = heldOf(await knowledgeOf(req));
    const page = printedTimetable(known, req);
    res.page("timetable/print", page, { title: page.title, crumbs: [page.back, { label: req.t.timetable.print }], scripts: ["js/print-page.js"], wide: true });
  });

  for (const format of TABLE_FORMATS) {
    routes.get(`/classes/:id/timetable.${format}`, "signed_in", async (req, res) => {
      const known = heldOf(await knowledgeOf(req));
      await sendTables(res, format, fileName(req, known.klass.name), [sheetOfClass(known, req)]);
    });
  }

  routes.get("/classes/:id/timetable/edit", "signed_in", async (req, res) => {
    await showEdit(req, res, await openTimetable(req.db, req.actor, idOf(req.params["id"]), "arrange"), blankForm());
  });

  routes.post("/classes/:id/timetables", "signed_in", async (req, res) => {
    const klass = await openTimetable(req.db, req.actor, idOf(req.params["id"]), "arrange");
    const form = readForm(WeekForm, req.body);
    if (!form.ok) return showEdit(req, res.status(422), klass, form);
    const { from_on, base, revision } = form.value;
    const typed = typedOf(req.body as object);
    const { slots, errors } = await readSlots(req, klass, from_on, form.value);
    if (errors.length > 0) return showEdit(req, res.status(422), klass, { typed, errors });
    const saved = await saveWeek(req.db, klass, { from_on, slots }, base === "" ? undefined : { id: base, revision }, actOf(req));
    if (!saved) return showEdit(req, res.status(422), klass, { typed, errors: [{ field: "from_on", code: "timetable_day_taken", params: {} }] });
    flash(req, req.t.timetable.saved(klass.name, req.f.day(from_on)));
    res.redirect(303, `/classes/${klass.id}/timetable?on=${from_on}`);
  });

  routes.post("/timetables/:id/removal", "signed_in", async (req, res) => {
    const version = await openVersion(req.db, req.actor, idOf(req.params["id"]), "arrange");
    const form = readForm(RemovalForm, req.body);
    await removeWeek(req.db, version, form.ok ? form.value.revision : 0, actOf(req));
    flash(req, req.t.timetable.removed(req.f.day(version.from_on)));
    res.redirect(303, `/classes/${version.class_id}/timetable`);
  });
}

export function actOf(req: Request) {
  return { by: req.actor.personId, at: req.now, requestId: req.id };
}

/** The day that was asked for, else today. */
export function dayAsked(req: Request): Day {
  const asked = req.query["on"];
  return typeof asked === "string" && isDay(asked) ? asked : dayOf(req.now);
}

export function fileName(req: Request, of: string): string {
  return `${req.t.timetable.csv_name}-${of.replace(/[^\p{L}\p{N}]+/gu, "-")}-${dayAsked(req)}`;
}

/** @param asked whether clashes are looked for, too: those of the whole school decide */
async function knowledgeOf(req: Request, asked: { clashes: boolean } = { clashes: false }): Promise<ClassKnowledge> {
  const klass = await openTimetable(req.db, req.actor, idOf(req.params["id"]), "read");
  const [on, today] = [dayAsked(req), dayOf(req.now)];
  const arranges = mayArrange(req.actor, klass);
  const [named, versions, { versions: held, courses }, bells, clashes] = await Promise.all([
    namedClass(req, klass),
    listVersions(req.db, klass),
    readTimetables(req.db, [klass.id], on, on),
    bellTimesOf(req.db, klass),
    asked.clashes && arranges ? clashesInClass(req, klass, on) : undefined,
  ]);
  return { klass: named, on, today, held: held[0], versions, courses, bells: heldOn(bells, on)?.periods ?? [], clashes, arranges };
}

async function namedClass(req: Request, klass: ClassWithSchool): Promise<ClassNamed> {
  const [named] = await listClassesById(req.db, [klass.id]);
  if (!named) throw notFound();
  return named;
}

function heldOf(known: ClassKnowledge): ClassKnowledge & { held: HeldVersion } {
  if (known.held === undefined) throw notFound();
  return { ...known, held: known.held };
}

function crumbsOf(req: Request, klass: { school_id: string; name: string }, staff: boolean) {
  const words = req.t.timetable;
  return staff ? [{ href: `/schools/${klass.school_id}/timetables`, label: words.title }, { label: klass.name }] : [{ href: "/", label: req.t.nav.home }, { label: words.of_class(klass.name) }];
}

/** What was chosen, as far as the class has such courses and they such teachers. What stood there before may stay. */
async function readSlots(req: Request, klass: ClassWithSchool, from: Day, sent: Readonly<Record<string, unknown>>): Promise<{ slots: Slot[]; errors: FieldError[] }> {
  const year = await findYear(req.db, klass.year_id);
  const { courses } = await readTimetables(req.db, [klass.id], from, from);
  const errors: FieldError[] = [];
  const wrong = (field: string, code: string): void => void errors.push({ field, code, params: {} });
  const slots = PLACES.flatMap((place): Slot[] => {
    const field = slotField(place);
    const value = sent[field];
    if (typeof value !== "string" || value === "") return [];
    if (value === "flag" || value === "homeroom") return [{ ...place, kind: value, course_id: null, teacher_id: null }];
    const [course_id = "", teacher_id = null] = value.split(".");
    if (!teaches(courses.get(course_id), teacher_id)) wrong(field, "not_a_choice");
    return [{ ...place, kind: "lesson", course_id, teacher_id }];
  });
  if (!year || !isWithinYear(from, year)) wrong("from_on", "outside_year");
  if (slots.length === 0) wrong("from_on", "timetable_empty");
  return { slots, errors };
}

function teaches(course: CourseLine | undefined, teacherId: string | null): boolean {
  return course !== undefined && (teacherId === null || course.turns.some((turn) => turn.person_id === teacherId));
}

async function showEdit(req: Request, res: Response, klass: Granted<"arrange", ClassWithSchool>, state: FormState): Promise<void> {
  const today = dayOf(req.now);
  const versions = await listVersions(req.db, klass);
  const asked = typeof state.typed["base"] === "string" ? state.typed["base"] : req.query["version"];
  const base = versions.find((one) => one.id === asked) ?? (asked === undefined ? heldOn(versions, today) : undefined);
  const year = await findYear(req.db, klass.year_id);
  const offered = year && today < year.term1_starts_on ? year.term1_starts_on : mondayOf(today);
  const day = base?.from_on ?? offered;
  const [named, slots, { courses }, bells] = await Promise.all([namedClass(req, klass), base ? listSlots(req.db, base.id) : [], readTimetables(req.db, [klass.id], day, day), bellTimesOf(req.db, klass)]);
  const shared = (course: CourseLine): boolean => teachersOfSlot({ teacher_id: null }, course.turns, day).length > 0 || course.turns.length === 0;
  const ordered = [...courses.values()].sort((a, b) => Number(shared(b)) - Number(shared(a)));
  const kept = state.typed["revision"] !== undefined && base ? { ...base, revision: Number(state.typed["revision"]) || 0 } : base;
  const page = editPage({ klass: named, slots, base: kept, offered, courses: ordered, bells: heldOn(bells, day < today ? today : day)?.periods ?? [] }, state, req);
  const crumbs = [{ href: `/schools/${klass.school_id}/timetables`, label: req.t.timetable.title }, { href: `/classes/${klass.id}/timetable`, label: klass.name }, { label: req.t.timetable.arrange }];
  res.page("timetable/edit", page, { title: page.head.title, crumbs, wide: true });
}

import type { Request, Response } from "express";
import { isWithinYear } from "../../calendar/rules.ts";
import { listYears, type SchoolYearRow } from "../../calendar/store.ts";
import { openSchool } from "../../organisation/access.ts";
import { GRADES_OF_LEVEL } from "../../organisation/rules.ts";
import { dayOf } from "../../platform/clock.ts";
import { conflict } from "../../platform/errors.ts";
import { blankForm, readForm, typedOf } from "../../platform/web/form.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { formView, type FormState } from "../../shell/form-fields.ts";
import { flash } from "../../shell/layout.ts";
import type { EmptyView } from "../../shell/partials.ts";
import { GridForm } from "../forms.ts";
import { gridView, teacherLoad, yearFilter, type GridFacts } from "../pages.ts";
import { gridChanges, NOT_TAUGHT, UNASSIGNED, type Cell } from "../rules.ts";
import * as store from "../store.ts";
import { actOf, chosenYear, schoolCrumbs } from "./classes.ts";

export function addAssignmentRoutes(routes: FeatureRoutes): void {
  routes.get("/schools/:id/assignments", "signed_in", async (req, res) => {
    const school = await openSchool(req.db, req.actor, idOf(req.params["id"]), "administer");
    const year = await chosenYear(req, req.query["year"]);
    await showGrid(req, res, school, year, Number(req.query["grade"]), blankForm());
  });

  routes.post("/schools/:id/assignments", "signed_in", async (req, res) => {
    const school = await openSchool(req.db, req.actor, idOf(req.params["id"]), "administer");
    const year = await chosenYear(req, req.body?.year_id);
    const form = readForm(GridForm, req.body);
    if (!form.ok) return showGrid(req, res.status(422), school, year, Number(req.body?.grade), form);
    const { on, grade } = form.value;
    if (!isWithinYear(on, year)) {
      const typed = typedOf(req.body ?? {});
      return showGrid(req, res.status(422), school, year, grade, { typed, errors: [{ field: "on", code: "outside_year", params: {} }] });
    }
    const asked = await readGrid(req, school, year, grade, on);
    const { changes, clashes } = gridChanges(cellsOf(asked, dayOf(req.now), form.value));
    if (clashes.length > 0) throw conflict();
    const done = await store.saveAssignments(req.db, school, asked, changes, actOf(req));
    flash(req, changes.length === 0 ? req.t.teaching.nothing_changed : req.t.teaching.grid_saved(done.created, done.assigned));
    res.redirect(303, `/schools/${school.id}/assignments?year=${year.id}&grade=${grade}`);
  });

  routes.post("/schools/:id/missing-courses", "signed_in", async (req, res) => {
    const school = await openSchool(req.db, req.actor, idOf(req.params["id"]), "administer");
    const year = await chosenYear(req, req.body?.year_id);
    const grade = Number(req.body?.grade);
    const asked = await readGrid(req, school, year, Number.isInteger(grade) ? grade : 0, dayOf(req.now));
    const cells = [...asked.classes.keys()].flatMap((class_id) =>
      [...asked.subjects].filter(([, subject]) => subject.compulsory).map(([subject_code]) => {
        const exists = asked.courses.some((c) => c.class_id === class_id && c.subject_code === subject_code);
        return { class_id, subject_code, was: NOT_TAUGHT, stands: NOT_TAUGHT, now: exists ? NOT_TAUGHT : UNASSIGNED };
      }),
    );
    const done = await store.saveAssignments(req.db, school, asked, gridChanges(cells).changes, actOf(req));
    flash(req, done.created === 0 ? req.t.teaching.nothing_changed : req.t.teaching.grid_saved(done.created, 0));
    res.redirect(303, `/schools/${school.id}/assignments?year=${year.id}&grade=${grade}`);
  });
}

interface Grid extends store.Assigning {
  subjects: ReadonlyMap<string, { name: string; compulsory: boolean }>;
  teachers: ReadonlySet<string>;
}

async function readGrid(req: Request, school: store.School, year: SchoolYearRow, grade: number, on: string): Promise<Grid> {
  const [classes, subjects, courses, teachers] = await Promise.all([
    store.listClasses(req.db, school, year.id, on),
    store.listGradeSubjects(req.db, school, year.id, grade),
    store.listTaught(req.db, school, year.id, { grade }),
    store.listTeachers(req.db, school, dayOf(req.now)),
  ]);
  return {
    year,
    on,
    classes: new Map(classes.filter((klass) => klass.grade === grade).map((klass) => [klass.id, klass])),
    subjects: new Map(subjects.map((s) => [s.code, { name: s.name_vi, compulsory: s.compulsory === 1 }])),
    courses,
    teachers: new Set(teachers.map((teacher) => teacher.id)),
  };
}

/** The fields of the grid that name a class and a subject of it, with a choice that was offered. */
function cellsOf(grid: Grid, today: string, sent: Readonly<Record<string, unknown>>): Cell[] {
  const cells: Cell[] = [];
  for (const class_id of grid.classes.keys()) {
    for (const subject_code of grid.subjects.keys()) {
      const now = sent[`now.${class_id}.${subject_code}`];
      const was = sent[`was.${class_id}.${subject_code}`];
      if (typeof now !== "string" || typeof was !== "string") continue;
      if (now !== was && now !== NOT_TAUGHT && now !== UNASSIGNED && !grid.teachers.has(now)) continue;
      const course = grid.courses.find((c) => c.class_id === class_id && c.subject_code === subject_code);
      cells.push({ class_id, subject_code, now, was, stands: store.standing(course, today) });
    }
  }
  return cells;
}

async function showGrid(req: Request, res: Response, school: store.School, year: SchoolYearRow, askedGrade: number, state: FormState): Promise<void> {
  const words = req.t.teaching;
  const today = dayOf(req.now);
  const base = `/schools/${school.id}`;
  const [years, all, teachers] = await Promise.all([listYears(req.db), store.listClasses(req.db, school, year.id, today), store.listTeachers(req.db, school, today)]);
  const withClasses = [...new Set(all.map((klass) => klass.grade))];
  const grades = [...new Set([...(GRADES_OF_LEVEL[school.level ?? ""] ?? []), ...withClasses])].sort((a, b) => a - b);
  const grade = grades.includes(askedGrade) ? askedGrade : (withClasses[0] ?? grades[0] ?? 1);
  const classes = all.filter((klass) => klass.grade === grade);
  const [subjects, courses] = await Promise.all([store.listGradeSubjects(req.db, school, year.id, grade), store.listTaught(req.db, school, year.id, { grade })]);
  const on = { name: "on", label: words.from_day, kind: "date" as const, required: true, value: today > year.ends_on ? year.ends_on : today };
  const form = formView(req.t, state, { action: "", submit: "", fields: [on] });
  const facts: GridFacts = { base, year, grade, on: form.fields[0] ?? on, today, classes, subjects, courses, teachers, typed: state.typed };
  const empty: EmptyView = { icon: "school", title: words.no_classes, text: words.no_classes_text, action: { href: `${base}/classes?year=${year.id}`, label: words.classes } };
  const missing = courses.filter((course) => store.standing(course, today) === UNASSIGNED).length;
  const title = words.assignments_of(school.name, grade);
  res.page(
    "teaching/assignments",
    {
      head: { title, lead: words.assignments_lead, badges: courses.length > 0 ? [{ label: words.missing(missing), tone: missing === 0 ? "good" : "warn" }] : [] },
      filter: yearFilter(req, `${base}/assignments`, years, year),
      tabs: { label: words.grade, items: grades.map((g) => ({ href: `${base}/assignments?year=${year.id}&grade=${g}`, label: words.grade_n(g), current: g === grade })) },
      grid: classes.length > 0 ? gridView(req, facts) : undefined,
      empty: classes.length === 0 ? empty : undefined,
      load: teacherLoad(req, facts),
      errors: form.errors,
    },
    { title, wide: true, crumbs: await schoolCrumbs(req, school, [{ label: words.classes, href: `${base}/classes?year=${year.id}` }, { label: words.assignments }]) },
  );
}

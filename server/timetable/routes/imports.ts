import { readFile } from "node:fs/promises";
import type { Request, Response } from "express";
import type { Granted } from "../../access/policy.ts";
import { yearOfDay } from "../../calendar/store.ts";
import { isWithinYear, mondayOf } from "../../calendar/rules.ts";
import { openSchool } from "../../organisation/access.ts";
import type { UnitRow } from "../../organisation/store.ts";
import { readRoster, UnreadableRoster } from "../../people/import/read.ts";
import { addDays, dayOf } from "../../platform/clock.ts";
import { conflict, invalid } from "../../platform/errors.ts";
import { sayText } from "../../platform/messages.ts";
import { fold } from "../../platform/text.ts";
import { blankForm, readForm, typedOf } from "../../platform/web/form.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { withUploads, type Received } from "../../platform/web/uploads.ts";
import type { FormState } from "../../shell/form-fields.ts";
import { flash } from "../../shell/layout.ts";
import { openImport } from "../access.ts";
import { headingField, ImportForm, nameField, NamesForm, RemovalForm } from "../forms.ts";
import { classKey, judge, type Judged, type Known } from "../import/judge.ts";
import { readWeeks } from "../import/read.ts";
import { clashNotice } from "../pages/class.ts";
import { importPage, previewPage } from "../pages/imports.ts";
import { completeImport, createImport, listImports, removeImport, saveNames, undoImport, type TimetableImport } from "../store/imports.ts";
import { listClasses, readTimetables, type ClassNamed, type Timetables } from "../store/weeks.ts";
import { actOf } from "./classes.ts";

const FILE_BYTES_MAX = 5_000_000;
type School = Granted<"arrange", UnitRow>;
type Found = Granted<"arrange", TimetableImport>;

/** Timetables of a whole school from one file: form, preview with every cell that does not fit, saving, undoing. */
export function addTimetableImports(routes: FeatureRoutes): void {
  routes.get("/schools/:id/timetable-imports/new", "signed_in", async (req, res) => {
    await showUpload(req, res, await openSchool(req.db, req.actor, idOf(req.params["id"]), "arrange"), blankForm());
  });

  routes.post("/schools/:id/timetable-imports", "signed_in", async (req, res) => {
    const school = await openSchool(req.db, req.actor, idOf(req.params["id"]), "arrange");
    if (!req.is("multipart/form-data")) return showUpload(req, res.status(422), school, { ...blankForm(), file: req.t.timetable.imports.no_file });
    const rules = { store: req.blobs, field: "file", filesMax: 1, bytesMax: FILE_BYTES_MAX, accept: new Set(["xlsx", "csv"]) };
    await withUploads(req, res, rules, (received) => takeFile(req, res, school, received));
  });

  routes.get("/timetable-imports/:id", "signed_in", async (req, res) => {
    const found = await openImport(req.db, req.actor, idOf(req.params["id"]));
    if (found.state !== "preview") throw conflict("import_over");
    await showPreview(req, res, found);
  });

  routes.post("/timetable-imports/:id/names", "signed_in", async (req, res) => {
    const found = await openImport(req.db, req.actor, idOf(req.params["id"]));
    const form = readForm(NamesForm, req.body);
    if (!form.ok) throw invalid();
    const { judged, known } = await understand(req, found);
    const said: Readonly<Record<string, unknown>> = form.value;
    const taken = (field: string, offered: ReadonlySet<string>): string => (typeof said[field] === "string" && offered.has(said[field]) ? said[field] : "");
    const classes = new Set([...known.classes.values()].map((klass) => klass.id));
    const meanings = new Set([...known.courses.map((course) => course.subject_code), "flag", "homeroom"]);
    const headings = Object.fromEntries(judged.unknownHeadings.flatMap((heading, i) => (said[headingField(i)] === undefined ? [] : [[heading, taken(headingField(i), classes)]])));
    const names = Object.fromEntries([...judged.unknownNames.values()].flatMap(({ text }, i) => (said[nameField(i)] === undefined ? [] : [[fold(text), taken(nameField(i), meanings)]])));
    await saveNames(req.db, found, form.value.revision, { headings: { ...found.data.headings, ...headings }, names: { ...found.data.names, ...names } });
    res.redirect(303, `/timetable-imports/${found.id}`);
  });

  routes.post("/timetable-imports/:id/completion", "signed_in", async (req, res) => {
    const found = await openImport(req.db, req.actor, idOf(req.params["id"]));
    const form = readForm(RemovalForm, req.body);
    const { judged } = await understand(req, found);
    if (!form.ok || judged.weeks.size === 0) throw conflict(found.state === "preview" ? "import_changed" : "import_over");
    await completeImport(req.db, found, form.value.revision, judged.weeks, actOf(req));
    flash(req, req.t.timetable.imports.done(judged.weeks.size));
    res.redirect(303, `/schools/${found.school.id}/timetables?on=${found.from_on}`);
  });

  routes.post("/timetable-imports/:id/undoing", "signed_in", async (req, res) => {
    const found = await openImport(req.db, req.actor, idOf(req.params["id"]));
    const stayed = await undoImport(req.db, found, actOf(req));
    flash(req, req.t.timetable.imports.undone);
    if (stayed > 0) flash(req, req.t.timetable.imports.undone_stayed(stayed), "warn");
    res.redirect(303, `/schools/${found.school.id}/timetables`);
  });

  routes.post("/timetable-imports/:id/removal", "signed_in", async (req, res) => {
    const found = await openImport(req.db, req.actor, idOf(req.params["id"]));
    await removeImport(req.db, found);
    flash(req, req.t.timetable.imports.discarded);
    res.redirect(303, `/schools/${found.school.id}/timetables`);
  });
}

/** Understands the file and opens its preview; what cannot be read is said on the page of the upload. */
async function takeFile(req: Request, res: Response, school: School, received: Received): Promise<void> {
  const words = req.t.timetable.imports;
  const form = readForm(ImportForm, received.fields);
  const refuse = (file: string | undefined): Promise<void> => showUpload(req, res.status(422), school, { typed: typedOf(received.fields), errors: form.ok ? [] : form.errors, file });
  const [refused] = received.refused;
  const [file] = received.files;
  if (refused?.code === "not_utf8") return refuse(words.not_utf8);
  if (refused) return refuse(sayText(req.t.platform.files, refused.code, refused.params));
  if (!form.ok) return refuse(file ? undefined : words.no_file);
  if (file === undefined) return refuse(words.no_file);
  const { from_on } = form.value;
  const year = await yearOfDay(req.db, from_on);
  if (!year || !isWithinYear(from_on, year)) return showUpload(req, res.status(422), school, { typed: typedOf(received.fields), errors: [{ field: "from_on", code: "outside_year", params: {} }] });
  const sheets = await readRoster(await readFile(file.path), file.kind.ext === "xlsx" ? "xlsx" : "csv").catch((error: unknown) => {
    if (error instanceof UnreadableRoster) return error.problem;
    throw error;
  });
  if (typeof sheets === "string") return refuse(sheets === "not_utf8" || sheets === "utf16" ? words.not_utf8 : words.unreadable);
  const names = new Set((await listClasses(req.db, school, year.id)).map((klass) => classKey(klass.name)));
  const cells = readWeeks(sheets, (text) => names.has(classKey(text)), file.name);
  if (cells.length === 0) return refuse(words.nothing);
  const id = await createImport(req.db, school, { name: file.name, year_id: year.id, from_on, cells }, actOf(req));
  res.redirect(303, `/timetable-imports/${id}`);
}

/** What the cells mean with what is known now of classes, courses and teachers. */
async function understand(req: Request, found: Found): Promise<{ judged: Judged; known: Known; classes: ClassNamed[]; versions: Timetables["versions"] }> {
  const classes = await listClasses(req.db, found.school, found.year_id);
  const { versions, courses } = await readTimetables(req.db, classes.map((klass) => klass.id), found.from_on, found.from_on);
  const known: Known = { classes: new Map(classes.map((klass) => [classKey(klass.name), klass])), courses: [...courses.values()], on: found.from_on };
  return { judged: judge(found.data.cells, known, found.data), known, classes, versions };
}

async function showPreview(req: Request, res: Response, found: Found): Promise<void> {
  const { judged, known, classes, versions } = await understand(req, found);
  const names = new Map(classes.map((klass) => [klass.id, klass.name]));
  const weeks = [...judged.weeks].map(([class_id, slots]) => ({ class_id, slots }));
  const subjects = new Map(known.courses.map((course) => [course.subject_code, { code: course.subject_code, name: req.lang === "vi" ? course.subject_vi : course.subject_en }]));
  const page = previewPage(
    {
      found,
      school: found.school,
      judged,
      classes: names,
      subjects: [...subjects.values()],
      replaced: versions.filter((version) => judged.weeks.has(version.class_id) && version.from_on === found.from_on).map((version) => names.get(version.class_id) ?? ""),
      clashes: clashNotice({ weeks, courses: new Map(known.courses.map((course) => [course.id, course])), classes, on: found.from_on }, req),
    },
    req,
  );
  res.page("timetable/preview", page, { title: page.head.title, crumbs: crumbsOf(req, found.school, page.head.title), wide: true });
}

async function showUpload(req: Request, res: Response, school: School, state: FormState & { file?: string | undefined }): Promise<void> {
  const today = dayOf(req.now);
  const year = await yearOfDay(req.db, today);
  const first = year?.term1_starts_on;
  const offered = first !== undefined && today < first ? first : addDays(mondayOf(today), 7);
  const page = importPage({ school, offered, last: await listImports(req.db, school) }, state, req);
  res.page("timetable/import", page, { title: page.head.title, crumbs: crumbsOf(req, school, page.head.title) });
}

function crumbsOf(req: Request, school: { id: string }, label: string) {
  return [{ href: `/schools/${school.id}/timetables`, label: req.t.timetable.title }, { label }];
}

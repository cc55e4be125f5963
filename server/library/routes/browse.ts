import type { Request } from "express";
import { hasAnyRoleIn } from "../../access/actor.ts";
import { materialRefusal, schoolRefusal, type Granted } from "../../access/policy.ts";
import { yearOfDay } from "../../calendar/store.ts";
import { openForLinks, openShelf } from "../../materials/access.ts";
import { listSubjects } from "../../materials/store.ts";
import { saveLinks } from "../../materials/store/upload.ts";
import { openSchool } from "../../organisation/access.ts";
import type { UnitRow } from "../../organisation/store.ts";
import { dayOf } from "../../platform/clock.ts";
import { forbidden, invalid, notFound } from "../../platform/errors.ts";
import { readForm } from "../../platform/web/form.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { flash } from "../../shell/layout.ts";
import { ownSchoolsOf } from "../access.ts";
import { AttachForm, BrowseQuery, GradeParam } from "../forms.ts";
import { browsePage, lessonsPage } from "../pages/browse.ts";
import { proposalsPage } from "../pages/proposals.ts";
import { materialsElsewhere, proposalsOf, type Proposal } from "../proposals.ts";
import { listBrowsed, listOutline, listPlanSchools, type SchoolChoice } from "../store/browse.ts";
import { nameOf, speechOf } from "./search.ts";

/** Along the curriculum: subject, grade, lesson; what is there, what is missing, and what would fit. */
export function addBrowsing(routes: FeatureRoutes): void {
  routes.get("/library/browse", "signed_in", async (req, res) => {
    const { school, yearId, choices, ofSchool } = await placeOf(req);
    const rows = await listOutline(req.db, school, yearId);
    const subject = typeof req.query["subject"] === "string" ? req.query["subject"] : undefined;
    res.page("library/browse", browsePage(speechOf(req), { school, rows, choices, subject, ofSchool }), { title: req.t.library.browse, crumbs: crumbs(req, req.t.library.browse) });
  });

  routes.get("/library/browse/:subject/:grade", "signed_in", async (req, res) => {
    const { school, yearId, ofSchool } = await placeOf(req);
    const subject = (await listSubjects(req.db)).find((row) => row.code === req.params["subject"]);
    const grade = GradeParam.safeParse(req.params["grade"]);
    if (subject === undefined || !grade.success) throw notFound();
    const place = { yearId, subject: subject.code, grade: grade.data };
    const [lessons, elsewhere] = await Promise.all([listBrowsed(req.db, school, place), materialsElsewhere(req.db, req.actor, { schoolId: school.id, ...place })]);
    if (lessons.length === 0) throw notFound();
    const mayUpload = schoolRefusal(req.actor, "upload", school) === undefined;
    const base = `/library/browse/${subject.code}/${grade.data}${ofSchool}`;
    const page = lessonsPage(speechOf(req), { school, subject: { code: subject.code, name: nameOf(req, subject) }, grade: grade.data, lessons, elsewhere, show: BrowseQuery.parse(req.query).show, mayUpload, base });
    res.page("library/lessons", page, { title: page.head.title, crumbs: [...crumbs(req, req.t.library.browse, `/library/browse${ofSchool}`), { label: page.head.title }] });
  });

  routes.get("/plan-lessons/:id/proposals", "signed_in", async (req, res) => {
    const lesson = await openShelf(req.db, req.actor, idOf(req.params["id"]), "read");
    const proposals = await proposalsOf(req.db, req.actor, lesson);
    const page = proposalsPage(speechOf(req), { lesson, proposals, ownSchools: ownSchoolsOf(req.actor), mayAttach: (proposal) => mayAttach(req, lesson, proposal) });
    res.page("library/proposals", page, { title: page.head.title, crumbs: [{ href: `/plan-lessons/${lesson.id}/materials`, label: lesson.title }, { label: page.head.title }] });
  });

  routes.post("/plan-lessons/:id/proposals", "signed_in", async (req, res) => {
    const lesson = await openShelf(req.db, req.actor, idOf(req.params["id"]), "upload");
    const form = readForm(AttachForm, req.body);
    if (!form.ok) throw invalid();
    const material = await openForLinks(req.db, req.actor, form.value.material, req.now);
    if (material.school_id !== lesson.school.id) throw notFound();
    await saveLinks(req.db, material, [lesson], { by: req.actor.personId, at: req.now, requestId: req.id });
    flash(req, req.t.materials.linked);
    res.redirect(303, `/plan-lessons/${lesson.id}/materials`);
  });
}

/** As `openForLinks` decides, for the button. */
function mayAttach(req: Request, lesson: { school_id: string }, { hit }: Proposal): boolean {
  if (hit.school_id !== lesson.school_id) return false;
  const facts = { ...hit, school: { id: hit.school_id, path: hit.school_path }, scope: "school", taken_down_at: null, other_leaders: 1, attached_to_class: false };
  return materialRefusal(req.actor, "edit", facts) === undefined && (hit.approved_version_id === null || materialRefusal(req.actor, "return", facts) === undefined);
}

interface Place {
  school: Granted<"read", UnitRow>;
  yearId: string;
  choices: SchoolChoice[];
  /** What the address needs where the school was chosen. */
  ofSchool: string;
}

/** Whose plan is browsed: that of the own school; officers choose one of their area. */
async function placeOf(req: Request): Promise<Place> {
  const year = await yearOfDay(req.db, dayOf(req.now));
  if (year === undefined) throw notFound();
  const { memberships } = req.actor;
  const offices = memberships.filter((m) => m.role === "commune_officer" || m.role === "province_officer").map((m) => m.unitPath);
  const choices = offices.length > 0 ? await listPlanSchools(req.db, offices, year.id) : [];
  const asked = BrowseQuery.parse(req.query).school;
  const own = memberships.find((m) => hasAnyRoleIn(req.actor, ["teacher", "department_head", "school_leader", "school_admin"], { id: m.unitId, path: m.unitPath }))?.unitId;
  const id = asked ?? own ?? choices[0]?.id;
  if (id === undefined) throw forbidden("role");
  return { school: await openSchool(req.db, req.actor, idOf(id), "read"), yearId: year.id, choices, ofSchool: asked === undefined ? "" : `?school=${asked}` };
}

function crumbs(req: Request, label: string, href?: string) {
  return [{ href: "/library", label: req.t.library.title }, href === undefined ? { label } : { href, label }];
}

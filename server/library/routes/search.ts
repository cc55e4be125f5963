import type { Request } from "express";
import { schoolRefusal } from "../../access/policy.ts";
import { listSubjects, type SubjectRow } from "../../materials/store.ts";
import type { FeatureRoutes } from "../../platform/web/router.ts";
import { ownSchoolsOf } from "../access.ts";
import { asksNothing, readAsked, SuggestQuery } from "../forms.ts";
import { frontPage } from "../pages/front.ts";
import type { Speech } from "../pages/parts.ts";
import { resultsPage } from "../pages/results.ts";
import type { KnownSubject } from "../rules/subjects.ts";
import { search, shelves, suggest } from "../search.ts";
import { namesOfSchools, plannedSubjects, subjectsOf } from "../store/search.ts";

const SUGGESTIONS_MAX = 8;

/** The one box: the front of the library, what was found, and what is offered while typing. */
export function addSearch(routes: FeatureRoutes): void {
  routes.get("/library", "signed_in", async (req, res) => {
    const asked = readAsked(req.query);
    if (asksNothing(asked)) return res.page("library/front", await front(req), { title: req.t.library.title });
    const subjects = await listSubjects(req.db);
    const found = await search(req.db, req.actor, asked, known(subjects));
    const schools = [...new Set([...found.facets.school.map((one) => one.value), ...(asked.filters.school ? [asked.filters.school] : [])])];
    const names = { subjects: new Map(subjects.map((row) => [row.code, nameOf(req, row)])), schools: await namesOfSchools(req.db, schools), ownSchools: ownSchoolsOf(req.actor) };
    const page = resultsPage(speechOf(req), asked, found, names, browses(req));
    res.page("library/results", page, { title: page.head.title, crumbs: [{ href: "/library", label: req.t.library.title }, { label: req.t.library.results_all }], wide: true });
  });

  routes.get("/library/suggestions", "signed_in", async (req, res) => {
    const { q } = SuggestQuery.parse(req.query);
    const items = q === "" ? [] : await suggest(req.db, req.actor, q, known(await listSubjects(req.db)), SUGGESTIONS_MAX);
    res.set("Cache-Control", "private, max-age=20").json({ items, says: req.t.library.suggestions_count(items.length) });
  });
}

export function speechOf(req: Request): Speech {
  return { t: req.t, f: req.f, lang: req.lang };
}

export function nameOf(req: Request, subject: SubjectRow): string {
  return req.lang === "vi" ? subject.name_vi : subject.name_en;
}

function known(subjects: readonly SubjectRow[]): KnownSubject[] {
  return subjects.map((subject) => ({ code: subject.code, names: [subject.name_vi, subject.name_en] }));
}

/** Pupils and parents have no plans to browse along; they search. */
export function browses(req: Request): boolean {
  return req.actor.memberships.some((m) => m.role !== "pupil" && m.role !== "parent" && m.role !== "system_admin");
}

async function front(req: Request) {
  const { actor, db } = req;
  const own = ownSchoolsOf(actor);
  const [mine, subjects, planned] = await Promise.all([subjectsOf(db, actor), listSubjects(db), plannedSubjects(db, [...own].sort().join(" "))]);
  const { recent, used } = await shelves(db, actor, mine);
  const membership = actor.memberships.find((m) => schoolRefusal(actor, "read", { id: m.unitId, path: m.unitPath }) === undefined && m.role !== "commune_officer" && m.role !== "province_officer");
  const school = membership && { id: membership.unitId };
  return frontPage(speechOf(req), {
    recent,
    used,
    mine,
    subjects: subjects.filter((row) => planned.size === 0 || planned.has(row.code)).map((row) => ({ code: row.code, name: nameOf(req, row) })),
    ownSchools: own,
    school,
    mayUpload: membership !== undefined && schoolRefusal(actor, "upload", { id: membership.unitId, path: membership.unitPath }) === undefined,
    browses: browses(req),
  });
}

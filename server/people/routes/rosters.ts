import { classRefusal, schoolRefusal } from "../../access/policy.ts";
import { yearOfDay } from "../../calendar/store.ts";
import { openClass, openSchool } from "../../organisation/access.ts";
import { dayOf } from "../../platform/clock.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { classPage, pupilsPage } from "../pages/roster.ts";
import { listPurposes } from "../store/details.ts";
import { lastDone, listImports } from "../store/imports.ts";
import { homeroomName, listCovered, listPupils } from "../store/roster.ts";

export function addRosterRoutes(routes: FeatureRoutes): void {
  routes.get("/schools/:id/pupils", "signed_in", async (req, res) => {
    const school = await openSchool(req.db, req.actor, idOf(req.params["id"]), "read_figures");
    const today = dayOf(req.now);
    const year = await yearOfDay(req.db, today);
    const pupils = year ? await listCovered(req.db, school, year.id, today) : [];
    const administers = schoolRefusal(req.actor, "administer", school) === undefined;
    const leads = schoolRefusal(req.actor, "lead", school) === undefined;
    const namesAllowed = administers || leads;
    const kept = administers ? await openSchool(req.db, req.actor, school.id, "administer") : undefined;
    const imports = kept && (await listImports(req.db, kept));
    const undoable = kept && (await lastDone(req.db, school.id));
    const page = pupilsPage(req, school, { pupils, today, imports, undoable, namesAllowed, leads });
    res.page("people/pupils", page, { title: req.t.people.pupils_of(school.name), wide: true });
  });

  routes.get("/classes/:id", "signed_in", async (req, res) => {
    const klass = await openClass(req.db, req.actor, idOf(req.params["id"]), "read");
    const pupils = await listPupils(req.db, klass, dayOf(req.now));
    const canReset = classRefusal(req.actor, "reset_access", klass) === undefined;
    const hasDetails = classRefusal(req.actor, "details", klass) === undefined && (await listPurposes(req.db, klass.school.id)).length > 0;
    const page = classPage(req, klass, { pupils, homeroom: await homeroomName(req.db, klass), canReset, hasDetails });
    const crumbs = [{ href: `/schools/${klass.school.id}/classes`, label: req.t.nav.classes }, { label: req.t.people.class_of(klass.name) }];
    res.page("people/class", page, { title: req.t.people.class_of(klass.name), crumbs, wide: true });
  });
}

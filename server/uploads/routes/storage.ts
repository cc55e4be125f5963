import type { Request, Response } from "express";
import { schoolRefusal, type Granted } from "../../access/policy.ts";
import { listLargest, listUse, listUseOfSchools, roomOf, saveQuota } from "../../materials/store/quota.ts";
import { openUnit } from "../../organisation/access.ts";
import { listSchoolsBelow, type UnitRow } from "../../organisation/store.ts";
import { blankForm, readForm } from "../../platform/web/form.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import type { FormState } from "../../shell/form-fields.ts";
import { flash } from "../../shell/layout.ts";
import { openStorage, storageRefusal } from "../access.ts";
import { QuotaForm } from "../forms.ts";
import { schoolsStoragePage, storagePage } from "../pages.ts";

/** What a school stores, by subject and kind, and how much it may. */
export function addStorage(routes: FeatureRoutes): void {
  routes.get("/schools/:id/storage", "signed_in", async (req, res) => {
    await show(req, res, await openStorage(req.db, req.actor, idOf(req.params["id"]), "read"), blankForm());
  });

  routes.get("/units/:id/storage", "signed_in", async (req, res) => {
    const unit = await openUnit(req.db, req.actor, idOf(req.params["id"]), "manage");
    const schools = await listSchoolsBelow(req.db, unit);
    const use = await listUseOfSchools(req.db, schools.map((school) => school.id));
    const page = schoolsStoragePage(req, { unit, schools, use, usual: req.config.schoolQuotaBytes });
    res.page("uploads/schools", page, { title: req.t.uploads.storage_of(unit.name), crumbs: [{ label: unit.name, href: `/units/${unit.id}` }, { label: req.t.uploads.storage }], wide: true });
  });

  routes.post("/schools/:id/quota", "signed_in", async (req, res) => {
    const school = await openStorage(req.db, req.actor, idOf(req.params["id"]), "set");
    const form = readForm(QuotaForm, req.body);
    if (!form.ok) return show(req, res.status(422), await openStorage(req.db, req.actor, school.id, "read"), form);
    await saveQuota(req.db, school, form.value.gigabytes, { by: req.actor.personId, at: req.now, requestId: req.id });
    flash(req, req.t.uploads.quota_set);
    res.redirect(303, `/schools/${school.id}/storage`);
  });
}

async function show(req: Request, res: Response, school: Granted<"read", UnitRow>, state: FormState): Promise<void> {
  const usual = req.config.schoolQuotaBytes;
  const [room, use, largest] = await Promise.all([roomOf(req.db, school.id, usual), listUse(req.db, school), listLargest(req.db, school)]);
  const form = storageRefusal(req.actor, "set", school) === undefined ? state : undefined;
  const readsMaterials = schoolRefusal(req.actor, "read", school) === undefined;
  const page = storagePage(req, { school, room, usual, use, largest, form, readsMaterials });
  res.page("uploads/storage", page, { title: req.t.uploads.storage_of(school.name), crumbs: [{ label: school.name, href: `/units/${school.id}` }, { label: req.t.uploads.storage }] });
}

import type { Request, Response } from "express";
import type { Granted } from "../../access/policy.ts";
import { dayOf } from "../../platform/clock.ts";
import { notFound } from "../../platform/errors.ts";
import { blankForm, readForm } from "../../platform/web/form.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { formView, type FormState } from "../../shell/form-fields.ts";
import { flash } from "../../shell/layout.ts";
import { openSchool } from "../access.ts";
import { SubjectGroupForm } from "../forms.ts";
import { groupsPage } from "../pages/people.ts";
import type { UnitRow } from "../store.ts";
import * as groups from "../store/groups.ts";
import { actOf, crumbsTo } from "./units.ts";

type School = Granted<"administer", UnitRow>;

export function addGroupRoutes(routes: FeatureRoutes): void {
  routes.get("/schools/:id/subject-groups", "signed_in", async (req, res) => {
    const school = await openSchool(req.db, req.actor, idOf(req.params["id"]), "administer");
    const [all, subjects] = await Promise.all([groups.listGroups(req.db, school, dayOf(req.now)), groups.listSubjects(req.db)]);
    const title = req.t.organisation.groups_of(school.name);
    res.page("organisation/groups", groupsPage(req, school, all, subjects), { title, crumbs: await crumbsTo(req, school, [{ label: req.t.organisation.groups }]) });
  });

  routes.get("/schools/:id/subject-groups/new", "signed_in", async (req, res) => {
    const school = await openSchool(req.db, req.actor, idOf(req.params["id"]), "administer");
    await showGroup(req, res, school, undefined, blankForm());
  });

  routes.post("/schools/:id/subject-groups", "signed_in", async (req, res) => {
    const school = await openSchool(req.db, req.actor, idOf(req.params["id"]), "administer");
    await save(req, res, school, undefined);
  });

  routes.get("/schools/:id/subject-groups/:groupId/edit", "signed_in", async (req, res) => {
    const school = await openSchool(req.db, req.actor, idOf(req.params["id"]), "administer");
    await showGroup(req, res, school, await groupOf(req, school), blankForm());
  });

  routes.post("/schools/:id/subject-groups/:groupId", "signed_in", async (req, res) => {
    const school = await openSchool(req.db, req.actor, idOf(req.params["id"]), "administer");
    await save(req, res, school, await groupOf(req, school));
  });
}

async function groupOf(req: Request, school: School): Promise<groups.Group> {
  const all = await groups.listGroups(req.db, school, dayOf(req.now));
  const found = all.find((group) => group.id === req.params["groupId"]);
  if (!found) throw notFound();
  return found;
}

async function save(req: Request, res: Response, school: School, group: groups.Group | undefined): Promise<void> {
  const form = readForm(SubjectGroupForm, req.body);
  if (!form.ok) return showGroup(req, res.status(422), school, group, form);
  const known = new Set((await groups.listSubjects(req.db)).map((subject) => subject.code));
  const subjects = form.value.subjects.filter((code) => known.has(code));
  await groups.saveGroup(req.db, school, { id: group?.id, name: form.value.name, subjects }, actOf(req));
  flash(req, req.t.organisation.group_saved(form.value.name));
  res.redirect(303, `/schools/${school.id}/subject-groups`);
}

async function showGroup(req: Request, res: Response, school: School, group: groups.Group | undefined, state: FormState): Promise<void> {
  const words = req.t.organisation;
  const base = `/schools/${school.id}/subject-groups`;
  const subjects = await groups.listSubjects(req.db);
  const title = group ? words.group_edit(group.name) : words.group_new;
  const form = formView(req.t, state, {
    action: group ? `${base}/${group.id}` : base,
    submit: words.save,
    cancel: { href: base, label: words.cancel },
    fields: [{ name: "name", label: words.group_name, kind: "text", required: true, value: group?.name ?? "", attributes: { maxlength: 120 } }],
    choices: [
      {
        kind: "checkbox",
        name: "subjects",
        legend: words.group_subjects,
        inline: true,
        options: subjects.map((s) => ({ value: s.code, label: req.lang === "vi" ? s.name_vi : s.name_en, selected: group?.subjects.includes(s.code) ?? false })),
      },
    ],
  });
  res.page("shell/form", { head: { title }, notice: undefined, form }, { title, crumbs: await crumbsTo(req, school, [{ label: words.groups, href: base }, { label: title }]) });
}

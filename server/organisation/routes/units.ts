import type { Request, Response } from "express";
import { dayOf } from "../../platform/clock.ts";
import { forbidden } from "../../platform/errors.ts";
import { blankForm, readForm, type FieldError } from "../../platform/web/form.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { formView, type FormState } from "../../shell/form-fields.ts";
import { flash } from "../../shell/layout.ts";
import type { FieldView, OptionView } from "../../shell/partials.ts";
import { canAdminister, canArrange, canLead, canManage, onTheWay, openOwnTree, openUnit } from "../access.ts";
import { AREAS, ClusterMemberForm, EditUnitForm, LEVELS, MoveForm, NewUnitForm } from "../forms.ts";
import { treePage, unitPage } from "../pages/units.ts";
import { moveProblem, PARENT_KINDS, UNIT_KINDS, type UnitKind } from "../rules.ts";
import { listAncestors, listSchoolsBelow, listSchoolsOfCluster, type UnitRow } from "../store.ts";
import * as tree from "../store/tree.ts";

/** Who acts, when, and in which request. */
export function actOf(req: Request): tree.Act {
  return { by: req.actor.personId, at: req.now, requestId: req.id };
}

/** The way from the actor's own part of the tree to a unit. */
export async function crumbsTo(req: Request, unit: UnitRow, more: { label: string; href?: string }[] = []) {
  const above = await listAncestors(req.db, unit);
  return [...onTheWay(req.actor, above).map((u) => ({ label: u.name, href: `/units/${u.id}` })), ...more];
}

export function addUnitRoutes(routes: FeatureRoutes): void {
  routes.get("/units", "signed_in", async (req, res) => {
    const root = await openOwnTree(req.db, req.actor);
    const search = typeof req.query["q"] === "string" ? req.query["q"].trim().slice(0, 100) : "";
    const found = search === "" ? [] : await tree.searchUnits(req.db, root, search);
    const rows = search === "" ? await tree.listTree(req.db, root) : [];
    const page = treePage(req, root, rows, { search, found, canManage: canManage(req.actor, root) });
    res.page("organisation/tree", page, { title: req.t.organisation.title });
  });

  routes.get("/units/:id", "signed_in", async (req, res) => {
    const unit = await openUnit(req.db, req.actor, idOf(req.params["id"]), "read");
    await showUnit(req, res, unit);
  });

  routes.get("/units/:id/new", "signed_in", async (req, res) => {
    const parent = await openUnit(req.db, req.actor, idOf(req.params["id"]), "manage");
    await showNewUnit(req, res, parent, blankForm());
  });

  routes.post("/units/:id/children", "signed_in", async (req, res) => {
    const parent = await openUnit(req.db, req.actor, idOf(req.params["id"]), "manage");
    const form = readForm(NewUnitForm, req.body);
    if (!form.ok) return showNewUnit(req, res.status(422), parent, form);
    if (!PARENT_KINDS[form.value.kind].includes(parent.kind)) return refuse(req, res, parent, showNewUnit, [{ field: "kind", code: "wrong_parent_kind", params: {} }]);
    const id = await tree.createUnit(req.db, parent, form.value, actOf(req));
    flash(req, req.t.organisation.created(form.value.name));
    res.redirect(303, `/units/${id}`);
  });

  routes.get("/units/:id/edit", "signed_in", async (req, res) => {
    const unit = await openUnit(req.db, req.actor, idOf(req.params["id"]), "manage");
    await showEdit(req, res, unit, blankForm());
  });

  routes.post("/units/:id/edit", "signed_in", async (req, res) => {
    const unit = await openUnit(req.db, req.actor, idOf(req.params["id"]), "manage");
    const form = readForm(EditUnitForm, req.body);
    if (!form.ok) return showEdit(req, res.status(422), unit, form);
    await tree.saveUnit(req.db, unit, form.value, actOf(req));
    flash(req, req.t.organisation.saved);
    res.redirect(303, `/units/${unit.id}`);
  });

  routes.get("/units/:id/move", "signed_in", async (req, res) => {
    const unit = await openUnit(req.db, req.actor, idOf(req.params["id"]), "manage");
    await showMove(req, res, unit, blankForm());
  });

  routes.post("/units/:id/moves", "signed_in", async (req, res) => {
    const unit = await openUnit(req.db, req.actor, idOf(req.params["id"]), "manage");
    const form = readForm(MoveForm, req.body);
    if (!form.ok) return showMove(req, res.status(422), unit, form);
    const parent = await openUnit(req.db, req.actor, form.value.parent_id, "manage");
    const last = (await tree.lastMoves(req.db, [unit.id])).get(unit.id);
    const problem = moveProblem(unit, parent, { on: form.value.on, today: dayOf(req.now), last_moved_on: last });
    if (problem) return refuse(req, res, unit, showMove, [{ field: problem.startsWith("date") ? "on" : "parent_id", code: problem, params: {} }]);
    await tree.saveMove(req.db, unit, parent, form.value.on, actOf(req));
    flash(req, req.t.organisation.moved(unit.name, parent.name));
    res.redirect(303, `/units/${unit.id}`);
  });

  routes.post("/units/:id/cluster-members", "signed_in", async (req, res) => {
    const cluster = await openUnit(req.db, req.actor, idOf(req.params["id"]), "manage");
    const form = readForm(ClusterMemberForm, req.body);
    if (!form.ok || cluster.kind !== "cluster") return showUnit(req, res.status(422), cluster);
    const school = await openUnit(req.db, req.actor, form.value.school_id, "manage");
    await tree.saveClusterMember(req.db, cluster, school, form.value.on, actOf(req));
    flash(req, req.t.organisation.joined(school.name));
    res.redirect(303, `/units/${cluster.id}`);
  });

  routes.post("/units/:id/cluster-members/:schoolId/removal", "signed_in", async (req, res) => {
    const cluster = await openUnit(req.db, req.actor, idOf(req.params["id"]), "manage");
    await tree.endClusterMember(req.db, cluster, idOf(req.params["schoolId"]), dayOf(req.now), actOf(req));
    flash(req, req.t.organisation.left);
    res.redirect(303, `/units/${cluster.id}`);
  });
}

/** Shows a form again with the problem that only the rules could find. */
function refuse<Row>(
  req: Request,
  res: Response,
  row: Row,
  show: (req: Request, res: Response, row: Row, state: FormState) => Promise<void>,
  errors: FieldError[],
): Promise<void> {
  const typed = Object.fromEntries(Object.entries(req.body ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === "string"));
  return show(req, res.status(422), row, { errors, typed });
}

async function showUnit(req: Request, res: Response, unit: UnitRow): Promise<void> {
  const today = dayOf(req.now);
  const above = await listAncestors(req.db, unit);
  const [children, hangings, codes] = await Promise.all([
    tree.listChildren(req.db, unit),
    tree.listHangings(req.db, unit.id),
    tree.listCodes(req.db, unit),
  ]);
  const manage = canManage(req.actor, unit);
  const school = above.filter((u) => u.kind === "school").at(-1);
  const clusterSchools = unit.kind === "cluster" ? await listSchoolsOfCluster(req.db, unit.id, today) : [];
  const candidates = unit.kind === "cluster" && manage ? await listSchoolsBelow(req.db, above[0] ?? unit) : [];
  const page = unitPage(req, {
    unit,
    parent: above.at(-2),
    children,
    hangings,
    codes,
    school,
    clusterSchools,
    clusterCandidates: candidates.filter((s) => !clusterSchools.some((member) => member.id === s.id)),
    may: { manage, administer: unit.kind === "school" && canAdminister(req.actor, unit), lead: unit.kind === "school" && canLead(req.actor, unit), arrange: unit.kind === "school" && canArrange(req.actor, unit) },
    today,
  });
  res.page("organisation/unit", page, { title: unit.name, crumbs: crumbsOf(onTheWay(req.actor, above)) });
}

function crumbsOf(above: readonly UnitRow[]): { label: string; href?: string }[] {
  return above.map((u, i) => (i === above.length - 1 ? { label: u.name } : { label: u.name, href: `/units/${u.id}` }));
}

async function showNewUnit(req: Request, res: Response, parent: UnitRow, state: FormState): Promise<void> {
  const words = req.t.organisation;
  const kinds = UNIT_KINDS.filter((kind) => PARENT_KINDS[kind].includes(parent.kind));
  if (kinds.length === 0) throw forbidden("role");
  const fields: FieldView[] = [
    { name: "kind", label: words.add_kind, kind: "select", options: kinds.map((kind) => ({ value: kind, label: words.kinds[kind] })) },
    { name: "name", label: words.name, kind: "text", required: true, attributes: { maxlength: 200 } },
    { name: "code", label: words.code, kind: "text", required: true, attributes: { maxlength: 40 } },
    ...levelAndArea(req, null),
    { name: "opened_on", label: words.opened_on, kind: "date", required: true, value: dayOf(req.now) },
  ];
  const title = words.add_below(parent.name);
  const form = formView(req.t, state, { action: `/units/${parent.id}/children`, submit: words.save, fields, cancel: { href: `/units/${parent.id}`, label: words.cancel } });
  res.page("shell/form", { head: { title }, notice: undefined, form }, { title, crumbs: await crumbsTo(req, parent, [{ label: words.add }]) });
}

async function showEdit(req: Request, res: Response, unit: UnitRow, state: FormState): Promise<void> {
  const words = req.t.organisation;
  const teaches = unit.kind === "school" || unit.kind === "campus";
  const fields: FieldView[] = [
    { name: "name", label: words.name, kind: "text", required: true, value: unit.name, attributes: { maxlength: 200 } },
    ...(teaches ? levelAndArea(req, unit) : []),
  ];
  const title = words.edit_of(unit.name);
  const form = formView(req.t, state, { action: `/units/${unit.id}/edit`, submit: words.save, fields, cancel: { href: `/units/${unit.id}`, label: words.cancel } });
  res.page("shell/form", { head: { title }, notice: undefined, form }, { title, crumbs: await crumbsTo(req, unit, [{ label: words.edit }]) });
}

function levelAndArea(req: Request, unit: UnitRow | null): FieldView[] {
  const { organisation: words, access } = req.t;
  const none: OptionView = { value: "", label: words.none };
  return [
    {
      name: "level",
      label: words.level,
      kind: "select",
      required: false,
      value: unit?.level ?? "",
      options: [none, ...LEVELS.map((level) => ({ value: level, label: access.levels[level] ?? level }))],
    },
    {
      name: "area",
      label: words.area,
      kind: "select",
      required: false,
      value: unit?.area ?? "",
      options: [none, ...AREAS.map((area) => ({ value: area, label: access.areas[area] ?? area }))],
    },
  ];
}

async function showMove(req: Request, res: Response, unit: UnitRow, state: FormState): Promise<void> {
  const words = req.t.organisation;
  const above = await listAncestors(req.db, unit);
  const kinds: readonly UnitKind[] = PARENT_KINDS[unit.kind];
  const possible = await tree.listPossibleParents(req.db, above[0] ?? unit, kinds);
  const options = possible
    .filter((u) => u.id !== unit.parent_id && !u.path.startsWith(unit.path) && canManage(req.actor, u))
    .map((u) => ({ value: u.id, label: `${u.name} (${words.kinds[u.kind]})` }));
  const fields: FieldView[] = [
    { name: "parent_id", label: words.new_parent, kind: "select", options, required: true },
    { name: "on", label: words.from_day, kind: "date", required: true, value: dayOf(req.now) },
  ];
  const title = words.move_of(unit.name);
  const form = formView(req.t, state, { action: `/units/${unit.id}/moves`, submit: words.move, fields, cancel: { href: `/units/${unit.id}`, label: words.cancel } });
  const lead = words.move_lead(above.at(-2)?.name ?? words.none);
  res.page("shell/form", { head: { title, lead }, notice: undefined, form }, { title, crumbs: await crumbsTo(req, unit, [{ label: words.move }]) });
}

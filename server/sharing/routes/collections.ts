import type { Request, Response } from "express";
import { collectionRefusal } from "../../access/policy.ts";
import { openMaterial } from "../../materials/access.ts";
import { whereVisible } from "../../materials/store/visible.ts";
import { forbidden, invalid } from "../../platform/errors.ts";
import { isId } from "../../platform/ids.ts";
import { blankForm, readForm, typedOf } from "../../platform/web/form.ts";
import { asksForJson, idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { formView, type FormState } from "../../shell/form-fields.ts";
import { flash } from "../../shell/layout.ts";
import { openCollection } from "../access.ts";
import { CollectionForm, CollectionsQuery, ItemForm, MoveForm, NewCollectionForm, NoteForm, OrderForm } from "../forms.ts";
import { collectionPage, collectionsPage } from "../pages/collections.ts";
import { askedOrder, COLLECTION_SCOPES, type CollectionScope } from "../rules.ts";
import { addItem, createCollection, listCollections, listCollectionUnits, listItems, moveItem, removeCollection, removeItem, reorder, saveCollection, saveNote, type CollectionRow, type UnitChoice } from "../store/collections.ts";
import { actOf, mayCollect, speechOf } from "./show.ts";

/** Collections (bộ sưu tập): of teachers, schools, clusters and offices. */
export function addCollections(routes: FeatureRoutes): void {
  addLists(routes);
  addOne(routes);
  addItems(routes);
}

function addLists(routes: FeatureRoutes): void {
  routes.get("/library/collections", "signed_in", async (req, res) => {
    const query = CollectionsQuery.parse(req.query);
    const filter = { mine: query.mine === "yes", after: query.after };
    const found = await listCollections(req.db, req.actor, filter, req.now);
    res.page("sharing/collections", collectionsPage(speechOf(req), { found, ...filter, mayCreate: mayCollect(req) }), { title: req.t.sharing.collections, wide: true });
  });

  routes.get("/library/collections/new", "signed_in", async (req, res) => {
    const material = isId(req.query["material"]) ? req.query["material"] : "";
    showNew(req, res, await unitsFor(req), blankForm({ material }));
  });

  routes.post("/library/collections", "signed_in", async (req, res) => {
    const units = await unitsFor(req);
    const form = readForm(NewCollectionForm, req.body);
    if (!form.ok) return showNew(req, res.status(422), units, form);
    const { unit: unitId, material: materialId, ...fields } = form.value;
    const unit = units.find((one) => one.id === unitId);
    if (unit === undefined) throw forbidden("role");
    const problem = scopeProblemOf(req, unit.kind, fields.scope);
    if (problem !== undefined) return showNew(req, res.status(422), units, { errors: [{ field: "scope", code: problem, params: {} }], typed: typedOf(req.body as object) });
    const material = materialId === "" ? undefined : await openMaterial(req.db, req.actor, materialId, "read", req.now);
    const id = await createCollection(req.db, unit.id, fields, material, actOf(req));
    flash(req, req.t.sharing.collection_created);
    res.redirect(303, `/library/collections/${id}`);
  });
}

function addOne(routes: FeatureRoutes): void {
  routes.get("/library/collections/:collectionId", "signed_in", async (req, res) => {
    const collection = await openCollection(req.db, req.actor, idOf(req.params["collectionId"]), "read", req.now);
    const { items, hidden } = await listItems(req.db, collection.id, (query) => whereVisible(query, req.actor));
    const mayEdit = collectionRefusal(req.actor, "edit", collection) === undefined;
    res.page("sharing/collection", collectionPage(speechOf(req), { collection, items, hidden, mayEdit, materialsBase: "/library/materials" }), {
      title: collection.title,
      crumbs: crumbs(req, { label: collection.title }),
      scripts: mayEdit ? ["js/sort-items.js"] : [],
    });
  });

  routes.get("/library/collections/:collectionId/edit", "signed_in", async (req, res) => {
    showEdit(req, res, await openCollection(req.db, req.actor, idOf(req.params["collectionId"]), "edit", req.now), blankForm(), false);
  });

  routes.post("/library/collections/:collectionId", "signed_in", async (req, res) => {
    const collection = await openCollection(req.db, req.actor, idOf(req.params["collectionId"]), "edit", req.now);
    const form = readForm(CollectionForm, req.body);
    if (!form.ok) return showEdit(req, res.status(422), collection, form, false);
    const { revision, ...fields } = form.value;
    const problem = fields.scope === collection.scope ? undefined : scopeProblemOf(req, collection.unit_kind, fields.scope);
    const typed = typedOf(req.body as object);
    if (problem !== undefined) return showEdit(req, res.status(422), collection, { errors: [{ field: "scope", code: problem, params: {} }], typed }, false);
    if (!(await saveCollection(req.db, collection, fields, revision, actOf(req)))) return showEdit(req, res.status(409), collection, { errors: [], typed }, true);
    flash(req, req.t.sharing.collection_saved);
    res.redirect(303, `/library/collections/${collection.id}`);
  });

  routes.post("/library/collections/:collectionId/removal", "signed_in", async (req, res) => {
    await removeCollection(req.db, await openForChange(req), actOf(req));
    flash(req, req.t.sharing.collection_removed);
    res.redirect(303, "/library/collections");
  });
}

function addItems(routes: FeatureRoutes): void {
  routes.post("/library/collections/:collectionId/items", "signed_in", async (req, res) => {
    const collection = await openForChange(req);
    const form = readForm(ItemForm, req.body);
    if (!form.ok) throw invalid();
    const material = await openMaterial(req.db, req.actor, form.value.material, "read", req.now);
    const added = await addItem(req.db, collection, material, actOf(req));
    flash(req, added ? req.t.sharing.added(collection.title) : req.t.sharing.added_known(collection.title), added ? "good" : "warn");
    res.redirect(303, `/library/materials/${material.id}`);
  });

  routes.post("/library/collections/:collectionId/order", "signed_in", async (req, res) => {
    const collection = await openForChange(req);
    const form = readForm(OrderForm, req.body);
    if (!form.ok) throw invalid();
    await reorder(req.db, collection, (now) => askedOrder(now, form.value.order), actOf(req));
    if (asksForJson(req)) res.json({ saved: req.t.sharing.order_saved });
    else back(res, collection);
  });

  routes.post("/library/collections/:collectionId/items/:materialId/move", "signed_in", async (req, res) => {
    const collection = await openForChange(req);
    const form = readForm(MoveForm, req.body);
    if (!form.ok) throw invalid();
    await moveItem(req.db, collection, idOf(req.params["materialId"]), form.value.to === "up" ? -1 : 1, actOf(req));
    back(res, collection);
  });

  routes.post("/library/collections/:collectionId/items/:materialId/note", "signed_in", async (req, res) => {
    const collection = await openForChange(req);
    const form = readForm(NoteForm, req.body);
    if (!form.ok) throw invalid();
    await saveNote(req.db, collection, idOf(req.params["materialId"]), form.value.note, actOf(req));
    flash(req, req.t.sharing.note_saved);
    back(res, collection);
  });

  routes.post("/library/collections/:collectionId/items/:materialId/removal", "signed_in", async (req, res) => {
    const collection = await openForChange(req);
    await removeItem(req.db, collection, idOf(req.params["materialId"]), actOf(req));
    flash(req, req.t.sharing.taken_out);
    back(res, collection);
  });
}

function openForChange(req: Request): ReturnType<typeof openCollection<"edit">> {
  return openCollection(req.db, req.actor, idOf(req.params["collectionId"]), "edit", req.now);
}

function back(res: Response, collection: { id: string }): void {
  res.redirect(303, `/library/collections/${collection.id}`);
}

async function unitsFor(req: Request): Promise<UnitChoice[]> {
  const units = mayCollect(req) ? await listCollectionUnits(req.db, req.actor, req.now) : [];
  if (units.length === 0) throw forbidden("role");
  return units;
}

/** Why a collection cannot be shared so: the public sees what a leader or an officer answers for. */
function scopeProblemOf(req: Request, unitKind: string, scope: CollectionScope): string | undefined {
  if (scope === "school" && unitKind !== "school") return "collection_scope_unit";
  if (scope === "cluster" && unitKind !== "school" && unitKind !== "cluster") return "collection_scope_unit";
  const answers = req.actor.memberships.some((m) => m.role === "school_leader" || m.role === "commune_officer" || m.role === "province_officer");
  return scope === "public" && !answers ? "collection_public_leader" : undefined;
}

function crumbs(req: Request, ...rest: { href?: string; label: string }[]): { href?: string; label: string }[] {
  return [{ href: "/library/collections", label: req.t.sharing.collections }, ...rest];
}

function fieldsOf(req: Request, collection: CollectionRow | undefined): Parameters<typeof formView>[2]["fields"] {
  const words = req.t.sharing;
  return [
    { name: "title", label: words.collection_title, kind: "text", value: collection?.title ?? "", required: true, attributes: { maxlength: 200 } },
    { name: "description", label: words.collection_description, kind: "textarea", value: collection?.description ?? "", required: false, attributes: { maxlength: 2000, rows: 3 } },
    { name: "scope", label: words.collection_scope, kind: "select", value: collection?.scope ?? "own", required: true, options: COLLECTION_SCOPES.map((scope) => ({ value: scope, label: words.collection_scopes[scope] ?? scope })) },
  ];
}

function showNew(req: Request, res: Response, units: readonly UnitChoice[], state: FormState): void {
  const words = req.t.sharing;
  const material = state.typed["material"];
  const form = formView(req.t, state, {
    action: "/library/collections",
    submit: words.collection_create,
    cancel: { href: "/library/collections", label: req.t.materials.cancel },
    hidden: { material: typeof material === "string" ? material : "" },
    fields: [...fieldsOf(req, undefined), { name: "unit", label: words.collection_unit, kind: "select", required: true, options: units.map((unit) => ({ value: unit.id, label: unit.name })) }],
  });
  res.page("shell/form", { head: { title: words.collection_new }, notice: undefined, form }, { title: words.collection_new, crumbs: crumbs(req, { label: words.collection_new }) });
}

function showEdit(req: Request, res: Response, collection: CollectionRow, state: FormState, changedMeanwhile: boolean): void {
  const words = req.t.sharing;
  const form = formView(req.t, state, {
    action: `/library/collections/${collection.id}`,
    submit: words.collection_save,
    cancel: { href: `/library/collections/${collection.id}`, label: req.t.materials.cancel },
    hidden: { revision: String(collection.revision) },
    fields: fieldsOf(req, collection),
  });
  const notice = changedMeanwhile ? ({ kind: "warn", text: req.t.materials.changed_meanwhile } as const) : undefined;
  res.page("shell/form", { head: { title: words.collection_edit }, notice, form }, { title: words.collection_edit, crumbs: crumbs(req, { href: `/library/collections/${collection.id}`, label: collection.title }, { label: words.collection_edit }) });
}

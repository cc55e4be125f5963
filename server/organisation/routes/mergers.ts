import type { Request, Response } from "express";
import type { Granted } from "../../access/policy.ts";
import { dayOf } from "../../platform/clock.ts";
import { notFound } from "../../platform/errors.ts";
import { isId } from "../../platform/ids.ts";
import { readForm, typedOf, type FieldError } from "../../platform/web/form.ts";
import type { FeatureRoutes } from "../../platform/web/router.ts";
import { formView } from "../../shell/form-fields.ts";
import { flash } from "../../shell/layout.ts";
import { openOwnTree, openUnit } from "../access.ts";
import { LEVELS, MergerForm, type MergerInput } from "../forms.ts";
import { leaderChoices, mergerHead, mergerTable } from "../pages/merger.ts";
import { mergeProblem } from "../rules.ts";
import type { UnitRow } from "../store.ts";
import * as merge from "../store/merge.ts";
import { lastMoves, listPossibleParents, type UnitFacts } from "../store/tree.ts";
import { actOf } from "./units.ts";

type School = Granted<"manage", UnitRow>;

/** A merger that was asked for, with every school opened and every rule asked. */
interface Asked {
  input: MergerInput;
  into: School | { found: UnitFacts; below: School };
  intoName: string;
  from: School[];
}

export function addMergerRoutes(routes: FeatureRoutes): void {
  routes.get("/mergers/new", "signed_in", async (req, res) => {
    await openOwnTreeToManage(req);
    if (req.query["on"] === undefined) return showChoice(req, res, []);
    const asked = await readMerger(req, req.query);
    if (Array.isArray(asked)) return showChoice(req, res.status(422), asked);
    await showCheck(req, res, asked);
  });

  routes.post("/mergers", "signed_in", async (req, res) => {
    await openOwnTreeToManage(req);
    const asked = await readMerger(req, req.body);
    if (Array.isArray(asked)) return showChoice(req, res.status(422), asked);
    const { into, from, input, intoName } = asked;
    const id = await merge.saveMerger(req.db, { into, from, on: input.on, leaders: new Set(input.leaders) }, actOf(req));
    flash(req, req.t.organisation.merger_merged(from.length, intoName));
    res.redirect(303, `/units/${id}`);
  });
}

async function openOwnTreeToManage(req: Request): Promise<School> {
  const root = await openOwnTree(req.db, req.actor);
  return openUnit(req.db, req.actor, root.id, "manage");
}

/** The merger as it was asked for, or what is wrong with it by field. Schools that may not be managed are 404 or 403. */
async function readMerger(req: Request, sent: unknown): Promise<Asked | FieldError[]> {
  const form = readForm(MergerForm, sent);
  if (!form.ok) return form.errors;
  const input = form.value;
  const from: School[] = [];
  for (const id of input.from) from.push(await openUnit(req.db, req.actor, id, "manage"));
  const into = isId(input.into) ? await openUnit(req.db, req.actor, input.into, "manage") : undefined;
  const problem = await problemOf(req, input, into, from);
  if (problem) return [problem];
  if (into) return { input, into, intoName: into.name, from };
  return foundNew(req, input, from);
}

async function problemOf(req: Request, input: MergerInput, into: School | undefined, from: School[]): Promise<FieldError | undefined> {
  // The one school stays where it is: only the last move of those that move must lie before the day.
  const moves = await lastMoves(req.db, from.map((school) => school.id));
  const last = [...moves.values()].sort().at(-1);
  const problem = mergeProblem(into, from, { on: input.on, today: dayOf(req.now), last_moved_on: last });
  return problem && { field: problem.startsWith("date") ? "on" : "from", code: problem, params: {} };
}

/** A new school is founded on the day, where the first of the old ones hung. */
async function foundNew(req: Request, input: MergerInput, from: School[]): Promise<Asked | FieldError[]> {
  const errors: FieldError[] = [];
  for (const field of ["name", "code"] as const) if (!input[field]) errors.push({ field, code: "required", params: {} });
  const first = from[0];
  if (errors.length > 0) return errors;
  if (first?.parent_id == null) throw notFound();
  const below = await openUnit(req.db, req.actor, first.parent_id, "manage");
  const level = LEVELS.find((known) => known === input.level) ?? first.level;
  const found: UnitFacts = { kind: "school", name: input.name ?? "", code: input.code ?? "", level, area: first.area, opened_on: input.on };
  return { input, into: { found, below }, intoName: found.name, from };
}

async function showChoice(req: Request, res: Response, errors: FieldError[]): Promise<void> {
  const root = await openOwnTreeToManage(req);
  const words = req.t.organisation;
  const typed = typedOf(req.method === "GET" ? req.query : (req.body ?? {}));
  const schools = await merge.listMergeable(req.db, root);
  const places = await listPossibleParents(req.db, root, ["department", "commune"]);
  const into = schools.find((school) => school.id === typed["into"]);
  const placeId = typeof typed["place"] === "string" ? typed["place"] : (into?.parent_id ?? "");
  const place = places.find((unit) => unit.id === placeId);
  const shown = schools.filter((school) => place === undefined || school.path.startsWith(place.path));
  const form = formView(req.t, { errors, typed }, {
    action: "/mergers/new",
    submit: words.merger_preview,
    fields: [
      { name: "into", label: words.merger_into, kind: "select", options: [{ value: "new", label: words.merger_new }, ...schools.map((s) => ({ value: s.id, label: `${s.name} (${s.parent_name})` }))] },
      { name: "name", label: words.merger_new_name, kind: "text", required: false, attributes: { maxlength: 200 } },
      { name: "code", label: words.merger_new_code, kind: "text", required: false, attributes: { maxlength: 40 } },
      { name: "level", label: words.level, kind: "select", required: false, options: [{ value: "", label: words.none }, ...LEVELS.map((level) => ({ value: level, label: req.t.access.levels[level] ?? level }))] },
      { name: "on", label: words.merger_on, kind: "date", required: true, value: dayOf(req.now) },
    ],
    choices: [{ kind: "checkbox", name: "from", legend: words.merger_from, options: shown.filter((s) => s.id !== into?.id).map((s) => ({ value: s.id, label: s.name, hint: `${s.parent_name} · ${s.code}` })) }],
  });
  const [from] = form.choices;
  if (from === undefined) throw new Error("the form has one list of choices");
  const forNew = new Set(["name", "code", "level"]);
  const placeField = { name: "place", label: words.kinds.commune, kind: "select" as const, value: place?.id ?? "", options: [{ value: "", label: root.name }, ...places.filter((p) => p.id !== root.id).map((p) => ({ value: p.id, label: p.name }))] };
  const page = { ...mergerHead(req, "choose"), errors: form.errors, choose: { fields: form.fields.filter((f) => !forNew.has(f.name)), from, place: placeField, newSchool: form.fields.filter((f) => forNew.has(f.name)) }, check: undefined };
  res.page("organisation/merger", page, { title: words.merger_title, crumbs: [{ label: words.title, href: "/units" }, { label: words.merger_title }] });
}

async function showCheck(req: Request, res: Response, asked: Asked): Promise<void> {
  const words = req.t.organisation;
  const { from, into, input, intoName } = asked;
  const on = input.on;
  const brought = await merge.countBelongings(req.db, from, on);
  const standing = "found" in into ? undefined : (await merge.countBelongings(req.db, [into], on))[0];
  const leaders = await merge.listLeaders(req.db, from.map((school) => school.id), on);
  const table = mergerTable(req, { name: intoName, brought: standing }, from.flatMap((school, i) => {
    const counted = brought[i];
    return counted ? [{ school, brought: counted }] : [];
  }));
  const hidden: [string, string][] = [["into", input.into], ["on", on], ...from.map((school): [string, string] => ["from", school.id])];
  for (const name of ["name", "code", "level"] as const) if (input[name]) hidden.push([name, input[name]]);
  const back = new URLSearchParams(hidden.filter(([name]) => name !== "on")).toString();
  const check = { table, effects: words.merger_effects(intoName), hidden, leaders: leaderChoices(req, leaders), backHref: `/mergers/new?${back}` };
  res.page(
    "organisation/merger",
    { ...mergerHead(req, "check"), errors: [], choose: undefined, check },
    { title: words.merger_title, wide: true, crumbs: [{ label: words.title, href: "/units" }, { label: words.merger_title }] },
  );
}


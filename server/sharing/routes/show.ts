import type { Request, Response } from "express";
import { materialRefusal } from "../../access/policy.ts";
import { aroundFiles } from "../../materials/access.ts";
import { viewerOfFile } from "../../materials/pages/viewer.ts";
import { actOf, speechOf } from "../../materials/routes/speech.ts";
import { wherePublic, whereVisible } from "../../materials/store/visible.ts";
import { listLessonsOf, type MaterialRow, type VersionRow } from "../../materials/store.ts";
import { sayText } from "../../platform/messages.ts";
import { blankForm, type FieldError, type Typed } from "../../platform/web/form.ts";
import { formView, type FormState, type FormView } from "../../shell/form-fields.ts";
import type { ActionView, ActView, NoticeView } from "../../shell/partials.ts";
import { facePage, gonePage, learningResource, type FaceFacts, type FacePage, type ReasonView } from "../pages/face.ts";
import { adoptionProblem, derivationProblem, STARS_MAX } from "../rules.ts";
import { mayPutBack, versionInUse } from "../access.ts";
import { findAdopted, findNewerVersion } from "../store/copies.ts";
import { listForAdding, listHolding } from "../store/collections.ts";
import { opensOf } from "../store/opens.ts";
import { findRating, listRatings, sumRatings } from "../store/ratings.ts";
import { listMadeFrom, listSources, usesOf, visibleAmong, type TakedownRow } from "../store.ts";

export { actOf, speechOf };

/** What was wrong with something sent to the shared page. */
export interface Problems {
  rating?: FormState;
  takedown?: FormState;
  removal?: FormState & { personId: string };
}

/** What everybody sees of a material in use, with or without signing in. */
async function commonFacts(req: Request, material: MaterialRow, version: VersionRow, base: "/library/materials" | "/catalogue"): Promise<Omit<FaceFacts, "actions" | "notices" | "acts" | "rate" | "adding" | "takeDown" | "removalOf">> {
  const visible = (query: Parameters<Parameters<typeof listMadeFrom>[2]>[0]): void => (base === "/catalogue" ? wherePublic(query) : whereVisible(query, req.actor));
  const [lessons, uses, opens, rating, ratings, sources, madeFrom, holding, around] = await Promise.all([
    listLessonsOf(req.db, material),
    usesOf(req.db, [material.id]),
    opensOf(req.db, [material.id]),
    sumRatings(req.db, [material.id]),
    listRatings(req.db, material.id),
    listSources(req.db, material),
    listMadeFrom(req.db, material, visible),
    listHolding(req.db, material.id, base === "/catalogue" ? undefined : req.actor, req.now),
    aroundFiles(req.db, [version]),
  ]);
  const open = await visibleAmong(req.db, sources.map((row) => row.id), visible);
  const files = base === "/catalogue" ? `/catalogue/${material.id}` : undefined;
  const viewer = viewerOfFile(speechOf(req), material.id, material.title, version, around.get(version.id), files);
  return {
    material,
    version,
    // A package is played for a person whose score is kept: without one it is downloaded.
    viewer: files !== undefined && viewer.shows === "package" ? { ...viewer, shows: "none" } : viewer,
    ...{ lessons, ratings, sources, madeFrom, open, holding, base },
    uses: uses.get(material.id),
    opens: opens.get(material.id) ?? 0,
    rating: rating.get(material.id),
    collectionsBase: base === "/catalogue" ? "/catalogue/collections" : "/library/collections",
  };
}

/** The public page: no person, no forms; machines read it as well. */
export async function showPublic(req: Request, res: Response, material: MaterialRow, version: VersionRow): Promise<void> {
  const speech = speechOf(req);
  const actions: ActionView[] = [{ href: `/catalogue/${material.id}/file?as=download`, label: req.t.materials.download, icon: "download", kind: "primary" }];
  if (req.visitor) actions.push({ href: `/library/materials/${material.id}`, label: req.t.sharing.shared_page, icon: "users" });
  const facts: FaceFacts = { ...(await commonFacts(req, material, version, "/catalogue")), actions, notices: [], acts: [], rate: undefined, adding: undefined, takeDown: undefined, removalOf: () => undefined };
  const page = facePage(speech, facts);
  res.page("sharing/face", page, {
    title: material.title,
    crumbs: [{ href: "/catalogue", label: req.t.sharing.catalogue }, { label: material.title }],
    scripts: ["js/file-viewer.js"],
    meta: {
      description: (material.description || [page.head.eyebrow, page.head.lead].filter(Boolean).join(". ")).slice(0, 300),
      canonical: `${req.config.baseUrl}/catalogue/${material.id}`,
      data: learningResource(speech, req.config.baseUrl, facts),
    },
  });
}

/** The shared page for a person: with what the person may do. */
export async function showFace(req: Request, res: Response, material: MaterialRow, problems: Problems = {}): Promise<void> {
  const version = await versionInUse(req.db, material);
  const may = (action: Parameters<typeof materialRefusal>[1]): boolean => materialRefusal(req.actor, action, material) === undefined;
  const [common, own, adding, copies] = await Promise.all([
    commonFacts(req, material, version, "/library/materials"),
    may("rate") ? findRating(req.db, material.id, req.actor.personId) : undefined,
    addingOf(req, material),
    copiesOf(req, material),
  ]);
  const facts: FaceFacts = {
    ...common,
    actions: actionsOf(req, material, may),
    notices: [...copies.notices, ...(own?.removed_at == null ? [] : [{ kind: "warn" as const, text: req.t.sharing.rating_gone(own.removal_reason) }])],
    acts: copies.acts,
    rate: may("rate") && own?.removed_at == null ? rateForm(req, material, own, problems.rating ?? blankForm()) : undefined,
    adding,
    takeDown: may("take_down") ? takeDownView(req, material, problems.takedown) : undefined,
    removalOf: (personId) => (may("take_down") ? removalView(req, material, personId, problems.removal) : undefined),
  };
  res.page("sharing/face", facePage(speechOf(req), facts), { title: material.title, scripts: ["js/file-viewer.js"] });
}

function actionsOf(req: Request, material: MaterialRow, may: (action: Parameters<typeof materialRefusal>[1]) => boolean): ActionView[] {
  const words = req.t.sharing;
  const base = `/library/materials/${material.id}`;
  return [
    ...(may("adopt") && adoptionProblem(material) === undefined ? [{ href: `${base}/adoptions/new`, label: words.adopt, icon: "copy" as const, kind: "primary" as const }] : []),
    ...(may("derive") && derivationProblem(material) === undefined ? [{ href: `${base}/derivations/new`, label: words.derive, icon: "pencil" as const }] : []),
    { href: `${base}/reports/new`, label: words.report, icon: "flag", kind: "quiet" },
    { href: `/materials/${material.id}`, label: words.working_page, icon: "file-text", kind: "quiet" },
    ...(material.scope === "public" ? [{ href: `/catalogue/${material.id}`, label: words.public_page, icon: "external-link" as const, kind: "quiet" as const }] : []),
  ];
}

/** What the person's own schools did with it: the copy that is there, the newer version that waits for it. */
async function copiesOf(req: Request, material: MaterialRow): Promise<{ notices: NoticeView[]; acts: ActView[] }> {
  const words = req.t.sharing;
  if (material.origin === "adopted") {
    const newer = materialRefusal(req.actor, "edit", material) === undefined ? await findNewerVersion(req.db, material) : undefined;
    if (newer === undefined) return { notices: [], acts: [] };
    return {
      notices: [{ kind: "info", text: words.newer(newer.original.school_name), action: { href: `/library/materials/${newer.original.id}`, label: newer.original.title } }],
      acts: [{ action: `/library/materials/${material.id}/newer-version`, label: words.take_newer, icon: "refresh-cw", kind: "primary", hidden: { version: newer.version.id } }],
    };
  }
  const notices: NoticeView[] = [];
  for (const place of schoolsOf(req)) {
    const copy = place.unitId === material.school_id ? undefined : await findAdopted(req.db, material.id, place.unitId);
    if (copy !== undefined) notices.push({ kind: "good", text: words.adopted_here(place.unitName), action: { href: `/materials/${copy}`, label: words.open_copy } });
  }
  return { notices, acts: [] };
}

/** The schools in which the person may upload. */
export function schoolsOf(req: Request): { unitId: string; unitName: string }[] {
  const teaching = req.actor.memberships.filter((m) => m.role === "teacher" || m.role === "department_head" || m.role === "school_leader");
  return [...new Map(teaching.map((m) => [m.unitId, { unitId: m.unitId, unitName: m.unitName }])).values()];
}

async function addingOf(req: Request, material: MaterialRow): Promise<FacePage["adding"]> {
  const words = req.t.sharing;
  if (!mayCollect(req)) return undefined;
  const own = await listForAdding(req.db, req.actor.personId, material.id);
  return {
    acts: own.filter((one) => one.has === 0).map((one) => ({ action: `/library/collections/${one.id}/items`, label: words.add_to_one(one.title), icon: "plus", hidden: { material: material.id } })),
    has: own.filter((one) => one.has > 0).map((one) => words.added_already(one.title)),
    create: { href: `/library/collections/new?material=${material.id}`, label: words.collection_new, icon: "plus", kind: "quiet" },
  };
}

/** Teachers, leaders and offices keep collections. */
export function mayCollect(req: Request): boolean {
  return req.actor.memberships.some((m) => ["teacher", "department_head", "school_leader", "commune_officer", "province_officer"].includes(m.role));
}

function rateForm(req: Request, material: MaterialRow, own: { stars: number; words: string } | undefined, state: FormState): FormView {
  const words = req.t.sharing;
  const stars = Array.from({ length: STARS_MAX }, (_, i) => STARS_MAX - i);
  return formView(req.t, state, {
    action: `/library/materials/${material.id}/ratings`,
    submit: own ? words.rate_again : words.rate,
    choices: [{ kind: "radio", name: "stars", legend: words.stars_legend, options: stars.map((star) => ({ value: String(star), label: words.star_words[star] ?? String(star), selected: own?.stars === star })) }],
    fields: [{ name: "words", label: words.rate_words, kind: "textarea", hint: words.rate_words_hint, value: own?.words ?? "", required: true, attributes: { minlength: 10, maxlength: 1000, rows: 3 } }],
  });
}

function takeDownView(req: Request, material: MaterialRow, state: FormState | undefined): ReasonView {
  const words = req.t.sharing;
  return {
    ...reasonView(req, "takedown-reason", state),
    action: `/library/materials/${material.id}/takedown`,
    label: words.take_down,
    hint: words.take_down_hint,
    box: { name: "rights", label: words.take_down_rights, kind: "checkbox", value: "yes", checked: state?.typed["rights"] === "yes" },
  };
}

function removalView(req: Request, material: MaterialRow, personId: string, problem: Problems["removal"]): ReasonView {
  const state = problem?.personId === personId ? problem : undefined;
  return { ...reasonView(req, `removal-${personId}`, state), action: `/library/materials/${material.id}/ratings/${personId}/removal`, label: req.t.sharing.rating_remove, hint: "", box: undefined };
}

function reasonView(req: Request, id: string, state: FormState | undefined): Pick<ReasonView, "reason" | "open"> {
  const typed = state?.typed["reason"];
  return {
    open: state !== undefined,
    reason: { name: "reason", id, label: req.t.sharing.reason, kind: "textarea", value: typeof typed === "string" ? typed : "", error: state && errorText(req, state), required: true, attributes: { maxlength: 1000, rows: 2 } },
  };
}

/** The words of the first error. */
export function errorText(req: Request, form: { errors: readonly FieldError[]; typed: Typed }): string | undefined {
  const first = form.errors[0];
  return first && sayText(req.t.platform.fields, first.code, first.params);
}

/** The calm page of a material that was taken down: why, since when, and for those who may the way back. */
export function showGone(req: Request, res: Response, takedown: TakedownRow, material: MaterialRow | undefined, problem?: FormState): void {
  const words = req.t.sharing;
  const may = req.visitor !== undefined && material !== undefined && mayPutBack(req.actor, material, takedown);
  const putBack: ReasonView | undefined = may
    ? { ...reasonView(req, "put-back-reason", problem), action: `/library/materials/${material.id}/takedown-removal`, label: words.put_back, hint: "", box: undefined }
    : undefined;
  // 410: search engines forget a page that says so; a form that was filled in wrongly keeps its own status.
  res.page("sharing/gone", gonePage(speechOf(req), takedown, putBack), { title: words.gone_title, status: problem ? 422 : 410 });
}

import type { Request, Response } from "express";
import { z } from "zod";
import { openOffice } from "../../assessment/access.ts";
import { nameOf } from "../../materials/store/telling.ts";
import { openProvince } from "../../organisation/access.ts";
import { listTree } from "../../organisation/store/tree.ts";
import { Bucket } from "../../platform/bucket.ts";
import { dayOf } from "../../platform/clock.ts";
import { invalid, notFound, tooMany } from "../../platform/errors.ts";
import { isId } from "../../platform/ids.ts";
import { blankForm, readForm } from "../../platform/web/form.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { flash } from "../../shell/layout.ts";
import { openPublicPage } from "./access.ts";
import { progressOf, type Progress } from "./figures.ts";
import { openFiguresPage } from "./open-pages.ts";
import { communePage, partName, progressPage, type ProgressPage } from "./pages.ts";
import { findPublicPage, savePublicPage, type PublicPageRow } from "./store.ts";

const Asked = z.object({ unit: z.string().refine(isId).optional().catch(undefined) });

const PublicPageForm = z.strictObject({
  seen: z.coerce.number().int().min(0),
  is_open: z.literal("yes").optional().transform((value) => value === "yes"),
  shows_schools: z.literal("yes").optional().transform((value) => value === "yes"),
});

/** Where figures leave the house: the tables of an office, and the switch of the public page. */
export function openFigureRoutes(routes: FeatureRoutes): void {
  routes.get("/open-figures", "signed_in", async (req, res) => {
    const unit = await openOffice(req.db, req.actor, Asked.parse(req.query).unit);
    const officer = req.actor.memberships.find((m) => m.role === "province_officer");
    const province = officer ? await openProvince(req.db, req.actor) : undefined;
    const row = province && (await findPublicPage(req.db, province.id));
    const changed = row ? `${await nameOf(req.db, row.changed_by)}, ${req.f.stamp(row.changed_at)}` : req.t.open_figures.page.system;
    const tree = await listTree(req.db, province ?? unit);
    const units = tree.filter((one) => one.kind !== "school" && one.kind !== "campus").map((one) => ({ value: one.id, label: one.name }));
    const page = openFiguresPage({ unit, units, page: province && { row, changed } }, blankForm(), req.t);
    res.page("progress/open-figures", page, { title: page.head.title, crumbs: [{ href: `/scoreboard?unit=${unit.id}`, label: req.t.indicators.title }, { label: page.head.title }] });
  });

  routes.post("/open-figures/public-page", "signed_in", async (req, res) => {
    const province = await openProvince(req.db, req.actor);
    const form = readForm(PublicPageForm, req.body);
    if (!form.ok) throw invalid(); // two boxes: nothing that a person could have typed
    const { seen, ...choice } = form.value;
    await savePublicPage(req.db, province, seen, choice, { by: req.actor.personId, at: req.now, requestId: req.id });
    flash(req, req.t.open_figures.page.saved);
    res.redirect(303, "/open-figures");
  });
}

/** How often one address may ask: many people behind one, but no flood. */
const BURST = 60;
const PER_SECOND = 2;
const ADDRESSES_MAX = 5_000;
const KEPT_SECONDS = 300;

/** What everybody may read while the department has switched it on. Otherwise it does not exist. */
export function publicProgressRoutes(routes: FeatureRoutes): void {
  const buckets = new Map<string, Bucket>();

  const limit = (req: Request): void => {
    const [address, at] = [req.ip ?? "", performance.now()];
    const known = buckets.get(address);
    if (known === undefined && buckets.size >= ADDRESSES_MAX) buckets.clear();
    const bucket = known ?? new Bucket(BURST, PER_SECOND, at);
    buckets.set(address, bucket);
    if (!bucket.take(1, at)) throw tooMany();
  };

  routes.get("/progress", "public", async (req, res) => {
    limit(req);
    const { row, progress } = await openPublicProgress(req);
    send(req, res, progressPage(progress, row.shows_schools, { t: req.t, f: req.f, lang: req.lang }), "/progress");
  });

  routes.get("/progress/:id", "public", async (req, res) => {
    limit(req);
    const id = idOf(req.params["id"]);
    const { row, progress } = await openPublicProgress(req);
    const part = row.shows_schools ? progress.parts.find((one) => one.id === id) : undefined;
    if (part === undefined) throw notFound();
    const voice = { t: req.t, f: req.f, lang: req.lang };
    send(req, res, communePage(progress, part, voice), `/progress/${id}`, [{ href: "/progress", label: req.t.progress.back }, { label: partName(progress, part, voice) }]);
  });
}

async function openPublicProgress(req: Request): Promise<{ row: PublicPageRow; progress: Progress }> {
  const row = await openPublicPage(req.db);
  const progress = await progressOf(req.db, row.unit_id, dayOf(req.now));
  if (progress === undefined) throw notFound(); // between two school years there is nothing to tell
  return { row, progress };
}

/** Kept by browsers and proxies for whoever has no session: the page is then the same for all. */
function send(req: Request, res: Response, page: ProgressPage, path: string, crumbs: { href?: string; label: string }[] = []): void {
  res.vary("Cookie").vary("Accept-Language");
  if (req.headers.cookie === undefined) res.set("Cache-Control", `public, max-age=${KEPT_SECONDS}`);
  res.page("progress/public", page, { title: page.head.title, crumbs, wide: true, meta: { description: req.t.progress.description(page.head.title), canonical: new URL(path, req.config.baseUrl).href } });
}

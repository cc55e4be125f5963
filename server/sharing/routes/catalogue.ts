import type { Request, Response } from "express";
import { ensureHarmless } from "../../digitising/access.ts";
import { findRendition } from "../../digitising/store.ts";
import { sendPlaylist, sendRendition } from "../../materials/routes/material.ts";
import { CAPTIONS_MIME } from "../../materials/store/captions.ts";
import { sourcesStand } from "../../materials/store/replays.ts";
import { wherePublic } from "../../materials/store/visible.ts";
import { listSubjects, type VersionRow } from "../../materials/store.ts";
import { notFound } from "../../platform/errors.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { sendBlob } from "../../platform/web/send-blob.ts";
import { openCaptionsOf, openPublic, openPublicCollection } from "../access.ts";
import { CatalogueQuery } from "../forms.ts";
import { addressOf, cataloguePage } from "../pages/catalogue.ts";
import { collectionPage } from "../pages/collections.ts";
import { listCatalogue, listForSitemap } from "../store/catalogue.ts";
import { listItems } from "../store/collections.ts";
import { sumRatings } from "../store/ratings.ts";
import { usesOf } from "../store.ts";
import { sitemapXml } from "./oai.ts";
import { showGone, showPublic, speechOf } from "./show.ts";

/** What everybody may read, without signing in; search engines find it by the site map. */
export function addCatalogue(routes: FeatureRoutes): void {
  routes.get("/catalogue", "public", async (req, res) => {
    const filter = CatalogueQuery.parse(req.query);
    const [found, subjects] = await Promise.all([listCatalogue(req.db, filter), listSubjects(req.db)]);
    const ids = found.map((row) => row.id);
    const [uses, ratings] = await Promise.all([usesOf(req.db, ids), sumRatings(req.db, ids)]);
    res.page("sharing/catalogue", cataloguePage(speechOf(req), { filter, found, subjects, uses, ratings }), {
      title: req.t.sharing.catalogue,
      wide: true,
      meta: { description: req.t.sharing.catalogue_lead, canonical: `${req.config.baseUrl}${addressOf(filter)}` },
    });
  });

  routes.get("/catalogue/collections/:collectionId", "public", async (req, res) => {
    const collection = await openPublicCollection(req.db, idOf(req.params["collectionId"]), req.now);
    const { items, hidden } = await listItems(req.db, collection.id, wherePublic);
    const page = collectionPage(speechOf(req), { collection, items, hidden, mayEdit: false, materialsBase: "/catalogue" });
    res.page("sharing/collection", page, {
      title: collection.title,
      crumbs: [{ href: "/catalogue", label: req.t.sharing.catalogue }, { label: collection.title }],
      meta: { description: (collection.description || collection.title).slice(0, 300), canonical: `${req.config.baseUrl}/catalogue/collections/${collection.id}` },
    });
  });

  routes.get("/catalogue/:id", "public", async (req, res) => {
    const found = await openPublic(req.db, idOf(req.params["id"]), req.now);
    if (found.takedown) showGone(req, res, found.takedown, undefined);
    else await showPublic(req, res, found.material, found.version);
  });

  routes.get("/catalogue/:id/file", "public", async (req, res) => {
    const version = await openPublicVersion(req);
    await ensureHarmless(req.db, version.blob_hash, req.config);
    const show = req.query["as"] === "download" ? "attachment" : "inline";
    await sendBlob(req, res, req.blobs, { hash: version.blob_hash, size: version.size_bytes, mime: version.mime, name: version.file_name, show });
  });

  routes.get("/catalogue/:id/renditions/:kind", "public", async (req, res) => {
    await sendRendition(req, res, await openPublicRendition(req));
  });

  routes.get("/catalogue/:id/renditions/:kind/playlist.m3u8", "public", async (req, res) => {
    sendPlaylist(res, (await openPublicRendition(req)).rendition);
  });

  routes.get("/catalogue/:id/captions/:captionsId", "public", async (req, res) => {
    const version = await openPublicVersion(req);
    const captions = await openCaptionsOf(req.db, version, idOf(req.params["captionsId"]));
    await sendBlob(req, res, req.blobs, { hash: captions.blob_hash, size: captions.size_bytes, mime: CAPTIONS_MIME, name: `${captions.language}.vtt`, show: "inline" });
  });

  routes.get("/sitemap.xml", "public", async (req, res) => {
    const pages = (await listForSitemap(req.db)).map((row) => ({ path: `/catalogue/${row.id}`, changed: row.updated_at }));
    res.set("Content-Type", "application/xml; charset=utf-8").send(sitemapXml(req.config.baseUrl, [{ path: "/catalogue", changed: undefined }, ...pages]));
  });

  routes.get("/robots.txt", "public", (req: Request, res: Response) => {
    res.type("text/plain").send(["User-agent: *", "Allow: /catalogue", "Allow: /css/", "Allow: /js/", "Allow: /img/", "Allow: /fonts/", "Allow: /vendor/", "Disallow: /", `Sitemap: ${req.config.baseUrl}/sitemap.xml`, ""].join("\n"));
  });
}

async function openPublicVersion(req: Request): Promise<VersionRow> {
  const found = await openPublic(req.db, idOf(req.params["id"]), req.now);
  if (found.takedown) throw notFound();
  return found.version;
}

async function openPublicRendition(req: Request) {
  const version = await openPublicVersion(req);
  const rendition = await findRendition(req.db, version.blob_hash, String(req.params["kind"]));
  if (rendition === undefined || !(await sourcesStand(req.db, rendition))) throw notFound();
  return { version, rendition };
}

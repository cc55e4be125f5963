import { z } from "zod";
import { all, col, maybeOne, type Db } from "../../platform/db.ts";
import { isId } from "../../platform/ids.ts";
import { materials } from "../../materials/store.ts";
import { wherePublic } from "../../materials/store/visible.ts";

const shown = z.object({
  id: col.id(),
  title: col.text(),
  description: col.text(),
  kind: col.text(),
  subject_code: col.maybeText(),
  subject_vi: col.maybeText(),
  subject_en: col.maybeText(),
  grade: col.maybeInt(),
  author: col.text(),
  licence: col.text(),
  uploader_name: col.text(),
  school_name: col.text(),
  mime: col.text(),
  size_bytes: col.int(),
  updated_at: col.instant(),
});
export type CatalogueRow = z.infer<typeof shown>;

const catalogueQuery = (db: Db) => {
  const query = db("materials as m")
    .join("units as s", "s.id", "m.school_id")
    .join("persons as p", "p.id", "m.uploaded_by")
    .join("material_versions as v", "v.id", "m.approved_version_id")
    .leftJoin("subjects as sub", "sub.code", "m.subject_code")
    .select("m.id", "m.title", "m.description", "m.kind", "m.subject_code", "m.grade", "m.author", "m.licence", "m.updated_at", "v.mime", "v.size_bytes")
    .select({ subject_vi: "sub.name_vi", subject_en: "sub.name_en", school_name: "s.name", uploader_name: "p.name" });
  wherePublic(query);
  return query;
};

export const CATALOGUE_PAGE = 24;

export interface CatalogueFilter {
  subject: string | null;
  grade: number | null;
  after: string | null;
}

/** A page of what is public, the newest first; one more than a page tells that there is a next one. */
export function listCatalogue(db: Db, filter: CatalogueFilter): Promise<CatalogueRow[]> {
  const query = catalogueQuery(db).orderBy("m.id", "desc").limit(CATALOGUE_PAGE + 1);
  if (filter.subject !== null) query.where("m.subject_code", filter.subject);
  if (filter.grade !== null) query.where("m.grade", filter.grade);
  if (filter.after !== null) query.where("m.id", "<", filter.after);
  return all(shown, query);
}

/** The most addresses that a site map may hold (sitemaps.org). */
const SITEMAP_MAX = 50_000;

export function listForSitemap(db: Db): Promise<{ id: string; updated_at: string }[]> {
  const query = db("materials as m").orderBy("m.id", "desc").limit(SITEMAP_MAX).select("m.id", "m.updated_at");
  wherePublic(query);
  return all(materials.row.pick({ id: true, updated_at: true }), query);
}

/** A material that is public, or was until it was taken down. */
export async function loadPublicStanding(db: Db, id: string): Promise<"public" | "taken_down" | undefined> {
  if (!isId(id)) return undefined;
  const row = await maybeOne(materials.row.pick({ state: true, scope: true, approved_version_id: true, taken_down_at: true }), db("materials").where({ id }).select("state", "scope", "approved_version_id", "taken_down_at"));
  if (row?.scope !== "public" || row.approved_version_id === null) return undefined;
  if (row.taken_down_at !== null) return "taken_down";
  return row.state === "retired" ? undefined : "public";
}

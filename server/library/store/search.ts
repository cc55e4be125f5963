import { z } from "zod";
import type { Actor } from "../../access/actor.ts";
import { whereVisible } from "../../materials/access.ts";
import { all, col, isPostgres, type Db } from "../../platform/db.ts";
import { remember } from "../../platform/remember.ts";
import type { Word } from "../../platform/text.ts";
import { asFacets, type FacetValues } from "../rules/facets.ts";
import { HITS_MAX, type Ranked, type Rung } from "../rules/rank.ts";
import type { Counts } from "../rules/typing.ts";
import { gathered, namedBy, numbers, type Named } from "./terms.ts";

export interface Hit extends Ranked {
  facets: FacetValues;
}

/** Of what the index names, some are not for this person (a draft elsewhere, another cluster's): so many more are taken. */
const MARGIN = 1.4;

/**
 * What a ladder of conditions finds that this person may read: the steps one after the other, the newest of each first,
 * until there are enough. The index names them by their numbers alone; who may read them is asked of the rows themselves.
 */
export async function findHits(db: Db, actor: Actor, ladder: readonly Rung[], max = HITS_MAX + 1): Promise<Hit[]> {
  const found: Hit[] = [];
  const asked = new Set<number>();
  for (let amount = Math.ceil(max * MARGIN); ; amount *= 4) {
    const { named, whole } = await namedBy(db, ladder, amount);
    const others = named.filter(({ doc }) => !asked.has(doc));
    others.forEach(({ doc }) => asked.add(doc));
    found.push(...(await readable(db, actor, others)));
    if (whole || found.length >= max) return found.sort((a, b) => a.step - b.step || b.doc - a.doc).slice(0, max);
  }
}

/** Those of these that the person may read, in their order. */
async function readable(db: Db, actor: Actor, named: readonly Named[]): Promise<Hit[]> {
  if (named.length === 0) return [];
  const query = db
    .from(numbers(db, named.map((one) => one.doc)))
    .join("library_index as i", "i.doc", "h.doc")
    .join("materials as m", "m.id", "i.material_id")
    .join("units as s", "s.id", "m.school_id")
    .whereNull("m.retired_at");
  whereVisible(query, actor, { m: "m", s: "s" });
  const lines = await gathered(db, query, "i.doc || '|' || i.title_words || '|' || i.uses || '|' || i.facets");
  const visible = new Map<number, Omit<Hit, "step">>();
  for (const line of lines) {
    const [doc = "", titleWords = "", uses = "", ...facets] = line.split("|");
    visible.set(Number(doc), { doc: Number(doc), titleWords: Number(titleWords), uses: Number(uses), facets: asFacets(facets) });
  }
  return named.flatMap(({ doc, step }) => {
    const hit = visible.get(doc);
    return hit === undefined ? [] : [{ step, ...hit }];
  });
}

const shown = z.object({
  doc: col.int(),
  id: col.id(),
  title: col.text(),
  description: col.text(),
  keywords: col.text(),
  author: col.text(),
  kind: col.text(),
  subject_vi: col.maybeText(),
  subject_en: col.maybeText(),
  grade: col.maybeInt(),
  state: col.text(),
  approved_version_id: col.maybeId(),
  school_id: col.id(),
  school_path: col.text(),
  school_name: col.text(),
  subject_code: col.maybeText(),
  uploaded_by: col.id(),
  uploader_name: col.text(),
  uses: col.int(),
  blob_hash: col.maybeText(),
  mime: col.text(),
  size_bytes: col.int(),
});
export type ShownHit = z.infer<typeof shown>;

/** What a list shows of these hits, in their order. They come from `findHits` of the same person. */
export async function listHits(db: Db, hits: readonly { doc: number }[]): Promise<ShownHit[]> {
  if (hits.length === 0) return [];
  const docs = hits.map((one) => one.doc);
  const rows = await all(
    shown,
    db("library_index as i")
      .join("materials as m", "m.id", "i.material_id")
      .join("units as s", "s.id", "m.school_id")
      .join("persons as up", "up.id", "m.uploaded_by")
      .join("material_versions as v", "v.id", db.raw("COALESCE(m.approved_version_id, m.latest_version_id)"))
      .leftJoin("subjects as sub", "sub.code", "m.subject_code")
      .whereIn("i.doc", docs)
      .select("i.doc", "i.uses", "i.blob_hash", "m.id", "m.title", "m.keywords", "m.author", "m.kind", "m.subject_code", "m.uploaded_by", "m.grade", "m.state", "m.approved_version_id", "m.school_id", "v.mime", "v.size_bytes")
      .select(db.raw("SUBSTR(m.description, 1, 2000) AS description"))
      .select({ subject_vi: "sub.name_vi", subject_en: "sub.name_en", school_name: "s.name", school_path: "s.path", uploader_name: "up.name" }),
  );
  const byDoc = new Map(rows.map((row) => [row.doc, row]));
  return docs.flatMap((doc) => byDoc.get(doc) ?? []);
}

const found = z.object({ blob_hash: col.text(), page: col.int(), text: col.text() });
export type FoundPage = z.infer<typeof found>;

/** Of each file the page that has most of the words, and all of them beside each other before anything else. */
export async function listFoundPages(db: Db, hashes: readonly string[], words: readonly Word[]): Promise<Map<string, FoundPage>> {
  if (hashes.length === 0 || words.length === 0) return new Map();
  const inPage = `CASE WHEN ${isPostgres(db) ? "strpos" : "instr"}(p.folded, ?) > 0 THEN ? ELSE 0 END`;
  const asked = [...new Set(words.map((word) => word.folded))];
  const weights: [string, number][] = [[` ${words.map((word) => word.folded).join(" ")} `, 100], ...asked.map((word): [string, number] => [` ${word} `, 1])];
  const sum = weights.map(() => inPage).join(" + ");
  const marks = hashes.map(() => "?").join(", ");
  const rows = await all(
    found,
    db.raw(
      `SELECT b.blob_hash, b.page, t.text
         FROM (SELECT w.blob_hash, w.page, w.weight, ROW_NUMBER() OVER (PARTITION BY w.blob_hash ORDER BY w.weight DESC, w.page) AS place
                 FROM (SELECT p.blob_hash, p.page, ${sum} AS weight FROM library_pages p WHERE p.blob_hash IN (${marks})) w
                WHERE w.weight >= ?) b
         JOIN file_texts t ON t.blob_hash = b.blob_hash AND t.page = b.page
        WHERE b.place = 1`,
      [...weights.flat(), ...hashes, asked.length],
    ),
  );
  return new Map(rows.map((row) => [row.blob_hash, row]));
}

/** How many materials have each of these words or pairs; those that none has are left out. */
export async function countWordsOf(db: Db, words: readonly string[]): Promise<Counts> {
  if (words.length === 0) return new Map();
  const among = isPostgres(db) ? "word = ANY(?)" : "word IN (SELECT value FROM json_each(?))";
  const row = z.object({ word: col.text(), materials: col.int() });
  const rows = await all(row, db.raw(`SELECT word, materials FROM library_words WHERE ${among}`, [isPostgres(db) ? [...words] : JSON.stringify(words)]));
  return new Map(rows.map((one) => [one.word, one.materials]));
}

/** Names of schools by id. */
export async function namesOfSchools(db: Db, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await all(z.object({ id: col.id(), name: col.text() }), db("units").whereIn("id", [...ids]).select("id", "name"));
  return new Map(rows.map((row) => [row.id, row.name]));
}

/** Subjects that these schools have plans of: a lower secondary school has no use for the tiles of a primary one. */
export const plannedSubjects = remember(["plans"], async (db: Db, schoolIds: string): Promise<ReadonlySet<string>> => {
  const rows = await all(z.object({ subject_code: col.text() }), db("plans").distinct("subject_code").whereIn("school_id", schoolIds.split(" ")));
  return new Set(rows.map((row) => row.subject_code));
});

/** Subjects that the person teaches or learns, or whose group they head. */
export async function subjectsOf(db: Db, actor: Actor): Promise<string[]> {
  const classes = [...new Set([...actor.pupilOf, ...actor.childrenClasses])];
  const query = db("courses").distinct("subject_code");
  if (classes.length > 0) query.whereIn("class_id", classes).orWhereIn("id", [...actor.teaches]);
  else query.whereIn("id", [...actor.teaches]);
  const rows = classes.length + actor.teaches.size === 0 ? [] : await all(z.object({ subject_code: col.text() }), query.limit(50));
  return [...new Set([...rows.map((row) => row.subject_code), ...actor.memberships.flatMap((m) => m.subjects)])];
}

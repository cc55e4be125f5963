import { z } from "zod";
import type { Actor } from "../../access/actor.ts";
import { whereVisible } from "../../materials/access.ts";
import { all, col, type Db } from "../../platform/db.ts";
import { remember } from "../../platform/remember.ts";
import type { Word } from "../../platform/text.ts";
import { readFacets, type FacetValues } from "../rules/facets.ts";
import { HITS_MAX, type Ranked } from "../rules/rank.ts";
import type { Condition } from "../rules/terms.ts";
import type { Counts } from "../rules/typing.ts";
import { matching } from "./terms.ts";

const hit = z.object({ doc: col.int(), step: col.int(), title_words: col.int(), uses: col.int(), facets: col.text() });

export interface Hit extends Ranked {
  facets: FacetValues;
}

/** The steps of the title: most searches end with them, and what is not planned costs nothing. */
const FIRST_STEPS = 3;

/**
 * What a ladder of conditions finds that this person may read: the steps one after the other, the newest of each first,
 * until there are enough.
 */
export async function findHits(db: Db, actor: Actor, ladder: readonly Condition[], max = HITS_MAX + 1): Promise<Hit[]> {
  const first = await climb(db, actor, ladder.slice(0, FIRST_STEPS), 0, max);
  const enough = first.length >= max || ladder.length <= FIRST_STEPS;
  return enough ? first : [...first, ...(await climb(db, actor, ladder.slice(FIRST_STEPS), FIRST_STEPS, max - first.length))];
}

/** Some steps in one statement; an engine does not begin a step that is not needed any more. */
async function climb(db: Db, actor: Actor, ladder: readonly Condition[], from: number, max: number): Promise<Hit[]> {
  const steps = ladder.map((condition, i) => {
    const step = from + i;
    const query = visible(db, actor, condition).orderBy("h.doc", "desc").limit(max);
    return query.select("i.doc", db.raw("? AS step", [step]), "i.title_words", "i.uses", "i.facets").as(`s${step}`);
  });
  const [first, ...others] = steps.map((step) => db.select("*").from(step));
  if (first === undefined) return [];
  const rows = await all(hit, others.length === 0 ? first : first.unionAll(others).limit(max));
  return rows.map(({ title_words, facets, ...row }) => ({ ...row, titleWords: title_words, facets: readFacets(facets) }));
}

function visible(db: Db, actor: Actor, condition: Condition) {
  const query = db
    .from(matching(db, condition))
    .join("library_index as i", "i.doc", "h.doc")
    .join("materials as m", "m.id", "i.material_id")
    .join("units as s", "s.id", "m.school_id")
    .whereNull("m.retired_at");
  whereVisible(query, actor, { m: "m", s: "s" });
  return query;
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
  const inPage = "CASE WHEN p.folded LIKE ? THEN ? ELSE 0 END";
  const asked = [...new Set(words.map((word) => word.folded))];
  const weights: [string, number][] = [[`% ${words.map((word) => word.folded).join(" ")} %`, 100], ...asked.map((word): [string, number] => [`% ${word} %`, 1])];
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
  const counts = new Map<string, number>();
  const row = z.object({ word: col.text(), materials: col.int() });
  for (let i = 0; i < words.length; i += 2000) {
    const rows = await all(row, db("library_words").whereIn("word", words.slice(i, i + 2000)).select("word", "materials"));
    for (const one of rows) counts.set(one.word, one.materials);
  }
  return counts;
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

import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { Granted } from "../access/policy.ts";
import type { CourseRow } from "../courses/store.ts";
import { addMinutes, type Instant } from "../platform/clock.ts";
import { all, col, insertAll, maybeOne, table, type Db, type RowOf } from "../platform/db.ts";
import { hashOf } from "../platform/secrets.ts";
import { PACKAGE_STANDARDS, type PackageContent, type PackageItem } from "../platform/web/package-content.ts";
import { afterReport, FLAGS, RESULT_STATES, SUCCESSES, type Report, type Standing } from "./rules.ts";

const item = z.object({ id: z.string(), title: z.string(), href: z.string(), mastery: z.number().nullable(), launchData: z.string() }) satisfies z.ZodType<PackageItem>;

export const packages = table("packages", {
  blob_hash: col.text(),
  standard: col.oneOf(PACKAGE_STANDARDS),
  title: col.text(),
  items: col.json(z.array(item)),
  read_at: col.instant(),
});
export type PackageRow = RowOf<typeof packages>;

export const packageEntries = table("package_entries", {
  blob_hash: col.text(),
  path: col.text(),
  header_at: col.int(),
  packed_bytes: col.int(),
  size_bytes: col.int(),
  method: z.enum(["stored", "deflated"]),
});
export type EntryRow = RowOf<typeof packageEntries>;

export const packagePlays = table("package_plays", {
  token_hash: col.text(),
  person_id: col.id(),
  version_id: col.id(),
  blob_hash: col.text(),
  started_at: col.instant(),
  expires_at: col.instant(),
});
export type PlayRow = RowOf<typeof packagePlays>;

export const packageResults = table("package_results", {
  version_id: col.id(),
  person_id: col.id(),
  item: col.text(),
  status: col.oneOf(RESULT_STATES),
  success: z.enum(SUCCESSES).nullable(),
  score_bp: col.maybeInt(),
  seconds: col.int(),
  flags: col.json(z.array(z.enum(FLAGS))),
  state: col.text(),
  last_play: col.text(),
  last_turn: col.int(),
  started_at: col.instant(),
  updated_at: col.instant(),
  completed_at: col.maybeInstant(),
});
export type ResultRow = RowOf<typeof packageResults>;

export function findPackage(db: Db, hash: string): Promise<PackageRow | undefined> {
  return maybeOne(packages.row, db("packages").where({ blob_hash: hash }).select(packages.columns));
}

/** Notes what an archive holds, all of it or nothing; two who open it first at once note it once. */
export async function savePackage(db: Db, hash: string, content: PackageContent, at: Instant): Promise<PackageRow> {
  const { standard, title, items, entries } = content;
  await db.transaction(async (trx) => {
    await trx("packages").insert({ blob_hash: hash, standard, title, items: JSON.stringify(items), read_at: at }).onConflict("blob_hash").ignore();
    // The row above is held until the transaction ends: whoever comes second finds the entries there.
    const known = await maybeOne(packageEntries.row, trx("package_entries").where({ blob_hash: hash }).limit(1).select(packageEntries.columns));
    if (known === undefined) await insertAll(trx, "package_entries", entries.map((entry) => ({ blob_hash: hash, ...entry })));
  });
  return { blob_hash: hash, standard, title, items, read_at: at };
}

/** No name in a package has control characters (it would not have been taken), and PostgreSQL cannot even be asked for a NUL. */
export function findEntry(db: Db, hash: string, path: string): Promise<EntryRow | undefined> {
  if (/\p{Cc}/u.test(path)) return Promise.resolve(undefined);
  return maybeOne(packageEntries.row, db("package_entries").where({ blob_hash: hash, path }).select(packageEntries.columns));
}

/** A link to files of a package is good for this long without a sign of life. Source: RELIABILITY C12. */
export const PLAY_MINUTES = 15;

/** Begins a play: the token is the only key to the package's files, kept as its hash. */
export async function savePlay(db: Db, play: { personId: string; versionId: string; blobHash: string }, at: Instant): Promise<string> {
  const token = randomBytes(32).toString("base64url");
  await db("package_plays").insert({ token_hash: hashOf(token), person_id: play.personId, version_id: play.versionId, blob_hash: play.blobHash, started_at: at, expires_at: addMinutes(at, PLAY_MINUTES) });
  return token;
}

export function findPlay(db: Db, token: string, at: Instant): Promise<PlayRow | undefined> {
  if (!/^[\w-]{43}$/.test(token)) return Promise.resolve(undefined);
  return maybeOne(packagePlays.row, db("package_plays").where({ token_hash: hashOf(token) }).where("expires_at", ">", at).select(packagePlays.columns));
}

export async function prolongPlay(db: Db, play: PlayRow, at: Instant): Promise<void> {
  await db("package_plays").where({ token_hash: play.token_hash }).update({ expires_at: addMinutes(at, PLAY_MINUTES) });
}

export async function sweepPlays(db: Db, at: Instant): Promise<number> {
  return db("package_plays").where("expires_at", "<", at).del();
}

export function listOwnResults(db: Db, versionId: string, personId: string): Promise<ResultRow[]> {
  return all(packageResults.row, db("package_results").where({ version_id: versionId, person_id: personId }).orderBy("item").limit(500).select(packageResults.columns));
}

/**
 * Keeps what a package reports. A report that was overtaken by a newer one of the same play (a slow line, two tabs) changes
 * nothing. Reports of one person come one after the other: the row is held while it is judged.
 */
export async function saveReport(db: Db, play: PlayRow, itemId: string, turn: number, report: Report & { state: string | undefined }, at: Instant): Promise<Standing> {
  const key = { version_id: play.version_id, person_id: play.person_id, item: itemId };
  return db.transaction(async (trx) => {
    const blank = { status: "started", flags: "[]", state: "", last_play: play.token_hash, last_turn: -1, started_at: play.started_at, updated_at: at };
    await trx("package_results").insert({ ...key, ...blank }).onConflict(["version_id", "person_id", "item"]).ignore();
    const before = await maybeOne(packageResults.row, trx("package_results").where(key).forUpdate().select(packageResults.columns));
    if (before === undefined) throw new Error("a result that was just written is not there");
    if (before.last_play === play.token_hash && turn <= before.last_turn) return before;
    const now = afterReport(before, report, (Date.parse(at) - Date.parse(before.started_at)) / 1000);
    await trx("package_results")
      .where(key)
      .update({
        ...now,
        flags: JSON.stringify(now.flags),
        state: report.state ?? before.state,
        last_play: play.token_hash,
        last_turn: turn,
        updated_at: at,
        completed_at: before.completed_at ?? (now.status === "completed" ? at : null),
      });
    return now;
  });
}


export interface PupilResults {
  id: string;
  name: string;
  results: (Standing & { updated_at: Instant })[];
}

/** The class list with what each pupil has of a file, in the order of the list. */
export async function listClassResults(db: Db, course: Granted<"results", CourseRow>, versionId: string, today: string): Promise<PupilResults[]> {
  const flat = await all(
    z.object({ id: col.id(), name: col.text() }),
    db("class_enrolments as e")
      .join("persons as p", "p.id", "e.person_id")
      .where("e.class_id", course.class_id)
      .where("e.from_on", "<=", today)
      .where((q) => void q.whereNull("e.to_on").orWhere("e.to_on", ">", today))
      .orderBy(["p.sort_key", "p.id"])
      .limit(200)
      .select("p.id", "p.name"),
  );
  const rows = await all(packageResults.row, db("package_results").where({ version_id: versionId }).whereIn("person_id", flat.map((pupil) => pupil.id)).limit(20_000).select(packageResults.columns));
  return flat.map((pupil) => ({ ...pupil, results: rows.filter((row) => row.person_id === pupil.id) }));
}

const courseRow = z.object({ id: col.id(), class_name: col.text() });

/** Courses that this person teaches and for whose subject the material is: where its results are of interest. */
export function listTaughtCourses(db: Db, teaches: ReadonlySet<string>, material: { school_id: string; subject_code: string | null }): Promise<z.infer<typeof courseRow>[]> {
  if (teaches.size === 0) return Promise.resolve([]);
  const query = db("courses as c")
    .join("classes as k", "k.id", "c.class_id")
    .whereIn("c.id", [...teaches])
    .where("k.school_id", material.school_id)
    .orderBy(["k.name", "c.id"])
    .limit(30)
    .select("c.id", { class_name: "k.name" });
  if (material.subject_code !== null) query.where("c.subject_code", material.subject_code);
  return all(courseRow, query);
}

import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { Day, Instant } from "../platform/clock.ts";
import { all, col, countOf, maybeOne, table, type Db } from "../platform/db.ts";
import { listed, type NoticeRow } from "./store.ts";

/** Who chose to get the notices of a day by mail. */
export const noticeDigests = table("notice_digests", {
  person_id: col.id(),
  removal_key: col.text(),
  told_up_to: col.text(),
  last_day: col.maybeText(),
  failures: col.int(),
  chosen_at: col.instant(),
});

/** So many letters in a row that no server took, and no more are tried until the person chooses again. */
export const FAILURES_MAX = 10;

const choice = z.object({ email: col.maybeText(), failures: col.maybeInt() });
export type DigestChoice = z.infer<typeof choice>;

/** Where letters would go, and how many failed in a row; `failures` is null where the person did not choose them. */
export async function findDigestChoice(db: Db, personId: string): Promise<DigestChoice> {
  const query = db("persons as p").leftJoin("notice_digests as d", "d.person_id", "p.id").where("p.id", personId).select("p.email", "d.failures");
  return (await maybeOne(choice, query)) ?? { email: null, failures: null };
}

/** Chosen, or chosen anew after letters failed. What is there already is not told again. */
export async function saveDigest(db: Db, personId: string, at: Instant): Promise<void> {
  const newest = await maybeOne(z.object({ id: col.id() }), db("notices").where({ person_id: personId }).orderBy("id", "desc").limit(1).select("id"));
  const row = { person_id: personId, removal_key: randomBytes(32).toString("base64url"), told_up_to: newest?.id ?? "", failures: 0, chosen_at: at };
  await db("notice_digests").insert(row).onConflict("person_id").merge({ failures: 0 });
}

export async function removeDigest(db: Db, personId: string): Promise<void> {
  await db("notice_digests").where({ person_id: personId }).del();
}

/** By the key of a letter; a key that is unknown, or was used before, changes nothing. */
export async function removeDigestByKey(db: Db, key: string): Promise<void> {
  await db("notice_digests").where({ removal_key: key }).del();
}

const due = noticeDigests.row.extend({ email: col.text(), name: col.text(), language: z.enum(["vi", "en"]) });
export type DueDigest = z.infer<typeof due>;

/** Of whom something happened since their last letter and who had none today, by person, a part at a time. */
export function listDueDigests(db: Db, today: Day, after: string, amount: number): Promise<DueDigest[]> {
  return all(
    due,
    db("notice_digests as d")
      .join("persons as p", "p.id", "d.person_id")
      .where("d.person_id", ">", after)
      .where("d.failures", "<", FAILURES_MAX)
      .where((either) => either.whereNull("d.last_day").orWhere("d.last_day", "<", today))
      .where("p.state", "active")
      .whereNotNull("p.email")
      .whereExists(unread(db, "n").whereRaw("n.person_id = d.person_id").whereRaw("n.id > d.told_up_to"))
      .orderBy("d.person_id")
      .limit(amount)
      .select(noticeDigests.columns.map((name) => `d.${name}`))
      .select("p.email", "p.name", "p.language"),
  );
}

/** What a letter tells: the newest unread notices since the last one, and how many there are. */
export async function listUntold(db: Db, digest: Pick<DueDigest, "person_id" | "told_up_to">, amount: number): Promise<{ notices: NoticeRow[]; count: number }> {
  const since = (): ReturnType<Db> => unread(db, "n").where("n.person_id", digest.person_id).where("n.id", ">", digest.told_up_to);
  const [notices, count] = await Promise.all([
    all(listed, since().orderBy("n.id", "desc").limit(amount).select(Object.keys(listed.shape).map((name) => `n.${name}`))),
    countOf(since().count({ n: "*" })),
  ]);
  return { notices, count };
}

/** Takes the day's letter for this process before it is sent: two processes, or a killed one, never send two. */
export async function claimDigest(db: Db, personId: string, today: Day): Promise<boolean> {
  const claimed = await db("notice_digests").where({ person_id: personId }).where((either) => either.whereNull("last_day").orWhere("last_day", "<", today)).update({ last_day: today });
  return claimed > 0;
}

export async function saveTold(db: Db, personId: string, upTo: string): Promise<void> {
  await db("notice_digests").where({ person_id: personId }).update({ told_up_to: upTo, failures: 0 });
}

/** No server took the letter: it is tried again the next time. */
export async function saveUntold(db: Db, digest: Pick<DueDigest, "person_id" | "last_day" | "failures">): Promise<void> {
  await db("notice_digests").where({ person_id: digest.person_id }).update({ last_day: digest.last_day, failures: digest.failures + 1 });
}

function unread(db: Db, alias: string): ReturnType<Db> {
  return db({ [alias]: "notices" }).whereNull(`${alias}.read_at`) as ReturnType<Db>;
}

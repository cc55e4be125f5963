import { loadActor } from "../access/store.ts";
import { dayOf, type Instant } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { letterOf, mayBeMailed, type DigestPost } from "./digest.ts";
import { claimDigest, listDueDigests, listUntold, saveTold, saveUntold, type DueDigest } from "./digest-store.ts";

/** Notices that a letter tells line by line; the rest is a number. */
const LINES_MAX = 20;
const PEOPLE_AT_ONCE = 200;

/**
 * Sends each person who chose it one letter with what happened since the last one and was not read here, in the person's
 * language. Nothing happened, no letter. Runs several times in a morning: what no server took is tried again, and each
 * letter is claimed before it is sent, so that a killed server costs a letter at worst and never sends it twice; what it
 * did not tell stands in the next one.
 *
 * @returns how many were sent
 */
export async function sendDigests(db: Db, post: DigestPost, at: Instant): Promise<number> {
  let sent = 0;
  for (let after = "", some = await listDueDigests(db, dayOf(at), after, PEOPLE_AT_ONCE); some.length > 0; some = await listDueDigests(db, dayOf(at), after, PEOPLE_AT_ONCE)) {
    for (const digest of some) sent += (await sendOne(db, post, digest, at)) ? 1 : 0;
    after = some.at(-1)?.person_id ?? "";
  }
  return sent;
}

async function sendOne(db: Db, post: DigestPost, digest: DueDigest, at: Instant): Promise<boolean> {
  const actor = await loadActor(db, digest.person_id, at);
  if (actor === undefined || !mayBeMailed(actor) || !(await claimDigest(db, digest.person_id, dayOf(at)))) return false;
  const { notices, count } = await listUntold(db, digest, LINES_MAX);
  const newest = notices[0];
  if (newest === undefined) return false; // read since
  try {
    await post.mail(letterOf(post, digest, notices, count));
  } catch {
    await saveUntold(db, digest);
    return false;
  }
  await saveTold(db, digest.person_id, newest.id);
  return true;
}

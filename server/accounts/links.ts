import { randomBytes } from "node:crypto";
import { z } from "zod";
import { addMinutes, type Instant } from "../platform/clock.ts";
import { col, maybeOne, table, type Db } from "../platform/db.ts";
import { newId } from "../platform/ids.ts";
import { hashOf } from "../platform/secrets.ts";

export const tokens = table("tokens", {
  id: col.id(),
  purpose: col.oneOf(["invitation", "reset", "setup", "slip"]),
  person_id: col.maybeId(),
  token_hash: col.text(),
  created_by: col.maybeId(),
  created_at: col.instant(),
  expires_at: col.instant(),
  used_at: col.maybeInstant(),
});

export type Purpose = "invitation" | "reset" | "setup" | "slip";
const LIFE_MINUTES: Record<Purpose, number> = { invitation: 14 * 24 * 60, reset: 60, setup: 7 * 24 * 60, slip: 14 * 24 * 60 };

/** Makes a link's secret (256 random bits); older ones of the same person and purpose end. */
export async function createLink(db: Db, purpose: Purpose, link: { personId: string | null; by: string | null; at: Instant }): Promise<string> {
  const token = randomBytes(32).toString("base64url");
  await db("tokens").where({ purpose, person_id: link.personId }).whereNull("used_at").update({ used_at: link.at });
  await db("tokens").insert({
    id: newId(),
    purpose,
    person_id: link.personId,
    token_hash: hashOf(token),
    created_by: link.by,
    created_at: link.at,
    expires_at: addMinutes(link.at, LIFE_MINUTES[purpose]),
    used_at: null,
  });
  return token;
}

const standing = z.object({ id: col.id(), purpose: col.text(), person_id: col.maybeId() });

/** A link that still stands: not used, not expired. */
export function findLink(db: Db, token: string, purposes: readonly Purpose[], at: Instant): Promise<z.infer<typeof standing> | undefined> {
  return maybeOne(
    standing,
    db("tokens")
      .where({ token_hash: hashOf(token) })
      .whereIn("purpose", purposes)
      .whereNull("used_at")
      .where("expires_at", ">", at)
      .first("id", "purpose", "person_id"),
  );
}

/** Uses a link up; false where somebody was faster. */
export async function useLink(trx: Db, id: string, at: Instant): Promise<boolean> {
  return (await trx("tokens").where({ id }).whereNull("used_at").update({ used_at: at })) > 0;
}

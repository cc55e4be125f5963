import { randomBytes } from "node:crypto";
import { z } from "zod";
import { record } from "../platform/audit.ts";
import { addDays, dayOf, instantOf, type Instant } from "../platform/clock.ts";
import { all, col, maybeOne, table, type Db, type RowOf } from "../platform/db.ts";
import { newId } from "../platform/ids.ts";
import { hashOf } from "../platform/secrets.ts";

/** Keys for programs that read figures on behalf of a person: they see what the person sees, and can only read. */
export const apiTokens = table("api_tokens", {
  id: col.id(),
  person_id: col.id(),
  name: col.text(),
  token_hash: col.text(),
  created_at: col.instant(),
  expires_at: col.instant(),
  revoked_at: col.maybeInstant(),
});
export type ApiTokenRow = RowOf<typeof apiTokens>;

const PREFIX = "hl_";
const LIFE_DAYS = 365;

export async function saveToken(db: Db, token: { personId: string; name: string; at: Instant }): Promise<string> {
  const secret = PREFIX + randomBytes(24).toString("base64url");
  const { personId, name, at } = token;
  const row = { id: newId(), person_id: personId, name, token_hash: hashOf(secret), created_at: at, expires_at: instantOf(addDays(dayOf(at), LIFE_DAYS)) };
  await db.transaction(async (trx) => {
    await trx(apiTokens.name).insert(row);
    await record(trx, { at, actorId: personId, action: "api_token.create", subjectType: "api_token", subjectId: row.id });
  });
  return secret;
}

export function listTokens(db: Db, personId: string): Promise<ApiTokenRow[]> {
  return all(apiTokens.row, db(apiTokens.name).where({ person_id: personId }).orderBy("created_at", "desc").limit(50));
}

/** Ends one of the person's own tokens; false where there is none to end. */
export async function revokeToken(db: Db, personId: string, id: string, at: Instant): Promise<boolean> {
  return db.transaction(async (trx) => {
    const ended = await trx(apiTokens.name).where({ id, person_id: personId }).whereNull("revoked_at").update({ revoked_at: at });
    if (ended > 0) await record(trx, { at, actorId: personId, action: "api_token.revoke", subjectType: "api_token", subjectId: id });
    return ended > 0;
  });
}

/** Whose token an `Authorization: Bearer …` header carries, if it stands today. */
export async function personOfToken(db: Db, authorization: string | undefined, at: Instant): Promise<string | undefined> {
  const token = /^Bearer (hl_[\w-]{20,60})$/.exec(authorization ?? "")?.[1];
  if (token === undefined) return undefined;
  const row = z.object({ person_id: col.id() });
  const standing = db(apiTokens.name).where({ token_hash: hashOf(token) }).whereNull("revoked_at").where("expires_at", ">", at);
  return (await maybeOne(row, standing.first("person_id")))?.person_id;
}

import { z } from "zod";
import { maybeOne, type Db } from "../platform/db.ts";
import { fold } from "../platform/text.ts";

const credentials = z.object({ id: z.string(), password_hash: z.string().nullable(), state: z.string() });

/** What sign-in needs of a person found by user name or e-mail address. */
export function findCredentials(db: Db, login: string): Promise<z.infer<typeof credentials> | undefined> {
  const name = login.trim().normalize("NFC");
  return maybeOne(
    credentials,
    db("persons")
      .select("id", "password_hash", "state")
      .where({ username: fold(name).replace(/ /g, "") })
      .orWhere({ email: name.toLowerCase() })
      .first(),
  );
}

export async function saveSignIn(db: Db, personId: string, at: string): Promise<void> {
  await db("persons").where({ id: personId }).update({ signed_in_at: at });
}

/** Ends every session of a person: a suspension, a new password, "sign out everywhere". */
export async function endSessions(db: Db, personId: string, exceptSidHash = ""): Promise<void> {
  await db("sessions").where({ person_id: personId }).whereNot({ sid_hash: exceptSidHash }).del();
}

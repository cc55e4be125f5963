import type { Instant } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { createLink } from "./links.ts";
import { hasPeople } from "./store.ts";

/** The link for the first administrator, made anew at each start until there is one; undefined afterwards. */
export async function setUpLink(db: Db, baseUrl: string, at: Instant): Promise<string | undefined> {
  if (await hasPeople(db)) return undefined;
  return `${baseUrl}/set-up/${await createLink(db, "setup", { personId: null, by: null, at })}`;
}

import type { Db } from "../platform/db.ts";

/** Keeps how a person wants pages to look and speak. Not audited: it concerns nobody else. */
export async function savePreferences(db: Db, personId: string, chosen: { language?: string | undefined; theme?: string | undefined }): Promise<void> {
  const changes = Object.fromEntries(Object.entries(chosen).filter(([, value]) => value !== undefined));
  if (Object.keys(changes).length > 0) await db("persons").where({ id: personId }).update(changes);
}

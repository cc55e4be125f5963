import { z } from "zod";
import { all, type Db } from "../platform/db.ts";
import type { Instant } from "../platform/clock.ts";

/**
 * Which of these sessions still stand: not signed out, not expired, their person not suspended. Sockets live longer than
 * a request, so they ask again and again.
 *
 * @param hashes at most as many as there are sockets on this process; asked in portions.
 */
export async function standingSessions(db: Db, hashes: readonly string[], at: Instant): Promise<Set<string>> {
  const standing = new Set<string>();
  for (let i = 0; i < hashes.length; i += 500) {
    const rows = await all(
      z.object({ sid_hash: z.string() }),
      db("sessions as s")
        .join("persons as p", "p.id", "s.person_id")
        .whereIn("s.sid_hash", hashes.slice(i, i + 500))
        .where("s.expires_at", ">", at)
        .where("p.state", "active")
        .select("s.sid_hash"),
    );
    for (const row of rows) standing.add(row.sid_hash);
  }
  return standing;
}

import { isSystemAdmin, type Actor } from "../access/actor.ts";
import type { Db } from "../platform/db.ts";
import { conflict, forbidden } from "../platform/errors.ts";
import { findDigitisation } from "./store.ts";

/** Conversions are looked after by whoever looks after the machine. */
export function openConversions(actor: Actor): void {
  if (!isSystemAdmin(actor)) throw forbidden("role");
}

/**
 * The last door before a file's bytes: where a virus scanner is set, nothing is handed out that it has not looked at; and
 * nothing in which it found something, whether it is still set or not.
 *
 * @throws Refusal 403 for an infected file, 409 for one that waits for its look
 */
export async function ensureHarmless(db: Db, hash: string, config: { clamd: string | undefined }): Promise<void> {
  const scan = (await findDigitisation(db, hash))?.scan ?? null;
  if (scan === "virus") throw forbidden("virus_found");
  if (config.clamd !== undefined && scan === null) throw conflict("not_scanned_yet");
}

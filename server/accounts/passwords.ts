import { hash, verify } from "@node-rs/argon2";

/** argon2id with OWASP's settings; a hash carries its own, so old ones stay valid. */
const SETTINGS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** A hash that no password matches, checked when the account is unknown so that the answer takes as long. */
const NOBODY = hash("no such account", SETTINGS);

export function hashPassword(password: string): Promise<string> {
  return hash(password.normalize("NFC"), SETTINGS);
}

/** Whether the password fits; takes as long where there is none to compare. */
export async function passwordFits(password: string, stored: string | null): Promise<boolean> {
  const fits = await verify(stored ?? (await NOBODY), password.normalize("NFC"));
  return fits && stored !== null;
}

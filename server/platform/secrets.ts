import { createHash } from "node:crypto";

/** What is kept of a secret (a session's id, a link, a code, a token): a copy of the table opens nothing. */
export function hashOf(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

import { createHmac, timingSafeEqual } from "node:crypto";

/** The file of an archive that says by whom it was made. */
export const SIGNATURE_FILE = "signature-hmac-sha256.txt";

/**
 * What an installation writes under an archive: only who knows its secret can. Checksums say that an archive is whole, and
 * anybody can make them anew; this says that not a letter of it was changed since this installation wrote it for that school.
 *
 * @param secret hexadecimal
 * @param tagManifest checksums of the manifest, which holds those of every file below data/
 */
export function signatureOf(secret: string, schoolId: string, tagManifest: string): string {
  return createHmac("sha256", Buffer.from(secret, "hex")).update(`hoc-lieu-library\n${schoolId}\n${tagManifest}`).digest("hex");
}

/** Whether one of these secrets made the signature. */
export function isProven(secrets: readonly string[], schoolId: string, tagManifest: string, signature: string): boolean {
  if (!/^[0-9a-f]{64}$/.test(signature)) return false;
  return secrets.some((secret) => timingSafeEqual(Buffer.from(signatureOf(secret, schoolId, tagManifest), "hex"), Buffer.from(signature, "hex")));
}

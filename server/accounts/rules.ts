/** Rules of passwords: NIST SP 800-63B-4 in spirit — length, no composition, no expiry, nothing that everybody guesses. */

export const PASSWORD_MIN_STAFF = 12;
export const PASSWORD_MIN_PUPIL = 8;
const PASSWORD_BYTES_MAX = 1024;

/** What everybody tries first, folded; longer passwords made of one of these and a few digits count as the same. */
const GUESSED = ["matkhau", "password", "hocsinh", "giaovien", "hoclieu", "truonghoc", "quangninh", "vietnam", "anhyeuem", "12345678", "qwertyui", "11111111", "abcdefgh"];

export interface PasswordOwner {
  username: string;
  isPupil: boolean;
}

export type PasswordProblem = { code: "password_short"; min: number } | { code: "password_long" } | { code: "password_guessed" };

/**
 * Why a password cannot be taken, or undefined. Any letters, marks and spaces are welcome; nothing is cut off.
 *
 * Pupils may use eight characters: a documented deviation for children who type on phones, with limits on trying.
 */
export function passwordProblem(password: string, owner: PasswordOwner): PasswordProblem | undefined {
  const normal = password.normalize("NFC");
  const min = owner.isPupil ? PASSWORD_MIN_PUPIL : PASSWORD_MIN_STAFF;
  if ([...normal].length < min) return { code: "password_short", min };
  if (new TextEncoder().encode(normal).length > PASSWORD_BYTES_MAX) return { code: "password_long" };
  const plain = normal.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
  const letters = plain.replace(/\d+$/, "");
  const same = new Set(plain).size <= 2;
  const guessed = GUESSED.some((known) => plain === known || letters === known) || letters === owner.username.replace(/\d+$/, "") || plain === owner.username;
  return same || guessed ? { code: "password_guessed" } : undefined;
}

/** A one-time code as people type it: spaces, dashes and small letters do not matter. */
export function normalCode(typed: string): string {
  return typed.toUpperCase().replace(/[\s-]/g, "");
}

const FREE_FAILURES = 4;
const FIRST_DELAY_SECONDS = 5;
const DELAY_SECONDS_MAX = 300;

/** How long an account rests after so many wrong passwords in a row: 5 s after the fifth, doubled each time, 5 min at most. */
export function delayAfter(failures: number): number {
  if (failures <= FREE_FAILURES) return 0;
  return Math.min(DELAY_SECONDS_MAX, FIRST_DELAY_SECONDS * 2 ** (failures - FREE_FAILURES - 1));
}

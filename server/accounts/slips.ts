import { randomBytes } from "node:crypto";
import type { Granted } from "../access/policy.ts";
import type { ClassWithSchool } from "../organisation/store.ts";
import { record } from "../platform/audit.ts";
import { addMinutes, type Instant } from "../platform/clock.ts";
import { insertAll, type Db } from "../platform/db.ts";
import { newId } from "../platform/ids.ts";
import { raise } from "../platform/jobs/queue.ts";
import { hashOf } from "../platform/secrets.ts";
import { accessChanged } from "./events.ts";
import { endSessions } from "./store.ts";

/** Letters and digits that no child misreads: no 0 and O, no 1, I and L, no U beside V. */
const ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ";
const CODE_LENGTH = 8;
const LIFE_MINUTES = 14 * 24 * 60;

type Act = { by: string; at: Instant; requestId: string };
type Klass = Granted<"reset_access", ClassWithSchool>;

/** A one-time code: 39 bits of chance, tried only through the sign-in page and its limits. */
export function newCode(): string {
  let code = "";
  while (code.length < CODE_LENGTH) {
    const [byte = 255] = randomBytes(1);
    if (byte < 240) code += ALPHABET.charAt(byte % ALPHABET.length); // 240 is a multiple of 30: every letter as often
  }
  return code;
}

/** `K7MP4TQ2` as it is printed: `K7MP-4TQ2`. */
export function printedCode(code: string): string {
  return `${code.slice(0, 4)}-${code.slice(4)}`;
}

/** New slips for pupils of a class who have no password yet; their older unused ones end. The codes exist only in the answer. */
export function createSlips(db: Db, klass: Klass, pupilIds: readonly string[], act: Act): Promise<Map<string, string>> {
  return db.transaction((trx) => writeSlips(trx, klass, pupilIds, act));
}

/**
 * Resets a pupil's access: the password ends, every device is signed out, and a new slip lets the pupil choose another.
 */
export function saveReset(db: Db, klass: Klass, pupilId: string, act: Act): Promise<Map<string, string>> {
  return db.transaction(async (trx) => {
    await trx("persons").where({ id: pupilId }).update({ password_hash: null });
    await endSessions(trx, pupilId);
    await raise(trx, accessChanged, { personId: pupilId, everywhere: true }, act.at);
    await record(trx, { at: act.at, actorId: act.by, action: "account.reset", subjectType: "person", subjectId: pupilId, schoolId: klass.school.id, details: { class_id: klass.id }, requestId: act.requestId });
    return writeSlips(trx, klass, [pupilId], act);
  });
}

async function writeSlips(trx: Db, klass: Klass, pupilIds: readonly string[], act: Act): Promise<Map<string, string>> {
  const codes = new Map(pupilIds.map((id) => [id, newCode()]));
  await trx("tokens").whereIn("person_id", [...pupilIds]).whereIn("purpose", ["slip", "reset"]).whereNull("used_at").update({ used_at: act.at });
  await insertAll(
    trx,
    "tokens",
    [...codes].map(([personId, code]) => ({
      id: newId(),
      purpose: "slip",
      person_id: personId,
      token_hash: hashOf(code),
      created_by: act.by,
      created_at: act.at,
      expires_at: addMinutes(act.at, LIFE_MINUTES),
      used_at: null,
    })),
  );
  await record(trx, { at: act.at, actorId: act.by, action: "account.slips", subjectType: "class", subjectId: klass.id, schoolId: klass.school.id, details: { slips: codes.size }, requestId: act.requestId });
  return codes;
}

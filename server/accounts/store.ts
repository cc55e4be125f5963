import { z } from "zod";
import type { Granted } from "../access/policy.ts";
import { record } from "../platform/audit.ts";
import type { Day, Instant } from "../platform/clock.ts";
import { all, col, maybeOne, type Db } from "../platform/db.ts";
import { newId } from "../platform/ids.ts";
import { raise } from "../platform/jobs/queue.ts";
import { fold, nameSortKey } from "../platform/text.ts";
import { accessChanged } from "./events.ts";
import { useLink } from "./links.ts";

const credentials = z.object({ id: col.id(), password_hash: col.maybeText(), state: col.text() });

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

const account = z.object({
  id: col.id(),
  name: col.text(),
  username: col.text(),
  email: col.maybeText(),
  password_hash: col.maybeText(),
  state: col.text(),
});
export type AccountRow = z.infer<typeof account>;

export function findAccount(db: Db, personId: string): Promise<AccountRow | undefined> {
  return maybeOne(account, db("persons").where({ id: personId }).first("id", "name", "username", "email", "password_hash", "state"));
}

const place = z.object({ role: col.text(), unit_id: col.id(), path: col.text(), unit_name: col.text() });
export type AccountWithPlaces = AccountRow & { places: z.infer<typeof place>[] };

/** An account with the places of its roles today: what decides who may look after it. */
export async function loadAccount(db: Db, personId: string, today: Day): Promise<AccountWithPlaces | undefined> {
  const found = await findAccount(db, personId);
  if (!found) return undefined;
  const places = await all(
    place,
    db("memberships as m")
      .join("units as u", "u.id", "m.unit_id")
      .where("m.person_id", personId)
      .where((q) => void q.whereNull("m.to_on").orWhere("m.to_on", ">", today))
      .select("m.role", "m.unit_id", "u.path", "u.name as unit_name"),
  );
  return { ...found, places };
}

export async function isPupil(db: Db, personId: string): Promise<boolean> {
  const roles = await all(z.object({ role: col.text() }), db("memberships").where({ person_id: personId }).distinct("role"));
  return roles.length > 0 && roles.every(({ role }) => role === "pupil");
}

export interface NewPassword {
  personId: string;
  hash: string;
  at: Instant;
  /** The session that goes on; all others end. */
  keepSidHash?: string;
  requestId: string;
}

/** Saves a password that its owner chose; every other session ends. */
export function savePassword(db: Db, change: NewPassword): Promise<void> {
  return db.transaction((trx) => writePassword(trx, change));
}

/** The same by a link, which is used up in the same transaction; false where somebody was faster. */
export function savePasswordByLink(db: Db, linkId: string, change: NewPassword): Promise<boolean> {
  return db.transaction(async (trx) => {
    if (!(await useLink(trx, linkId, change.at))) return false;
    await writePassword(trx, change);
    return true;
  });
}

async function writePassword(trx: Db, change: NewPassword): Promise<void> {
  await trx("persons").where({ id: change.personId }).update({ password_hash: change.hash });
  await endSessions(trx, change.personId, change.keepSidHash);
  await record(trx, {
    at: change.at,
    actorId: change.personId,
    action: "account.password",
    subjectType: "person",
    subjectId: change.personId,
    requestId: change.requestId,
  });
  await raise(trx, accessChanged, { personId: change.personId, everywhere: true }, change.at);
}

const sessionRow = z.object({ sid_hash: col.text(), device: col.text(), created_at: col.instant(), seen_at: col.instant() });
export type SessionRow = z.infer<typeof sessionRow>;

export function listSessions(db: Db, personId: string, at: Instant): Promise<SessionRow[]> {
  return all(
    sessionRow,
    db("sessions")
      .where({ person_id: personId })
      .where("expires_at", ">", at)
      .orderBy([{ column: "seen_at", order: "desc" }, { column: "sid_hash" }])
      .limit(50)
      .select("sid_hash", "device", "created_at", "seen_at"),
  );
}

/** Ends one of a person's own sessions. */
export async function endSession(db: Db, personId: string, sidHash: string, at: Instant): Promise<void> {
  await db.transaction(async (trx) => {
    await trx("sessions").where({ person_id: personId, sid_hash: sidHash }).del();
    await raise(trx, accessChanged, { personId }, at);
  });
}

/** Signs a person out on every device. */
export async function endAllSessions(db: Db, personId: string, at: Instant, requestId: string): Promise<void> {
  await db.transaction(async (trx) => {
    await endSessions(trx, personId);
    await record(trx, { at, actorId: personId, action: "account.sign_out_everywhere", subjectType: "person", subjectId: personId, requestId });
    await raise(trx, accessChanged, { personId, everywhere: true }, at);
  });
}

/** Suspends an account or lets it in again: from the next request on, with its sessions ended. */
export async function saveState(
  db: Db,
  person: Granted<"suspend", AccountWithPlaces>,
  state: "active" | "suspended",
  act: { by: string; at: Instant; requestId: string },
): Promise<void> {
  await db.transaction(async (trx) => {
    await trx("persons").where({ id: person.id }).update({ state });
    if (state === "suspended") await endSessions(trx, person.id);
    await record(trx, { ...auditOf(act), action: `account.${state}`, subjectType: "person", subjectId: person.id, schoolId: person.places[0]?.unit_id ?? null });
    await raise(trx, accessChanged, { personId: person.id, everywhere: state === "suspended" }, act.at);
  });
}

function auditOf(act: { by: string; at: Instant; requestId: string }) {
  return { at: act.at, actorId: act.by, requestId: act.requestId };
}

/** Whether anybody can sign in yet. */
export async function hasPeople(db: Db): Promise<boolean> {
  return (await db("persons").first("id")) !== undefined;
}

export interface Founding {
  department: string;
  name: string;
  username: string;
  email: string | null;
  passwordHash: string;
  at: Instant;
  today: Day;
}

/** The first day of an installation: the department and its administrator. False where somebody was faster. */
export function saveFounding(db: Db, linkId: string, founding: Founding): Promise<boolean> {
  return db.transaction(async (trx) => {
    if ((await hasPeople(trx)) || !(await useLink(trx, linkId, founding.at))) return false;
    const { at, today } = founding;
    const unitId = newId();
    const personId = newId();
    await trx("units").insert({
      id: unitId,
      kind: "department",
      name: founding.department,
      code: "SO",
      path: `/${unitId}/`,
      opened_on: today,
      search_text: fold(founding.department),
      created_at: at,
    });
    await trx("persons").insert({
      id: personId,
      name: founding.name,
      sort_key: nameSortKey(founding.name),
      search_text: fold(`${founding.name} ${founding.username}`),
      username: founding.username,
      email: founding.email,
      password_hash: founding.passwordHash,
      created_at: at,
    });
    for (const role of ["system_admin", "province_officer"]) {
      await trx("memberships").insert({ id: newId(), person_id: personId, role, unit_id: unitId, from_on: today });
    }
    await record(trx, { at, actorId: personId, action: "account.set_up", subjectType: "unit", subjectId: unitId });
    return true;
  });
}

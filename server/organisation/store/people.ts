import { z } from "zod";
import type { Granted } from "../../access/policy.ts";
import type { Role } from "../../access/actor.ts";
import { ROLES } from "../../access/actor.ts";
import { record } from "../../platform/audit.ts";
import type { Day } from "../../platform/clock.ts";
import { all, col, isUniqueViolation, maybeOne, table, type Db } from "../../platform/db.ts";
import { conflict } from "../../platform/errors.ts";
import { isId, newId } from "../../platform/ids.ts";
import { fold, nameSortKey } from "../../platform/text.ts";
import { usernameFor } from "../rules.ts";
import type { UnitRow } from "../store.ts";
import type { Act } from "./tree.ts";

/** A role that a person holds or held in a unit. */
export const memberships = table("memberships", {
  id: col.id(),
  person_id: col.id(),
  role: col.oneOf(ROLES),
  unit_id: col.id(),
  subject_group_id: col.maybeId(),
  from_on: col.day(),
  to_on: col.maybeDay(),
});

/** A unit in which roles are kept: a school for its administrator, an office for those who manage the tree. */
export type Office = Granted<"administer", UnitRow> | Granted<"manage", UnitRow>;

const member = z.object({
  id: col.id(),
  person_id: col.id(),
  name: col.text(),
  username: col.text(),
  has_password: col.int(),
  role: col.oneOf(ROLES),
  group_name: col.maybeText(),
  from_on: col.day(),
  to_on: col.maybeDay(),
  unit_name: col.text(),
});
export type Member = z.infer<typeof member>;

const MEMBERS_MAX = 1000; // a large school has 150 members of staff

/** The people who hold one of these roles in a unit (or a campus of it) on a day or later, by given name. */
export function listMembers(db: Db, office: Office, roles: readonly Role[], on: Day): Promise<Member[]> {
  return all(
    member,
    membersOf(db, on)
      .where((q) => void q.where("u.id", office.id).orWhere((below) => void below.where("u.path", "like", `${office.path}%`).where("u.kind", "campus")))
      .whereIn("m.role", [...roles])
      .orderBy(["p.sort_key", "p.id", "m.role", "m.id"])
      .limit(MEMBERS_MAX),
  );
}

function membersOf(db: Db, on: Day) {
  return db("memberships as m")
    .join("persons as p", "p.id", "m.person_id")
    .join("units as u", "u.id", "m.unit_id")
    .leftJoin("subject_groups as g", "g.id", "m.subject_group_id")
    .where((q) => void q.whereNull("m.to_on").orWhere("m.to_on", ">", on))
    .select({
      id: "m.id",
      person_id: "p.id",
      name: "p.name",
      username: "p.username",
      has_password: db.raw("CASE WHEN p.password_hash IS NULL THEN 0 ELSE 1 END"),
      role: "m.role",
      group_name: "g.name",
      from_on: "m.from_on",
      to_on: "m.to_on",
      unit_name: "u.name",
    });
}

/** Where else these people hold a role today: one row a person and unit. */
export function listOtherPlaces(db: Db, office: Office, personIds: readonly string[], on: Day): Promise<{ person_id: string; unit_name: string }[]> {
  return all(
    z.object({ person_id: col.id(), unit_name: col.text() }),
    db("memberships as m")
      .join("units as u", "u.id", "m.unit_id")
      .whereIn("m.person_id", [...personIds])
      .whereNot("u.path", "like", `${office.path}%`)
      .where("m.from_on", "<=", on)
      .where((q) => void q.whereNull("m.to_on").orWhere("m.to_on", ">", on))
      .groupBy(["m.person_id", "u.name"])
      .orderBy(["m.person_id", "u.name"])
      .limit(2 * MEMBERS_MAX)
      .select({ person_id: "m.person_id", unit_name: "u.name" }),
  );
}

const known = z.object({ id: col.id(), name: col.text() });

/** The person whom a sign-in name, e-mail or sector code names exactly: nobody is searched for by name across schools. */
export function findPerson(db: Db, who: string): Promise<{ id: string; name: string } | undefined> {
  const query = db("persons")
    .where({ username: who.toLowerCase() })
    .orWhere({ email: who.toLowerCase() })
    .orWhere({ sector_code: who })
    .orderBy("id")
    .first("id", "name");
  return maybeOne(known, query);
}

export async function loadMember(db: Db, office: Office, membershipId: string): Promise<Member | undefined> {
  if (!isId(membershipId)) return undefined;
  const query = membersOf(db, "0000-01-01").where("m.id", membershipId).where("u.path", "like", `${office.path}%`);
  return maybeOne(member, query);
}

export interface GivenRole {
  role: Role;
  subject_group_id: string | null;
  from_on: Day;
}

/** Gives a person a role in a unit. A role that is already held there is a conflict, not a second row. */
export async function saveRole(db: Db, office: Office, personId: string, given: GivenRole, act: Act): Promise<void> {
  await db.transaction((trx) => insertRole(trx, office, personId, given, act));
}

async function insertRole(trx: Db, office: Office, personId: string, given: GivenRole, act: Act): Promise<void> {
  const { role, subject_group_id, from_on } = given;
  const standing = await trx("memberships")
    .where({ person_id: personId, unit_id: office.id, role, subject_group_id })
    .where((q) => void q.whereNull("to_on").orWhere("to_on", ">", from_on))
    .first("id");
  if (standing) throw conflict("already_held");
  const id = newId();
  await trx("memberships").insert({ id, person_id: personId, unit_id: office.id, role, subject_group_id, from_on, to_on: null });
  await record(trx, auditOf(office, act, "membership.give", id, { person_id: personId, role, subject_group_id, from_on }));
}

/** Ends a role on a day; what the person did in it stays. */
export async function endRole(db: Db, office: Office, held: Member, on: Day, act: Act): Promise<void> {
  await db.transaction(async (trx) => {
    // A role that was to begin later, or today, never holds: it ends on its own first day.
    const to_on = held.from_on > on ? held.from_on : on;
    const changed = await trx("memberships")
      .where({ id: held.id })
      .where((q) => void q.whereNull("to_on").orWhere("to_on", ">", to_on))
      .update({ to_on });
    if (changed === 0) throw conflict();
    await record(trx, auditOf(office, act, "membership.end", held.id, { person_id: held.person_id, role: held.role, to_on }));
  });
}

/** Makes an account without a password and gives it a role: whoever it is for sets the password by invitation. */
export async function createPersonWithRole(
  db: Db,
  office: Office,
  person: { name: string; email: string | null },
  given: GivenRole,
  act: Act,
): Promise<{ id: string; username: string }> {
  const create = (): Promise<{ id: string; username: string }> =>
    db.transaction(async (trx) => {
      const base = usernameFor(person.name, new Set());
      const similar = await all(z.object({ username: col.text() }), trx("persons").whereLike("username", `${base}%`).limit(10_000).select("username"));
      const username = usernameFor(person.name, new Set(similar.map((row) => row.username)));
      const id = newId();
      await trx("persons").insert({
        id,
        name: person.name,
        sort_key: nameSortKey(person.name),
        search_text: fold(person.name),
        username,
        email: person.email?.toLowerCase() ?? null,
        created_at: act.at,
      });
      await record(trx, auditOf(office, act, "person.create", id, { role: given.role }));
      await insertRole(trx, office, id, given, act);
      return { id, username };
    });
  return create().catch((error: unknown) => {
    throw isUniqueViolation(error) ? conflict("email_taken") : error;
  });
}

function auditOf(office: Office, act: Act, action: string, id: string, details: Record<string, unknown>) {
  const schoolId = office.kind === "school" || office.kind === "campus" ? office.id : null;
  const subjectType = action.startsWith("person") ? "person" : "membership";
  return { at: act.at, actorId: act.by, action, subjectType, subjectId: id, schoolId, details, requestId: act.requestId };
}

import { z } from "zod";
import { dayOf, type Instant } from "../platform/clock.ts";
import { all, type Db } from "../platform/db.ts";
import type { FoundSession } from "../platform/web/session-store.ts";
import { ROLES, type Actor, type Membership, type Role } from "./actor.ts";

/** One row is one fact about the person: a session, who they are, a role, a class, a course, a child. */
const factRow = z.object({
  fact: z.enum(["session", "person", "role", "pupil", "teaches", "homeroom", "child", "cluster_school", "deputy", "guest"]),
  a: z.string().nullable(),
  b: z.string().nullable(),
  c: z.string().nullable(),
  d: z.string().nullable(),
  e: z.string().nullable(),
});

/** Who is signed in: what decides about rights, and what every page shows of the person besides. */
export type Visitor = Actor & { readonly unreadNotices: number };

/** More than this many unread notices are shown as "99+", so no more are counted. */
const UNREAD_COUNTED_MAX = 100;

/** The facts of a person, whose id is `person` in the common table expression `who`. Bindings: today, at every mark. */
const FACTS = `
  SELECT 'person' AS fact, name AS a, language AS b, theme AS c,
         (SELECT CAST(COUNT(*) AS VARCHAR(9)) FROM (SELECT 1 FROM notices n WHERE n.person_id = persons.id AND n.read_at IS NULL LIMIT ${UNREAD_COUNTED_MAX}) AS unread) AS d, NULL AS e
    FROM persons WHERE id = (SELECT person FROM who) AND state = 'active'
  UNION ALL
  SELECT 'role', m.role, u.id, u.path, u.name, s.subject_code
    FROM memberships m JOIN units u ON u.id = m.unit_id
    LEFT JOIN subject_group_subjects s ON s.subject_group_id = m.subject_group_id
    WHERE m.person_id = (SELECT person FROM who) AND m.from_on <= ? AND (m.to_on IS NULL OR m.to_on > ?)
  UNION ALL
  SELECT 'pupil', class_id, NULL, NULL, NULL, NULL
    FROM class_enrolments WHERE person_id = (SELECT person FROM who) AND from_on <= ? AND (to_on IS NULL OR to_on > ?)
  UNION ALL
  SELECT 'teaches', c.id, c.class_id, NULL, NULL, NULL
    FROM course_teachers ct JOIN courses c ON c.id = ct.course_id
    WHERE ct.person_id = (SELECT person FROM who) AND ct.from_on <= ? AND (ct.to_on IS NULL OR ct.to_on > ?)
  UNION ALL
  SELECT 'homeroom', id, NULL, NULL, NULL, NULL FROM classes WHERE homeroom_teacher_id = (SELECT person FROM who)
  UNION ALL
  SELECT 'child', g.pupil_id, e.class_id, NULL, NULL, NULL
    FROM guardianships g
    LEFT JOIN class_enrolments e ON e.person_id = g.pupil_id AND e.from_on <= ? AND (e.to_on IS NULL OR e.to_on > ?)
    WHERE g.parent_id = (SELECT person FROM who) AND g.from_on <= ? AND (g.to_on IS NULL OR g.to_on > ?)
  UNION ALL
  SELECT 'cluster_school', other.school_id, NULL, NULL, NULL, NULL
    FROM memberships m JOIN units u ON u.id = m.unit_id
    JOIN cluster_members mine ON mine.school_id = u.id OR mine.school_id = u.parent_id
    JOIN cluster_members other ON other.cluster_id = mine.cluster_id
    WHERE m.person_id = (SELECT person FROM who) AND m.role IN ('teacher', 'department_head', 'school_leader', 'school_admin')
      AND m.from_on <= ? AND (m.to_on IS NULL OR m.to_on > ?)
      AND mine.from_on <= ? AND (mine.to_on IS NULL OR mine.to_on > ?)
      AND other.from_on <= ? AND (other.to_on IS NULL OR other.to_on > ?)
  UNION ALL
  SELECT 'deputy', d.school_id, p.name, NULL, NULL, NULL
    FROM review_deputies d JOIN persons p ON p.id = d.named_by
    WHERE d.person_id = (SELECT person FROM who) AND d.ended_at IS NULL AND d.from_on <= ? AND d.to_on >= ?
  UNION ALL
  SELECT 'guest', g.live_class_id, i.expires_at, i.revoked_at, NULL, NULL
    FROM live_guests g JOIN live_invitations i ON i.id = g.invitation_id
    WHERE g.person_id = (SELECT person FROM who)`;

const OF_PERSON = `WITH who AS (SELECT id AS person FROM persons WHERE id = ?) ${FACTS}`;
const OF_SESSION = `
  WITH who AS (SELECT person_id AS person, data, expires_at, seen_at FROM sessions WHERE sid_hash = ?) ${FACTS}
  UNION ALL
  SELECT 'session', person, data, expires_at, seen_at, NULL FROM who`;

const DAYS_ASKED = FACTS.split("?").length - 1;

function factBindings(at: Instant): string[] {
  return Array.from({ length: DAYS_ASKED }, () => dayOf(at));
}

/**
 * Builds the actor in one query; undefined where the person does not exist or is suspended, so that a suspension holds
 * from the next request on.
 */
export async function loadActor(db: Db, personId: string, at: Instant): Promise<Visitor | undefined> {
  return actorOf(personId, await all(factRow, db.raw(OF_PERSON, [personId, ...factBindings(at)])), at);
}

/** A session with the actor whose it is, in one query: every page begins with both. */
export async function findSession(db: Db, sidHash: string, at: Instant): Promise<FoundSession<Visitor> | undefined> {
  const rows = await all(factRow, db.raw(OF_SESSION, [sidHash, ...factBindings(at)]));
  const found = rows.find((row) => row.fact === "session");
  if (found === undefined) return undefined;
  return { data: found.b ?? "{}", expires_at: found.c ?? "", seen_at: found.d ?? "", person: found.a === null ? undefined : actorOf(found.a, rows, at) };
}

type Fact = z.infer<typeof factRow>;

function actorOf(personId: string, rows: readonly Fact[], at: Instant): Visitor | undefined {
  const person = rows.find((row) => row.fact === "person");
  if (person === undefined) return undefined;
  const having = (fact: Fact["fact"], column: "a" | "b"): Set<string> =>
    new Set(rows.filter((row) => row.fact === fact && row[column] !== null).map((row) => row[column] ?? ""));
  return {
    personId,
    name: person.a ?? "",
    language: person.b === "en" ? "en" : "vi",
    theme: person.c === "light" || person.c === "dark" ? person.c : "auto",
    unreadNotices: Number(person.d ?? 0),
    memberships: membershipsOf(rows.filter((row) => row.fact === "role")),
    pupilOf: having("pupil", "a"),
    teaches: having("teaches", "a"),
    teachesClasses: having("teaches", "b"),
    homeroomOf: having("homeroom", "a"),
    children: having("child", "a"),
    childrenClasses: having("child", "b"),
    clusterSchools: having("cluster_school", "a"),
    deputyIn: new Map(rows.filter((row) => row.fact === "deputy" && row.a !== null).map((row) => [row.a ?? "", row.b ?? ""])),
    guestOf: new Set(rows.filter((row) => row.fact === "guest" && (row.b ?? "") > at && row.c === null).map((row) => row.a ?? "")),
    isGuest: rows.some((row) => row.fact === "guest"),
  };
}

/** A department head has one row for each subject of the group. */
function membershipsOf(rows: readonly Fact[]): Membership[] {
  const found = new Map<string, Membership & { subjects: string[] }>();
  for (const row of rows) {
    const role = ROLES.find((known): known is Role => known === row.a);
    if (role === undefined || row.b === null || row.c === null) continue;
    const key = `${role} ${row.b}`;
    const membership = found.get(key) ?? { role, unitId: row.b, unitPath: row.c, unitName: row.d ?? "", subjects: [] };
    if (row.e !== null && !membership.subjects.includes(row.e)) membership.subjects.push(row.e);
    found.set(key, membership);
  }
  return [...found.values()];
}

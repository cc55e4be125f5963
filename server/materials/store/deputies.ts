import { z } from "zod";
import type { Granted } from "../../access/policy.ts";
import { notify } from "../../notices/store.ts";
import { record } from "../../platform/audit.ts";
import { dayOf, type Day, type Instant } from "../../platform/clock.ts";
import { all, col, maybeOne, table, type Db } from "../../platform/db.ts";
import { conflict } from "../../platform/errors.ts";
import { newId } from "../../platform/ids.ts";
import { nameOf } from "./telling.ts";
import type { Act } from "./upload.ts";

/** Who approves in a leader's place (duyệt thay), in one school, for a time. */
export const reviewDeputies = table("review_deputies", {
  id: col.id(),
  school_id: col.id(),
  person_id: col.id(),
  named_by: col.id(),
  from_on: col.day(),
  to_on: col.day(),
  reason: col.text(),
  named_at: col.instant(),
  ended_at: col.maybeInstant(),
  ended_by: col.maybeId(),
});

const withNames = reviewDeputies.row.extend({ name: col.text(), named_by_name: col.text() });
export type DeputyRow = z.infer<typeof withNames>;

const DEPUTIES_SHOWN_MAX = 50;

/** Deputies of a school, those before too, the newest first. */
export function listDeputies(db: Db, school: { id: string }): Promise<DeputyRow[]> {
  return all(
    withNames,
    db("review_deputies as d")
      .join("persons as p", "p.id", "d.person_id")
      .join("persons as b", "b.id", "d.named_by")
      .where("d.school_id", school.id)
      .orderBy("d.id", "desc")
      .limit(DEPUTIES_SHOWN_MAX)
      .select(reviewDeputies.columns.map((name) => `d.${name}`))
      .select({ name: "p.name", named_by_name: "b.name" }),
  );
}

const candidate = z.object({ id: col.id(), name: col.text() });
const CANDIDATES_MAX = 300;

/** Teachers and heads of a school who do not lead it themselves, in the order of a list of names. */
export function listCandidates(db: Db, school: { id: string; path: string }, at: Instant): Promise<z.infer<typeof candidate>[]> {
  const today = dayOf(at);
  const holding = (roles: readonly string[]) =>
    db("memberships as r")
      .join("units as u", "u.id", "r.unit_id")
      .whereIn("r.role", [...roles])
      .whereLike("u.path", `${school.path}%`)
      .where("r.from_on", "<=", today)
      .where((open) => void open.whereNull("r.to_on").orWhere("r.to_on", ">", today))
      .select("r.person_id");
  return all(
    candidate,
    db("persons as p")
      .where("p.state", "active")
      .whereIn("p.id", holding(["teacher", "department_head"]))
      .whereNotIn("p.id", holding(["school_leader"]))
      .orderBy(["p.sort_key", "p.id"])
      .limit(CANDIDATES_MAX)
      .select("p.id", "p.name"),
  );
}

export interface NewDeputy {
  person: string;
  from_on: Day;
  to_on: Day;
  reason: string;
}

/** @throws Refusal 409 where the person is the school's deputy on one of these days already */
export async function saveDeputy(db: Db, school: Granted<"review_settings", { id: string; name: string }>, given: NewDeputy, act: Act): Promise<void> {
  await db.transaction(async (trx) => {
    const same = trx("review_deputies").where({ school_id: school.id, person_id: given.person, ended_at: null }).where("from_on", "<=", given.to_on).where("to_on", ">=", given.from_on);
    if ((await maybeOne(z.object({ id: col.id() }), same.first("id"))) !== undefined) throw conflict("deputy_already");
    const { person, ...days } = given;
    const id = newId();
    await trx("review_deputies").insert({ id, school_id: school.id, person_id: person, ...days, named_by: act.by, named_at: act.at, ended_at: null, ended_by: null });
    await auditDeputy(trx, "review_deputy.name", school.id, { id, person_id: person, ...days }, act);
    const by = await nameOf(trx, act.by);
    await notify(trx, [person], { kind: "deputy_named", href: "/review", params: { title: school.name, by, school: school.name, comment: given.reason } }, act.at);
  });
}

/** Ends a deputy's time before its last day. @throws Refusal 409 where it has ended already */
export async function endDeputy(db: Db, school: Granted<"review_settings", { id: string }>, id: string, act: Act): Promise<void> {
  await db.transaction(async (trx) => {
    const ended = await trx("review_deputies").where({ id, school_id: school.id, ended_at: null }).where("to_on", ">=", dayOf(act.at)).update({ ended_at: act.at, ended_by: act.by });
    if (ended === 0) throw conflict();
    await auditDeputy(trx, "review_deputy.end", school.id, { id }, act);
  });
}

function auditDeputy(trx: Db, action: string, schoolId: string, details: Record<string, unknown>, act: Act): Promise<void> {
  return record(trx, { at: act.at, actorId: act.by, action, subjectType: "unit", subjectId: schoolId, schoolId, details, requestId: act.requestId });
}

import { z } from "zod";
import type { Granted } from "../../access/policy.ts";
import { notify } from "../../notices/store.ts";
import { dayOf, type Instant } from "../../platform/clock.ts";
import { all, col, type Db } from "../../platform/db.ts";
import { conflict } from "../../platform/errors.ts";
import { note, type By, type LiveRow } from "./classes.ts";

const candidate = z.object({ id: col.id(), name: col.text() });
export type Candidate = z.infer<typeof candidate>;
const CANDIDATES_MAX = 300;

/** Who of the school may teach in the teacher's place on that day, in the order of a list of names. */
export function listSubstitutes(db: Db, live: Granted<"substitute", LiveRow>): Promise<Candidate[]> {
  const day = dayOf(live.starts_at);
  const teaching = db("memberships as r")
    .join("units as u", "u.id", "r.unit_id")
    .whereIn("r.role", ["teacher", "department_head", "school_leader"])
    .whereLike("u.path", `${live.school.path}%`)
    .where("r.from_on", "<=", day)
    .where((open) => void open.whereNull("r.to_on").orWhere("r.to_on", ">", day))
    .select("r.person_id");
  return all(
    candidate,
    db("persons as p").where("p.state", "active").whereIn("p.id", teaching).whereNot("p.id", live.teacher_id).orderBy(["p.sort_key", "p.id"]).limit(CANDIDATES_MAX).select("p.id", "p.name"),
  );
}

/**
 * Names who teaches this one class in the teacher's place, or nobody any more. The person, whoever was named before, and the
 * teacher where another decided it, are told. What the class brings stands in the ledger as taught by that person.
 *
 * @param before who was named when the form was shown: somebody else's decision meanwhile is not undone unseen
 * @throws Refusal 409 where that changed, or the class is over
 */
export async function saveSubstitute(db: Db, live: Granted<"substitute", LiveRow>, named: { person: string | null; before: string | null; reason: string; when: string }, who: By & { name: string }): Promise<void> {
  await db.transaction(async (trx) => {
    const changed = await trx("live_classes").where({ id: live.id, substitute_id: named.before }).whereIn("state", ["scheduled", "open"]).update({ substitute_id: named.person });
    if (changed === 0) throw conflict("live_substitute_moved_on");
    if (named.person === named.before) return;
    await note(trx, live, "live.substitute", who, { person_id: named.person, before: named.before, reason: named.reason });
    const params = { title: live.title, by: who.name, when: named.when, comment: named.reason };
    await tell(trx, [named.person], who.by, "live_substitute", params, who.at, live.id);
    await tell(trx, [named.before], who.by, "live_substitute_ended", params, who.at, live.id);
    await tell(trx, [live.teacher_id], who.by, named.person === null ? "live_teaches_again" : "live_substituted", params, who.at, live.id);
  });
}

/** Nobody is told what they did themselves. */
async function tell(trx: Db, people: readonly (string | null)[], by: string, kind: "live_substitute" | "live_substitute_ended" | "live_substituted" | "live_teaches_again", params: Record<string, string>, at: Instant, liveId: string): Promise<void> {
  const others = people.filter((id): id is string => id !== null && id !== by);
  if (others.length > 0) await notify(trx, others, { kind, href: `/live-classes/${liveId}`, params }, at);
}

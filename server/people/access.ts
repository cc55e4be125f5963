import type { Actor } from "../access/actor.ts";
import { grant, pupilRefusal, schoolRefusal, type Granted, type PupilAction } from "../access/policy.ts";
import { loadSchool } from "../organisation/store.ts";
import { recordLook } from "../platform/audit.ts";
import { dayOf, type Instant } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { forbidden, notFound } from "../platform/errors.ts";
import { loadImport, type RosterImport } from "./store/imports.ts";
import { loadPupil, type PupilRow } from "./store/roster.ts";

/** Opens a roster import with its school, for those who administer the school. */
export async function openRosterImport(db: Db, actor: Actor, id: string): Promise<Granted<"administer", RosterImport>> {
  const found = await loadImport(db, id);
  const school = found && (await loadSchool(db, found.school_id));
  const reason = school && schoolRefusal(actor, "administer", school);
  if (!found || !school || reason === "hidden") throw notFound();
  if (reason) throw forbidden(reason);
  return grant({ ...found, school }, "administer");
}

/** Opens a pupil's own record. Every look at somebody else's is written down: here, once, not in every handler. */
export async function openPupil<A extends PupilAction>(db: Db, actor: Actor, id: string, action: A, look: { at: Instant; what: string }): Promise<Granted<A, PupilRow>> {
  const pupil = await loadPupil(db, id, dayOf(look.at));
  const reason = pupil && pupilRefusal(actor, action, pupil);
  if (!pupil || reason === "hidden") throw notFound();
  if (reason) throw forbidden(reason);
  if (pupil.id !== actor.personId) await recordLook(db, { at: look.at, actorId: actor.personId, pupilId: pupil.id, what: look.what });
  return grant(pupil, action);
}

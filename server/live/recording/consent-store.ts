import { z } from "zod";
import { record } from "../../platform/audit.ts";
import type { Instant } from "../../platform/clock.ts";
import { all, col, type Db } from "../../platform/db.ts";
import { newId } from "../../platform/ids.ts";
import { raise } from "../../platform/jobs/queue.ts";
import { recordingConsentEnded } from "../events.ts";

const childRow = z.object({ id: col.id(), name: col.text(), given_at: col.maybeInstant() });

export function listChildren(db: Db, ids: readonly string[]): Promise<z.infer<typeof childRow>[]> {
  return all(
    childRow,
    db("persons as p")
      .leftJoin("recording_consents as k", (join) => join.on("k.pupil_id", "p.id").andOnNull("k.withdrawn_at"))
      .whereIn("p.id", [...ids])
      .groupBy("p.id", "p.name", "p.sort_key")
      .orderBy(["p.sort_key", "p.id"])
      .select("p.id", "p.name", { given_at: db.raw("MIN(k.given_at)") }),
  );
}

interface ConsentAct {
  by: string;
  at: Instant;
  requestId: string;
}

/** Each giving is a row that only ends: the proof stays. Given twice is given once. */
export async function saveConsent(db: Db, pupilId: string, act: ConsentAct): Promise<void> {
  await db.transaction(async (trx) => {
    await trx("persons").where({ id: pupilId }).update({ id: pupilId }); // held: two parents at once give one consent
    if (await trx("recording_consents").where({ pupil_id: pupilId }).whereNull("withdrawn_at").first("id")) return;
    await trx("recording_consents").insert({ id: newId(), pupil_id: pupilId, given_by: act.by, given_at: act.at });
    await audit(trx, "consent.recording", pupilId, act);
  });
}

export async function endConsent(db: Db, pupilId: string, act: ConsentAct): Promise<void> {
  await db.transaction(async (trx) => {
    const ended = await trx("recording_consents").where({ pupil_id: pupilId }).whereNull("withdrawn_at").update({ withdrawn_by: act.by, withdrawn_at: act.at });
    if (ended === 0) return;
    await audit(trx, "consent.recording_withdraw", pupilId, act);
    await raise(trx, recordingConsentEnded, { pupilId }, act.at);
  });
}

function audit(trx: Db, action: string, pupilId: string, act: ConsentAct): Promise<void> {
  return record(trx, { at: act.at, actorId: act.by, action, subjectType: "person", subjectId: pupilId, schoolId: null, details: {}, requestId: act.requestId });
}

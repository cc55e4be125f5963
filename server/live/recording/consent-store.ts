import { z } from "zod";
import { record } from "../../platform/audit.ts";
import type { Instant } from "../../platform/clock.ts";
import { all, col, type Db } from "../../platform/db.ts";
import { newId } from "../../platform/ids.ts";
import { raise } from "../../platform/jobs/queue.ts";
import { recordingConsentEnded } from "../events.ts";
import { recordingConsents } from "./tables.ts";
import { WORDING } from "./wording.ts";

const childRow = z.object({ id: col.id(), name: col.text() });

export function listChildren(db: Db, ids: readonly string[]): Promise<z.infer<typeof childRow>[]> {
  return all(childRow, db("persons").whereIn("id", [...ids]).orderBy(["sort_key", "id"]).limit(50).select("id", "name"));
}

const consentRow = recordingConsents.row.extend({ giver: col.text() });
export type ConsentRow = z.infer<typeof consentRow>;

/** Every consent that was given for some pupils, the newest first. By the index of the pupil. */
export function listConsents(db: Db, pupilIds: readonly string[]): Promise<ConsentRow[]> {
  const columns = recordingConsents.columns.map((name) => `k.${name}`);
  return all(consentRow, db("recording_consents as k").join("persons as g", "g.id", "k.given_by").whereIn("k.pupil_id", [...pupilIds]).orderBy([{ column: "k.given_at", order: "desc" }, "k.id"]).limit(500).select(columns).select({ giver: "g.name" }));
}

interface ConsentAct {
  by: string;
  at: Instant;
  requestId: string;
}

/** Each giving is a row that only ends: the proof stays, with the wording. Given twice to one wording is given once. */
export async function saveConsent(db: Db, pupilId: string, act: ConsentAct): Promise<void> {
  await db.transaction(async (trx) => {
    await trx("persons").where({ id: pupilId }).update({ id: pupilId }); // held: two parents at once give one consent
    if (await trx("recording_consents").where({ pupil_id: pupilId, wording: WORDING }).whereNull("withdrawn_at").first("id")) return;
    await trx("recording_consents").insert({ id: newId(), pupil_id: pupilId, given_by: act.by, given_at: act.at, wording: WORDING });
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

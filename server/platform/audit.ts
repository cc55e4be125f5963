import { insertAll, type Db } from "./db.ts";
import { newId } from "./ids.ts";
import type { Instant } from "./clock.ts";

export interface AuditEntry {
  at: Instant;
  /** Who did it; null for the system itself. */
  actorId: string | null;
  /** What was done: `material.approve`, `plan.publish`, … */
  action: string;
  subjectType: string;
  subjectId: string;
  schoolId?: string | null;
  /** Ids, states and numbers; never a pupil's name, code, mark or message. */
  details?: Record<string, unknown>;
  requestId?: string | null;
}

/** Appends to the audit log, in the transaction of the act itself. Entries are never changed or removed. */
export async function record(trx: Db, entry: AuditEntry): Promise<void> {
  await trx("audit_entries").insert({
    id: newId(),
    at: entry.at,
    actor_id: entry.actorId,
    action: entry.action,
    subject_type: entry.subjectType,
    subject_id: entry.subjectId,
    school_id: entry.schoolId ?? null,
    details: JSON.stringify(entry.details ?? {}),
    request_id: entry.requestId ?? null,
  });
}

/** Notes that somebody looked at another person's results. Written by doors, once for each look. */
export async function recordLook(db: Db, look: { at: Instant; actorId: string; pupilId: string; what: string }): Promise<void> {
  await recordLooks(db, [look.pupilId], look);
}

/** The same for one look at many people, such as a class list. */
export async function recordLooks(db: Db, pupilIds: readonly string[], look: { at: Instant; actorId: string; what: string }): Promise<void> {
  await insertAll(db, "access_log", pupilIds.map((pupil_id) => ({ id: newId(), at: look.at, actor_id: look.actorId, pupil_id, what: look.what })));
}

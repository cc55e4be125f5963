import { z } from "zod";
import type { Instant } from "../../platform/clock.ts";
import { all, col, maybeOne, one, table, type Db } from "../../platform/db.ts";
import { record } from "../../platform/audit.ts";
import type { Granted } from "../../access/policy.ts";
import type { Act } from "./upload.ts";

/** What a school may store where the province set a figure of its own for it. */
export const schoolQuotas = table("school_quotas", {
  school_id: col.id(),
  bytes: col.int(),
  set_by: col.id(),
  set_at: col.instant(),
});

/** How much a school stores and may store, in bytes. */
export interface Room {
  used: number;
  quota: number;
  /** Never below nothing, also where a quota was lowered under what is there. */
  left: number;
}

/** Every file of a school once, however many versions and materials it serves. Binding: the school. */
const FILES_OF_SCHOOL = `
  SELECT v.blob_hash, MAX(v.size_bytes) AS size_bytes, MIN(m.id) AS material_id, MIN(m.subject_code) AS subject_code, MIN(m.kind) AS kind
    FROM materials m JOIN material_versions v ON v.material_id = m.id
   WHERE m.school_id = ?
   GROUP BY v.blob_hash`;

/** @param installation what a school may store where nothing was set for it, in bytes */
export async function roomOf(db: Db, schoolId: string, installation: number): Promise<Room> {
  const row = await one(
    z.object({ used: col.int(), own: col.maybeInt() }),
    db.raw(
      `SELECT (SELECT COALESCE(SUM(f.size_bytes), 0) FROM (${FILES_OF_SCHOOL}) f) AS used,
              (SELECT q.bytes FROM school_quotas q WHERE q.school_id = ?) AS own`,
      [schoolId, schoolId],
    ),
  );
  const quota = row.own ?? installation;
  return { used: row.used, quota, left: Math.max(0, quota - row.used) };
}

/** Whether a school's materials hold this content already: then it takes no more room. */
export async function holdsBlob(db: Db, schoolId: string, hash: string): Promise<boolean> {
  const found = db("material_versions as v").join("materials as m", "m.id", "v.material_id").where({ "v.blob_hash": hash, "m.school_id": schoolId }).first("v.id");
  return (await maybeOne(z.object({ id: col.id() }), found)) !== undefined;
}

/** What is left and may be stored at all, where a file does not fit; undefined where it does. Asked before the file is kept. */
export async function lackOfRoom(db: Db, schoolId: string, file: { hash: string; size: number }, installation: number): Promise<{ left: number; quota: number } | undefined> {
  const { left, quota } = await roomOf(db, schoolId, installation);
  return file.size <= left || (await holdsBlob(db, schoolId, file.hash)) ? undefined : { left, quota };
}

const schoolUse = z.object({ id: col.id(), files: col.int(), bytes: col.int(), quota: col.maybeInt() });
export type SchoolUse = z.infer<typeof schoolUse>;

/** What each of these schools stores, every file once a school, and the quota that was set for it, if any. */
export async function listUseOfSchools(db: Db, ids: readonly string[]): Promise<Map<string, SchoolUse>> {
  const files = db("material_versions as v").join("materials as m", "m.id", "v.material_id").whereIn("m.school_id", [...ids]).distinct("m.school_id", "v.blob_hash", "v.size_bytes").as("f");
  const rows = await all(
    schoolUse,
    db("units as s")
      .leftJoin(files, "f.school_id", "s.id")
      .leftJoin("school_quotas as q", "q.school_id", "s.id")
      .whereIn("s.id", [...ids])
      .groupBy("s.id", "q.bytes")
      .select("s.id", { quota: "q.bytes" })
      .select(db.raw("COUNT(f.blob_hash) AS files"), db.raw("COALESCE(SUM(f.size_bytes), 0) AS bytes")),
  );
  return new Map(rows.map((row) => [row.id, row]));
}

const useRow = z.object({ subject_code: col.maybeText(), subject_vi: col.maybeText(), subject_en: col.maybeText(), kind: col.text(), files: col.int(), bytes: col.int() });
export type UseRow = z.infer<typeof useRow>;

/** What a school stores by subject and kind; the sum is what is used. */
export function listUse(db: Db, school: Granted<"read", { id: string }>): Promise<UseRow[]> {
  return all(
    useRow,
    db.raw(
      `SELECT f.subject_code, s.name_vi AS subject_vi, s.name_en AS subject_en, f.kind, COUNT(*) AS files, SUM(f.size_bytes) AS bytes
         FROM (${FILES_OF_SCHOOL}) f LEFT JOIN subjects s ON s.code = f.subject_code
        GROUP BY f.subject_code, s.name_vi, s.name_en, f.kind
        ORDER BY bytes DESC, f.kind`,
      [school.id],
    ),
  );
}

const largeRow = z.object({ id: col.id(), title: col.text(), mime: col.text(), size_bytes: col.int(), uploader_name: col.text(), uploaded_at: col.instant() });
export type LargeRow = z.infer<typeof largeRow>;

const LARGEST_SHOWN = 20;

/** The files that take most room, each with one of the materials it serves. */
export function listLargest(db: Db, school: Granted<"read", { id: string }>): Promise<LargeRow[]> {
  return all(
    largeRow,
    db.raw(
      `SELECT m.id, m.title, b.mime, f.size_bytes, p.name AS uploader_name, m.created_at AS uploaded_at
         FROM (${FILES_OF_SCHOOL}) f
         JOIN materials m ON m.id = f.material_id
         JOIN blobs b ON b.hash = f.blob_hash
         JOIN persons p ON p.id = m.uploaded_by
        ORDER BY f.size_bytes DESC, m.id
        LIMIT ${LARGEST_SHOWN}`,
      [school.id],
    ),
  );
}

/** Sets what a school may store; nothing sets it back to the installation's own figure. */
export async function saveQuota(db: Db, school: Granted<"set", { id: string }>, bytes: number | null, act: Act): Promise<void> {
  await db.transaction(async (trx) => {
    if (bytes === null) await trx("school_quotas").where({ school_id: school.id }).del();
    else await trx("school_quotas").insert(quotaRow(school.id, bytes, act.by, act.at)).onConflict("school_id").merge();
    await record(trx, {
      ...{ at: act.at, actorId: act.by, action: "school.quota", subjectType: "school", subjectId: school.id },
      ...{ schoolId: school.id, details: { bytes }, requestId: act.requestId },
    });
  });
}

function quotaRow(schoolId: string, bytes: number, by: string, at: Instant): z.infer<typeof schoolQuotas.row> {
  return { school_id: schoolId, bytes, set_by: by, set_at: at };
}

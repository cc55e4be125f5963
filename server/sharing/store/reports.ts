import { z } from "zod";
import type { Actor } from "../../access/actor.ts";
import type { Granted } from "../../access/policy.ts";
import { record } from "../../platform/audit.ts";
import { all, col, maybeOne, type Db } from "../../platform/db.ts";
import { conflict } from "../../platform/errors.ts";
import { isId, newId } from "../../platform/ids.ts";
import type { MaterialRow } from "../../materials/store.ts";
import { audit, type Act } from "../../materials/store/upload.ts";
import { nameOf } from "../../materials/store/telling.ts";
import { notify } from "../../notices/store.ts";
import { tellOfReport } from "./telling.ts";
import type { ReportKind } from "../rules.ts";
import { materialReports } from "../store.ts";

const reported = materialReports.row.extend({
  title: col.text(),
  taken_down_at: col.maybeInstant(),
  school_id: col.id(),
  school_name: col.text(),
  school_path: col.text(),
  reporter_name: col.text(),
  answerer_name: col.maybeText(),
});
export type ReportRow = z.infer<typeof reported> & { school: { id: string; path: string } };

const reportQuery = (db: Db) =>
  db("material_reports as r")
    .join("materials as m", "m.id", "r.material_id")
    .join("units as s", "s.id", "m.school_id")
    .join("persons as p", "p.id", "r.reported_by")
    .leftJoin("persons as a", "a.id", "r.answered_by")
    .select(materialReports.columns.map((name) => `r.${name}`))
    .select({ title: "m.title", taken_down_at: "m.taken_down_at", school_id: "s.id", school_name: "s.name", school_path: "s.path", reporter_name: "p.name", answerer_name: "a.name" });

const withSchool = (row: z.infer<typeof reported>): ReportRow => ({ ...row, school: { id: row.school_id, path: row.school_path } });

/**
 * Saves a report. One person has one open report of a material: a second one is added to it.
 */
export async function saveReport(db: Db, material: Granted<"report", MaterialRow>, report: { kind: ReportKind; words: string }, act: Act): Promise<string> {
  return db.transaction(async (trx) => {
    const open = await maybeOne(materialReports.row, trx("material_reports").where({ material_id: material.id, reported_by: act.by, state: "open" }).select(materialReports.columns));
    if (open !== undefined) {
      if (!open.words.includes(report.words)) await trx("material_reports").where({ id: open.id }).update({ kind: report.kind, words: `${open.words}\n${report.words}`.slice(0, 2000) });
      return open.id;
    }
    const id = newId();
    await trx("material_reports").insert({ id, material_id: material.id, reported_by: act.by, ...report, reported_at: act.at });
    await tellOfReport(trx, material, report.words, act);
    await audit(trx, "material.report", material, { report: id, kind: report.kind }, act);
    return id;
  });
}

export async function loadReport(db: Db, id: string): Promise<ReportRow | undefined> {
  const row = isId(id) ? await maybeOne(reported, reportQuery(db).where("r.id", id)) : undefined;
  return row && withSchool(row);
}

const REPORTS_MAX = 200;

/** Reports about materials of the schools for which the person answers: as a leader, or as an officer above. The open ones wait longest first. */
export async function listReports(db: Db, actor: Actor, state: "open" | "answered"): Promise<ReportRow[]> {
  const leads = actor.memberships.filter((m) => m.role === "school_leader").flatMap((m) => m.unitPath.split("/").filter(Boolean));
  const offices = actor.memberships.filter((m) => m.role === "commune_officer" || m.role === "province_officer").map((m) => m.unitPath);
  const query = reportQuery(db)
    .where("r.state", state)
    .where((any) => {
      any.whereIn("m.school_id", leads);
      for (const path of offices) any.orWhere("s.path", "like", `${path}%`);
    })
    .orderBy("r.id", state === "open" ? "asc" : "desc")
    .limit(REPORTS_MAX);
  return (await all(reported, query)).map(withSchool);
}

/** What a person reported, with the answers, the newest first. */
export async function listOwnReports(db: Db, personId: string): Promise<ReportRow[]> {
  return (await all(reported, reportQuery(db).where("r.reported_by", personId).orderBy("r.id", "desc").limit(50))).map(withSchool);
}

export function countOpenReports(db: Db, materialId: string): Promise<{ open: number } | undefined> {
  return maybeOne(z.object({ open: col.int() }), db("material_reports").where({ material_id: materialId, state: "open" }).count({ open: "*" }));
}

/** Answers a report; who reported it reads the answer. */
export async function saveAnswer(db: Db, report: Granted<"answer", ReportRow>, answer: string, act: Act): Promise<void> {
  await db.transaction(async (trx) => {
    const moved = await trx("material_reports").where({ id: report.id, state: "open" }).update({ state: "answered", answer, answered_by: act.by, answered_at: act.at });
    if (moved === 0) throw conflict("conflict");
    await notify(trx, [report.reported_by].filter((id) => id !== act.by), { kind: "report_answered", href: "/library/reports", params: { title: report.title, by: await nameOf(trx, act.by), comment: answer } }, act.at);
    await record(trx, { at: act.at, actorId: act.by, action: "material.answer_report", subjectType: "material", subjectId: report.material_id, schoolId: report.school_id, details: { report: report.id }, requestId: act.requestId });
  });
}

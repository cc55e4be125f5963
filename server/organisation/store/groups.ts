import { z } from "zod";
import type { Granted } from "../../access/policy.ts";
import { record } from "../../platform/audit.ts";
import type { Day } from "../../platform/clock.ts";
import { all, col, insertAll, isUniqueViolation, maybeOne, table, type Db } from "../../platform/db.ts";
import { conflict } from "../../platform/errors.ts";
import { isId, newId } from "../../platform/ids.ts";
import type { UnitRow } from "../store.ts";
import type { Act } from "./tree.ts";

/** A subject group (tổ chuyên môn) of a school. */
export const subjectGroups = table("subject_groups", { id: col.id(), school_id: col.id(), name: col.text() });
export const subjectGroupSubjects = table("subject_group_subjects", { subject_group_id: col.id(), subject_code: col.text() });

export const subjects = table("subjects", { code: col.text(), name_vi: col.text(), name_en: col.text(), position: col.int() });
export type SubjectRow = z.infer<typeof subjects.row>;

/** A group with the codes of its subjects and the names of its heads. */
export type Group = z.infer<typeof subjectGroups.row> & { subjects: string[]; heads: string[] };

/** All subjects in the order of the programme. */
export function listSubjects(db: Db): Promise<SubjectRow[]> {
  return all(subjects.row, db("subjects").orderBy(["position", "code"]).limit(200).select(subjects.columns));
}

/** The subject groups of a school with their subjects and today's heads. */
export async function listGroups(db: Db, school: { id: string }, on: Day): Promise<Group[]> {
  const rows = await all(subjectGroups.row, db("subject_groups").where({ school_id: school.id }).orderBy(["name", "id"]).limit(100).select(subjectGroups.columns));
  const ids = rows.map((row) => row.id);
  const taught = await all(
    subjectGroupSubjects.row,
    db("subject_group_subjects").whereIn("subject_group_id", ids).orderBy(["subject_group_id", "subject_code"]).select(subjectGroupSubjects.columns),
  );
  const heads = await all(
    z.object({ subject_group_id: col.id(), name: col.text() }),
    db("memberships as m")
      .join("persons as p", "p.id", "m.person_id")
      .whereIn("m.subject_group_id", ids)
      .where("m.role", "department_head")
      .where("m.from_on", "<=", on)
      .where((q) => void q.whereNull("m.to_on").orWhere("m.to_on", ">", on))
      .orderBy(["m.subject_group_id", "p.sort_key"])
      .select({ subject_group_id: "m.subject_group_id", name: "p.name" }),
  );
  return rows.map((row) => ({
    ...row,
    subjects: taught.filter((t) => t.subject_group_id === row.id).map((t) => t.subject_code),
    heads: heads.filter((h) => h.subject_group_id === row.id).map((h) => h.name),
  }));
}

export function findGroup(db: Db, school: { id: string }, id: string): Promise<z.infer<typeof subjectGroups.row> | undefined> {
  if (!isId(id)) return Promise.resolve(undefined);
  return maybeOne(subjectGroups.row, db("subject_groups").where({ id, school_id: school.id }).select(subjectGroups.columns));
}

/** Makes a subject group, or changes its name and subjects. */
export async function saveGroup(
  db: Db,
  school: Granted<"administer", UnitRow>,
  group: { id: string | undefined; name: string; subjects: readonly string[] },
  act: Act,
): Promise<string> {
  const id = group.id ?? newId();
  const save = db.transaction(async (trx) => {
    if (group.id === undefined) await trx("subject_groups").insert({ id, school_id: school.id, name: group.name });
    else await trx("subject_groups").where({ id, school_id: school.id }).update({ name: group.name });
    await trx("subject_group_subjects").where({ subject_group_id: id }).delete();
    const codes = [...new Set(group.subjects)];
    await insertAll(trx, "subject_group_subjects", codes.map((subject_code) => ({ subject_group_id: id, subject_code })));
    await record(trx, {
      at: act.at,
      actorId: act.by,
      action: group.id === undefined ? "subject_group.create" : "subject_group.edit",
      subjectType: "subject_group",
      subjectId: id,
      schoolId: school.id,
      details: { subjects: codes },
      requestId: act.requestId,
    });
  });
  await save.catch((error: unknown) => {
    throw isUniqueViolation(error) ? conflict("name_taken") : error;
  });
  return id;
}

import { z } from "zod";
import type { Granted } from "../../access/policy.ts";
import type { ClassWithSchool, UnitRow } from "../../organisation/store.ts";
import type { Day } from "../../platform/clock.ts";
import { all, col, maybeOne, type Db } from "../../platform/db.ts";
import { isId } from "../../platform/ids.ts";

const pupil = z.object({
  id: col.id(),
  name: col.text(),
  username: col.text(),
  born_on: col.maybeDay(),
  sex: col.oneOf(["male", "female"]).nullable(),
  personal_code: col.maybeText(),
  sector_code: col.maybeText(),
  has_password: col.flag(),
  /** Holds a role beside that of a pupil: such an account is not a homeroom teacher's to reset. */
  has_other_role: col.flag(),
  signed_in_at: col.maybeInstant(),
});
export type RosterPupil = z.infer<typeof pupil>;

const PUPILS_MAX = 200; // no class has more

/** The pupils of a class on a day, by given name. */
export function listPupils(db: Db, klass: { id: string }, on: Day): Promise<RosterPupil[]> {
  return all(
    pupil,
    db("class_enrolments as e")
      .join("persons as p", "p.id", "e.person_id")
      .where("e.class_id", klass.id)
      .where("e.from_on", "<=", on)
      .where((q) => void q.whereNull("e.to_on").orWhere("e.to_on", ">", on))
      .orderBy(["p.sort_key", "p.id"])
      .limit(PUPILS_MAX)
      .select("p.id", "p.name", "p.username", "p.born_on", "p.sex", "p.personal_code", "p.sector_code", "p.signed_in_at")
      .select({
        has_password: db.raw("CASE WHEN p.password_hash IS NULL THEN 0 ELSE 1 END"),
        has_other_role: db.raw(
          "CASE WHEN EXISTS (SELECT 1 FROM memberships m WHERE m.person_id = p.id AND m.role <> 'pupil' AND (m.to_on IS NULL OR m.to_on > ?)) THEN 1 ELSE 0 END",
          [on],
        ),
      }),
  );
}

/** The name of the class's homeroom teacher (giáo viên chủ nhiệm), if there is one. */
export async function homeroomName(db: Db, klass: Granted<"read", ClassWithSchool>): Promise<string | undefined> {
  if (klass.homeroom_teacher_id === null) return undefined;
  return (await maybeOne(z.object({ name: col.text() }), db("persons").where({ id: klass.homeroom_teacher_id }).first("name")))?.name;
}

const covered = z.object({
  id: col.id(),
  name: col.text(),
  class_id: col.id(),
  class_name: col.text(),
  grade: col.int(),
  personal_code: col.maybeText(),
  born_on: col.maybeDay(),
  sex: col.oneOf(["male", "female"]).nullable(),
});
export type CoveredPupil = z.infer<typeof covered>;

const SCHOOL_MAX = 6000; // the largest school of the country has about 5,000 pupils

/** Every pupil of a school's classes of a year on a day, with what their personal code is compared with. */
export function listCovered(db: Db, school: Granted<"read_figures", UnitRow>, yearId: string, on: Day): Promise<CoveredPupil[]> {
  return all(
    covered,
    db("class_enrolments as e")
      .join("classes as c", "c.id", "e.class_id")
      .join("persons as p", "p.id", "e.person_id")
      .where({ "c.school_id": school.id, "c.year_id": yearId })
      .where("e.from_on", "<=", on)
      .where((q) => void q.whereNull("e.to_on").orWhere("e.to_on", ">", on))
      .orderBy(["c.grade", "c.name", "p.sort_key", "p.id"])
      .limit(SCHOOL_MAX)
      .select("p.id", "p.name", "c.id as class_id", "c.name as class_name", "c.grade", "p.personal_code", "p.born_on", "p.sex"),
  );
}

const place = z.object({ class_id: col.id(), school_id: col.id(), path: col.text() });
export interface PupilRow {
  id: string;
  name: string;
  class_ids: string[];
  school: { id: string; path: string } | undefined;
}

/** A pupil with today's classes and school: what decides who may read their results. */
export async function loadPupil(db: Db, id: string, on: Day): Promise<PupilRow | undefined> {
  if (!isId(id)) return undefined;
  const person = await maybeOne(z.object({ id: col.id(), name: col.text() }), db("persons").where({ id }).first("id", "name"));
  if (person === undefined) return undefined;
  const places = await all(
    place,
    db("class_enrolments as e")
      .join("classes as c", "c.id", "e.class_id")
      .join("units as u", "u.id", "c.school_id")
      .where("e.person_id", id)
      .where("e.from_on", "<=", on)
      .where((q) => void q.whereNull("e.to_on").orWhere("e.to_on", ">", on))
      .select("c.id as class_id", "c.school_id", "u.path")
      .orderBy("e.from_on", "desc")
      .limit(10),
  );
  const [first] = places;
  return { ...person, class_ids: places.map((row) => row.class_id), school: first && { id: first.school_id, path: first.path } };
}

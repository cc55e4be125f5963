import { z } from "zod";
import type { Day } from "../../platform/clock.ts";
import { all, col, type Db } from "../../platform/db.ts";
import type { Layout } from "../import/columns.ts";
import type { KnownClass, Person } from "../import/judge.ts";
import type { KnownPerson } from "../import/plan.ts";

const CLASSES_MAX = 400;

/** The classes of a school in a year. Two campuses may each have a 6A: the name alone then means the first. */
export function listClassNames(db: Db, schoolId: string, yearId: string): Promise<KnownClass[]> {
  return all(
    z.object({ id: col.id(), name: col.text() }),
    db("classes").where({ school_id: schoolId, year_id: yearId }).orderBy(["grade", "name", "id"]).limit(CLASSES_MAX).select("id", "name"),
  );
}

const known = z.object({
  id: col.id(),
  name: col.text(),
  born_on: col.maybeDay(),
  sex: col.oneOf(["male", "female"]).nullable(),
  personal_code: col.maybeText(),
  sector_code: col.maybeText(),
  temporary_key: col.maybeText(),
  email: col.maybeText(),
  here: col.flag(),
  elsewhere: col.flag(),
  classId: col.maybeId(),
});

/** Whose roster it is, and for when. */
export interface Where {
  school: { id: string; path: string };
  yearId: string;
  layout: Layout;
  today: Day;
}

const CHUNK = 400;

/** Everybody whom the lines of a file could mean: those of the school, and whoever has one of the file's codes. */
export async function findKnown(db: Db, where: Where, lines: readonly Person[]): Promise<KnownPerson[]> {
  const found = new Map<string, KnownPerson>();
  const add = async (condition: string, bindings: readonly string[]): Promise<void> => {
    for (const person of await all(known, db.raw(`${KNOWN} WHERE ${condition}`, [...bindingsOf(where), ...bindings]))) found.set(person.id, person);
  };
  await add("h.person_id IS NOT NULL OR k.person_id IS NOT NULL", []);
  for (const [column, values] of codesOf(lines)) {
    for (let i = 0; i < values.length; i += CHUNK) {
      const chunk = values.slice(i, i + CHUNK);
      await add(`p.${column} IN (${chunk.map(() => "?").join(", ")})`, chunk);
    }
  }
  return [...found.values()];
}

function codesOf(lines: readonly Person[]): [string, string[]][] {
  const values = (pick: (line: Person) => string | null): string[] => [...new Set(lines.flatMap((line) => pick(line) ?? []))];
  return [
    ["sector_code", values((line) => line.sectorCode)],
    ["personal_code", values((line) => line.personalCode)],
    ["email", values((line) => line.email)],
  ];
}

/**
 * One row is one person, with whether they hold the role here today, whether they belong somewhere else too (for pupils:
 * or hold any other role), and today's class of the year here.
 */
const KNOWN = `
  SELECT p.id, p.name, p.born_on, p.sex, p.personal_code, p.sector_code, p.temporary_key, p.email,
         CASE WHEN h.person_id IS NULL THEN 0 ELSE 1 END AS here,
         CASE WHEN x.person_id IS NULL THEN 0 ELSE 1 END AS elsewhere,
         k.class_id AS "classId"
    FROM persons p
    LEFT JOIN (SELECT DISTINCT m.person_id FROM memberships m JOIN units u ON u.id = m.unit_id
                WHERE m.role = ? AND u.path LIKE ? AND (m.to_on IS NULL OR m.to_on > ?)) h ON h.person_id = p.id
    LEFT JOIN (SELECT DISTINCT m.person_id FROM memberships m JOIN units u ON u.id = m.unit_id
                WHERE (u.path NOT LIKE ? OR (? = 'pupil' AND m.role <> 'pupil')) AND (m.to_on IS NULL OR m.to_on > ?)) x ON x.person_id = p.id
    LEFT JOIN (SELECT e.person_id, MIN(e.class_id) AS class_id FROM class_enrolments e JOIN classes c ON c.id = e.class_id
                WHERE c.school_id = ? AND c.year_id = ? AND (e.to_on IS NULL OR e.to_on > ?) GROUP BY e.person_id) k ON k.person_id = p.id`;

function bindingsOf({ school, yearId, layout, today }: Where): string[] {
  const role = layout === "pupils" ? "pupil" : "teacher";
  return [role, `${school.path}%`, today, `${school.path}%`, role, today, school.id, yearId, today];
}

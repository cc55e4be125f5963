import { createHash } from "node:crypto";
import type { Day } from "../../platform/clock.ts";
import type { Sex } from "../rules/identity-code.ts";
import { sameName } from "../rules/names.ts";
import type { Layout } from "./columns.ts";
import { stops, type Person, type Problem } from "./judge.ts";

/** A person whom the installation already knows, as far as an import may touch them. */
export interface KnownPerson {
  id: string;
  name: string;
  born_on: Day | null;
  sex: Sex | null;
  personal_code: string | null;
  sector_code: string | null;
  temporary_key: string | null;
  email: string | null;
  /** Holds the role of the list (pupil, teacher) in this school today. */
  here: boolean;
  /** Belongs to another place today; on a list of pupils also: holds another role. */
  elsewhere: boolean;
  /** Today's class of the year in this school. */
  classId: string | null;
}

/** What an import may write of a person. */
export interface Known {
  name: string;
  born_on: Day | null;
  sex: Sex | null;
  personal_code: string | null;
  sector_code: string | null;
  temporary_key: string | null;
  email: string | null;
}

export type Change = { line: Person } & (
  | { kind: "create"; values: Known; classId: string | null }
  | { kind: "update"; personId: string; values: Partial<Known>; joins: boolean; classId: string | null; from: string | null }
  | { kind: "leave"; personId: string; from: string | null }
  | { kind: "unchanged"; personId: string }
);

export interface ImportPlan {
  changes: Change[];
  /** Problems that only show beside what is already there, by line key. */
  problems: Map<string, Problem[]>;
}

/**
 * The key that stands for a pupil who has no code yet (grade 1): made of school, name and birth date, hashed so that it
 * says nothing by itself. Given up as soon as a code comes: the person stays the same.
 */
export function temporaryKey(schoolId: string, name: string, bornOn: Day | null): string {
  return `t-${createHash("sha256").update(`${schoolId} ${name.toLocaleLowerCase("vi")} ${bornOn ?? ""}`).digest("hex").slice(0, 40)}`;
}

/**
 * Compares the lines with who is there. Running it again after its changes were made finds only `unchanged`. A line with a
 * problem that stops, or that was skipped, changes nothing.
 */
export function planImport(lines: readonly Person[], school: { id: string; layout: Layout; known: readonly KnownPerson[] }): ImportPlan {
  const find = finder(school.known, school.id);
  const plan: ImportPlan = { changes: [], problems: new Map() };
  const taken = new Set<string>();
  for (const line of lines) {
    if (line.skipped || stops(line)) continue;
    const known = find(line);
    const problem = known === "two" ? stop("sector_code", "two_people") : known && obstacle(known, taken, school.layout);
    if (problem) plan.problems.set(line.key, [problem]);
    else if (known !== "two") {
      const change = changeFor(line, known, school);
      if (known) taken.add(known.id);
      if (change) plan.changes.push(change);
    }
  }
  return plan;
}

function stop(field: Problem["field"], code: string): Problem {
  return { field, code, weight: "stop", params: {} };
}

function obstacle(known: KnownPerson, taken: ReadonlySet<string>, layout: Layout): Problem | undefined {
  if (taken.has(known.id)) return stop("name", "duplicate_person");
  return layout === "pupils" && known.elsewhere && !known.here ? stop("sector_code", "in_other_school") : undefined;
}

/** Finds who a line is: by code, then by temporary key, then by name and birth date among those of the school without another code. */
function finder(known: readonly KnownPerson[], schoolId: string): (line: Person) => KnownPerson | "two" | undefined {
  const bySector = new Map(known.flatMap((person) => (person.sector_code ? [[person.sector_code, person] as const] : [])));
  const byPersonal = new Map(known.flatMap((person) => (person.personal_code ? [[person.personal_code, person] as const] : [])));
  const byTemporary = new Map(known.flatMap((person) => (person.temporary_key ? [[person.temporary_key, person] as const] : [])));
  const byEmail = new Map(known.flatMap((person) => (person.email ? [[person.email, person] as const] : [])));
  const byName = new Map<string, KnownPerson[]>();
  for (const person of known.filter((one) => one.here)) {
    const key = person.name.toLocaleLowerCase("vi");
    byName.set(key, [...(byName.get(key) ?? []), person]);
  }
  return (line) => {
    const sector = line.sectorCode === null ? undefined : bySector.get(line.sectorCode);
    const personal = line.personalCode === null ? undefined : byPersonal.get(line.personalCode);
    if (sector && personal && sector !== personal) return "two";
    const coded = sector ?? personal ?? (line.email === null ? undefined : byEmail.get(line.email));
    if (coded) return coded;
    const waiting = byTemporary.get(temporaryKey(schoolId, line.name, line.bornOn));
    if (waiting && fits(line, waiting)) return waiting;
    const namesakes = (byName.get(line.name.toLocaleLowerCase("vi")) ?? []).filter((person) => fits(line, person) && sameBirth(line, person));
    return namesakes.length === 1 ? namesakes[0] : undefined;
  };
}

/** Whether no code of the line contradicts one of the person. */
function fits(line: Person, person: KnownPerson): boolean {
  const sector = line.sectorCode === null || person.sector_code === null || line.sectorCode === person.sector_code;
  return sector && (line.personalCode === null || person.personal_code === null || line.personalCode === person.personal_code);
}

/** The same birth date; or none is known on one side and the class is the same. */
function sameBirth(line: Person, person: KnownPerson): boolean {
  if (line.bornOn !== null && person.born_on !== null) return line.bornOn === person.born_on;
  return line.classId === person.classId;
}

function changeFor(line: Person, known: KnownPerson | undefined, school: { id: string; layout: Layout }): Change | undefined {
  if (line.presence === "left") {
    if (known === undefined) return undefined; // never was here: nothing to end
    return known.here ? { line, kind: "leave", personId: known.id, from: known.classId } : { line, kind: "unchanged", personId: known.id };
  }
  const values = valuesOf(line, known, school);
  if (known === undefined) return { line, kind: "create", values, classId: line.classId };
  // One school does not write in the record of a person who belongs to another place too: a name or an address put there
  // by a stranger could open the account.
  const changed = known.elsewhere ? {} : changedValues(values, known);
  const moves = school.layout === "pupils" && line.classId !== known.classId;
  if (Object.keys(changed).length === 0 && known.here && !moves) return { line, kind: "unchanged", personId: known.id };
  return { line, kind: "update", personId: known.id, values: changed, joins: !known.here, classId: moves ? line.classId : null, from: moves ? known.classId : null };
}

/** What the line says, and where it is silent what is known: an import never empties a field. */
function valuesOf(line: Person, known: KnownPerson | undefined, school: { id: string; layout: Layout }): Known {
  const sector_code = line.sectorCode ?? known?.sector_code ?? null;
  const personal_code = line.personalCode ?? known?.personal_code ?? null;
  const coded = sector_code !== null || personal_code !== null || school.layout === "teachers";
  return {
    name: known && sameName(known.name, line.name) ? known.name : line.name,
    born_on: line.bornOn ?? known?.born_on ?? null,
    sex: line.sex ?? known?.sex ?? null,
    personal_code,
    sector_code,
    temporary_key: coded ? null : temporaryKey(school.id, line.name, line.bornOn ?? known?.born_on ?? null),
    email: known?.email ?? line.email,
  };
}

function changedValues(values: Known, known: KnownPerson): Partial<Known> {
  const entries = Object.entries(values).filter(([field, value]) => value !== known[field as keyof Known]);
  return Object.fromEntries(entries) as Partial<Known>;
}

/** How many of each: what the button of the preview promises. */
export function countChanges(plan: ImportPlan): Record<"create" | "update" | "move" | "leave" | "unchanged", number> {
  const counts = { create: 0, update: 0, move: 0, leave: 0, unchanged: 0 };
  for (const change of plan.changes) counts[change.kind === "update" && change.from !== null && change.classId !== null ? "move" : change.kind] += 1;
  return counts;
}

import type { Db } from "../platform/db.ts";
import { rootOf } from "../access/actor.ts";
import { listSchoolsBelow, type UnitRow } from "../organisation/store.ts";
import type { Day } from "../platform/clock.ts";
import { remember } from "../platform/remember.ts";
import { toldFromAbove } from "../platform/rules/small-groups.ts";
import { listIssued, type DocumentKind } from "../documents/store.ts";
import * as facts from "./store/facts.ts";

/** Something that the system knows of a school: a number, or a part of a whole, and where it is proven. */
export interface Known {
  part: number;
  /** Undefined where it is a number and no share. */
  whole: number | undefined;
  href: string | undefined;
}

/** What is measured against `full_at`: a share in basis points, else the number itself. */
export function figureOf(known: Known): number {
  return known.whole === undefined ? known.part : known.whole === 0 ? 0 : Math.floor((known.part * 10_000) / known.whole);
}

interface Of {
  schoolId: string;
  yearId: string;
  /** The first day of the year. */
  since: Day;
  asked: facts.Asked;
}

const own = async ({ schoolId }: Of, found: Promise<Map<string, facts.Part>>): Promise<facts.Part> => (await found).get(schoolId) ?? { part: 0, whole: 0 };
const issued = (kind: DocumentKind) => async (db: Db, { schoolId, yearId }: Of): Promise<Known> => ({
  part: (await listIssued(db, [schoolId], yearId)).has(`${schoolId} ${kind}`) ? 1 : 0,
  whole: undefined,
  href: `/schools/${schoolId}/documents?year=${yearId}`,
});
const periodsPage = ({ schoolId, yearId }: Of, more = ""): string => `/schools/${schoolId}/measures/periods?year=${yearId}${more}`;
const lessonsPage = ({ schoolId, yearId }: Of): string => `/schools/${schoolId}/measures/lessons?year=${yearId}&covered=yes`;

const FACTS = {
  online_plan: issued("plan"),
  online_rules: issued("regulations"),
  online_periods: async (db, of) => ({ part: (await own(of, facts.periodsCounted(db, of.asked, of.since))).whole, whole: undefined, href: periodsPage(of, "&state=counted") }),
  study_assigned: async (db, of) => ({ part: (await own(of, facts.studyAssigned(db, of.asked))).part, whole: undefined, href: periodsPage(of) }),
  teachers_answer: async (db, of) => ({ part: (await own(of, facts.teachersAnswer(db, of.asked, of.since))).part, whole: undefined, href: undefined }),
  parents_in: async (db, of) => ({ part: (await own(of, facts.parentsSignedIn(db, of.asked, of.since))).part, whole: undefined, href: undefined }),
  materials_approved: async (db, of) => ({ part: (await own(of, facts.materialsApproved(db, of.asked, of.since))).whole, whole: undefined, href: lessonsPage(of) }),
  teacher_accounts: async (db, of) => ({ ...(await own(of, facts.teacherAccounts(db, of.asked))), href: undefined }),
  teachers_making: async (db, of) => ({ ...(await own(of, facts.teachersMaking(db, of.asked))), href: lessonsPage(of) }),
} satisfies Record<string, (db: Db, of: Of) => Promise<Known>>;

export type FactKey = keyof typeof FACTS;
export const FACT_KEYS = Object.keys(FACTS) as [FactKey, ...FactKey[]];

/** The facts that count people, with how many there are of them: from above, a small group is not told. */
const PEOPLE: Partial<Record<FactKey, (db: Db, asked: facts.Asked, since: Day) => Promise<Map<string, facts.Part>>>> = {
  parents_in: facts.parentsSignedIn,
  teacher_accounts: facts.teacherAccounts,
  teachers_making: facts.teachersMaking,
};

const PEOPLE_STAND_IN = ["units", "memberships", "guardianships", "classes", "class_enrolments", "persons"];

/** What of a fact about people is told anywhere in a province: decided by all of its schools, kept for some seconds. */
const toldIn = remember(PEOPLE_STAND_IN, async (db: Db, province: string, yearId: string, since: Day, today: Day, key: string) => {
  const schools = await listSchoolsBelow(db, { path: `/${province}/` });
  const found = (await PEOPLE[key as FactKey]?.(db, { schoolIds: schools.map((school) => school.id), yearId, today }, since)) ?? new Map<string, facts.Part>();
  return { found, told: toldFromAbove(schools.map(({ id, path }) => ({ id, place: path.replace(/[^/]+\/$/, ""), figure: found.get(id) }))) };
});

/** Whether somebody above the school is not told of a fact: it counts a small group, or what one could be reckoned from. */
export async function hidesFromAbove(db: Db, school: UnitRow, year: { id: string; term1_starts_on: Day }, today: Day, key: string | null): Promise<boolean> {
  if (key === null || PEOPLE[key as FactKey] === undefined) return false;
  const { found, told } = await toldIn(db, rootOf(school.path), year.id, year.term1_starts_on, today, key);
  return told.hides({ id: school.id, figure: found.get(school.id) });
}

/** What the system knows of one school in a year, by the key of its fact: all of it, or the facts that are asked for. */
export async function knownOf(db: Db, school: { id: string }, year: { id: string; term1_starts_on: Day }, today: Day, keys: readonly (string | null)[] = FACT_KEYS): Promise<Map<FactKey, Known>> {
  const of: Of = { schoolId: school.id, yearId: year.id, since: year.term1_starts_on, asked: { schoolIds: [school.id], yearId: year.id, today } };
  const asked = FACT_KEYS.filter((key) => keys.includes(key));
  return new Map(await Promise.all(asked.map(async (key): Promise<[FactKey, Known]> => [key, await FACTS[key](db, of)])));
}

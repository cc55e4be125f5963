import type { Db } from "../platform/db.ts";
import type { Day } from "../platform/clock.ts";
import { listIssued } from "../documents/store.ts";
import * as facts from "./store/facts.ts";

/** Something that the system knows of a school: a number, or a part of a whole, and where it is proven. */
export interface Known {
  part: number;
  /** Undefined where it is a number and no share. */
  whole: number | undefined;
  href: string | undefined;
}

export const FACT_KEYS = ["online_plan", "online_rules", "online_periods", "study_assigned", "teachers_answer", "parents_in", "materials_approved", "teacher_accounts", "teachers_making"] as const;
export type FactKey = (typeof FACT_KEYS)[number];

/** What is measured against `full_at`: a share in basis points, else the number itself. */
export function figureOf(known: Known): number {
  return known.whole === undefined ? known.part : known.whole === 0 ? 0 : Math.floor((known.part * 10_000) / known.whole);
}

/** All that the system knows of one school in a year, by the key of its fact. */
export async function knownOf(db: Db, school: { id: string }, year: { id: string; term1_starts_on: Day }, today: Day): Promise<Map<FactKey, Known>> {
  const asked: facts.Asked = { schoolIds: [school.id], yearId: year.id, today };
  const since = year.term1_starts_on;
  const [periods, study, answer, parents, materials, accounts, making, issued] = await Promise.all([
    facts.periodsCounted(db, asked, since),
    facts.studyAssigned(db, asked),
    facts.teachersAnswer(db, asked, since),
    facts.parentsSignedIn(db, asked, since),
    facts.materialsApproved(db, asked, since),
    facts.teacherAccounts(db, asked),
    facts.teachersMaking(db, asked),
    listIssued(db, [school.id], year.id),
  ]);
  const at = (path: string): string => `/schools/${school.id}/${path}`;
  const own = (of: Map<string, facts.Part>): facts.Part => of.get(school.id) ?? { part: 0, whole: 0 };
  const document = (kind: "plan" | "regulations"): Known => ({ part: issued.has(`${school.id} ${kind}`) ? 1 : 0, whole: undefined, href: at(`documents?year=${year.id}`) });
  return new Map<FactKey, Known>([
    ["online_plan", document("plan")],
    ["online_rules", document("regulations")],
    ["online_periods", { part: own(periods).whole, whole: undefined, href: at(`measures/periods?year=${year.id}&state=counted`) }],
    ["study_assigned", { part: own(study).part, whole: undefined, href: at(`measures/periods?year=${year.id}`) }],
    ["teachers_answer", { part: own(answer).part, whole: undefined, href: undefined }],
    ["parents_in", { part: own(parents).part, whole: undefined, href: undefined }],
    ["materials_approved", { part: own(materials).whole, whole: undefined, href: at(`measures/lessons?year=${year.id}&covered=yes`) }],
    ["teacher_accounts", { ...own(accounts), href: undefined }],
    ["teachers_making", { ...own(making), href: at(`measures/lessons?year=${year.id}&covered=yes`) }],
  ]);
}

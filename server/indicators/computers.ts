import { activeSince, isActive, type Level } from "../assessment/rules.ts";
import { publishedLevels } from "../assessment/store/assessments.ts";
import * as facts from "../assessment/store/facts.ts";
import { listHolidays, weeksOfSchool } from "../calendar/store.ts";
import { definitionOn, listDefinitions } from "../ledger/store/definitions.ts";
import { DOCUMENT_KINDS, listIssued } from "../documents/store.ts";
import { onlineShareAnswer, sidesOf } from "../measures/rules.ts";
import { listSchoolSums } from "../measures/store/figures.ts";
import { listTargets, targetsOf, TARGETS_OF_1027 } from "../measures/store/targets.ts";
import type { UnitRow } from "../organisation/store.ts";
import type { Day } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { numberOf, PERIOD, periods } from "../platform/units.ts";
import type { Figure, Measure } from "./rules.ts";
import { listMembers, listModels } from "./store/models.ts";

/** For whom figures are asked: schools, and where they are added up, the communes around them. */
export interface Asked {
  schools: readonly UnitRow[];
  communes: readonly UnitRow[];
  yearId: string;
  today: Day;
}

export type Figures = Map<string, Figure>;

export interface Computer {
  /** Whose figure it is: a school's, a commune's, or that of a school level (primary, lower secondary, …). */
  of: "school" | "commune" | "level";
  measure: Measure;
  /** Read from last night's record where there is one: it looks at every pupil. */
  nightly: boolean;
  /** Where the evidence of one school's figure is; undefined where the indicator's own page shows it. */
  evidence: (schoolId: string, yearId: string) => string | undefined;
  compute(db: Db, asked: Asked): Promise<Figures>;
}

const details = (): undefined => undefined;
const periodsPage = (schoolId: string, yearId: string): string => `/schools/${schoolId}/measures/periods?year=${yearId}&state=counted`;

const assessmentPage = (schoolId: string, yearId: string): string => `/schools/${schoolId}/assessment?year=${yearId}`;

/** What the system counts by itself. A key stands in `indicators.computer` and never changes its meaning. */
export const COMPUTERS = {
  online_documents: { of: "school", measure: "schools", nightly: false, evidence: (id, year) => `/schools/${id}/documents?year=${year}`, compute: onlineDocuments },
  online_share: { of: "school", measure: "schools", nightly: false, evidence: periodsPage, compute: onlineShare },
  online_teaching: { of: "school", measure: "schools", nightly: false, evidence: periodsPage, compute: onlineTeaching },
  digital_content: { of: "school", measure: "schools", nightly: false, evidence: (id, year) => `/schools/${id}/plans?year=${year}`, compute: digitalContent },
  lms_active: { of: "school", measure: "schools", nightly: true, evidence: details, compute: lmsActive },
  digitised_subjects: {
    ...{ of: "school", measure: "schools", nightly: false, compute: digitisedSubjects },
    evidence: (id, year) => `/schools/${id}/measures/lessons?year=${year}&covered=yes`,
  },
  teacher_accounts: { of: "school", measure: "ratio", nightly: true, evidence: details, compute: (db, asked) => facts.teacherAccounts(db, factsOf(asked)) },
  personal_codes: { of: "school", measure: "ratio", nightly: true, evidence: details, compute: (db, asked) => facts.personalCodes(db, factsOf(asked)) },
  assessment_1: { of: "school", measure: "schools", nightly: false, evidence: assessmentPage, compute: assessedAt(1) },
  assessment_2: { of: "school", measure: "schools", nightly: false, evidence: assessmentPage, compute: assessedAt(2) },
  assessment_3: { of: "school", measure: "schools", nightly: false, evidence: assessmentPage, compute: assessedAt(3) },
  model_schools: { of: "level", measure: "schools", nightly: false, evidence: () => "/scoreboard/models", compute: modelSchools },
  digital_clusters: { of: "commune", measure: "schools", nightly: false, evidence: () => "/scoreboard/models", compute: digitalClusters },
} as const satisfies Record<string, Computer>;

export type ComputerKey = keyof typeof COMPUTERS;
export const COMPUTER_KEYS = Object.keys(COMPUTERS) as [ComputerKey, ...ComputerKey[]];

export function computerOf(key: string | null): Computer | undefined {
  return key !== null && Object.hasOwn(COMPUTERS, key) ? COMPUTERS[key as ComputerKey] : undefined;
}

/** How many of an indicator's part and whole make one: online periods are counted in hundredths. */
export function unitOfFigures(indicator: { computer: string | null }): number {
  return indicator.computer === "online_share" || indicator.computer === "online_teaching" ? PERIOD : 1;
}

export function factsOf({ schools, yearId, today }: Asked): facts.Asked {
  return { schoolIds: schools.map((school) => school.id), yearId, today };
}

/** Whether the parts and wholes of an indicator are people: shares of people, and the pupils beside an active school. */
export function countsPeople(indicator: { measure: Measure; computer: string | null }): boolean {
  return indicator.measure === "ratio" || indicator.computer === "lms_active";
}

/** The sums that both measures rest on, with the targets of each level: one query, the same as the table of schools. */
export async function sumsOf(db: Db, { schools, yearId, today }: Omit<Asked, "communes">) {
  const counter = definitionOn(await listDefinitions(db), today).digitised_counter;
  const ids = schools.map((school) => school.id);
  const [targets, rows] = await Promise.all([listTargets(db, yearId), listSchoolSums(db, ids, yearId, today, { bp: TARGETS_OF_1027.digitised_bp, counter })]);
  return rows.map((row) => ({ row, targets: targetsOf(targets, row.level) }));
}

/** Target 2.1: the plan and the regulations for online teaching of the year are both issued. A draft is not. */
async function onlineDocuments(db: Db, { schools, yearId }: Asked): Promise<Figures> {
  const issued = await listIssued(db, schools.map((school) => school.id), yearId);
  return new Map(
    schools.map(({ id }) => {
      const part = DOCUMENT_KINDS.filter((kind) => issued.has(`${id} ${kind}`)).length;
      return [id, { part, whole: DOCUMENT_KINDS.length, reached: part === DOCUMENT_KINDS.length }];
    }),
  );
}

/** Target 2.1: above 2 %, or what the province asks of the level. A school without a plan has no figure, never 0 %. */
async function onlineShare(db: Db, asked: Asked): Promise<Figures> {
  const sums = (await sumsOf(db, asked)).filter(({ row }) => row.subjects_planned > 0);
  return new Map(
    sums.map(({ row, targets }) => {
      const share = { counted: row.counted, planned: periods(row.planned) };
      return [row.id, { ...sidesOf(share), reached: onlineShareAnswer(share, targets.online) === "met" }];
    }),
  );
}

/** Target 2.2: a school that held at least one counted online period this year uses online-teaching software. */
async function onlineTeaching(db: Db, asked: Asked): Promise<Figures> {
  return new Map((await sumsOf(db, asked)).map(({ row }) => [row.id, { ...sidesOf(row), reached: numberOf(row.counted) >= PERIOD }]));
}

/** Target 2.4: every subject of the plan reaches its share of digitised lessons. */
async function digitisedSubjects(db: Db, asked: Asked): Promise<Figures> {
  const sums = (await sumsOf(db, asked)).filter(({ row }) => row.subjects_planned > 0);
  return new Map(sums.map(({ row }) => [row.id, { part: row.subjects_met, whole: row.subjects_planned, reached: row.subjects_met === row.subjects_planned }]));
}

/** Target 2.2: lessons of the published plans that are marked as carrying digital-transformation content. */
async function digitalContent(db: Db, asked: Asked): Promise<Figures> {
  const found = await facts.digitalContent(db, factsOf(asked));
  return new Map([...found].map(([id, { part, whole }]) => [id, { part, whole, reached: part > 0 }]));
}

/** What makes an institution active, so that the page can show it. */
export async function activityOf(db: Db, asked: Asked): Promise<Map<string, { since: Day; periods: number; materials: number; pupils: number; signed_in: number }>> {
  const since = await sinceOf(db, asked);
  const of = factsOf(asked);
  const [counted, materials, signed] = await Promise.all([facts.periodsCounted(db, of, since), facts.materialsApproved(db, of, since), facts.pupilsSignedIn(db, of, since)]);
  return new Map(
    asked.schools.map(({ id }) => {
      const [p, m, s] = [counted.get(id), materials.get(id), signed.get(id)];
      return [id, { since, periods: p?.part ?? 0, materials: m?.part ?? 0, pupils: s?.whole ?? 0, signed_in: s?.part ?? 0 }];
    }),
  );
}

/** Target 2.3, by the definition of DOMAIN §2.3. The figure beside the answer is the share of pupils who came. */
async function lmsActive(db: Db, asked: Asked): Promise<Figures> {
  return new Map([...(await activityOf(db, asked))].map(([id, seen]) => [id, { part: seen.signed_in, whole: seen.pupils, reached: isActive(seen) }]));
}

/** The first of the last thirty school days, by the province's calendar. */
async function sinceOf(db: Db, { yearId, today }: Asked): Promise<Day> {
  const [weeks, off] = await Promise.all([weeksOfSchool(db, { id: yearId }, ""), listHolidays(db, yearId, [])]);
  return activeSince(weeks, off, today);
}

/** Section I.3: the published level of Decision 4725/QĐ-BGDĐT is this one or above. Without a published level it is not. */
function assessedAt(level: Level): Computer["compute"] {
  return async (db, { schools, yearId }) => {
    const levels = await publishedLevels(db, yearId);
    return new Map(schools.map((school) => [school.id, yes((levels.get(school.id) ?? 0) >= level)]));
  };
}

/** Target 2.5: each school level that has schools here names a model digital school. */
async function modelSchools(db: Db, { schools, yearId }: Asked): Promise<Figures> {
  const named = new Set((await listModels(db, yearId)).filter((model) => model.kind === "school").map((model) => model.unit_id));
  const levels = [...new Set(schools.flatMap((school) => school.level ?? []))];
  return new Map(levels.map((level) => [level, yes(schools.some((school) => school.level === level && named.has(school.id)))]));
}

/** Target 2.5: each commune has schools in a digital cluster. The plan said district; since July 2025 that is the commune. */
async function digitalClusters(db: Db, { communes, yearId, today }: Asked): Promise<Figures> {
  const clusters = (await listModels(db, yearId)).filter((model) => model.kind === "cluster").map((model) => model.unit_id);
  const members = await listMembers(db, clusters, today);
  return new Map(communes.map((commune) => [commune.id, yes(members.some((member) => member.path.startsWith(commune.path)))]));
}

function yes(reached: boolean): Figure {
  return { part: reached ? 1 : 0, whole: 1, reached };
}

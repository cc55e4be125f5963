import { definitionOn, listDefinitions, type Definition } from "../../ledger/store/definitions.ts";
import { listLessonsOfSchool } from "../../ledger/store/periods.ts";
import { countUnder } from "../../ledger/store/settle.ts";
import { dayOf, type Instant } from "../../platform/clock.ts";
import type { Db } from "../../platform/db.ts";
import { on, raise, type Listener } from "../../platform/jobs/queue.ts";
import { lessons } from "../../platform/units.ts";
import { previewAsked, previewMissed } from "../events.ts";
import type { Coverage } from "../rules.ts";
import { listCoverage, listPlanTotals } from "../store/figures.ts";
import { listTargets, targetsOf, type Targets } from "../store/targets.ts";
import { changeOf, judge } from "./rules.ts";
import { listUncounted, loadPreview, savePreviewEnd, savePreviewSchool, type PreviewRow, type PreviewSchoolRow } from "./store.ts";

/** Few at a time: between them the worker hears what else has happened, and a killed one goes on where it was. */
const SCHOOLS_AT_ONCE = 10;

export const previewJobs: readonly Listener[] = [
  on(previewAsked, "counts what a proposed definition would change, some schools at a time", async ({ previewId, after }, { db, at }) => {
    const preview = await loadPreview(db, previewId);
    if (preview === undefined || preview.state === "ready") return;
    const schools = await listUncounted(db, preview, { after, most: SCHOOLS_AT_ONCE });
    const count = await counterOf(db, preview, at);
    // One that fails holds up no other: it is tried again alone, and the page names it as long as it is not counted.
    for (const school of schools) await count(school).catch(() => raise(db, previewMissed, { previewId, schoolId: school.id }, at));
    if (schools.length < SCHOOLS_AT_ONCE) await savePreviewEnd(db, preview.id);
    else await raise(db, previewAsked, { previewId, after: schools.at(-1)?.id ?? "" }, at);
  }),
  on(previewMissed, "counts a school again that a preview could not count", async ({ previewId, schoolId }, { db, at }) => {
    const preview = await loadPreview(db, previewId);
    const [school] = preview ? await listUncounted(db, preview, { only: schoolId, most: 1 }) : [];
    if (preview && school) await (await counterOf(db, preview, at))(school);
  }),
];

/** What counts a school of a preview and writes it down. */
async function counterOf(db: Db, preview: PreviewRow, at: Instant): Promise<(school: { id: string; level: string | null }) => Promise<void>> {
  const [versions, targets] = [await versionsOf(db, preview), await listTargets(db, preview.year_id)];
  return async (school) => savePreviewSchool(db, await countSchool(db, preview, school, versions, targetsOf(targets, school.level), at));
}

interface Versions {
  was: readonly Definition[];
  then: readonly Definition[];
}

/** The versions as they are, and with the proposal in force since before the year: only so does a whole year of data show what it does. */
async function versionsOf(db: Db, { proposal, year_id }: PreviewRow): Promise<Versions> {
  const was = await listDefinitions(db);
  return { was, then: [{ ...proposal, valid_from: `${year_id.slice(0, 4)}-07-01`, version: (was[0]?.version ?? 0) + 1 }, ...was] };
}

/** Both sides of one school by the same rules as its dashboard: evidence judged anew, lessons counted anew. */
async function countSchool(db: Db, preview: PreviewRow, school: { id: string; level: string | null }, versions: Versions, targets: Targets, at: Instant): Promise<PreviewSchoolRow> {
  const today = dayOf(at);
  const scope = { school_id: school.id, year_id: preview.year_id, date: today, campus_id: undefined };
  const [totals, held] = await Promise.all([listPlanTotals(db, scope), listLessonsOfSchool(db, school.id, preview.year_id)]);
  const planned = totals.reduce((sum, row) => sum + row.planned_periods, 0);
  const side = async (of: readonly Definition[]) => {
    const { lesson_kinds, digitised_counter } = definitionOn(of, today);
    const [counted, rows] = await Promise.all([countUnder(db, held, of, { at, today }), listCoverage(db, scope, lesson_kinds, undefined)]);
    return judge({ counted, planned, subjects: subjectsOf(rows) }, targets, digitised_counter);
  };
  const [was, then] = [await side(versions.was), await side(versions.then)];
  return { preview_id: preview.id, school_id: school.id, ...changeOf({ level: school.level, planned }, was, then) };
}

/** The rows of a subject's grades as one. */
function subjectsOf(rows: readonly { subject_code: string; planned: number; covered: number; own: number }[]): { subject: string; coverage: Coverage }[] {
  const sums = new Map<string, { planned: number; covered: number; own: number }>();
  for (const row of rows) {
    const sum = sums.get(row.subject_code) ?? { planned: 0, covered: 0, own: 0 };
    sums.set(row.subject_code, { planned: sum.planned + row.planned, covered: sum.covered + row.covered, own: sum.own + row.own });
  }
  return [...sums].map(([subject, sum]) => ({ subject, coverage: { planned: lessons(sum.planned), covered: lessons(sum.covered), own: lessons(sum.own) } }));
}

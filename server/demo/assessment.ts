import { z } from "zod";
import { listYears } from "../calendar/store.ts";
import { knownOf, figureOf } from "../assessment/known.ts";
import { suggestionFor } from "../assessment/load.ts";
import { resultOf } from "../assessment/rules.ts";
import { createForm, findForm, publishForm, type CriterionRow } from "../assessment/store/assessment-forms.ts";
import { answers, assessmentActs, assessments } from "../assessment/store/assessments.ts";
import { DECISION_4725 } from "../assessment/template.ts";
import { provinceAsSystem } from "../indicators/access.ts";
import { addDays, addMinutes, instantOf, type Instant } from "../platform/clock.ts";
import { all, col, countOf, insertAll } from "../platform/db.ts";
import type { Demo } from "./build.ts";
import { demoId, DEPARTMENT } from "./organisation.ts";

/** How each school answers, and how far its assessment has come. A school that is not named has not begun. */
const STORIES: Record<string, { state: "draft" | "submitted" | "returned" | "published"; care: number; lacks?: string[] }> = {
  "thcs-tran-phu": { state: "published", care: 0.93 },
  "thpt-hai-dong": { state: "published", care: 0.88 },
  "th-hoa-ban": { state: "published", care: 0.78 },
  "thcs-le-loi": { state: "submitted", care: 0.8 },
  "th-dong-hai": { state: "returned", care: 0.6, lacks: ["1.2"] },
  "thcsthpt-dao-ngoc": { state: "published", care: 0.62, lacks: ["1.2"] },
  "gdtx-tinh": { state: "draft", care: 0.5, lacks: ["1.1", "1.2"] },
};

const SAID: Record<string, string> = {
  "1.1": "Kế hoạch số 18/KH ngày 05/9, đăng trên trang của trường.",
  "1.2": "Quy chế ban hành kèm Quyết định số 42/QĐ ngày 05/9.",
  "2.1": "Quyết định thành lập tổ chuyển đổi số ngày 01/9.",
  "2.2": "Kế hoạch chuyển đổi số của trường năm học này.",
};

const school = z.object({ id: col.id(), path: col.text(), leader: col.id() });

/** The self-assessment of Decision 4725: criteria of the year, and schools that have come differently far. */
export async function buildAssessments(demo: Demo): Promise<void> {
  const summer = demo.yearId.slice(5);
  const act = { by: demoId("province officer"), at: addMinutes(instantOf(demo.term1), 10 * 60), requestId: demoId("assessment") };
  const province = await provinceAsSystem(demo.db, DEPARTMENT);
  const { name_vi, source, basic_from, well_above } = DECISION_4725;
  const criteria = DECISION_4725.criteria.map((one) => (one.code === "1.4" ? { ...one, full_at: 60 } : one));
  const id = await createForm(demo.db, province, { year_id: demo.yearId, name: name_vi, source, basic_from, well_above, send_by: `${summer}-05-31`, publish_by: `${summer}-06-20`, copied_from: null, criteria }, act);
  const form = await findForm(demo.db, id);
  const year = (await listYears(demo.db)).find((one) => one.id === demo.yearId);
  if (form === undefined || year === undefined) throw new Error("the demonstration has no criteria");
  await publishForm(demo.db, province, form.form, act);
  for (const [key, story] of Object.entries(STORIES)) {
    const [found] = await all(school, demo.db("units as u").join("memberships as m", "m.unit_id", "u.id").where({ "u.id": demoId(key), "u.kind": "school", "m.role": "school_leader" }).whereNull("m.to_on").orderBy("m.person_id").limit(1).select("u.id", "u.path", "m.person_id as leader"));
    if (found === undefined) continue;
    const known = await knownOf(demo.db, found, year, demo.today);
    // The ledger is counted when the demonstration stands: what the system will know then are the classes held so far.
    const held = await countOf(demo.db("live_classes").where({ school_id: found.id, state: "ended", purpose: "lesson" }).count("* as count"));
    known.set("online_periods", { part: held, whole: undefined, href: `/schools/${found.id}/measures/periods?year=${demo.yearId}&state=counted` });
    const rows = form.criteria.flatMap((criterion) => {
      const suggestion = suggestionFor(criterion, known);
      const fromSystem = suggestion?.points !== undefined && figureOf(suggestion.known) > 0;
      if (story.state === "draft" && !fromSystem) return [];
      const points = fromSystem ? suggestion.points : criterion.mandatory ? (story.lacks?.includes(criterion.code) || criterion.fact !== null ? 0 : 1) : scoreOf(criterion, story.care, demo);
      return [{ criterion, points, fromSystem, href: fromSystem ? (suggestion.known.href ?? null) : null }];
    });
    await insertStory(demo, found, id, story.state, rows, form.form);
  }
}

function scoreOf(criterion: CriterionRow, care: number, demo: Demo): number {
  return Math.min(criterion.points, Math.round(criterion.points * (care + (demo.random.next() - 0.5) * 0.3)));
}

interface Answered {
  criterion: CriterionRow;
  points: number | undefined;
  fromSystem: boolean;
  href: string | null;
}

async function insertStory(demo: Demo, of: z.infer<typeof school>, formId: string, state: "draft" | "submitted" | "returned" | "published", rows: readonly Answered[], limits: { basic_from: number; well_above: number }): Promise<void> {
  const id = demoId(`assessment ${of.id}`);
  const at = (days: number, time: string): Instant => instantOf(addDays(demo.today, -days), time);
  const result = resultOf(rows, limits);
  const sums = { points_1: result.points[1], points_2: result.points[2], level: result.level };
  const sent = state === "draft" ? {} : { submitted_at: at(9, "16:05"), submitted_by: of.leader, ...sums };
  await demo.db(assessments.name).insert({ id, school_id: of.id, year_id: demo.yearId, form_id: formId, state, revision: rows.length, created_at: at(16, "08:40"), ...sent });
  await insertAll(
    demo.db,
    answers.name,
    rows.map(({ criterion, points, fromSystem, href }) => ({
      ...{ assessment_id: id, criterion_id: criterion.id, self_points: points ?? 0, note: fromSystem ? "" : (points ?? 0) === 0 ? "" : (SAID[criterion.code] ?? `Hồ sơ lưu tại trường: ${criterion.evidence_vi.toLowerCase()}.`) },
      ...{ evidence_url: href, evidence_blob: null, evidence_name: null, from_system: fromSystem },
    })),
  );
  const officer = demoId(of.path.split("/").length > 4 ? "commune officer" : "province officer");
  const acts = [{ id: demoId(`${id} 1`), act: "start", by: of.leader, at: at(16, "08:40"), comment: "" }];
  const done = [
    ...(state === "draft" ? [] : [{ id: demoId(`${id} 2`), act: "submit", by: of.leader, at: at(9, "16:05"), comment: "", ...sums }]),
    ...(state === "returned" ? [{ id: demoId(`${id} 3`), act: "return", by: officer, at: at(4, "10:30"), comment: "Chưa có quy chế tổ chức dạy học trực tuyến (1.2). Đề nghị trường ban hành và bổ sung minh chứng.", ...sums }] : []),
    ...(state === "published" ? [{ id: demoId(`${id} 3`), act: "publish", by: officer, at: at(4, "10:30"), comment: "", ...sums }] : []),
  ];
  await insertAll(demo.db, assessmentActs.name, acts.map((one) => ({ ...one, assessment_id: id })));
  await insertAll(demo.db, assessmentActs.name, done.map((one) => ({ ...one, assessment_id: id })));
}

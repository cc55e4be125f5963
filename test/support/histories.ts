import fc from "fast-check";
import { grantAsSystem } from "../../server/access/policy.ts";
import { coursePlanJobs } from "../../server/courses/plan-jobs.ts";
import { ledgerJobs } from "../../server/ledger/jobs.ts";
import { saveAct, saveDeclaration } from "../../server/ledger/store/deliveries.ts";
import { loadLedgerCourse, loadPeriod } from "../../server/ledger/store/periods.ts";
import { attendanceCorrected, liveClassCancelled, liveClassEnded } from "../../server/live/events.ts";
import { loadMaterial } from "../../server/materials/store.ts";
import { materialApproved, materialLinksChanged } from "../../server/materials/events.ts";
import { saveRestoration, saveRetirement, saveWithdrawal } from "../../server/materials/store/decisions.ts";
import { closeMonth, findClosing, listStandingClosings, reopenMonth } from "../../server/measures/closing/store.ts";
import { takeSnapshot } from "../../server/measures/closing/snapshot.ts";
import { measureJobs } from "../../server/measures/jobs.ts";
import { loadUnit, type UnitRow } from "../../server/organisation/store.ts";
import { saveMerger } from "../../server/organisation/store/merge.ts";
import { saveMove } from "../../server/organisation/store/tree.ts";
import { listLessons, loadPlan, publishPlan, saveLessons } from "../../server/plan/store/plans.ts";
import { addDays, addMinutes, instantOf, type Day, type Instant } from "../../server/platform/clock.ts";
import { insertAll, type Db } from "../../server/platform/db.ts";
import { newId } from "../../server/platform/ids.ts";
import { makeLog } from "../../server/platform/log.ts";
import { makeWorker, type Worker } from "../../server/platform/jobs/worker.ts";
import { raise } from "../../server/platform/jobs/queue.ts";
import { selfStudyClosed, selfStudyProgressed } from "../../server/study/events.ts";
import type { Terms } from "./recount.ts";
import { W, YEAR } from "./world.ts";

/**
 * A random small province, commune by commune, and what happens there in its first term: each commune has a history of its
 * own. What schools and offices do goes through the product's own acts; what the live class and the self-study leave behind
 * is written as they write it. `test/support/recount.ts` counts it a second time.
 */
const BEGINS: Day = "2026-09-14";
export const TODAY: Day = "2026-12-04";

/** Targets by level, as the province sets them; every other level has that of the plan. */
export const TARGETS: Readonly<Record<string, { online: number; digitised: number }>> = {
  all: { online: 200, digitised: 500 },
  primary: { online: 900, digitised: 2500 },
  upper_secondary: { online: 1500, digitised: 5000 },
};

const ACTS = [
  ...["live", "live", "live", "live", "live", "live", "correct", "correct", "cancel", "study", "study", "close_study", "declare", "declare", "decide", "decide", "decide", "reverse", "restore"],
  ...["material", "material", "material", "withdraw", "retire", "unretire", "link", "unlink"],
  ...["edit_plan", "edit_plan", "publish", "merge", "move_school", "move_commune", "close", "close", "reopen"],
] as const;

const act = fc.record({ what: fc.constantFrom(...ACTS), school: fc.nat(9), of: fc.nat(99), number: fc.nat(99), size: fc.nat(99), days: fc.nat(9), heard: fc.boolean() });
const lesson = fc.record({
  periods: fc.integer({ min: 1, max: 4 }),
  kind: fc.constantFrom("lesson", "lesson", "practice", "review", "test", "activity"),
  week: fc.option(fc.integer({ min: 1, max: 30 }), { nil: null }),
  weeks: fc.integer({ min: 0, max: 3 }),
});
const school = fc.record({
  level: fc.constantFrom("primary", "lower_secondary", "upper_secondary", "continuing", "primary_lower"),
  classes: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 2 }),
  plans: fc.record({ TOAN: fc.array(lesson, { maxLength: 5 }), NGUVAN: fc.array(lesson, { maxLength: 5 }) }),
  published: fc.record({ TOAN: fc.boolean(), NGUVAN: fc.constantFrom(true, true, false) }),
});
/** How a history may end, so that what takes two acts of one school is in some of them whatever the seed. */
const ENDINGS = [[], [], ["close", "reopen"], ["live", "reverse", "restore"]] as const;
const acts = fc.tuple(fc.array(act, { minLength: 4, maxLength: 14 }), fc.constantFrom(...ENDINGS), act).map(([some, ending, last]) => [...some, ...ending.map((what) => ({ ...last, what }))]);
export const history = fc.record({ schools: fc.array(school, { minLength: 2, maxLength: 2 }), acts });
export type History = typeof history extends fc.Arbitrary<infer H> ? H : never;
type SchoolOf = History["schools"][number];
type Act = History["acts"][number];

const GRADES: Readonly<Record<string, number>> = { primary: 4, lower_secondary: 6, upper_secondary: 10, continuing: 10, primary_lower: 4 };

/** What a commune has at the beginning, by its keys: acts choose among them. */
interface Commune {
  id: string;
  parent: string;
  schools: string[];
  courses: { id: string; class_id: string; plan_id: string | null; subject: string; pupils: string[] }[];
  plans: { id: string; school: string }[];
  live: string[];
  studies: { id: string; pupils: string[]; due: Instant; lesson: string; course: string }[];
  materials: string[];
}

export interface Province {
  communes: Commune[];
  /** The other department, to which communes are moved. */
  other: string;
}

/** All schools of all histories at once: a few large inserts. */
export async function buildProvince(db: Db, histories: readonly History[], asked: readonly Terms[]): Promise<Province> {
  const at = "2026-08-10T02:00:00.000Z";
  const rows: Record<string, object[]> = { units: [], unit_parents: [], classes: [], persons: [], class_enrolments: [], plans: [], plan_lessons: [], courses: [] };
  const put = (name: string, row: object): void => void rows[name]?.push(row);
  const unit = (id: string, kind: string, name: string, parent: string | null, path: string, level: string | null): void => {
    put("units", { id, kind, name, code: id.slice(-12), level, area: level ? "rural" : null, parent_id: parent, path, opened_on: "2020-09-01", search_text: name.toLowerCase(), created_at: at });
    if (parent !== null) put("unit_parents", { id: newId(), unit_id: id, parent_id: parent, kind, from_on: "2020-09-01", to_on: null });
  };
  const other = newId();
  unit(other, "department", "Sở Giáo dục và Đào tạo tỉnh bên", null, `/${other}/`, null);
  const communes = histories.map(({ schools }, n): Commune => {
    const id = newId();
    unit(id, "commune", `Xã ${n}`, W.department, `/${W.department}/${id}/`, null);
    const commune: Commune = { id, parent: W.department, schools: [], courses: [], plans: [], live: [], studies: [], materials: [] };
    for (const [i, one] of schools.entries()) fillSchool(commune, one, `Trường ${n}.${i}`, unit, put);
    return commune;
  });
  await db.transaction(async (trx) => {
    for (const [name, some] of Object.entries(rows)) await insertAll(trx, name, some);
    await trx("definitions").del();
    const settings = (one: Terms): string => JSON.stringify({ live_length: one.live_length, live_class_present: one.live_class_present, live_pupil_stayed: one.live_pupil_stayed, self_study_completed: one.self_study_completed, levels: one.levels, partial_periods: one.partial_periods, lesson_kinds: one.kinds });
    await trx("definitions").insert(asked.map((one) => ({ version: one.version, valid_from: one.from, settings: settings(one), created_at: at, note: "" })));
    await trx("targets").del();
    await trx("targets").insert(Object.entries(TARGETS).map(([level, one]) => ({ year_id: YEAR, level, online_share_bp: one.online, digitised_bp: one.digitised, source: "KH 1027/KH-SGDĐT" })));
    await trx("national_programme").insert(
      [4, 10].flatMap((grade) => ["TOAN", "NGUVAN"].map((subject_code) => ({ level: grade === 4 ? "primary" : "upper_secondary", grade, kind: "compulsory", periods_per_year: grade === 4 ? 175 : 105, source: "TT 32/2018/TT-BGDĐT", subject_code }))),
    );
  });
  return { communes, other };
}

function fillSchool(commune: Commune, one: SchoolOf, name: string, unit: (id: string, kind: string, name: string, parent: string | null, path: string, level: string | null) => void, put: (name: string, row: object) => void): void {
  const at = "2026-08-10T02:00:00.000Z";
  const id = newId();
  const grade = GRADES[one.level] ?? 6;
  commune.schools.push(id);
  unit(id, "school", name, commune.id, `/${W.department}/${commune.id}/${id}/`, one.level);
  const plans = (["TOAN", "NGUVAN"] as const).map((subject) => {
    const plan = { id: newId(), subject, published: one.published[subject] };
    commune.plans.push({ id: plan.id, school: id });
    put("plans", { id: plan.id, school_id: id, year_id: YEAR, subject_code: subject, grade, state: plan.published ? "published" : "draft", version: plan.published ? 1 : 0, created_by: W.nam, created_at: at, published_at: plan.published ? at : null });
    for (const [i, row] of one.plans[subject].entries()) {
      put("plan_lessons", { id: newId(), plan_id: plan.id, position: i + 1, title: `Bài ${i + 1}`, periods: row.periods, kind: row.kind, week_from: row.week, week_to: row.week === null ? null : row.week + row.weeks });
    }
    return plan;
  });
  for (const [n, size] of one.classes.entries()) {
    const class_id = newId();
    put("classes", { id: class_id, school_id: id, year_id: YEAR, name: `${grade}${"AB"[n] ?? "C"}`, grade, created_at: at });
    const pupils = Array.from({ length: size }, () => newId());
    for (const pupil of pupils) {
      put("persons", { id: pupil, name: "Học sinh", sort_key: pupil, search_text: pupil, username: pupil, created_at: at });
      put("class_enrolments", { id: newId(), class_id, person_id: pupil, from_on: "2026-09-01" });
    }
    for (const plan of plans) {
      const course = { id: newId(), class_id, subject: plan.subject, plan_id: plan.published ? plan.id : null, pupils };
      commune.courses.push(course);
      put("courses", { id: course.id, school_id: id, year_id: YEAR, class_id, subject_code: plan.subject, grade, name: `${plan.subject} ${grade}${"AB"[n] ?? "C"}`, plan_id: course.plan_id, created_at: at });
    }
  }
}

/** What was frozen when a school closed a month, with the day on which it did. */
export interface Closed {
  id: string;
  school: string;
  month: string;
  on: Day;
}

/** One commune's history, told as it happens: what a failing test prints. */
export interface Told {
  commune: Commune;
  lines: string[];
}

/** Lives one history through. `closing` is asked at the moment of every closing: figures of that moment cannot be counted later. */
export async function live(db: Db, province: Province, commune: Commune, acts: readonly Act[], closing: (closed: Closed) => Promise<void>): Promise<Told> {
  const lines: string[] = [];
  const worker = makeWorker(db, [...coursePlanJobs, ...ledgerJobs, ...measureJobs], makeLog("error"));
  let day = BEGINS;
  for (const [n, one] of acts.entries()) {
    day = addDays(day, one.days);
    if (day > TODAY) day = TODAY;
    const at = instantOf(day, `${String(8 + Math.floor(n / 3)).padStart(2, "0")}:${String((n % 3) * 20).padStart(2, "0")}`);
    const happening: Happening = { db, province, commune, one, day, at, worker, closing };
    const said = await DEEDS[one.what](happening);
    lines.push(`${day} ${one.what}: ${said ?? "nothing to do"}`);
    if (one.heard) await worker.drain(at);
  }
  await worker.drain(instantOf(TODAY, "22:00"));
  return { commune, lines };
}

interface Happening {
  db: Db;
  province: Province;
  commune: Commune;
  one: Act;
  day: Day;
  at: Instant;
  worker: Worker;
  closing: (closed: Closed) => Promise<void>;
}
type Deed = (of: Happening) => Promise<string | undefined>;

const pick = <T>(all: readonly T[], n: number): T | undefined => all[n % Math.max(1, all.length)];
const whoAt = (at: Instant) => ({ by: W.ha, at, requestId: "history" });

/** A lesson of the plan that a course follows, taken out ones too. */
async function lessonOf(db: Db, planId: string | null, n: number): Promise<{ id: string; periods: number } | undefined> {
  if (planId === null) return undefined;
  return pick((await db("plan_lessons").where({ plan_id: planId }).orderBy("id").select("id", "periods")) as { id: string; periods: number }[], n);
}

async function courseNow(db: Db, course: { id: string }): Promise<{ plan_id: string | null; school_id: string; grade: number } | undefined> {
  return (await db("courses").where({ id: course.id }).first("plan_id", "school_id", "grade")) as { plan_id: string | null; school_id: string; grade: number } | undefined;
}

const standingSchools = async (db: Db, commune: Commune): Promise<UnitRow[]> => {
  const found = await Promise.all(commune.schools.map((id) => loadUnit(db, id)));
  return found.filter((unit): unit is UnitRow => unit?.kind === "school");
};

const LENGTHS = [9, 20, 24, 25, 28, 31, 32, 36, 40, 45, 45, 63, 64, 72, 90, 90];
const MONTHS = ["2026-09", "2026-10", "2026-11"];
export const LAST: Readonly<Record<string, Day>> = { "2026-09": "2026-09-30", "2026-10": "2026-10-31", "2026-11": "2026-11-30" };

const DEEDS: Record<(typeof ACTS)[number], Deed> = {
  async live({ db, commune, one, day, at }) {
    const course = pick(commune.courses, one.of);
    const now = course && (await courseNow(db, course));
    const lesson = now && (await lessonOf(db, now.plan_id, one.number));
    if (!course || !now || !lesson) return undefined;
    const [id, length] = [newId(), pick(LENGTHS, one.size) ?? 45];
    const starts = one.size % 5 === 0 ? addMinutes(instantOf(day, "00:00"), 10) : instantOf(day, "07:30"); // ten past midnight here is yesterday in UTC
    const first = 1 + (one.of % 2);
    await db("live_classes").insert({
      ...{ id, school_id: now.school_id, teacher_id: W.huong, substitute_id: one.of % 4 === 0 ? W.son : null, title: "Lớp trực tuyến", starts_at: starts, length_minutes: length },
      ...{ purpose: one.size % 11 === 0 ? "trial" : "lesson", state: "ended", opened_at: starts, ended_at: addMinutes(starts, length), created_at: starts },
    });
    const together = commune.courses.filter((other) => other.id !== course.id && other.plan_id === course.plan_id && one.number % 4 === 0).slice(0, 1);
    for (const taught of [course, ...together]) {
      const numbers = one.size % 3 === 0 ? [first, first + 1] : [first];
      await insertAll(db, "live_class_periods", numbers.map((period_number) => ({ live_class_id: id, course_id: taught.id, plan_lesson_id: lesson.id, period_number })));
      const seen = taught.pupils.map((person_id, i) => {
        const present_minutes = Math.floor((length * Math.min(100, ((one.size * 7 + one.of * 3 + i * 37) % 101) * 2)) / 100);
        return { live_class_id: id, course_id: taught.id, person_id, present_minutes, present: present_minutes * 2 >= length };
      });
      await insertAll(db, "attendances", seen);
    }
    commune.live.push(id);
    await raise(db, liveClassEnded, { liveClassId: id }, at);
    return `${id}, ${length} minutes of lesson ${lesson.id} from period ${first}, in ${1 + together.length} courses`;
  },
  async correct({ db, commune, one, at }) {
    const id = pick(commune.live, one.of);
    const seen = id === undefined ? [] : ((await db("attendances").where({ live_class_id: id }).orderBy("person_id").select("person_id", "course_id")) as { person_id: string; course_id: string }[]);
    const pupil = pick(seen, one.number);
    if (id === undefined || pupil === undefined) return undefined;
    const said = [true, false, null][one.size % 3] ?? null;
    await db("attendances").where({ live_class_id: id, ...pupil }).update({ corrected_present: said });
    await raise(db, attendanceCorrected, { liveClassId: id }, at);
    return `${pupil.person_id} in ${id} was ${String(said)}`;
  },
  async cancel({ db, commune, one, at }) {
    const id = one.size % 3 === 0 ? pick(commune.live, one.of) : undefined;
    if (id === undefined) return undefined;
    await db("live_classes").where({ id }).update({ state: "cancelled" });
    await raise(db, liveClassCancelled, { liveClassId: id }, at);
    return id;
  },
  async study({ db, commune, one, day, at }) {
    const course = pick(commune.courses, one.of);
    const now = course && (await courseNow(db, course));
    const lesson = now && (await lessonOf(db, now.plan_id, one.number));
    if (!course || !lesson || addDays(day, 4) > TODAY || commune.studies.some((other) => other.course === course.id && other.lesson === lesson.id)) return undefined;
    const id = newId();
    const due = instantOf(addDays(day, 3), "23:00");
    const to = Math.min(5, 1 + (one.size % 3));
    await db("self_study_assignments").insert({ id, course_id: course.id, plan_lesson_id: lesson.id, period_from: 1, period_to: to, assigned_by: W.huong, opens_at: at, due_at: due, state: "open", created_at: at });
    const progress = course.pupils.map((pupil_id, i) => {
      const when = (one.size * 5 + i * 31) % 7; // one of seven too late, one of seven never
      const done_at = when === 6 ? null : instantOf(addDays(day, Math.max(0, when - 1)), "20:00");
      return { course_id: course.id, plan_lesson_id: lesson.id, pupil_id, opened_at: at, last_opened_at: at, done_at };
    });
    await insertAll(db, "lesson_progress", progress);
    commune.studies.push({ id, pupils: course.pupils, due, lesson: lesson.id, course: course.id });
    await raise(db, selfStudyProgressed, { assignmentId: id }, due);
    return `${id}: periods 1 to ${to} of ${lesson.id}`;
  },
  async close_study({ db, commune, one, at }) {
    const study = pick(commune.studies, one.of);
    if (study === undefined) return undefined;
    const state = one.size % 4 === 0 ? "cancelled" : "closed";
    await db("self_study_assignments").where({ id: study.id }).update({ state });
    await raise(db, selfStudyClosed, { assignmentId: study.id }, at);
    return `${study.id} is ${state}`;
  },
  async declare({ db, commune, one, day, at }) {
    const course = pick(commune.courses, one.of);
    const found = course && (await loadLedgerCourse(db, course.id));
    const lesson = found && (await lessonOf(db, found.plan_id, one.number));
    if (!found || !lesson) return undefined;
    const number = 1 + (one.size % 2);
    const proof_url = one.size % 7 === 0 ? null : "https://meet.example/lop";
    const id = await saveDeclaration(db, grantAsSystem(found, "record"), { plan_lesson_id: lesson.id, period_number: number, taught_on: addDays(day, -(one.size % 6)), legal_form: "supporting", legal_reason: "", proof_url, proof_blob: null, proof_name: null }, whoAt(at));
    return `${id}: period ${number} of ${lesson.id}`;
  },
  decide: (of) => sayOf(of, of.one.size % 4 === 0 ? "refuse" : "confirm", { evidence_kind: "external" }),
  reverse: (of) => sayOf(of, "reverse", {}),
  restore: (of) => sayOf(of, "restore", {}),
  async material({ db, commune, one, at }) {
    const plan = pick(commune.plans, one.of);
    const owner = plan && ((await db("plans").where({ id: plan.id }).first("school_id")) as { school_id: string } | undefined);
    const rows = plan === undefined ? [] : ((await db("plan_lessons").where({ plan_id: plan.id }).orderBy("id").limit(8).pluck("id")) as string[]);
    if (owner === undefined || rows.length === 0) return undefined;
    const [id, version] = [newId(), newId()];
    await db("blobs").insert({ hash: id.padEnd(64, "0"), size_bytes: 1, mime: "application/pdf", created_at: at });
    await db("materials").insert({
      ...{ id, school_id: owner.school_id, uploaded_by: W.huong, title: "Bài giảng", kind: "slides", state: "approved", latest_version_id: version, approved_version_id: version },
      ...{ origin: ["own", "adopted", "derived"][one.size % 3], search_text: "bai giang", created_at: at, updated_at: at },
    });
    await db("material_versions").insert({ id: version, material_id: id, number: 1, blob_hash: id.padEnd(64, "0"), file_name: "bai.pdf", mime: "application/pdf", size_bytes: 1, state: "approved", uploaded_by: W.huong, uploaded_at: at });
    await db("material_steps").insert({ id: newId(), material_id: id, version_id: version, act: "approve", by: W.nam, at });
    const linked = rows.slice(one.number % rows.length).slice(0, 1 + (one.size % 2));
    await db("material_lessons").insert(linked.map((plan_lesson_id) => ({ material_id: id, plan_lesson_id, linked_by: W.huong, linked_at: at })));
    commune.materials.push(id);
    await raise(db, materialApproved, { materialId: id }, at);
    return `${id} on ${linked.join(", ")}`;
  },
  withdraw: (of) => decideOn(of, "withdraw"),
  retire: (of) => decideOn(of, "retire"),
  unretire: (of) => decideOn(of, "unretire"),
  async link({ db, commune, one, at }) {
    const [material, plan] = [pick(commune.materials, one.of), pick(commune.plans, one.number)];
    const lesson = plan && (await lessonOf(db, plan.id, one.size));
    if (material === undefined || !lesson) return undefined;
    await db("material_lessons").insert({ material_id: material, plan_lesson_id: lesson.id, linked_by: W.huong, linked_at: at }).onConflict(["material_id", "plan_lesson_id"]).ignore();
    await raise(db, materialLinksChanged, { materialId: material, planLessonIds: [lesson.id] }, at);
    return `${material} to ${lesson.id}`;
  },
  async unlink({ db, commune, one, at }) {
    const linked = (await db("material_lessons").whereIn("material_id", commune.materials).orderBy(["material_id", "plan_lesson_id"]).select("material_id", "plan_lesson_id")) as { material_id: string; plan_lesson_id: string }[];
    const gone = pick(linked, one.of);
    if (gone === undefined) return undefined;
    await db("material_lessons").where(gone).del();
    await raise(db, materialLinksChanged, { materialId: gone.material_id, planLessonIds: [gone.plan_lesson_id] }, at);
    return `${gone.material_id} from ${gone.plan_lesson_id}`;
  },
  async edit_plan({ db, commune, one, at }) {
    const plan = await loadPlan(db, pick(commune.plans, one.of)?.id ?? "");
    if (plan === undefined) return undefined;
    const rows = await listLessons(db, plan.id);
    const at0 = one.number % Math.max(1, rows.length);
    const fresh = { id: newId(), chapter: "", title: "Bài thêm", periods: 1 + (one.size % 3), kind: "lesson" as const, week_from: null, week_to: null, term: null, digital_content: false, ai_content: false, planned_mode: "in_class" as const, notes: "" };
    const changed = [
      () => rows.filter((_, i) => i !== at0),
      () => rows.map((row, i) => (i === at0 ? { ...row, periods: 1 + (one.size % 4) } : row)),
      () => rows.map((row, i) => (i === at0 ? { ...row, kind: (["lesson", "review", "practice"] as const)[one.size % 3] ?? "lesson" } : row)),
      () => [fresh, ...rows],
      () => [...rows].reverse(),
    ][one.size % 5]?.();
    await saveLessons(db, grantAsSystem(plan, "edit"), plan.revision, changed ?? rows, whoAt(at));
    return `${plan.id} has ${changed?.length ?? 0} rows instead of ${rows.length}`;
  },
  async publish({ db, commune, one, at }) {
    const plan = await loadPlan(db, pick(commune.plans, one.of)?.id ?? "");
    if (plan === undefined) return undefined;
    await publishPlan(db, grantAsSystem(plan, "publish"), plan.revision, whoAt(at));
    return plan.id;
  },
  async merge({ db, commune, one, day, at }) {
    const schools = await standingSchools(db, commune);
    const into = pick(schools, one.of);
    const from = pick(schools.filter((unit) => unit.id !== into?.id), one.number);
    if (!into || !from || !(await movable(db, [into, from], day))) return undefined;
    await saveMerger(db, { into: grantAsSystem(into, "manage"), from: [grantAsSystem(from, "manage")], on: day, leaders: new Set() }, whoAt(at));
    return `${from.name} becomes a campus of ${into.name}`;
  },
  async move_school({ db, province, commune, one, day, at }) {
    const unit = pick(await standingSchools(db, commune), one.of);
    const to = await loadUnit(db, pick(province.communes, one.number)?.id ?? "");
    if (!unit || !to || to.id === unit.parent_id || !(await movable(db, [unit], day))) return undefined;
    await saveMove(db, grantAsSystem(unit, "manage"), grantAsSystem(to, "manage"), day, whoAt(at));
    return `${unit.name} hangs below ${to.name}`;
  },
  async move_commune({ db, province, commune, day, at }) {
    const unit = await loadUnit(db, commune.id);
    const to = await loadUnit(db, unit?.parent_id === province.other ? W.department : province.other);
    if (!unit || !to || !(await movable(db, [unit], day))) return undefined;
    await saveMove(db, grantAsSystem(unit, "manage"), grantAsSystem(to, "manage"), day, whoAt(at));
    return `${unit.name} hangs below ${to.name}`;
  },
  async close({ db, commune, one, day, at, closing }) {
    const unit = pick(await standingSchools(db, commune), one.of);
    const month = MONTHS.filter((name) => (LAST[name] ?? "9") <= day).at(-1 - (one.number % 2));
    if (!unit || month === undefined || (await findClosing(db, unit.id, YEAR, month))) return undefined;
    const close = (seen: string) => closeMonth(db, { school: grantAsSystem(unit, "lead"), year_id: YEAR, month, note: "", seen }, whoAt(at));
    await close("not seen yet"); // everything that waits is judged and counted; what is signed is what was read then
    const id = await close((await takeSnapshot(db, { school: unit, year_id: YEAR, month, today: day })).hash);
    if (id === undefined) throw new Error("the figures moved between reading and signing");
    await closing({ id, school: unit.id, month, on: day });
    return `${month} of ${unit.name}`;
  },
  async reopen({ db, commune, one, at }) {
    const schools = await standingSchools(db, commune);
    const standing = pick(await listStandingClosings(db, schools.map((unit) => unit.id), YEAR, MONTHS), one.of);
    const unit = schools.find((school) => school.id === standing?.school_id);
    if (!unit || !standing) return undefined;
    await reopenMonth(db, grantAsSystem(unit, "reopen"), standing, "Sót hai tiết", whoAt(at));
    return `${standing.month} of ${unit.name}`;
  },
};

/** A unit that moves today must have stood where it is since before today. */
async function movable(db: Db, units: readonly UnitRow[], day: Day): Promise<boolean> {
  const since = (await db("unit_parents").whereIn("unit_id", units.map((unit) => unit.id)).max({ last: "from_on" }).first()) as { last: string };
  return since.last < day;
}

/** Something is said of a delivery: the way of every page that says it. */
async function sayOf({ db, commune, one, at }: Happening, what: "confirm" | "refuse" | "reverse" | "restore", narrow: object): Promise<string | undefined> {
  const ids = (await db("deliveries").whereIn("course_id", commune.courses.map((course) => course.id)).where(narrow).orderBy("id").pluck("id")) as string[];
  const period = await loadPeriod(db, pick(ids, one.of) ?? "");
  if (period === undefined) return undefined;
  await saveAct(db, grantAsSystem(period, what === "confirm" || what === "refuse" ? "confirm" : "reverse"), what, "", whoAt(at));
  return `${what} ${period.id}`;
}

async function decideOn({ db, commune, one, at }: Happening, what: "withdraw" | "retire" | "unretire"): Promise<string | undefined> {
  const material = await loadMaterial(db, pick(commune.materials, one.of) ?? "", { personId: W.ha, at, classIds: [] });
  if (material === undefined) return undefined;
  if (what === "withdraw" && material.approved_version_id !== null && material.state !== "retired") await saveWithdrawal(db, grantAsSystem(material, "withdraw"), "Sai đáp án", whoAt(at));
  else if (what === "retire" && material.state !== "retired") await saveRetirement(db, grantAsSystem(material, "retire"), "Chương trình đã đổi", whoAt(at));
  else if (what === "unretire" && material.state === "retired") await saveRestoration(db, grantAsSystem(material, "retire"), whoAt(at));
  else return undefined;
  return material.id;
}

import { createHash } from "node:crypto";
import { hashPassword } from "../../server/accounts/passwords.ts";
import { reconcileSchool } from "../../server/measures/recount/store.ts";
import { ensureProgramme } from "../../server/plan/programme.ts";
import { addDays, addMinutes, type Instant } from "../../server/platform/clock.ts";
import { all, col, insertAll, type Db } from "../../server/platform/db.ts";
import { fold, nameSortKey } from "../../server/platform/text.ts";
import { z } from "zod";
import type { Recipe } from "./data.ts";
import { PASSWORD } from "../support/client.ts";
import { NOW, YEAR } from "../support/world.ts";

/**
 * A whole province for the bench: 640 schools, 11,000 classes, 395,000 pupils, 22,000 teachers, plans of all subjects (about
 * 11 million planned periods a year), online periods with the attendance of every pupil, 100,000 materials. Regular rather
 * than random, so that what a figure should be can be told from the numbers here.
 */
const WHOLE = { schools: 640, classes: 11_000, pupils: 395_000, teachers: 22_000, materials: 100_000, communes: 54 };
const PERIODS_OF_LESSON = 4;
/** The one that is taught online of each lesson taught so. */
export const PERIOD = 1;
const FIRST_DAY = "2026-09-07";
const STUDY_WEEKS = 11;
const MADE_AT = "2026-08-01T00:00:00.000Z";
const LEVELS = [
  { level: "primary", short: "Tiểu học", grades: [1, 2, 3, 4, 5], minutes: 35, every: 3 },
  { level: "lower_secondary", short: "THCS", grades: [6, 7, 8, 9], minutes: 45, every: 4 },
  { level: "upper_secondary", short: "THPT", grades: [10, 11, 12], minutes: 45, every: 1 },
] as const;
const CHOICES_OF_A_CLASS = 4;

export interface Shape {
  /** 1 is the whole province. */
  share: number;
  /** Online periods of the whole province; each is one live class of one period. */
  online: number;
}

const programmeRow = z.object({ grade: col.int(), subject_code: col.text(), kind: col.text(), periods_per_year: col.int() });
type Programme = Map<number, z.infer<typeof programmeRow>[]>;

/** Where the bench signs in: the province's officer, the first commune's, and the leader of the first school. */
export const OFFICER = "province";
export const COMMUNE_OFFICER = "commune-0";
export const leaderOf = (school: number): string => `leader-${school}`;
export const schoolId = (school: number): string => keyed("sch", school);
const DEPARTMENT = keyed("dep", 0);

function keyed(kind: string, ...numbers: number[]): string {
  return `${kind}${numbers.join("z")}`.replace(/[ilou]/g, "0").padEnd(26, "x");
}

/** Builds it school by school, each in one transaction; the product's own rules judge the periods and make the sums. */
async function buildProvince(db: Db, shape: Shape, say: (line: string) => void): Promise<void> {
  await ensureProgramme(db);
  const counts = Object.fromEntries(Object.entries(WHOLE).map(([name, count]) => [name, Math.max(1, Math.round(count * (name === "communes" ? 1 : shape.share)))])) as typeof WHOLE;
  const online = Math.round(shape.online * shape.share);
  const password = await hashPassword(PASSWORD);
  await organisation(db, counts, password);
  const programme = await readProgramme(db);
  const courses = { made: 0, online: 0 };
  for (let school = 0; school < counts.schools; school += 1) {
    await db.transaction((trx) => buildSchool(trx, { school, counts, online, password, programme, courses }));
    if (school % 64 === 63) say(`${school + 1} schools written`);
  }
  say(`${courses.made} courses, ${courses.online} online periods written`);
  for (let school = 0; school < counts.schools; school += 1) {
    await attendance(db, schoolId(school));
    await reconcileSchool(db, schoolId(school), YEAR, NOW);
    if (school % 64 === 63) say(`${school + 1} schools judged`);
  }
}

const freeRow = z.object({ course_id: col.id(), plan_lesson_id: col.id() });
export type FreePeriod = z.infer<typeof freeRow>;

/** Periods of the first school that nobody has taught online yet. */
export function listFreePeriods(db: Db, count: number): Promise<FreePeriod[]> {
  return all(
    freeRow,
    db("courses as c")
      .join("plan_lessons as l", "l.plan_id", "c.plan_id")
      .select("c.id as course_id", "l.id as plan_lesson_id")
      .where("c.school_id", schoolId(0))
      .whereNotExists(db("ledger_periods as p").whereRaw("p.course_id = c.id").whereRaw("p.plan_lesson_id = l.id"))
      .orderBy(["c.id", "l.id"])
      .limit(count),
  );
}

/** One more live class of the first school that ended, with its attendance; answers its id. */
export async function addLiveClass(db: Db, free: FreePeriod): Promise<string> {
  const id = keyed("mre", Date.now() % 1_000_000_000, Math.floor(Math.random() * 1_000_000));
  await liveClass(db, { id, school: schoolId(0), teacher: keyed("tch", 0), course: free.course_id, lesson: free.plan_lesson_id, day: addDays(FIRST_DAY, 70), minutes: 35 });
  return id;
}

/** A period as one plain row of the ledger's facts. */
export async function insertPlainly(db: Db, free: FreePeriod): Promise<void> {
  const id = keyed("pln", Date.now() % 1_000_000_000, Math.floor(Math.random() * 1_000_000));
  await db("deliveries").insert({ id, course_id: free.course_id, plan_lesson_id: free.plan_lesson_id, period_number: PERIOD, mode: "in_class", taught_on: FIRST_DAY, created_at: NOW });
}

async function organisation(db: Db, counts: typeof WHOLE, password: string): Promise<void> {
  const top = `/${DEPARTMENT}/`;
  const unit = (id: string, kind: string, name: string, code: string, parent: string | null, path: string, rest: object = {}): object => ({ id, kind, name, code, level: null, area: null, parent_id: parent, path, opened_on: "2018-09-01", search_text: fold(`${name} ${code}`), created_at: MADE_AT, ...rest });
  const communes = Array.from({ length: counts.communes }, (_, i) => keyed("com", i));
  const schools = Array.from({ length: counts.schools }, (_, i) => ({ id: schoolId(i), commune: keyed("com", i % counts.communes), ...levelOf(i) }));
  await insertAll(db, "units", [unit(DEPARTMENT, "department", "Sở Giáo dục và Đào tạo", "SO", null, top)]);
  await insertAll(db, "units", communes.map((id, i) => unit(id, "commune", `Xã số ${i + 1}`, `XA${i}`, DEPARTMENT, `${top}${id}/`)));
  await insertAll(db, "units", schools.map(({ id, commune, level, short }, i) => unit(id, "school", `${short} số ${i + 1}`, `T${i}`, commune, `${top}${commune}/${id}/`, { level, area: (["town", "rural", "mountain"] as const)[i % 3] })));
  const hang = (id: string, parent: string, kind: string): object => ({ id: `h${id.slice(0, 25)}`, unit_id: id, parent_id: parent, kind, from_on: "2018-09-01" });
  await insertAll(db, "unit_parents", [...communes.map((id) => hang(id, DEPARTMENT, "commune")), ...schools.map(({ id, commune }) => hang(id, commune, "school"))]);
  await db("school_years").insert({ id: YEAR, term1_starts_on: FIRST_DAY, term1_weeks: 18, term2_starts_on: "2027-01-18", term2_weeks: 17, ends_on: "2027-05-31" });
  await db("definitions").insert({ version: 1, valid_from: "2026-08-01", settings: "{}", created_at: MADE_AT, note: "" });
  await db("targets").insert({ year_id: YEAR, level: "all", online_share_bp: 200, digitised_bp: 500, source: "KH 1027/KH-SGDĐT" });
  await people(db, [{ id: keyed("ofc", 0), name: "Cán bộ Sở", username: OFFICER, password }], "province_officer", DEPARTMENT);
  await people(db, [{ id: keyed("ofc", 1), name: "Cán bộ Xã", username: COMMUNE_OFFICER, password }], "commune_officer", keyed("com", 0));
}

function levelOf(school: number): (typeof LEVELS)[number] {
  let place = school % LEVELS.reduce((sum, one) => sum + one.every, 0);
  for (const one of LEVELS) {
    if (place < one.every) return one;
    place -= one.every;
  }
  return LEVELS[0];
}

async function readProgramme(db: Db): Promise<Programme> {
  const rows = await all(programmeRow, db("national_programme").select(Object.keys(programmeRow.shape)).whereNotIn("kind", ["elective", "topic"]).orderBy(["grade", "subject_code"]));
  const grades = new Map<number, z.infer<typeof programmeRow>[]>();
  for (const row of rows) {
    const of = grades.get(row.grade) ?? [];
    if (row.kind !== "choice" || of.filter((one) => one.kind === "choice").length < CHOICES_OF_A_CLASS) of.push(row);
    grades.set(row.grade, of);
  }
  return grades;
}

interface Making {
  school: number;
  counts: typeof WHOLE;
  online: number;
  password: string;
  programme: Programme;
  courses: { made: number; online: number };
}

/** Those of `total` things that fall to part `i` of `parts`: [from, to). */
function range(total: number, i: number, parts: number): [number, number] {
  return [Math.floor((i * total) / parts), Math.floor(((i + 1) * total) / parts)];
}

async function buildSchool(trx: Db, { school, counts, online, password, programme, courses }: Making): Promise<void> {
  const id = schoolId(school);
  const { grades, minutes } = levelOf(school);
  const [firstClass, endClass] = range(counts.classes, school, counts.schools);
  const teachers = Array.from({ length: 2 * (endClass - firstClass) }, (_, k) => ({ id: keyed("tch", 2 * firstClass + k), name: `Giáo viên ${2 * firstClass + k}`, username: `teacher-${2 * firstClass + k}`, password: null }));
  await people(trx, teachers, "teacher", id);
  await people(trx, [{ id: keyed("ldr", school), name: `Hiệu trưởng ${school}`, username: leaderOf(school), password }], "school_leader", id);

  const plans = new Map<string, { id: string; grade: number; subject_code: string; lessons: { id: string; periods: number }[] }>();
  for (const grade of grades) {
    for (const [s, subject] of (programme.get(grade) ?? []).entries()) {
      const lessons = Array.from({ length: Math.ceil(subject.periods_per_year / PERIODS_OF_LESSON) }, (_, n) => ({ id: keyed("les", school, grade, s, n), periods: Math.min(PERIODS_OF_LESSON, subject.periods_per_year - n * PERIODS_OF_LESSON) }));
      plans.set(`${grade} ${subject.subject_code}`, { id: keyed("pla", school, grade, s), grade, subject_code: subject.subject_code, lessons });
    }
  }
  const planRows = [...plans.values()].map((plan) => ({ id: plan.id, school_id: id, year_id: YEAR, subject_code: plan.subject_code, grade: plan.grade, state: "published", version: 1, created_at: MADE_AT, published_at: MADE_AT }));
  await insertAll(trx, "plans", planRows);
  await insertAll(trx, "plan_lessons", [...plans.values()].flatMap((plan) => plan.lessons.map((lesson, n) => ({ id: lesson.id, plan_id: plan.id, position: n + 1, title: `Bài ${n + 1}`, periods: lesson.periods, kind: "lesson", week_from: 1 + (n % 35), week_to: 1 + (n % 35) }))));

  const pupils: Person[] = [];
  const rows = { classes: [] as object[], enrolments: [] as object[], courses: [] as object[], teaching: [] as object[], live: [] as Live[] };
  for (let klass = firstClass; klass < endClass; klass += 1) {
    const grade = grades[klass % grades.length] ?? grades[0];
    const classId = keyed("cls", klass);
    rows.classes.push({ id: classId, school_id: id, year_id: YEAR, name: `${grade}.${klass}`, grade, created_at: MADE_AT });
    const [firstPupil, endPupil] = range(counts.pupils, klass, counts.classes);
    for (let pupil = firstPupil; pupil < endPupil; pupil += 1) {
      pupils.push({ id: keyed("pup", pupil), name: `Học sinh ${pupil}`, username: `pupil-${pupil}`, password: null });
      rows.enrolments.push({ id: keyed("enr", pupil), class_id: classId, person_id: keyed("pup", pupil), from_on: "2026-09-01" });
    }
    for (const [s, subject] of (programme.get(grade) ?? []).entries()) {
      const plan = plans.get(`${grade} ${subject.subject_code}`);
      if (plan === undefined) continue;
      const course = keyed("crs", klass, s);
      const teacher = teachers[s % teachers.length]?.id ?? "";
      rows.courses.push({ id: course, school_id: id, year_id: YEAR, class_id: classId, subject_code: subject.subject_code, grade, name: `Môn ${s} ${grade}.${klass}`, plan_id: plan.id, created_at: MADE_AT });
      rows.teaching.push({ id: keyed("tea", klass, s), course_id: course, person_id: teacher, from_on: "2026-08-15" });
      courses.made += 1;
      for (let n = 0; courses.online < (online * (klass + (s + 1) / 16)) / counts.classes && n < plan.lessons.length; n += 1, courses.online += 1) {
        rows.live.push({ id: keyed("liv", klass, s, n), school: id, teacher, course, lesson: plan.lessons[n]?.id ?? "", day: addDays(FIRST_DAY, 7 * (n % STUDY_WEEKS) + ((klass + s) % 5)), minutes });
      }
    }
  }
  await people(trx, pupils, "pupil", id);
  await insertAll(trx, "classes", rows.classes);
  await insertAll(trx, "class_enrolments", rows.enrolments);
  await insertAll(trx, "courses", rows.courses);
  await insertAll(trx, "course_teachers", rows.teaching);
  await insertAll(trx, "live_classes", rows.live.map((one) => liveRow(one)));
  await insertAll(trx, "live_class_periods", rows.live.map((one) => periodRow(one)));
  await insertAll(trx, "deliveries", rows.live.map((one) => ({ id: one.id, course_id: one.course, plan_lesson_id: one.lesson, period_number: PERIOD, mode: "online", evidence_kind: "live", evidence_id: one.id, taught_on: one.day, taught_by: one.teacher, created_at: `${one.day}T04:00:00.000Z` })));

  const [firstMaterial, endMaterial] = range(counts.materials, school, counts.schools);
  await materials(trx, { school: id, from: firstMaterial, to: endMaterial, teachers, plans: [...plans.values()] });
}

interface Person {
  id: string;
  name: string;
  username: string;
  password: string | null;
}

async function people(db: Db, persons: readonly Person[], role: string, unit: string): Promise<void> {
  await insertAll(db, "persons", persons.map(({ id, name, username, password }) => ({ id, name, sort_key: nameSortKey(name), search_text: fold(name), username, password_hash: password, created_at: MADE_AT })));
  await insertAll(db, "memberships", persons.map(({ id }) => ({ id: `m${id.slice(0, 25)}`, person_id: id, role, unit_id: unit, from_on: "2026-08-01" })));
}

interface Live {
  id: string;
  school: string;
  teacher: string;
  course: string;
  lesson: string;
  day: string;
  minutes: number;
}

function liveRow({ id, school, teacher, day, minutes }: Live): object {
  const opened = `${day}T02:00:00.000Z` as Instant;
  const ended = addMinutes(opened, minutes);
  return { id, school_id: school, teacher_id: teacher, title: "Tiết học trực tuyến", starts_at: opened, length_minutes: minutes, state: "ended", opened_at: opened, ended_at: ended, created_at: MADE_AT };
}

function periodRow({ id, course, lesson }: Live): object {
  return { live_class_id: id, course_id: course, plan_lesson_id: lesson, period_number: PERIOD };
}

async function liveClass(db: Db, one: Live): Promise<void> {
  await db("live_classes").insert(liveRow(one));
  await db("live_class_periods").insert(periodRow(one));
  await attendance(db, one.school, one.id);
}

/** Every pupil of the list: one in twelve was not there, one in five a part of it; one class in twenty had too few. */
async function attendance(db: Db, school: string, only?: string): Promise<void> {
  const narrow = only === undefined ? "" : "AND l.id = ?";
  await db.raw(
    `INSERT INTO attendances (live_class_id, course_id, person_id, present_minutes, present)
     SELECT live_class_id, course_id, person_id, CASE WHEN n % 12 = 5 OR k % 20 = 7 THEN 0 WHEN n % 5 = 3 THEN 20 + n % 9 ELSE minutes END,
            CASE WHEN n % 12 = 5 OR k % 20 = 7 THEN false ELSE true END
       FROM (SELECT p.live_class_id, p.course_id, e.person_id, l.length_minutes AS minutes,
                    ROW_NUMBER() OVER (PARTITION BY l.id ORDER BY e.id) AS n, DENSE_RANK() OVER (ORDER BY l.id) AS k
               FROM live_classes l
               JOIN live_class_periods p ON p.live_class_id = l.id
               JOIN courses c ON c.id = p.course_id
               JOIN class_enrolments e ON e.class_id = c.class_id
              WHERE l.school_id = ? ${narrow}) AS everybody`,
    only === undefined ? [school] : [school, only],
  );
}

interface Shelf {
  school: string;
  from: number;
  to: number;
  teachers: readonly Person[];
  plans: readonly { subject_code: string; grade: number; lessons: readonly { id: string }[] }[];
}

/** Approved materials, each of one lesson, spread over all plans of the school. */
async function materials(trx: Db, { school, from, to, teachers, plans }: Shelf): Promise<void> {
  const made = Array.from({ length: to - from }, (_, k) => {
    const plan = plans[k % plans.length];
    const title = `Học liệu ${from + k}`;
    const [id, version] = [keyed("mat", from + k), keyed("ver", from + k)];
    const by = teachers[k % teachers.length]?.id ?? "";
    const hash = createHash("sha256").update(id).digest("hex");
    return {
      blob: { hash, size_bytes: 1000, mime: "application/pdf", created_at: MADE_AT },
      material: { id, school_id: school, uploaded_by: by, title, subject_code: plan?.subject_code, grade: plan?.grade, kind: "slides", state: "approved", latest_version_id: version, approved_version_id: version, search_text: fold(title), created_at: MADE_AT, updated_at: MADE_AT },
      version: { id: version, material_id: id, number: 1, state: "approved", blob_hash: hash, file_name: "tep.pdf", mime: "application/pdf", size_bytes: 1000, uploaded_by: by, uploaded_at: MADE_AT },
      link: { material_id: id, plan_lesson_id: plan?.lessons[Math.floor(k / plans.length) % plan.lessons.length]?.id, linked_by: by, linked_at: MADE_AT },
    };
  });
  await insertAll(trx, "blobs", made.map((one) => one.blob));
  await insertAll(trx, "materials", made.map((one) => one.material));
  await insertAll(trx, "material_versions", made.map((one) => one.version));
  await insertAll(trx, "material_lessons", made.map((one) => one.link));
}

export function provinceRecipe(shape: Shape): Recipe {
  const madeBy = ["test/bench/province-data.ts", "server/ledger/rules.ts", "server/ledger/store/settle.ts", "server/measures/store/plans.ts"];
  return { name: `province_${String(shape.share).replace(".", "_")}_${shape.online}`, madeBy, build: (db, say) => buildProvince(db, shape, say) };
}

import { hash } from "@node-rs/argon2";
import { insertAll, type Db } from "../../server/platform/db.ts";
import { fold, nameSortKey } from "../../server/platform/text.ts";
import { PASSWORD } from "./client.ts";

/**
 * One small province, the same for every test.
 *
 * *cô Hương* teaches Toán in 6A and 6B of THCS Trần Phú and is homeroom teacher of 6A; *thầy Sơn* teaches Ngữ văn in 6A;
 * *cô Mai* heads the group Toán – Tin (and teaches nothing here); *thầy Nam* leads the school, *cô Oanh* is his deputy;
 * *anh Tuấn* administers it; *em Minh* learns in 6A, *em An* too, *em Khôi* in 6B; *chị Thu* is Minh's mother.
 * *cô Lan* leads THCS Lê Lợi, where *thầy Quang* teaches Toán in 6A to *em Vy*: all three must see nothing of Trần Phú.
 * *anh Dũng* is officer of the commune above both schools, *chị Hà* of the province, *anh Bách* runs the installation;
 * *chị Ngân* is officer of the neighbouring commune.
 */
export const NOW = "2026-11-24T02:00:00.000Z"; // Tuesday 9:00 in Viet Nam, week 12 of the year
export const YEAR = "2026-2027";

/** A readable identifier of 26 characters: `id("huong")`. */
export function id(name: string): string {
  const safe = name.replace(/i/g, "1").replace(/l/g, "j").replace(/o/g, "0").replace(/u/g, "v").replace(/[^0-9a-z]/g, "");
  return safe.padEnd(26, "z").slice(0, 26);
}

export const W = {
  department: id("department"),
  commune: id("commune"),
  otherCommune: id("othercommune"),
  cluster: id("cluster"),
  tranPhu: id("tranphu"),
  leLoi: id("leloi"),
  class6A: id("class6a"),
  class6B: id("class6b"),
  leLoi6A: id("leloi6a"),
  toan6A: id("toan6a"),
  toan6B: id("toan6b"),
  van6A: id("van6a"),
  leLoiToan6A: id("leloitoan6a"),
  planToan6: id("plantoan6"),
  planVan6: id("planvan6"),
  leLoiPlanToan6: id("leloiplantoan6"),
  /** Toán 6 at Trần Phú: lesson 1 has 1 period, lesson 2 has 2, … see LESSONS. */
  toanLesson: (n: number) => id(`toan6lesson${n}`),
  vanLesson: (n: number) => id(`van6lesson${n}`),
  leLoiLesson: (n: number) => id(`leloilesson${n}`),
  groupToan: id("grouptoan"),
  groupVan: id("groupvan"),
  huong: id("huong"),
  son: id("son"),
  mai: id("mai"),
  nam: id("nam"),
  oanh: id("oanh"),
  tuan: id("tuan"),
  minh: id("minh"),
  an: id("an"),
  chau: id("chau"),
  duy: id("duy"),
  khoi: id("khoi"),
  lam: id("lam"),
  thu: id("thu"),
  lan: id("lan"),
  quang: id("quang"),
  vy: id("vy"),
  dung: id("dung"),
  ngan: id("ngan"),
  ha: id("ha"),
  bach: id("bach"),
} as const;

/** Toán 6: 10 rows, 14 periods; 8 rows count as lessons, the review and the test do not. */
export const LESSONS = [
  { title: "Tập hợp", periods: 1, kind: "lesson", week: 1, chapter: "Chương I. Tập hợp các số tự nhiên" },
  { title: "Cách ghi số tự nhiên", periods: 2, kind: "lesson", week: 1, chapter: "Chương I. Tập hợp các số tự nhiên" },
  { title: "Thứ tự trong tập hợp các số tự nhiên", periods: 1, kind: "lesson", week: 2, chapter: "Chương I. Tập hợp các số tự nhiên" },
  { title: "Phép cộng và phép trừ số tự nhiên", periods: 2, kind: "lesson", week: 3, chapter: "Chương I. Tập hợp các số tự nhiên" },
  { title: "Phép nhân và phép chia số tự nhiên", periods: 2, kind: "lesson", week: 4, chapter: "Chương I. Tập hợp các số tự nhiên" },
  { title: "Luyện tập chung", periods: 1, kind: "practice", week: 5, chapter: "Chương I. Tập hợp các số tự nhiên" },
  { title: "Luỹ thừa với số mũ tự nhiên", periods: 1, kind: "lesson", week: 12, chapter: "Chương II. Tính chia hết" },
  { title: "Ôn tập giữa kì I", periods: 1, kind: "review", week: 12, chapter: "Chương II. Tính chia hết" },
  { title: "Kiểm tra giữa kì I", periods: 2, kind: "test", week: 13, chapter: "Chương II. Tính chia hết" },
  { title: "Hoạt động thực hành trải nghiệm", periods: 1, kind: "activity", week: 14, chapter: "Chương II. Tính chia hết" },
] as const;

export async function buildWorld(db: Db): Promise<void> {
  await units(db);
  await people(db);
  await yearAndClasses(db);
  await plansAndCourses(db);
}

const AT = "2026-08-01T00:00:00.000Z";

/** A unit as the database holds it; a level makes it a school. */
export function unit(own: string, kind: string, name: string, parent: string | null, path: string, level: string | null = null, area = "town") {
  return {
    id: own,
    kind,
    name,
    code: own.slice(0, 12),
    level,
    area: level ? area : null,
    parent_id: parent,
    path,
    opened_on: "2020-09-01",
    search_text: fold(name),
    created_at: AT,
  };
}

async function units(db: Db): Promise<void> {
  const top = `/${W.department}/`;
  await insertAll(db, "units", [
    unit(W.department, "department", "Sở Giáo dục và Đào tạo", null, top),
    unit(W.commune, "commune", "Phường Bến Đoan", W.department, `${top}${W.commune}/`),
    unit(W.otherCommune, "commune", "Xã Vạn Sơn", W.department, `${top}${W.otherCommune}/`),
  ]);
  await insertAll(db, "units", [
    unit(W.cluster, "cluster", "Cụm trường số 1", W.department, `${top}${W.cluster}/`),
    unit(W.tranPhu, "school", "THCS Trần Phú", W.commune, `${top}${W.commune}/${W.tranPhu}/`, "lower_secondary"),
    unit(W.leLoi, "school", "THCS Lê Lợi", W.commune, `${top}${W.commune}/${W.leLoi}/`, "lower_secondary"),
  ]);
  const hung = (own: string, parent: string, kind: string) => ({ id: id(`hung${own}`.slice(0, 26)), unit_id: own, parent_id: parent, kind, from_on: "2020-09-01" });
  await insertAll(db, "unit_parents", [
    hung(W.commune, W.department, "commune"),
    hung(W.otherCommune, W.department, "commune"),
    hung(W.tranPhu, W.commune, "school"),
    hung(W.leLoi, W.commune, "school"),
  ]);
  await insertAll(db, "cluster_members", [
    { cluster_id: W.cluster, school_id: W.tranPhu, from_on: "2025-09-01" },
    { cluster_id: W.cluster, school_id: W.leLoi, from_on: "2025-09-01" },
  ]);
}

type Key = keyof typeof W;
/** Those keys that name a person or a thing, not a function. */
type Named = { [K in Key]: (typeof W)[K] extends string ? K : never }[Key];

interface Cast {
  key: Named;
  name: string;
  roles: { role: string; unit: string; group?: string }[];
}

const CAST: readonly Cast[] = [
  { key: "huong", name: "Nguyễn Thị Hương", roles: [{ role: "teacher", unit: W.tranPhu }] },
  { key: "son", name: "Vũ Thanh Sơn", roles: [{ role: "teacher", unit: W.tranPhu }] },
  { key: "mai", name: "Phạm Thị Mai", roles: [{ role: "department_head", unit: W.tranPhu, group: W.groupToan }] },
  { key: "nam", name: "Trần Văn Nam", roles: [{ role: "school_leader", unit: W.tranPhu }] },
  { key: "oanh", name: "Lưu Kim Oanh", roles: [{ role: "school_leader", unit: W.tranPhu }] },
  { key: "tuan", name: "Hoàng Anh Tuấn", roles: [{ role: "school_admin", unit: W.tranPhu }] },
  { key: "minh", name: "Lê Đức Minh", roles: [{ role: "pupil", unit: W.tranPhu }] },
  { key: "an", name: "Bùi Bảo An", roles: [{ role: "pupil", unit: W.tranPhu }] },
  { key: "chau", name: "Đặng Minh Châu", roles: [{ role: "pupil", unit: W.tranPhu }] },
  { key: "duy", name: "Ngô Quang Duy", roles: [{ role: "pupil", unit: W.tranPhu }] },
  { key: "khoi", name: "Đỗ Đăng Khôi", roles: [{ role: "pupil", unit: W.tranPhu }] },
  { key: "lam", name: "Phan Tùng Lâm", roles: [{ role: "pupil", unit: W.tranPhu }] },
  { key: "thu", name: "Trịnh Thị Thu", roles: [{ role: "parent", unit: W.tranPhu }] },
  { key: "lan", name: "Đinh Thị Lan", roles: [{ role: "school_leader", unit: W.leLoi }] },
  { key: "quang", name: "Tạ Minh Quang", roles: [{ role: "teacher", unit: W.leLoi }] },
  { key: "vy", name: "Hồ Khánh Vy", roles: [{ role: "pupil", unit: W.leLoi }] },
  { key: "dung", name: "Cao Tiến Dũng", roles: [{ role: "commune_officer", unit: W.commune }] },
  { key: "ngan", name: "Mạc Thuý Ngân", roles: [{ role: "commune_officer", unit: W.otherCommune }] },
  { key: "ha", name: "Dương Thu Hà", roles: [{ role: "province_officer", unit: W.department }] },
  { key: "bach", name: "Tô Xuân Bách", roles: [{ role: "system_admin", unit: W.department }] },
];

async function people(db: Db): Promise<void> {
  // A hash carries its own settings: weak ones, as people sign in more than a thousand times in a run.
  const password = await hash(PASSWORD, { memoryCost: 8, timeCost: 1, parallelism: 1 });
  await insertAll(
    db,
    "persons",
    CAST.map(({ key, name }) => ({
      id: W[key],
      name,
      sort_key: nameSortKey(name),
      search_text: fold(name),
      username: key,
      password_hash: password,
      created_at: AT,
    })),
  );
  await db("subjects").insert([
    { code: "TOAN", name_vi: "Toán", name_en: "Mathematics", position: 2 },
    { code: "NGUVAN", name_vi: "Ngữ văn", name_en: "Literature", position: 1 },
  ]);
  const programme = { level: "lower_secondary", grade: 6, kind: "compulsory", periods_per_year: 140, source: "TT 32/2018/TT-BGDĐT" };
  await db("national_programme").insert([
    { ...programme, subject_code: "TOAN" },
    { ...programme, subject_code: "NGUVAN" },
  ]);
  await db("subject_groups").insert([
    { id: W.groupToan, school_id: W.tranPhu, name: "Tổ Toán – Tin" },
    { id: W.groupVan, school_id: W.tranPhu, name: "Tổ Ngữ văn" },
  ]);
  await db("subject_group_subjects").insert([
    { subject_group_id: W.groupToan, subject_code: "TOAN" },
    { subject_group_id: W.groupVan, subject_code: "NGUVAN" },
  ]);
  await insertAll(
    db,
    "memberships",
    CAST.flatMap(({ key, roles }) =>
      roles.map(({ role, unit, group }) => ({
        id: id(`m${key}${role.replace("_", "")}`),
        person_id: W[key],
        role,
        unit_id: unit,
        subject_group_id: group ?? null,
        from_on: "2026-08-01",
      })),
    ),
  );
  await db("guardianships").insert({ parent_id: W.thu, pupil_id: W.minh, from_on: "2026-08-01" });
}

async function yearAndClasses(db: Db): Promise<void> {
  await db("school_years").insert({
    id: YEAR,
    term1_starts_on: "2026-09-07",
    term1_weeks: 18,
    term2_starts_on: "2027-01-18",
    term2_weeks: 17,
    ends_on: "2027-05-31",
  });
  await db("definitions").insert({ version: 1, valid_from: "2026-08-01", settings: "{}", created_at: AT, note: "" });
  await db("targets").insert({ year_id: YEAR, level: "all", online_share_bp: 200, digitised_bp: 500, source: "KH 1027/KH-SGDĐT" });
  const klass = (own: string, school: string, name: string, homeroom: string | null) => ({
    id: own,
    school_id: school,
    year_id: YEAR,
    name,
    grade: 6,
    homeroom_teacher_id: homeroom,
    created_at: AT,
  });
  await db("classes").insert([
    klass(W.class6A, W.tranPhu, "6A", W.huong),
    klass(W.class6B, W.tranPhu, "6B", W.son),
    klass(W.leLoi6A, W.leLoi, "6A", W.quang),
  ]);
  const enrolled = (klassId: string, keys: Named[]) =>
    keys.map((key) => ({ id: id(`e${key}`), class_id: klassId, person_id: W[key], from_on: "2026-09-01" }));
  await insertAll(db, "class_enrolments", [
    ...enrolled(W.class6A, ["minh", "an", "chau", "duy"]),
    ...enrolled(W.class6B, ["khoi", "lam"]),
    ...enrolled(W.leLoi6A, ["vy"]),
  ]);
}

async function plansAndCourses(db: Db): Promise<void> {
  const plan = (own: string, school: string, subject: string, by: string) => ({
    id: own,
    school_id: school,
    year_id: YEAR,
    subject_code: subject,
    grade: 6,
    state: "published",
    version: 1,
    created_by: by,
    created_at: AT,
    published_at: AT,
  });
  await db("plans").insert([
    plan(W.planToan6, W.tranPhu, "TOAN", W.mai),
    plan(W.planVan6, W.tranPhu, "NGUVAN", W.nam),
    plan(W.leLoiPlanToan6, W.leLoi, "TOAN", W.lan),
  ]);
  const rows = (planId: string, lessonId: (n: number) => string) =>
    LESSONS.map(({ title, periods, kind, week, chapter }, i) => ({
      id: lessonId(i + 1),
      plan_id: planId,
      position: i + 1,
      chapter,
      title,
      periods,
      kind,
      week_from: week,
      week_to: week,
      term: 1,
    }));
  await insertAll(db, "plan_lessons", [
    ...rows(W.planToan6, W.toanLesson),
    ...rows(W.planVan6, W.vanLesson).map((row, i) => ({ ...row, title: `Văn bản đọc ${i + 1}`, chapter: "Bài 1. Tôi và các bạn" })),
    ...rows(W.leLoiPlanToan6, W.leLoiLesson),
  ]);
  const course = (own: string, school: string, klass: string, subject: string, name: string, planId: string) => ({
    id: own,
    school_id: school,
    year_id: YEAR,
    class_id: klass,
    subject_code: subject,
    grade: 6,
    name,
    plan_id: planId,
    created_at: AT,
  });
  await db("courses").insert([
    course(W.toan6A, W.tranPhu, W.class6A, "TOAN", "Toán 6A", W.planToan6),
    course(W.toan6B, W.tranPhu, W.class6B, "TOAN", "Toán 6B", W.planToan6),
    course(W.van6A, W.tranPhu, W.class6A, "NGUVAN", "Ngữ văn 6A", W.planVan6),
    course(W.leLoiToan6A, W.leLoi, W.leLoi6A, "TOAN", "Toán 6A", W.leLoiPlanToan6),
  ]);
  const teaching = (courseId: string, person: string) => ({ id: id(`t${courseId}`.slice(0, 26)), course_id: courseId, person_id: person, from_on: "2026-08-15" });
  await insertAll(db, "course_teachers", [
    teaching(W.toan6A, W.huong),
    teaching(W.toan6B, W.huong),
    teaching(W.van6A, W.son),
    teaching(W.leLoiToan6A, W.quang),
  ]);
}

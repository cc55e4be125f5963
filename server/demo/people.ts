import { hashPassword } from "../accounts/passwords.ts";
import { addDays } from "../platform/clock.ts";
import { insertAll } from "../platform/db.ts";
import { fold, nameSortKey } from "../platform/text.ts";
import type { Demo } from "./build.ts";
import { inventName } from "./names.ts";
import { demoId, DEPARTMENT } from "./organisation.ts";
import { DEMO_PASSWORD, SCHOOLS, type DemoSchool } from "./schools.ts";

const PUPILS_A_CLASS = 32;
const TEACHERS_A_CLASS = 2.3;

/** Subject groups (tổ chuyên môn) by kind of school. */
const GROUPS: Record<string, { name: string; subjects: string[] }[]> = {
  primary: [
    { name: "Tổ 1, 2, 3", subjects: ["TOAN", "TIENGVIET", "DAODUC", "TNXH", "HDTN"] },
    { name: "Tổ 4, 5 và môn chuyên", subjects: ["KHOAHOC", "LSDL", "NGOAINGU1", "THCN", "GDTC", "NGHETHUAT"] },
  ],
  secondary: [
    { name: "Tổ Toán – Tin", subjects: ["TOAN", "TINHOC", "CONGNGHE"] },
    { name: "Tổ Khoa học tự nhiên", subjects: ["KHTN", "VATLI", "HOAHOC", "SINHHOC", "GDTC", "GDQPAN"] },
    { name: "Tổ Ngữ văn – Xã hội", subjects: ["NGUVAN", "LSDL", "LICHSU", "DIALI", "GDCD", "GDKTPL", "GDDP", "HDTNHN", "CHUYENDE"] },
    { name: "Tổ Ngoại ngữ – Nghệ thuật", subjects: ["NGOAINGU1", "NGHETHUAT", "AMNHAC", "MITHUAT"] },
  ],
};

export function groupsOf(school: DemoSchool): { name: string; subjects: string[] }[] {
  return GROUPS[school.level === "primary" ? "primary" : "secondary"] ?? [];
}

export function teachersOf(school: DemoSchool): number {
  const classes = Object.values(school.grades).reduce((sum, n) => sum + n, 0);
  return Math.round(classes * TEACHERS_A_CLASS) + 2;
}

/** The key of the n-th teacher: the first two lead, the next ones head the groups. */
export function teacherKey(school: DemoSchool, n: number): string {
  return `${school.key} teacher ${n}`;
}

export function classNames(school: DemoSchool): { key: string; name: string; grade: number }[] {
  return Object.entries(school.grades).flatMap(([grade, count]) =>
    Array.from({ length: count }, (_, i) => {
      const name = `${grade}${"ABCDEGH".charAt(i)}`;
      return { key: `${school.key} class ${name}`, name, grade: Number(grade) };
    }),
  );
}

interface PersonRow {
  id: string;
  name: string;
  username: string;
  [column: string]: unknown;
}

export async function buildPeople(demo: Demo): Promise<void> {
  const password = await hashPassword(DEMO_PASSWORD);
  const persons: PersonRow[] = [];
  const memberships: object[] = [];
  const join = (key: string, role: string, unitId: string, group: string | null = null): void => {
    memberships.push({
      id: demoId(`membership ${key} ${role}`),
      person_id: demoId(key),
      role,
      unit_id: unitId,
      subject_group_id: group,
      from_on: addDays(demo.term1, -30),
      to_on: null,
    });
  };
  const person = (key: string, name: string, username: string, more: object = {}): void => {
    persons.push({
      id: demoId(key),
      name,
      sort_key: nameSortKey(name),
      search_text: fold(`${name} ${username}`),
      username,
      email: null,
      password_hash: password,
      born_on: null,
      sex: null,
      personal_code: null,
      sector_code: null,
      created_at: demo.before,
      ...more,
    });
  };
  const groups: object[] = [];
  const groupSubjects: object[] = [];
  const classes: object[] = [];
  const enrolments: object[] = [];
  for (const school of SCHOOLS) {
    staff(demo, school, { person, join, groups, groupSubjects });
    pupils(demo, school, { person, join, classes, enrolments });
  }
  officers(demo, person, join);
  const { db } = demo;
  await insertAll(db, "persons", persons);
  await insertAll(db, "subject_groups", groups);
  await insertAll(db, "subject_group_subjects", groupSubjects);
  await insertAll(db, "memberships", memberships);
  await insertAll(db, "classes", classes);
  await insertAll(db, "class_enrolments", enrolments);
  await db("guardianships").insert({ parent_id: demoId("parent"), pupil_id: demoId("thcs-tran-phu class 6A pupil 0"), from_on: addDays(demo.term1, -30), to_on: null });
}

interface Hands {
  person(key: string, name: string, username: string, more?: object): void;
  join(key: string, role: string, unitId: string, group?: string | null): void;
}

/** The user names of the accounts shown on the sign-in page all belong to THCS Trần Phú and the offices above it. */
const SHOWN: Record<string, string> = {
  "thcs-tran-phu teacher 0": "hieutruong",
  "thcs-tran-phu teacher 2": "totruong",
  "thcs-tran-phu teacher 8": "giaovien",
  "thcs-tran-phu admin": "quantri",
  "thcs-tran-phu class 6A pupil 0": "hocsinh",
};

function staff(demo: Demo, school: DemoSchool, out: Hands & { groups: object[]; groupSubjects: object[] }): void {
  const schoolId = demoId(school.key);
  const own = groupsOf(school);
  own.forEach((group) => {
    const id = demoId(`${school.key} group ${group.name}`);
    out.groups.push({ id, school_id: schoolId, name: group.name });
    for (const code of group.subjects) out.groupSubjects.push({ subject_group_id: id, subject_code: code });
  });
  for (let n = 0; n < teachersOf(school); n += 1) {
    const key = teacherKey(school, n);
    const { name, sex } = inventName(demo.random, 0.7);
    out.person(key, name, SHOWN[key] ?? `gv.${school.code.slice(2).toLowerCase()}.${n}`, {
      sex,
      sector_code: `${school.code.slice(0, 2)}${String(1_000_000 + SCHOOLS.indexOf(school) * 1000 + n)}1`,
      email: `gv${SCHOOLS.indexOf(school)}-${n}@hoc-lieu.example`,
    });
    if (n < 2) out.join(key, "school_leader", schoolId);
    else out.join(key, "teacher", schoolId);
    const group = own[n - 2];
    if (n >= 2 && group) out.join(key, "department_head", schoolId, demoId(`${school.key} group ${group.name}`));
  }
  const admin = `${school.key} admin`;
  out.person(admin, inventName(demo.random).name, SHOWN[admin] ?? `qt.${school.code.slice(2).toLowerCase()}`);
  out.join(admin, "school_admin", schoolId);
}

function pupils(demo: Demo, school: DemoSchool, out: Hands & { classes: object[]; enrolments: object[] }): void {
  const schoolId = demoId(school.key);
  const firstYear = Number(demo.yearId.slice(0, 4));
  classNames(school).forEach((klass, c) => {
    const homeroom = teacherKey(school, klass.key === "thcs-tran-phu class 6A" ? 8 : 2 + (c % (teachersOf(school) - 2)));
    out.classes.push({
      id: demoId(klass.key),
      school_id: schoolId,
      campus_id: null,
      year_id: demo.yearId,
      name: klass.name,
      grade: klass.grade,
      homeroom_teacher_id: demoId(homeroom),
      created_at: demo.before,
    });
    const size = PUPILS_A_CLASS + demo.random.below(5);
    for (let i = 0; i < size; i += 1) {
      const key = `${klass.key} pupil ${i}`;
      const { name, sex } = inventName(demo.random);
      const year = firstYear - 5 - klass.grade;
      const born = `${year}-${two(1 + demo.random.below(12))}-${two(1 + demo.random.below(28))}`;
      const number = 1_000_000 + SCHOOLS.indexOf(school) * 100_000 + c * 1000 + i;
      out.person(key, name, SHOWN[key] ?? `hs${number}`, {
        sex,
        born_on: born,
        sector_code: `22${number}0`.slice(0, 10),
        // A few first-graders have no personal code yet, as in every school in August.
        personal_code: klass.grade === 1 && i % 5 === 0 ? null : `022${sex === "male" ? "2" : "3"}${born.slice(2, 4)}${String(number).slice(-6)}`,
      });
      out.join(key, "pupil", schoolId);
      out.enrolments.push({ id: demoId(`enrolment ${key}`), class_id: demoId(klass.key), person_id: demoId(key), from_on: addDays(demo.term1, -5), to_on: null });
    }
  });
}

function officers(demo: Demo, person: Hands["person"], join: Hands["join"]): void {
  const shown: [string, string, string, string][] = [
    ["parent", "phuhuynh", "parent", demoId("thcs-tran-phu")],
    ["commune officer", "canboxa", "commune_officer", demoId("ben-doan")],
    ["province officer", "canboso", "province_officer", DEPARTMENT],
    ["system admin", "hethong", "system_admin", DEPARTMENT],
  ];
  for (const [key, username, role, unit] of shown) {
    person(key, inventName(demo.random).name, username);
    join(key, role, unit);
  }
}

function two(n: number): string {
  return String(n).padStart(2, "0");
}

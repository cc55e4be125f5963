import { createHash } from "node:crypto";
import { addDays } from "../platform/clock.ts";
import { insertAll } from "../platform/db.ts";
import { fold } from "../platform/text.ts";
import type { Demo } from "./build.ts";
import { CLUSTER, COMMUNES, SCHOOLS } from "./schools.ts";

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

/** An identifier that is the same in every demonstration: the key's hash in the alphabet of ids. */
export function demoId(key: string): string {
  const bytes = createHash("sha256").update(`hoc-lieu demo ${key}`).digest();
  return `01${[...bytes.subarray(0, 24)].map((byte) => ALPHABET.charAt(byte % 32)).join("")}`;
}

export const DEPARTMENT = demoId("department");

export async function buildOrganisation(demo: Demo): Promise<void> {
  const { db } = demo;
  await insertAll(db, "units", [unit(demo, "department", "department", "Sở Giáo dục và Đào tạo", "22SO", null)]);
  await insertAll(
    db,
    "units",
    COMMUNES.map((commune) => unit(demo, "commune", commune.key, commune.name, `22${commune.code}`, DEPARTMENT)),
  );
  await insertAll(db, "units", [
    unit(demo, "cluster", "cluster", CLUSTER.name, CLUSTER.code, DEPARTMENT),
    ...SCHOOLS.map((school) => ({
      ...unit(demo, "school", school.key, school.name, school.code, school.commune ? demoId(school.commune) : DEPARTMENT),
      level: school.level,
      area: school.area,
    })),
  ]);
  await insertAll(db, "unit_parents", [
    ...COMMUNES.map((commune) => hanging(commune.key, DEPARTMENT, "commune")),
    ...SCHOOLS.map((school) => hanging(school.key, school.commune ? demoId(school.commune) : DEPARTMENT, "school")),
  ]);
  await insertAll(
    db,
    "unit_codes",
    SCHOOLS.map((school) => ({ id: demoId(`code ${school.key}`), unit_id: demoId(school.key), code: school.code, from_on: "2018-09-01", to_on: null })),
  );
  await insertAll(
    db,
    "cluster_members",
    CLUSTER.schools.map((key) => ({ cluster_id: demoId("cluster"), school_id: demoId(key), from_on: "2023-09-01" })),
  );
  await year(demo);
}

function unit(demo: Demo, kind: string, key: string, name: string, code: string, parent: string | null) {
  const id = demoId(key);
  const above = parent === null ? "/" : parent === DEPARTMENT ? `/${DEPARTMENT}/` : `/${DEPARTMENT}/${parent}/`;
  return {
    id,
    kind,
    name,
    code,
    level: null as string | null,
    area: null as string | null,
    parent_id: parent,
    path: `${above}${id}/`,
    opened_on: "2018-09-01",
    closed_on: null,
    merged_into_id: null,
    search_text: fold(`${name} ${code}`),
    created_at: demo.before,
  };
}

function hanging(key: string, parent: string, kind: string) {
  return { id: demoId(`hanging ${key}`), unit_id: demoId(key), parent_id: parent, kind, from_on: "2018-09-01", to_on: null };
}

async function year(demo: Demo): Promise<void> {
  const { db, yearId, term1, term2 } = demo;
  await db("school_years").insert({
    id: yearId,
    term1_starts_on: term1,
    term1_weeks: 18,
    term2_starts_on: term2,
    term2_weeks: 17,
    ends_on: addDays(term2, 7 * 19),
  });
  const holiday = (name: string, from: string, to: string) => ({ id: demoId(`holiday ${name}`), year_id: yearId, unit_id: null, name, from_on: from, to_on: to });
  const tet = addDays(term2, 14);
  await insertAll(db, "holidays", [holiday("Nghỉ giữa hai học kì", addDays(term2, -7), addDays(term2, -1)), holiday("Nghỉ Tết Nguyên đán", tet, addDays(tet, 13))]);
  await db("definitions").insert({
    version: 1,
    valid_from: dayBefore(term1),
    settings: "{}",
    created_by: null,
    created_at: demo.before,
    note: "Kế hoạch 1027/KH-SGDĐT ngày 05/5/2023, mục I.2",
  });
  await db("targets").insert({ year_id: yearId, level: "all", online_share_bp: 200, digitised_bp: 500, source: "Kế hoạch 1027/KH-SGDĐT, chỉ tiêu 2.1 và 2.4" });
}

function dayBefore(day: string): string {
  return addDays(day, -30);
}

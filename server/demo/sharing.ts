import { z } from "zod";
import { addMinutes, type Instant } from "../platform/clock.ts";
import { all, col, insertAll } from "../platform/db.ts";
import type { Demo } from "./build.ts";
import { DEPARTMENT, demoId } from "./organisation.ts";
import { teacherKey, teachersOf } from "./people.ts";
import { SCHOOLS, type DemoSchool } from "./schools.ts";

const row = z.object({
  id: col.id(),
  school_id: col.id(),
  uploaded_by: col.id(),
  title: col.text(),
  subject_code: col.text(),
  grade: col.int(),
  kind: col.text(),
  approved_version_id: col.id(),
  updated_at: col.instant(),
  school_name: col.text(),
  author: col.text(),
});
type Shared = z.infer<typeof row>;

/** How far the shared materials go, in turn. */
const SCOPES = ["public", "province", "public", "cluster"] as const;

/** What teachers say, with their stars. */
const WORDS: readonly (readonly [stars: number, words: string])[] = [
  [5, "Dùng nguyên cho lớp tôi, học sinh theo kịp từ đầu đến cuối. Hình rõ, chữ to."],
  [4, "Bố cục gọn, hợp với một tiết. Nên thêm một ví dụ gần với đời sống ở xã."],
  [4, "Tốt cho phần luyện tập ở nhà; tôi bớt hai câu cuối vì hơi khó."],
  [5, "Có thể chiếu ngay. Em học chậm xem lại ở nhà vẫn hiểu."],
  [3, "Nội dung đúng nhưng nhiều chữ, nên tách thành hai phần."],
];

/** Materials that left their school, what others say of them, one that was taken over, two collections and a report. */
export async function buildSharing(demo: Demo): Promise<void> {
  const schools = SCHOOLS.filter((school) => school.hasPlans);
  const open = await all(
    row,
    demo
      .db("materials as m")
      .join("units as s", "s.id", "m.school_id")
      .join("persons as p", "p.id", "m.uploaded_by")
      .where({ "m.licence": "CC BY-SA", "m.state": "approved" })
      .whereNotNull("m.subject_code")
      .whereNotNull("m.grade")
      .orderBy(["m.school_id", "m.id"])
      .select("m.id", "m.school_id", "m.uploaded_by", "m.title", "m.subject_code", "m.grade", "m.kind", "m.approved_version_id", "m.updated_at", { school_name: "s.name", author: "p.name" }),
  );
  await demo.db.transaction(async (db) => {
    const within = { ...demo, db };
    for (const [i, material] of open.entries()) await share(within, schools, material, i);
    await adopt(within, schools, open);
    await collect(within, schools, open);
  });
}

/** Some days after the approval: asked for by the owner, agreed to by the leader, rated in the weeks that follow. */
async function share(demo: Demo, schools: readonly DemoSchool[], material: Shared, i: number): Promise<void> {
  const scope = SCOPES[i % SCOPES.length] ?? "province";
  const home = schools.find((school) => demoId(school.key) === material.school_id);
  if (home === undefined) return;
  const at = addMinutes(material.updated_at, 3 * 24 * 60);
  await demo.db("materials").where({ id: material.id }).update({ scope, author: material.author, description: `Học liệu cho bài “${material.title}”, đã dùng trên lớp.`, public_since: scope === "public" ? at : null, updated_at: at });
  const step = (act: string, by: string, when: Instant): object => ({ id: demoId(`${act} ${material.id}`), material_id: material.id, version_id: material.approved_version_id, act, by, at: when, comment: "", details: JSON.stringify({ from: "school", scope }) });
  await insertAll(demo.db, "material_steps", [step("want_scope", material.uploaded_by, addMinutes(at, -60)), step("give_scope", demoId(teacherKey(home, 0)), at)]);
  const others = schools.filter((school) => school !== home);
  const ratings = Array.from({ length: i % 4 }, (_, n) => {
    const school = others[(i + n) % others.length] ?? home;
    const [stars, words] = WORDS[(i + n) % WORDS.length] ?? [4, ""];
    return { material_id: material.id, person_id: demoId(teacherKey(school, 6 + ((i + n) % Math.max(1, teachersOf(school) - 6)))), stars, words, rated_at: addMinutes(at, (n + 1) * 5 * 24 * 60) };
  });
  await insertAll(demo.db, "material_ratings", ratings);
}

/** One school took a material of another over, for a lesson that it had something for already. */
async function adopt(demo: Demo, schools: readonly DemoSchool[], open: readonly Shared[]): Promise<void> {
  const taker = schools.find((school) => school.key === "thcs-le-loi");
  const original = open.find((material) => material.school_id === demoId("thcs-tran-phu") && material.subject_code === "TOAN");
  if (taker === undefined || original === undefined) return;
  const by = demoId(teacherKey(taker, 7));
  const at = addMinutes(demo.at, -6 * 24 * 60);
  const [id, version] = [demoId(`adopted ${original.id}`), demoId(`adopted version ${original.id}`)];
  const source = (await demo.db("materials").where({ id: original.id }).first()) as Record<string, unknown>;
  const file = (await demo.db("material_versions").where({ id: original.approved_version_id }).first()) as Record<string, unknown>;
  await demo.db("materials").insert({ ...source, id, school_id: demoId(taker.key), campus_id: null, uploaded_by: by, scope: "school", public_since: null, origin: "adopted", from_material_id: original.id, from_version_id: original.approved_version_id, state: "submitted", latest_version_id: version, approved_version_id: null, submitted_at: at, source: `“${original.title}”, ${original.author}, ${original.school_name} (CC BY-SA)`, created_at: at, updated_at: at });
  await demo.db("material_versions").insert({ ...file, id: version, material_id: id, number: 1, state: "submitted", uploaded_by: by, uploaded_at: at });
  const step = (act: string): object => ({ id: demoId(`${act} ${id}`), material_id: id, version_id: version, act, by, at, comment: "", details: JSON.stringify(act === "upload" ? { from: original.id, origin: "adopted" } : {}) });
  await insertAll(demo.db, "material_steps", [step("upload"), step("submit")]);
}

async function collect(demo: Demo, schools: readonly DemoSchool[], open: readonly Shared[]): Promise<void> {
  const lead = schools.find((school) => school.key === "thcs-tran-phu");
  if (lead === undefined) return;
  const maths = open.filter((material) => material.subject_code === "TOAN" && material.grade >= 6).slice(0, 5);
  const best = open.filter((_, i) => i % 4 === 0).slice(0, 6);
  const made: [key: string, unit: string, owner: string, scope: string, title: string, description: string, items: Shared[]][] = [
    ["cluster", demoId("cluster"), demoId(teacherKey(lead, 0)), "cluster", "Toán trung học cơ sở: học liệu dùng chung của cụm", "Các tổ Toán trong cụm chọn sau sinh hoạt chuyên môn. Dùng theo thứ tự này.", maths],
    ["province", DEPARTMENT, demoId("province officer"), "public", "Học liệu số tiêu biểu học kì I", "Những học liệu được đánh giá cao, nhà trường đã duyệt và chia sẻ cho mọi người.", best],
  ];
  for (const [key, unit, owner, scope, title, description, items] of made) {
    const id = demoId(`collection ${key}`);
    await demo.db("collections").insert({ id, unit_id: unit, owner_id: owner, title, description, scope, created_at: addMinutes(demo.at, -10 * 24 * 60), updated_at: addMinutes(demo.at, -2 * 24 * 60) });
    await insertAll(demo.db, "collection_items", items.map((item, i) => ({ collection_id: id, material_id: item.id, position: i + 1, note: i === 0 ? "Bắt đầu từ đây." : "", added_by: owner, added_at: addMinutes(demo.at, -10 * 24 * 60 + i) })));
  }
  const [reported] = best;
  if (reported) await demo.db("material_reports").insert({ id: demoId("report"), material_id: reported.id, reported_by: demoId(teacherKey(lead, 9)), kind: "content", words: "Trang 2 có một chỗ in nhầm dấu, xin thầy cô xem lại.", reported_at: addMinutes(demo.at, -26 * 60) });
}

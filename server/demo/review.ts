import { Readable } from "node:stream";
import { z } from "zod";
import { addDays, addMinutes } from "../platform/clock.ts";
import { all, col, insertAll } from "../platform/db.ts";
import type { Demo } from "./build.ts";
import { slidesPdf } from "./media.ts";
import { demoId } from "./organisation.ts";
import { teacherKey } from "./people.ts";
import { SCHOOLS } from "./schools.ts";

const materialRow = z.object({ id: col.id(), title: col.text(), state: col.text(), latest_version_id: col.id(), blob_hash: col.text(), uploaded_by: col.id() });
type Material = z.infer<typeof materialRow>;

const CHECKLIST = [
  { text: "Đúng bài học, môn và lớp theo kế hoạch của tổ", required: true },
  { text: "Nội dung chính xác, không có lỗi", required: true },
  { text: "Chữ, hình, tiếng rõ; học sinh tự xem được trên điện thoại", required: false },
  { text: "Ghi rõ nguồn và quyền sử dụng", required: false },
];

/** Identifiers that grow with time, as those of the running system do: lists are sorted by them. */
function inOrder(key: string, i: number): string {
  return `${String(i).padStart(4, "0")}${demoId(`${key} ${i}`).slice(4)}`;
}

/** How THCS Trần Phú reviews: its checklist and deadlines, a version that replaces another, one that came back with comments. */
export async function buildReview(demo: Demo): Promise<void> {
  const school = SCHOOLS.find((one) => one.key === "thcs-tran-phu");
  if (school === undefined) return;
  const schoolId = demoId(school.key);
  const [leader, head, teacher] = [0, 2, 8].map((n) => demoId(teacherKey(school, n))) as [string, string, string];
  await demo.db.transaction(async (db) => {
    const within = { ...demo, db };
    await db("review_settings").insert({ id: demoId("review settings"), unit_id: schoolId, version: 1, items: JSON.stringify(CHECKLIST), pass_days: 5, approve_days: 3, created_by: leader, created_at: demo.before });
    const maths = await all(
      materialRow,
      db("materials as m")
        .join("material_versions as v", "v.id", "m.latest_version_id")
        .where({ "m.school_id": schoolId, "m.subject_code": "TOAN", "v.mime": "application/pdf" })
        .orderBy("m.id")
        .select("m.id", "m.title", "m.state", "m.latest_version_id", "v.blob_hash", "m.uploaded_by"),
    );
    const inUse = maths.find((material) => material.state === "approved");
    const waiting = maths.filter((material) => material.state === "submitted");
    const returned = waiting.pop();
    const deputies = [
      { id: inOrder("deputy", 1), person_id: demoId(teacherKey(school, 9)), from_on: addDays(demo.today, -50), to_on: addDays(demo.today, -46), reason: "Hiệu trưởng đi tập huấn của Sở" },
      { id: inOrder("deputy", 2), person_id: demoId(teacherKey(school, 10)), from_on: addDays(demo.today, -1), to_on: addDays(demo.today, 5), reason: "Ban giám hiệu coi thi học sinh giỏi cấp tỉnh" },
    ];
    await insertAll(db, "review_deputies", deputies.map((one) => ({ ...one, school_id: schoolId, named_by: leader, named_at: addMinutes(demo.at, -2 * 24 * 60), ended_at: null, ended_by: null })));
    if (inUse) await replace(within, inUse, teacher);
    if (returned) await giveBack(within, returned, { head, teacher });
    await tell(within, schoolId, { leader, head, teacher, returned });
  });
}

/** A newer version waits for the group while the older one stays in use; both have their text, so they can be compared. */
async function replace(demo: Demo, material: Material, by: string): Promise<void> {
  const { db } = demo;
  const at = addMinutes(demo.at, -2 * 24 * 60);
  const stored = await demo.blobs.put(Readable.from(await slidesPdf(`${material.title} (bản chỉnh sửa)`, "Toán 6", "Thêm bài tập vận dụng")));
  const version = demoId(`newer version ${material.id}`);
  await db("blobs").insert({ hash: stored.hash, size_bytes: stored.size, mime: "application/pdf", created_at: at }).onConflict("hash").ignore();
  await db("material_versions").insert({ id: version, material_id: material.id, number: 2, state: "submitted", blob_hash: stored.hash, file_name: `${material.title} (bản chỉnh sửa).pdf`, mime: "application/pdf", size_bytes: stored.size, uploaded_by: by, uploaded_at: at });
  await db("materials").where({ id: material.id }).update({ latest_version_id: version, state: "submitted", submitted_at: addMinutes(at, 20), updated_at: at });
  await insertAll(db, "material_steps", (["upload", "submit"] as const).map((act, i) => ({ id: demoId(`newer step ${material.id} ${i}`), material_id: material.id, version_id: version, act, by, at: addMinutes(at, 20 * i), comment: "" })));
  const aims = `Mục tiêu bài học\nNêu được nội dung chính của bài “${material.title}”.\nVận dụng vào ví dụ gần gũi trong đời sống ở địa phương.`;
  const texts: [string, string[]][] = [
    [material.blob_hash, [`${material.title}\nToán 6`, aims]],
    [stored.hash, [`${material.title} (bản chỉnh sửa)\nToán 6\nThêm bài tập vận dụng`, aims]],
  ];
  for (const [blob_hash, pages] of texts) {
    const rows = pages.map((text, i) => ({ blob_hash, page: i + 1, text, source: "file" }));
    await db("file_texts").insert(rows).onConflict(["blob_hash", "page"]).ignore();
  }
}

/** A material came back: a word in the trail, and comments pinned to its pages. */
async function giveBack(demo: Demo, material: Material, { head, teacher }: { head: string; teacher: string }): Promise<void> {
  const { db } = demo;
  const at = addMinutes(demo.at, -5 * 60);
  const version_id = material.latest_version_id;
  await db("material_versions").where({ id: version_id }).update({ state: "draft" });
  await db("materials").where({ id: material.id }).update({ state: "draft", submitted_at: null, updated_at: at });
  const answers = CHECKLIST.map((item, i) => ({ ...item, ticked: i === 0 }));
  await db("material_steps").insert({
    ...{ id: demoId(`returned ${material.id}`), material_id: material.id, version_id, act: "return", by: head, at, comment: "Thầy sửa giúp hai chỗ đã ghi ở trang 1 và trang 2." },
    details: JSON.stringify({ checklist: { id: demoId("review settings"), version: 1, answers } }),
  });
  const said: { key: string; thread?: string; by: string; body: string; page?: number; x?: number; y?: number; state?: string }[] = [
    { key: "a", by: head, body: "Câu hỏi mở đầu nên gắn với ví dụ ở địa phương.", page: 1, x: 240, y: 460 },
    { key: "b", by: head, body: "Thiếu nguồn của hình minh hoạ.", page: 2 },
    { key: "c", thread: "b", by: teacher, body: "Hình do tôi tự vẽ, tôi sẽ ghi vào chân trang." },
    { key: "d", by: head, body: "Tiêu đề viết sai chính tả.", state: "resolved" },
  ];
  const idOf = (key: string): string => inOrder("comment", said.findIndex((one) => one.key === key));
  await insertAll(
    db,
    "material_comments",
    said.map(({ key, thread, by, body, page, x, y, state }, i) => ({
      ...{ id: idOf(key), material_id: material.id, version_id, thread_id: idOf(thread ?? key), by, at: addMinutes(at, i - 10), body, page: page ?? null, at_x: x ?? null, at_y: y ?? null },
      ...{ state: state ?? "open", settled_by: state ? teacher : null, settled_at: state ? at : null },
    })),
  );
}

/** What the three of them were told of it. */
async function tell(demo: Demo, schoolId: string, people: { leader: string; head: string; teacher: string; returned: Material | undefined }): Promise<void> {
  const { leader, head, teacher, returned } = people;
  const waiting = await all(
    z.object({ id: col.id(), title: col.text(), state: col.text(), subject_code: col.text(), name: col.text(), submitted_at: col.instant() }),
    demo.db("materials as m").join("persons as p", "p.id", "m.uploaded_by").where("m.school_id", schoolId).whereIn("m.state", ["submitted", "passed"]).orderBy("m.submitted_at").select("m.id", "m.title", "m.state", "m.subject_code", "m.submitted_at", "p.name"),
  );
  const headName = String((await demo.db("persons").where({ id: head }).first("name"))?.name);
  const news = waiting.flatMap((material) => {
    const params = { title: material.title, by: material.state === "passed" ? headName : material.name };
    if (material.state === "passed") return [{ person_id: leader, kind: "material_waiting", material, params, at: addMinutes(material.submitted_at, 30) }];
    return ["TOAN", "TIN"].includes(material.subject_code) ? [{ person_id: head, kind: "material_submitted", material, params, at: material.submitted_at }] : [];
  });
  const back = returned && { person_id: teacher, kind: "material_returned", material: returned, params: { title: returned.title, by: headName, comment: "Thầy sửa giúp hai chỗ đã ghi ở trang 1 và trang 2." }, at: addMinutes(demo.at, -5 * 60) };
  const told = [...news, ...(back ? [back] : [])].sort((a, b) => (a.at < b.at ? -1 : 1));
  const rows = told.map(({ material, params, ...notice }, i) => ({
    ...{ ...notice, id: inOrder("notice", i), href: `/materials/${material.id}`, params: JSON.stringify(params) },
    read_at: notice.at < addMinutes(demo.at, -4 * 24 * 60) ? demo.at : null,
  }));
  await insertAll(demo.db, "notices", rows);
}

import { Readable } from "node:stream";
import { z } from "zod";
import { grantAsSystem } from "../access/policy.ts";
import { makeKits } from "../kits/jobs.ts";
import { saveDone, saveGiven, saveOpened } from "../kits/store.ts";
import { loadLiveClass, type LiveRow } from "../live/store/classes.ts";
import { addDays, addMinutes, instantOf } from "../platform/clock.ts";
import { all, col, insertAll, maybeOne } from "../platform/db.ts";
import { fold } from "../platform/text.ts";
import type { Demo } from "./build.ts";
import { addRenditions } from "../digitising/store.ts";
import { makeReplay } from "../live/recording/replay-files.ts";
import { inkOf } from "./delivery.ts";
import { slidesPdf } from "./media.ts";
import { demoId } from "./organisation.ts";
import { LENGTH_MS as RECORDING_MS } from "./recording.ts";

/** The teacher's own slides of the lesson, a draft. */
async function addSlides(demo: Demo, live: LiveRow, lesson: string): Promise<string> {
  const { db } = demo;
  const [material, version, at] = [demoId("kit slides"), demoId("kit slides version"), addMinutes(live.starts_at, -24 * 60)];
  const [covered] = live.covered;
  const name = covered?.lesson_title ?? live.title;
  const stored = await demo.blobs.put(Readable.from([await slidesPdf(name, `Toán ${covered?.grade ?? 6}`, live.teacher_name)]));
  const title = `Bài giảng: ${name}`;
  await db("blobs").insert({ hash: stored.hash, size_bytes: stored.size, mime: "application/pdf", created_at: at }).onConflict("hash").ignore();
  await db("materials").insert({ id: material, school_id: live.school_id, uploaded_by: live.teacher_id, title, kind: "slides", author: live.teacher_name, subject_code: covered?.subject_code ?? null, grade: covered?.grade ?? null, state: "draft", latest_version_id: version, search_text: fold(title), created_at: at, updated_at: at });
  await db("material_versions").insert({ id: version, material_id: material, number: 1, state: "draft", blob_hash: stored.hash, file_name: "bai-giang.pdf", mime: "application/pdf", size_bytes: stored.size, uploaded_by: live.teacher_id, uploaded_at: at });
  await db("material_lessons").insert({ material_id: material, plan_lesson_id: lesson, linked_by: live.teacher_id, linked_at: at });
  await db("material_steps").insert({ id: demoId("kit slides step"), material_id: material, version_id: version, act: "upload", by: live.teacher_id, at, comment: "" });
  return material;
}

const idRow = z.object({ id: col.id() });

/** The kit of the class that was recorded, for those who missed it, the pupil of the sign-in page among them; some have gone through it. */
export async function buildKit(demo: Demo): Promise<void> {
  const { db } = demo;
  const recorded = await maybeOne(idRow, db("live_recordings").orderBy("live_class_id").first({ id: "live_class_id" }));
  const live = recorded && (await loadLiveClass(db, recorded.id));
  const opened = live?.opened_at;
  const lesson = live?.covered[0]?.plan_lesson_id;
  if (!live || lesson === undefined || opened == null || live.ended_at === null) return;

  await db("live_classes").where({ id: live.id }).update({ slides_material_id: await addSlides(demo, live, lesson), message_count: 2 });
  const at = (seconds: number): string => addMinutes(opened, 2 + seconds / 60);
  await insertAll(db, "live_turns", [1, 2, 3, 4, -1].map((page, i) => ({ id: demoId(`kit turn ${page}`), live_class_id: live.id, page, at: at(12 * i) })));
  /** `second` of the recording at which the pen was lifted: a page stands for twelve. */
  const draw = (seq: number, second: number, page: number, kind: string, body: object): object => ({ live_class_id: live.id, seq, person_id: live.teacher_id, page, kind, body: JSON.stringify(body), client_key: `kit-${1000 + seq}`, at: at(second) });
  const wave = Array.from({ length: 70 }, (_, i) => ({ x: 90 + i * 5, y: Math.round(470 + 7 * Math.sin(i / 4)) }));
  await insertAll(db, "live_drawings", [
    draw(1, 19, 2, "ink", { c: 2, w: 2, d: inkOf(wave), ms: 3500 }),
    draw(2, 28, 3, "arrow", { c: 1, w: 2, x: 820, y: 420, x2: 700, y2: 330 }),
    draw(3, 31, 3, "text", { c: 1, w: 2, x: 760, y: 430, t: "Chú ý!" }),
    draw(4, 200, -1, "text", { c: 0, w: 3, x: 60, y: 40, t: "BCNN(4, 6) = ?" }),
    draw(5, 220, -1, "text", { c: 1, w: 2, x: 60, y: 130, t: "B(4) = {0; 4; 8; 12; 16; …}\nB(6) = {0; 6; 12; 18; …}" }),
    draw(6, 240, -1, "text", { c: 3, w: 3, x: 60, y: 270, t: "BCNN(4, 6) = 12" }),
    draw(7, 250, -1, "rect", { c: 3, w: 2, x: 45, y: 265, x2: 520, y2: 345 }),
  ]);
  await db("live_rooms").insert({ live_class_id: live.id, drawn: 7, drawn_bytes: 900, blank_pages: 1, notes: "Bài tập về nhà: 1, 2, 3 trong sách giáo khoa.\nTiết sau mang thước kẻ." }).onConflict("live_class_id").ignore();
  const { hash } = (await maybeOne(z.object({ hash: col.text() }), db("live_recordings as r").join("materials as m", "m.id", "r.material_id").join("material_versions as v", "v.id", "m.latest_version_id").where({ "r.live_class_id": live.id }).first({ hash: "v.blob_hash" }))) ?? { hash: "" };
  const shown = await loadLiveClass(db, live.id);
  if (shown) await addRenditions(db, hash, await makeReplay(db, demo.blobs, shown, [{ startedAt: at(0), lengthMs: RECORDING_MS }]), at(3_000));
  const exit = demoId("kit exit");
  await insertAll(db, "live_questions", [
    { id: demoId("kit question"), live_class_id: live.id, kind: "choice", is_exit: false, prompt: "Bội chung nhỏ nhất của 4 và 6 là số nào?", options: JSON.stringify(["2", "12", "24", "48"]), right_answer: "B", opened_at: at(41), closed_at: at(200), shown_at: at(200) },
    { id: exit, live_class_id: live.id, kind: "short", is_exit: true, prompt: "Bội chung nhỏ nhất của 3 và 5 là số nào?", options: "[]", right_answer: "15", opened_at: addMinutes(live.ended_at, -3), closed_at: live.ended_at, shown_at: null },
  ]);

  const [pupil] = await all(idRow, db("persons").where({ username: "hocsinh" }).limit(1).select("id"));
  const stayedAway = await all(idRow, db("attendances").where({ live_class_id: live.id }).orderBy("person_id").limit(5).select({ id: "person_id" }));
  const away = [...new Set([...stayedAway, ...(pupil ? [pupil] : [])].map((one) => one.id))];
  await db("attendances").where({ live_class_id: live.id }).whereIn("person_id", away).update({ present: false, present_minutes: 0 });
  await db("presence_marks").where({ live_class_id: live.id }).whereIn("person_id", away).del();
  const present = await all(idRow, db("attendances").where({ live_class_id: live.id, present: true }).orderBy("person_id").limit(2).select({ id: "person_id" }));
  await insertAll(db, "live_messages", present.map(({ id }, i) => ({ live_class_id: live.id, seq: i + 1, person_id: id, body: ["Thưa cô, 24 cũng chia hết cho cả 4 và 6 mà ạ?", "Thưa cô, số 0 có là bội chung không ạ?"][i] ?? "", client_key: `kit-${2000 + i}`, at: at(30 + 10 * i), kind: "question", answered_at: at(60), audience: "all" })));

  const given = addMinutes(live.ended_at, 90);
  const act = { by: live.teacher_id, at: given, requestId: demoId("kit") };
  await saveGiven(db, grantAsSystem({ ...live, state: "ended" as const }, "teach"), { due_at: instantOf(addDays(demo.today, 4)), with_sound: true }, act);
  await makeKits(db, demo.blobs, addMinutes(given, 2));
  const absent = await all(idRow, db("attendances").where({ live_class_id: live.id, present: false }).orderBy("person_id").limit(200).select({ id: "person_id" }));
  for (const [i, { id }] of absent.filter((one) => one.id !== pupil?.id).entries()) {
    if (i % 3 === 2) continue;
    await saveOpened(db, live.id, id, addMinutes(given, 300 + 11 * i));
    if (i % 3 === 0) await saveDone(db, live.id, id, { [exit]: i % 2 === 0 ? "15" : "30" }, addMinutes(given, 340 + 11 * i));
  }
}

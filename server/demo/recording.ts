import { readFileSync } from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import { z } from "zod";
import { addMinutes, dayOf } from "../platform/clock.ts";
import { all, col, insertAll } from "../platform/db.ts";
import { fold } from "../platform/text.ts";
import { recording as words } from "../live/recording/messages.ts";
import type { Demo } from "./build.ts";
import { demoId } from "./organisation.ts";
import { WORDING } from "../live/recording/wording.ts";

export const LENGTH_MS = 48_000;
const PAGE_MS = 12_000;

/** A school that records: one class of last week as its teacher finds it, shown to the class; and a parent who agreed. */
export async function buildRecording(demo: Demo): Promise<void> {
  const { db } = demo;
  const school = demoId("thcs-tran-phu");
  const leader = demoId("thcs-tran-phu teacher 0");
  await db("live_settings").insert({ school_id: school, recording: true, recording_days: 30, updated_by: leader, updated_at: demo.before });
  await db("recording_consents").insert({ id: demoId("recording consent"), pupil_id: demoId("thcs-tran-phu class 6A pupil 0"), given_by: demoId("parent"), given_at: addMinutes(demo.before, 24 * 60), wording: WORDING });
  const row = z.object({ id: col.id(), title: col.text(), teacher_id: col.id(), teacher: col.text(), opened_at: col.instant(), ended_at: col.instant(), course_id: col.id(), lesson_id: col.id(), subject_code: col.text(), grade: col.int() });
  const [live] = await all(
    row,
    db("live_classes as l")
      .join("live_class_periods as p", "p.live_class_id", "l.id")
      .join("courses as c", "c.id", "p.course_id")
      .join("persons as t", "t.id", "l.teacher_id")
      .where({ "l.school_id": school, "l.state": "ended", "l.engine": "embedded", "l.teacher_id": demoId("thcs-tran-phu teacher 8"), "c.subject_code": "TOAN", "c.name": "Toán 6A" })
      .orderBy([{ column: "l.starts_at", order: "desc" }, { column: "l.id" }])
      .limit(1)
      .select("l.id", "l.title", "l.teacher_id", "l.opened_at", "l.ended_at", "p.course_id", "c.subject_code", "c.grade", { lesson_id: "p.plan_lesson_id", teacher: "t.name" }),
  );
  if (!live) return;
  const at = addMinutes(live.ended_at, 2);
  const stored = await demo.blobs.put(Readable.from([readFileSync(path.join(import.meta.dirname, "media", "recording.webm"))]));
  const [material, version] = [demoId("recording"), demoId("recording version")];
  const title = words.vi.material_title(live.title, dayOf(live.opened_at));
  await db("blobs").insert({ hash: stored.hash, size_bytes: stored.size, mime: "video/webm", created_at: at });
  await db("materials").insert({ id: material, school_id: school, uploaded_by: live.teacher_id, title, kind: "video", author: live.teacher, subject_code: live.subject_code, grade: live.grade, state: "draft", latest_version_id: version, search_text: fold(title), created_at: at, updated_at: at });
  await db("material_versions").insert({ id: version, material_id: material, number: 1, state: "draft", blob_hash: stored.hash, file_name: "ghi-hinh-buoi-hoc.webm", mime: "video/webm", size_bytes: stored.size, uploaded_by: live.teacher_id, uploaded_at: at });
  await db("material_lessons").insert({ material_id: material, plan_lesson_id: live.lesson_id, linked_by: live.teacher_id, linked_at: at });
  await db("material_steps").insert({ id: demoId("recording step"), material_id: material, version_id: version, act: "upload", by: live.teacher_id, at, comment: "" });
  const pages = Array.from({ length: LENGTH_MS / PAGE_MS }, (_, i) => ({ time_ms: i * PAGE_MS, kind: "slide", page: i + 1, text: "" }));
  const question = { time_ms: 3 * PAGE_MS + 5_000, kind: "question", page: 0, text: "Bội chung nhỏ nhất của 4 và 6 là số nào?" };
  await insertAll(db, "material_moments", [...pages, question].map((moment, seq) => ({ ...moment, version_id: version, seq })));
  await db("live_recordings").insert({ live_class_id: live.id, state: "kept", started_by: live.teacher_id, started_at: addMinutes(live.opened_at, 2), material_id: material, kept_at: at, length_ms: LENGTH_MS });
  await db("lesson_attachments").insert({ course_id: live.course_id, plan_lesson_id: live.lesson_id, material_id: material, attached_by: live.teacher_id, attached_at: addMinutes(at, 20) });
}

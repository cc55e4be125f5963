import type { Db } from "../../server/platform/db.ts";
import { newId } from "../../server/platform/ids.ts";
import { addMinutes, type Instant } from "../../server/platform/clock.ts";
import { raise } from "../../server/platform/jobs/queue.ts";
import { liveClassEnded } from "../../server/live/events.ts";
import { selfStudyProgressed } from "../../server/study/events.ts";
import { W } from "./world.ts";

export interface Carries {
  course: string;
  lesson: string;
  number: number;
}

/** What a live class left behind when it ended: the rows that the live feature writes, and the fact it announces. */
export async function holdLiveClass(
  db: Db,
  held: {
    carries: readonly Carries[];
    /** Who stayed how many minutes; everybody else on the list was absent. */
    present: Readonly<Record<string, number>>;
    starts: Instant;
    minutes: number;
    state?: "ended" | "cancelled";
    purpose?: "lesson" | "trial";
    teacher?: string;
    school?: string;
  },
): Promise<string> {
  const liveClassId = newId();
  const { starts, minutes, carries } = held;
  await db("live_classes").insert({
    id: liveClassId,
    school_id: held.school ?? W.tranPhu,
    teacher_id: held.teacher ?? W.huong,
    title: "Lớp trực tuyến",
    starts_at: starts,
    length_minutes: minutes,
    purpose: held.purpose ?? "lesson",
    state: held.state ?? "ended",
    opened_at: starts,
    ended_at: addMinutes(starts, minutes),
    created_at: starts,
  });
  await db("live_class_periods").insert(
    carries.map(({ course, lesson, number }) => ({ live_class_id: liveClassId, course_id: course, plan_lesson_id: lesson, period_number: number })),
  );
  for (const courseId of new Set(carries.map((one) => one.course))) {
    const pupils = await db("class_enrolments as e").join("courses as c", "c.class_id", "e.class_id").where("c.id", courseId).pluck("e.person_id");
    for (const [key, stayed] of Object.entries(held.present)) {
      const person = Object.entries(W).find(([name]) => name === key)?.[1];
      if (typeof person !== "string" || !pupils.includes(person)) continue;
      const attendance = { live_class_id: liveClassId, course_id: courseId, person_id: person };
      await db("attendances").insert({ ...attendance, present_minutes: stayed, present: stayed * 2 >= minutes });
    }
  }
  await raise(db, liveClassEnded, { liveClassId }, addMinutes(starts, minutes));
  return liveClassId;
}

/** A lesson assigned as self-study, and who completed it when. */
export async function studyAlone(
  db: Db,
  study: { course: string; lesson: string; from: number; to: number; opens: Instant; due: Instant; done: Partial<Record<"minh" | "an" | "chau" | "duy", Instant>>; state?: "open" | "closed" },
): Promise<string> {
  const assignmentId = newId();
  await db("self_study_assignments").insert({
    id: assignmentId,
    course_id: study.course,
    plan_lesson_id: study.lesson,
    period_from: study.from,
    period_to: study.to,
    assigned_by: W.huong,
    opens_at: study.opens,
    due_at: study.due,
    state: study.state ?? "open",
    created_at: study.opens,
  });
  for (const [key, at] of Object.entries(study.done)) {
    const pupil = { minh: W.minh, an: W.an, chau: W.chau, duy: W.duy }[key];
    const progress = { course_id: study.course, plan_lesson_id: study.lesson, pupil_id: pupil };
    await db("lesson_progress").insert({ ...progress, opened_at: study.opens, last_opened_at: at, done_at: at });
  }
  await raise(db, selfStudyProgressed, { assignmentId }, study.opens);
  return assignmentId;
}

/** An approved material of the school for some lessons, as the materials feature leaves it. */
export async function digitise(db: Db, lessons: readonly string[], at: Instant, change: { state?: string; school?: string } = {}): Promise<string> {
  const [id, version] = [newId(), newId()];
  const hash = id.padEnd(64, "0");
  await db("blobs").insert({ hash, size_bytes: 1, mime: "application/pdf", created_at: at });
  const approved = (change.state ?? "approved") === "approved";
  await db("materials").insert({
    id,
    school_id: change.school ?? W.tranPhu,
    uploaded_by: W.huong,
    title: "Bài giảng",
    kind: "slides",
    state: change.state ?? "approved",
    latest_version_id: version,
    approved_version_id: approved ? version : null,
    search_text: "bai giang",
    created_at: at,
    updated_at: at,
  });
  const made = { material_id: id, number: 1, blob_hash: hash, file_name: "bai.pdf", mime: "application/pdf", size_bytes: 1 };
  await db("material_versions").insert({ id: version, ...made, state: approved ? "approved" : "draft", uploaded_by: W.huong, uploaded_at: at });
  for (const lesson of lessons) await db("material_lessons").insert({ material_id: id, plan_lesson_id: lesson, linked_by: W.huong, linked_at: at });
  if (approved) await db("material_steps").insert({ id: newId(), material_id: id, version_id: version, act: "approve", by: W.nam, at });
  return id;
}

import { Readable } from "node:stream";
import { z } from "zod";
import { addMinutes } from "../platform/clock.ts";
import { all, col, insertAll, type Db } from "../platform/db.ts";
import { fold } from "../platform/text.ts";
import type { Demo } from "./build.ts";
import { chartPng, clip, melodyWav, slidesPdf, worksheetPdf, type DemoFile } from "./media.ts";
import { demoId } from "./organisation.ts";
import { groupsOf, teacherKey, teachersOf } from "./people.ts";
import { SCHOOLS, type DemoSchool } from "./schools.ts";

export const lessonRow = z.object({
  id: col.id(),
  title: col.text(),
  subject_code: col.text(),
  subject: col.text(),
  grade: col.int(),
  kind: col.text(),
});
type Lesson = z.infer<typeof lessonRow>;

/** Lessons of plans as `lessonRow` has them; which ones, and in which order, whoever asks says. */
export function planLessons(db: Db) {
  return db("plan_lessons as l")
    .join("plans as p", "p.id", "l.plan_id")
    .join("subjects as s", "s.code", "p.subject_code")
    .select("l.id", "l.title", "p.subject_code", "s.name_vi as subject", "p.grade", "l.kind");
}
type State = "draft" | "submitted" | "passed" | "approved";

/** Lessons beyond the approved ones that have a material on its way, for each school. */
const ON_THEIR_WAY: readonly State[] = ["draft", "passed", "submitted", "draft", "passed", "submitted", "submitted"];

/** Materials of the maths group of THCS Trần Phú that wait besides, so that its queue is worth a look. */
const MATHS_WAITING = 9;

export async function buildMaterials(demo: Demo): Promise<void> {
  for (const school of SCHOOLS.filter((s) => s.hasPlans)) {
    const lessons = await all(
      lessonRow,
      planLessons(demo.db)
        .where({ "p.school_id": demoId(school.key) })
        .whereNotIn("l.kind", ["review", "test"])
        .orderBy([{ column: "p.subject_code" }, { column: "p.grade" }, { column: "l.position" }]),
    );
    const chosen = choose(lessons, school.digitised);
    const rest = lessons.filter((lesson) => !chosen.includes(lesson));
    await demo.db.transaction(async (db) => {
      const within = { ...demo, db };
      for (const [i, lesson] of chosen.entries()) await addMaterial(within, school, lesson, i, "approved");
      for (const [i, state] of ON_THEIR_WAY.entries()) {
        const lesson = rest[Math.floor((i * rest.length) / ON_THEIR_WAY.length)]; // every subject has some
        if (lesson) await addMaterial(within, school, lesson, chosen.length + i, state);
      }
      const maths = school.key === "thcs-tran-phu" ? rest.filter((lesson) => lesson.subject_code === "TOAN") : [];
      for (const [i, lesson] of maths.slice(-MATHS_WAITING).entries()) await addMaterial(within, school, lesson, 200 + i * 3 + (i % 2), "submitted");
    });
  }
}

/** Spreads the approved materials over the subjects so that each reaches the same share. */
function choose(lessons: readonly Lesson[], share: number): Lesson[] {
  const subjects = [...new Set(lessons.map((lesson) => lesson.subject_code))];
  return subjects.flatMap((code) => {
    const own = lessons.filter((lesson) => lesson.subject_code === code);
    const wanted = share >= 0.05 ? Math.ceil(own.length * share) : Math.floor(own.length * share);
    const step = Math.max(1, Math.floor(own.length / Math.max(1, wanted)));
    return own.filter((_, i) => i % step === 0).slice(0, wanted);
  });
}

/** Adds a material with its file and its trail; answers its version. */
export async function addMaterial(demo: Demo, school: DemoSchool, lesson: Lesson, index: number, state: State, given?: DemoFile & { title: string }): Promise<string> {
  const { db } = demo;
  const by = uploader(school, lesson, index);
  const file = given ?? (await fileFor(lesson, index));
  const stored = await demo.blobs.put(Readable.from(file.bytes));
  const id = demoId(`${school.key} material ${lesson.id} ${index}`);
  const version = demoId(`${school.key} version ${lesson.id} ${index}`);
  const isWaiting = state === "submitted" || state === "passed";
  const at = isWaiting ? addMinutes(demo.at, -((1 + (index % 7)) * 24 * 60 + index * 7)) : addMinutes(demo.before, 30 * 24 * 60 + (index * 977) % (70 * 24 * 60));
  await db("blobs").insert({ hash: stored.hash, size_bytes: stored.size, mime: file.mime, created_at: at }).onConflict("hash").ignore();
  await db("materials").insert({
    id,
    school_id: demoId(school.key),
    campus_id: null,
    uploaded_by: demoId(by),
    title: given?.title ?? lesson.title,
    description: "",
    subject_code: lesson.subject_code,
    grade: lesson.grade,
    kind: file.kind,
    language: "vi",
    licence: index % 4 === 0 ? "CC BY-SA" : "school-only",
    year: Number(demo.yearId.slice(0, 4)),
    state,
    latest_version_id: version,
    approved_version_id: state === "approved" ? version : null,
    submitted_at: state === "draft" ? null : addMinutes(at, 30),
    search_text: fold(`${lesson.title} ${lesson.subject} ${file.name}`),
    created_at: at,
    updated_at: at,
  });
  await db("material_versions").insert({
    id: version,
    material_id: id,
    number: 1,
    state,
    blob_hash: stored.hash,
    file_name: file.name,
    mime: file.mime,
    size_bytes: stored.size,
    uploaded_by: demoId(by),
    uploaded_at: at,
  });
  await db("material_lessons").insert({ material_id: id, plan_lesson_id: lesson.id, linked_by: demoId(by), linked_at: at });
  await insertAll(db, "material_steps", trail(school, lesson, by, state).map((step, i) => ({
    id: demoId(`step ${id} ${i}`),
    material_id: id,
    version_id: version,
    act: step.act,
    by: demoId(step.by),
    at: addMinutes(at, 30 * i),
    comment: step.comment,
  })));
  return version;
}

function uploader(school: DemoSchool, lesson: Lesson, index: number): string {
  if (school.key === "thcs-tran-phu" && lesson.subject_code === "TOAN") return teacherKey(school, 8);
  return teacherKey(school, 6 + (index % (teachersOf(school) - 6)));
}

function trail(school: DemoSchool, lesson: Lesson, by: string, state: State): { act: string; by: string; comment: string }[] {
  const group = groupsOf(school).findIndex((g) => g.subjects.includes(lesson.subject_code));
  const steps = [
    { act: "upload", by, comment: "" },
    { act: "submit", by, comment: "" },
    { act: "pass", by: teacherKey(school, 2 + Math.max(0, group)), comment: "Nội dung đúng kế hoạch của tổ." },
    { act: "approve", by: teacherKey(school, 0), comment: "" },
  ];
  const reached: Record<State, number> = { draft: 1, submitted: 2, passed: 3, approved: 4 };
  return steps.slice(0, reached[state]);
}

async function fileFor(lesson: Lesson, index: number): Promise<DemoFile> {
  const course = `${lesson.subject} ${lesson.grade}`;
  const base = `${lesson.title.replace(/[/:?*"<>|]/g, "")}`.slice(0, 80);
  if (index % 17 === 9) return { name: `${base}.mp4`, mime: "video/mp4", kind: "video", bytes: clip() };
  if (index % 13 === 6) return { name: `${base}.wav`, mime: "audio/wav", kind: "audio", bytes: melodyWav(index) };
  if (index % 7 === 3) return { name: `${base}.png`, mime: "image/png", kind: "image", bytes: chartPng(index + 1) };
  if (index % 3 === 1) return { name: `Phiếu học tập ${base}.pdf`, mime: "application/pdf", kind: "worksheet", bytes: await worksheetPdf(lesson.title, course) };
  return { name: `${base}.pdf`, mime: "application/pdf", kind: "slides", bytes: await slidesPdf(lesson.title, course, "") };
}

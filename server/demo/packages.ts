import { Readable } from "node:stream";
import { addDays, addMinutes, instantOf } from "../platform/clock.ts";
import { all, col, insertAll, maybeOne } from "../platform/db.ts";
import { z } from "zod";
import type { Demo } from "./build.ts";
import { addMaterial, lessonRow, planLessons } from "./materials.ts";
import { h5pParts, scorm12Parts, scorm2004Parts, type Question } from "./media/packages.ts";
import { zip, type ZipPart } from "./media/zip.ts";
import { demoId } from "./organisation.ts";
import { SCHOOLS } from "./schools.ts";
import { lessonKey } from "./teaching.ts";

const QUESTIONS: readonly Question[] = [
  { ask: "2³ bằng bao nhiêu?", answers: ["8", "6", "9"] },
  { ask: "Trong luỹ thừa 5², cơ số là số nào?", answers: ["5", "2", "25"] },
  { ask: "Viết gọn 3 · 3 · 3 · 3:", answers: ["3⁴", "4³", "3 · 4"] },
  { ask: "10⁴ có mấy chữ số 0?", answers: ["4", "3", "5"] },
  { ask: "2³ · 2² bằng:", answers: ["2⁵", "2⁶", "4⁵"] },
];
const TEXT = [
  "Luỹ thừa bậc n của số tự nhiên a là tích của n thừa số bằng nhau, mỗi thừa số bằng a: aⁿ = a · a · … · a.",
  "a gọi là cơ số, n gọi là số mũ. Ví dụ 2⁵ = 2 · 2 · 2 · 2 · 2 = 32.",
  "Khi nhân hai luỹ thừa cùng cơ số, ta giữ nguyên cơ số và cộng các số mũ. Khi chia, ta trừ các số mũ.",
];
const STATEMENTS = [
  { text: "3² đọc là “ba bình phương”.", isTrue: true },
  { text: "2⁴ = 2 · 4", isTrue: false },
  { text: "7⁵ : 7² = 7³", isTrue: true },
  { text: "1 mũ bao nhiêu cũng bằng 1.", isTrue: true },
];
const SCORM = "application/x-scorm+zip";
const GIVEN: readonly { title: string; file: string; mime: string; parts: () => ZipPart[] }[] = [
  { title: "Luỹ thừa: năm câu hỏi", file: "Luỹ thừa - năm câu hỏi.zip", mime: SCORM, parts: () => scorm12Parts("Luỹ thừa: năm câu hỏi", QUESTIONS) },
  { title: "Luỹ thừa: đọc và tự kiểm tra", file: "Luỹ thừa - đọc và tự kiểm tra.zip", mime: SCORM, parts: () => scorm2004Parts("Luỹ thừa: đọc và tự kiểm tra", TEXT, QUESTIONS.slice(0, 3)) },
  { title: "Luỹ thừa: đúng hay sai", file: "Luỹ thừa - đúng hay sai.h5p", mime: "application/x-h5p+zip", parts: () => h5pParts("Luỹ thừa: đúng hay sai", STATEMENTS) },
];

/** Three interactive packages on the powers of grade 6, what class 6A made of the first, and captions of a film. */
export async function buildPackages(demo: Demo): Promise<void> {
  const school = SCHOOLS.find((one) => one.key === "thcs-tran-phu");
  if (school === undefined) return;
  const lesson = await maybeOne(lessonRow, planLessons(demo.db).where("l.id", demoId(lessonKey(school, "TOAN", 6, 6))));
  if (lesson === undefined) return;
  const versions: string[] = [];
  for (const [i, { title, file, mime, parts }] of GIVEN.entries()) {
    versions.push(await addMaterial(demo, school, lesson, 900 + i, "approved", { title, name: file, mime, kind: "package", bytes: zip(parts()) }));
  }
  if (versions[0] !== undefined) await addResults(demo, versions[0], demoId(`${school.key} class 6A`));
  await addCaptions(demo, demoId(school.key));
}

/** Two thirds of the class have tried it; one of them was quicker than anybody reads. */
async function addResults(demo: Demo, version: string, classId: string): Promise<void> {
  const pupils = await all(z.object({ person_id: col.id() }), demo.db("class_enrolments").where({ class_id: classId }).orderBy("id").select("person_id"));
  const tried = pupils.filter((_, i) => i % 3 !== 2);
  const rows = tried.map(({ person_id }, i) => {
    const right = [5, 4, 3, 5, 4, 2][i % 6] ?? 3;
    const started = addMinutes(instantOf(addDays(demo.today, -1 - (i % 4)), "19:00"), 5 * i);
    const finished = i % 7 !== 6;
    return {
      version_id: version,
      person_id,
      item: "i1",
      status: finished ? "completed" : "started",
      success: finished ? (right >= 4 ? "passed" : "failed") : null,
      score_bp: finished ? right * 2000 : null,
      seconds: i === 4 ? 3 : 180 + 37 * (i % 9),
      flags: i === 4 ? '["too_fast"]' : "[]",
      last_play: "",
      last_turn: 0,
      started_at: started,
      updated_at: addMinutes(started, 6),
      completed_at: finished ? addMinutes(started, 6) : null,
    };
  });
  await insertAll(demo.db, "package_results", rows);
}

const CAPTIONS = "WEBVTT\n\n00:00:00.200 --> 00:00:01.600\nChào các em!\n\n00:00:01.700 --> 00:00:04.000\nHôm nay chúng ta cùng quan sát chuyển động này.\n";

async function addCaptions(demo: Demo, schoolId: string): Promise<void> {
  const film = await maybeOne(
    z.object({ id: col.id(), material_id: col.id(), uploaded_by: col.id() }),
    demo.db("material_versions as v").join("materials as m", "m.id", "v.material_id").where({ "m.school_id": schoolId, "v.mime": "video/mp4" }).orderBy("v.id").limit(1).select("v.id", "v.material_id", "v.uploaded_by"),
  );
  if (film === undefined) return;
  const stored = await demo.blobs.put(Readable.from([Buffer.from(CAPTIONS)]));
  await demo.db("blobs").insert({ hash: stored.hash, size_bytes: stored.size, mime: "text/vtt", created_at: demo.before }).onConflict("hash").ignore();
  await demo.db("captions").insert({ id: demoId("captions"), material_id: film.material_id, version_id: film.id, language: "vi", label: "Tiếng Việt", blob_hash: stored.hash, size_bytes: stored.size, cues: 2, uploaded_by: film.uploaded_by, uploaded_at: demo.before });
}

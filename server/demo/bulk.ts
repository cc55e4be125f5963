import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import writeXlsxFile from "write-excel-file/node";
import { z } from "zod";
import { grantAsSystem } from "../access/policy.ts";
import { loadActor } from "../access/store.ts";
import { takeZip } from "../bulk/intake.ts";
import { listRows, loadBulkImport } from "../bulk/store.ts";
import { planExport, prepareExports, saveExportRequest } from "../bulk/store/export.ts";
import { saveCorrections, saveStart, type Correction } from "../bulk/store/stage.ts";
import { UNPACK } from "../bulk/unpack.ts";
import { addMinutes, dayOf, type Instant } from "../platform/clock.ts";
import { all, col } from "../platform/db.ts";
import type { Demo } from "./build.ts";
import { slidesPdf, worksheetPdf } from "./media.ts";
import { zip, type ZipPart } from "./media/zip.ts";
import { demoId } from "./organisation.ts";
import { teacherKey } from "./people.ts";
import { SCHOOLS, type DemoSchool } from "./schools.ts";

const lessonRow = z.object({ title: col.text(), position: col.int() });

/** A finished import with refused and corrected rows, a dry run that waits for its teacher, and an export of the library. */
export async function buildBulk(demo: Demo): Promise<void> {
  const school = SCHOOLS.find((one) => one.key === "thcs-tran-phu");
  if (school === undefined) return;
  const lessons = await all(
    lessonRow,
    demo.db("plan_lessons as l").join("plans as p", "p.id", "l.plan_id").where({ "p.school_id": demoId(school.key), "p.subject_code": "TOAN", "p.grade": 7, "p.year_id": demo.yearId, "l.kind": "lesson" }).whereNull("l.removed_at").orderBy("l.position").limit(12).select("l.title", "l.position"),
  );
  const [first, second] = [lessons.slice(0, 6), lessons.slice(6, 11)];
  const finished = await bring(demo, school, "Kho Toán 7 học kì I.zip", await folderOf(first, "Toán 7"), addMinutes(demo.at, -3 * 24 * 60));
  await importAll(demo, finished, addMinutes(demo.at, -3 * 24 * 60 + 12));
  await bring(demo, school, "Toán 7 tháng 11 (bản quét).zip", await folderOf(second, "Toán 7/Tháng 11"), addMinutes(demo.at, -90));
  await bringOut(demo, school);
}

/** A teacher's folder as folders are: most names say their lesson, one says nothing, one is a page saved from the web. */
async function folderOf(lessons: readonly z.infer<typeof lessonRow>[], folder: string): Promise<ZipPart[]> {
  const parts: ZipPart[] = [];
  const listed: [file: string, title: string, kind: string][] = [];
  for (const [i, lesson] of lessons.entries()) {
    const title = lesson.title.replace(/[/\\:*?"<>|]/g, " ");
    const name = i === lessons.length - 1 ? "scan_0007.pdf" : i % 2 === 0 ? `${title}.pdf` : `Phiếu học tập ${title}.pdf`;
    parts.push({ name: `${folder}/${name}`, bytes: i % 2 === 0 ? await slidesPdf(`${lesson.title} (bản ${folder})`, "Toán 7", "Tổ Toán – Tin") : await worksheetPdf(`${lesson.title} (bản ${folder})`, "Toán 7") });
    if (i === 1) listed.push([name, `Phiếu học tập: ${lesson.title}`, "Phiếu học tập"]);
  }
  const cells = [["Tệp", "Tiêu đề", "Loại"], ...listed].map((row) => row.map((value) => ({ value, type: String })));
  parts.push({ name: `${folder}/danh-sach.xlsx`, bytes: await writeXlsxFile(cells, { sheet: "Danh sách" }).toBuffer() });
  parts.push({ name: `${folder}/Trang web đã lưu.html`, bytes: "<html><body>Bài giảng trên mạng</body></html>" });
  return parts;
}

async function bring(demo: Demo, school: DemoSchool, name: string, parts: readonly ZipPart[], at: Instant): Promise<string> {
  const by = demoId(teacherKey(school, 8));
  const actor = await loadActor(demo.db, by, at);
  if (actor === undefined) throw new Error(`no such teacher: ${by}`);
  const file = path.join(demo.blobs.incoming, "demo-bulk");
  await mkdir(demo.blobs.incoming, { recursive: true });
  await writeFile(file, zip(parts));
  const unit = (await demo.db("units").where({ id: demoId(school.key) }).first("id", "path")) as { id: string; path: string };
  try {
    return await takeZip({ db: demo.db, blobs: demo.blobs, actor, school: grantAsSystem(unit, "upload"), act: { by, at, requestId: "demonstration" }, chosen: { subject_code: "TOAN", grade: 7 } }, { path: file, name }, UNPACK);
  } finally {
    await rm(file, { force: true });
  }
}

/** The teacher says which lesson the scan is for and gives it a title, then presses import; the worker does the rest. */
async function importAll(demo: Demo, importId: string, at: Instant): Promise<void> {
  const loaded = await loadBulkImport(demo.db, importId);
  if (loaded === undefined) return;
  const found = grantAsSystem(loaded, "edit");
  const rows = await listRows(demo.db, found, "all", 1);
  const scan = rows.find((row) => row.file_name.startsWith("scan"));
  const place = (await demo.db("plan_lessons as l").join("plans as p", "p.id", "l.plan_id").where({ "p.school_id": found.school_id, "p.subject_code": "TOAN", "p.grade": 7, "p.year_id": demo.yearId, "l.kind": "lesson" }).orderBy("l.position").offset(5).first("l.id", "l.title")) as { id: string; title: string } | undefined;
  const corrections: Correction[] = scan && place ? [{ position: scan.position, title: place.title, kind: "book", subject_code: "TOAN", grade: 7, plan_lesson_id: place.id, skip: false }] : [];
  await saveCorrections(demo.db, found, 1, corrections, true);
  await saveStart(demo.db, found, 2, { by: found.created_by, at, requestId: "demonstration" });
}

async function bringOut(demo: Demo, school: DemoSchool): Promise<void> {
  const unit = grantAsSystem({ id: demoId(school.key) }, "export");
  const at = addMinutes(demo.at, -24 * 60);
  const name = `Kho học liệu ${school.name} ${dayOf(at).split("-").reverse().join("-")}.zip`;
  await saveExportRequest(demo.db, unit, await planExport(demo.db, unit), () => name, { by: demoId(teacherKey(school, 0)), at, requestId: "demonstration" });
  await prepareExports(demo.db, at, demo.blobs);
}

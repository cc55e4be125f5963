import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import type { Db } from "../../server/platform/db.ts";
import type { BlobStore } from "../../server/platform/storage.ts";
import { builtIn } from "../../server/reports/templates/word.ts";
import type { Running } from "./app.ts";
import { scorm12, zip } from "./packages.ts";
import { addTimetables, TT } from "./timetable.ts";
import { id, NOW, W, YEAR } from "./world.ts";

/** One of everything that a school has, in THCS Trần Phú, for the table of access. Texts carry a canary. */
const T = {
  material: id("material"),
  version: id("version"),
  captions: id("captions"),
  package: id("package"),
  packageVersion: id("packageversion"),
  /** Shared with the province; and with everybody. */
  shared: id("shared"),
  open: id("0pen"),
  collection: id("c0jjection"),
  report: id("report"),
  live: id("live"),
  assignment: id("assignment"),
  delivery: id("delivery"),
  apiToken: id("apitoken"),
  membership: id("mhuongteacher"),
  upload: id("upload"),
  notice: id("notice"),
  bulkImport: id("bvjk1mp0rt"),
  bulkArrival: id("bvjkarr1ved"),
  lessonImage: id("j3ss0n1mage"),
  libraryExport: id("j1brary"),
  comment: id("comment"),
  scoreboard: id("sc0reb0ard"),
  indicatorValue: id("1ndva1ve"),
  indicatorImport: id("1nd1mp0rt"),
  digitalModel: id("d1gm0de1"),
  closing: id("cj0s1ng"),
  recount: id("rec0vnt"),
  document: id("d0cvment"),
  periodReport: id("per10drep0rt"),
  reportTemplate: id("rep0rttempjate"),
  oddQuestion: id("0ddqvest10n"),
  preview: id("prev1ew"),
  documentVersion: id("d0cvmentvers10n"),
  assessmentForm: id("assessf0rm"),
  assessment: id("assessment"),
} as const;

const WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/** Files on their way in, uploaded through the application's own doors. */
const uploaded = { rosterImport: "", planImport: "" };

export async function uploadFiles(app: Running): Promise<void> {
  const send = async (login: string, path: string, fields: Record<string, string>, file: string, type: string): Promise<string> => {
    const bytes = readFileSync(new URL(`../fixtures/${file}`, import.meta.url));
    const answer = await (await app.as(login)).upload(path, fields, [{ field: "file", name: file.split("/").at(-1) ?? "", type, bytes }]);
    const found = /imports\/([0-9a-z]{26})/.exec(answer.location)?.[1];
    if (found === undefined) throw new Error(`${file} was not taken: ${answer.status} ${answer.location}`);
    return found;
  };
  uploaded.planImport = await send("mai", `/schools/${W.tranPhu}/plan-imports`, { subject: "TOAN", grade: "6", year: YEAR, campus: "" }, "plans/toan6-phu-luc-1.docx", WORD);
  uploaded.rosterImport = await send("tuan", `/schools/${W.tranPhu}/roster-imports`, { year_id: YEAR }, "rosters/hoc-sinh-cham-phay.csv", "text/csv");
}

export async function addThings(db: Db, blobs: BlobStore): Promise<void> {
  const stored = await blobs.put(Readable.from(Buffer.from("%PDF-1.4\n% canary-tran-phu\n%%EOF\n")));
  await db("blobs").insert({ hash: stored.hash, size_bytes: stored.size, mime: "application/pdf", created_at: NOW });
  await db("materials").insert({
    id: T.material,
    school_id: W.tranPhu,
    uploaded_by: W.huong,
    title: "Bài giảng canary-tran-phu",
    subject_code: "TOAN",
    grade: 6,
    kind: "slides",
    state: "submitted",
    latest_version_id: T.version,
    submitted_at: NOW,
    search_text: "bai giang",
    created_at: NOW,
    updated_at: NOW,
  });
  await db("material_versions").insert({
    id: T.version,
    material_id: T.material,
    number: 1,
    state: "submitted",
    blob_hash: stored.hash,
    file_name: "canary-tran-phu.pdf",
    mime: "application/pdf",
    size_bytes: stored.size,
    uploaded_by: W.huong,
    uploaded_at: NOW,
  });
  const picture = await blobs.put(Readable.from(Buffer.from("canary-tran-phu as a picture")));
  await db("blobs").insert({ hash: picture.hash, size_bytes: picture.size, mime: "image/webp", created_at: NOW });
  await db("digitisations").insert({ blob_hash: stored.hash, mime: "application/pdf", name: "canary-tran-phu.pdf", state: "done", progress: 100, requested_at: NOW, run_at: NOW, text_source: "ocr", pages: 1 });
  await db("ocr_pages").insert({ blob_hash: stored.hash, page: 1, words: JSON.stringify([[{ t: "canary-tran-phu", c: 40 }]]), unsure: 1 });
  await db("renditions").insert({ id: id("rendition"), blob_hash: stored.hash, kind: "thumb", rendition_hash: picture.hash, mime: "image/webp", size_bytes: picture.size, details: JSON.stringify({ playlist: "#EXTM3U canary-tran-phu" }), created_at: NOW });
  await db("captions").insert({ id: T.captions, material_id: T.material, version_id: T.version, language: "vi", label: "canary-tran-phu", blob_hash: picture.hash, size_bytes: picture.size, cues: 1, uploaded_by: W.huong, uploaded_at: NOW });
  await db("lesson_images").insert({ id: T.lessonImage, course_id: W.toan6A, plan_lesson_id: W.toanLesson(1), blob_hash: stored.hash, mime: "image/webp", width: 1, height: 1, size_bytes: stored.size, alt: "canary-tran-phu", uploaded_by: W.huong, uploaded_at: NOW });
  await db("bulk_imports").insert({ id: T.bulkImport, school_id: W.tranPhu, created_by: W.huong, kind: "files", file_name: "canary-tran-phu.zip", created_at: NOW });
  await db("bulk_rows").insert({ import_id: T.bulkImport, position: 1, path: "canary-tran-phu.pdf", file_name: "canary-tran-phu.pdf", state: "ready", blob_hash: stored.hash, mime: "application/pdf", title: "canary-tran-phu" });
  await db("bulk_arrivals").insert({ id: T.bulkArrival, school_id: W.tranPhu, created_by: W.huong, file_name: "canary-tran-phu.zip", size_bytes: 1, state: "refused", problem: "broken", created_at: NOW });
  await db("bulk_exports").insert({ id: T.libraryExport, school_id: W.tranPhu, requested_by: W.nam, state: "ready", part: 1, parts: 1, material_ids: "[]", blob_hash: stored.hash, file_name: "canary-tran-phu.zip", size_bytes: stored.size, requested_at: NOW, expires_at: "2027-11-24T02:00:00.000Z" });
  const archive = await blobs.put(Readable.from([zip(scorm12())]));
  const scorm = "application/x-scorm+zip";
  const common = { uploaded_by: W.huong, state: "submitted" };
  await db("blobs").insert({ hash: archive.hash, size_bytes: archive.size, mime: scorm, created_at: NOW });
  await db("materials").insert({ ...common, id: T.package, school_id: W.tranPhu, title: "Gói canary-tran-phu", subject_code: "TOAN", grade: 6, kind: "package", latest_version_id: T.packageVersion, submitted_at: NOW, search_text: "goi", created_at: NOW, updated_at: NOW });
  await db("material_versions").insert({ ...common, id: T.packageVersion, material_id: T.package, number: 1, blob_hash: archive.hash, file_name: "canary-tran-phu.zip", mime: scorm, size_bytes: archive.size, uploaded_at: NOW });
  await db("material_lessons").insert({ material_id: T.material, plan_lesson_id: W.toanLesson(1), linked_by: W.huong, linked_at: NOW });
  const forAll = await blobs.put(Readable.from(Buffer.from("%PDF-1.4\n% shared\n%%EOF\n")));
  await db("blobs").insert({ hash: forAll.hash, size_bytes: forAll.size, mime: "application/pdf", created_at: NOW });
  await db("renditions").insert({ id: id("forajj"), blob_hash: forAll.hash, kind: "thumb", rendition_hash: forAll.hash, mime: "application/pdf", size_bytes: forAll.size, details: JSON.stringify({ playlist: "#EXTM3U" }), created_at: NOW });
  for (const [own, scope] of [[T.shared, "province"], [T.open, "public"]] as const) {
    const version = id(`v${own}`.slice(0, 26));
    await db("materials").insert({ id: own, school_id: W.tranPhu, uploaded_by: W.huong, title: `Học liệu chia sẻ ${scope}`, subject_code: "TOAN", grade: 6, kind: "slides", licence: "CC BY", scope, state: "approved", latest_version_id: version, approved_version_id: version, public_since: scope === "public" ? NOW : null, search_text: "hoc lieu chia se", created_at: NOW, updated_at: NOW });
    await db("material_versions").insert({ id: version, material_id: own, number: 1, state: "approved", blob_hash: forAll.hash, file_name: "chia-se.pdf", mime: "application/pdf", size_bytes: forAll.size, uploaded_by: W.huong, uploaded_at: NOW });
  }
  await addTimetables(db);
  await db("timetable_imports").insert({ id: TT.import, school_id: W.tranPhu, year_id: YEAR, from_on: "2026-11-30", created_by: W.tuan, file_name: "canary-tran-phu.xlsx", data: JSON.stringify({ cells: [], headings: {}, names: {} }), created_at: NOW });
  await addScoreboard(db, stored.hash);
  await addAssessment(db, stored.hash);
  await db("collections").insert({ id: T.collection, unit_id: W.tranPhu, owner_id: W.huong, title: "Bộ sưu tập canary-tran-phu", scope: "school", created_at: NOW, updated_at: NOW });
  await db("collection_items").insert({ collection_id: T.collection, material_id: T.shared, position: 1, added_by: W.huong, added_at: NOW });
  await db("material_reports").insert({ id: T.report, material_id: T.shared, reported_by: W.son, kind: "content", words: "Sai ở trang 2: canary-tran-phu", reported_at: NOW });
  await db("month_closings").insert({
    ...{ id: T.closing, school_id: W.tranPhu, year_id: YEAR, month: "2026-10", number: 1, as_of: "2026-10-31", closed_by: W.nam, closed_at: NOW, note: "canary-tran-phu" },
    ...{ online_bp: 200, digitised_bp: 500, target_source: "KH 1027", definition_version: 1, formula_version: 1, counter: "all", counted: 1, counted_in_month: 1 },
    ...{ planned: 42, planned_to_date: 27, covered: 0, own: 0, lessons: 16, subjects_planned: 2, subjects_met: 0, cells: "[]", months: "{}", records_hash: "0".repeat(64) },
  });
  await db("month_closing_records").insert({ closing_id: T.closing, periods: "[]", lessons: "[]" });
  await db("recounts").insert({ id: T.recount, cause: "asked", asked_by: W.ha, state: "done", schools: 1, begun_at: NOW, ended_at: NOW });
  await db("school_documents").insert({ id: T.document, school_id: W.tranPhu, year_id: YEAR, kind: "plan", public_key: null });
  await db("school_document_versions").insert({ id: T.documentVersion, document_id: T.document, version: 1, number: "1/KH", issued_on: "2026-09-10", signatory: "canary-tran-phu", body: "canary-tran-phu", saved_by: W.nam, saved_at: NOW });
  await db("definition_previews").insert({ id: T.preview, year_id: YEAR, against: 1, proposal: JSON.stringify({ valid_from: "2026-12-01", thresholds: { live_length: 8000, live_class_present: 5000, live_pupil_stayed: 5000, self_study_completed: 5000 }, lesson_kinds: ["lesson"], digitised_counter: "all", note: "" }), schools: 0, state: "ready", created_by: W.ha, created_at: NOW });
  await db("odd_exchanges").insert({ id: T.oddQuestion, school_id: W.tranPhu, year_id: YEAR, kind: "same_file", cases: 1, state: "asked", said: 1, asked_at: NOW });
  await db("odd_messages").insert({ exchange_id: T.oddQuestion, number: 1, act: "ask", words: "canary-tran-phu", said_by: W.dung, said_at: NOW });
  await db("reports").insert({ id: T.periodReport, unit_id: W.tranPhu, year_id: YEAR, period: "2026-10", state: "submitted", revision: 2, sources: JSON.stringify([T.closing]), number: "1/BC", issued_on: "2026-11-05", signatory: "canary-tran-phu", assessment: "canary-tran-phu", created_by: W.nam, created_at: NOW });
  await addReportTemplate(db, blobs);
  await db("live_classes").insert({
    id: T.live,
    school_id: W.tranPhu,
    teacher_id: W.huong,
    title: "Toán 6A canary-tran-phu",
    starts_at: NOW,
    length_minutes: 45,
    state: "ended",
    opened_at: NOW,
    ended_at: "2026-11-24T02:45:00.000Z",
    created_at: NOW,
  });
  const period = { course_id: W.toan6A, plan_lesson_id: W.toanLesson(7), period_number: 1 };
  await db("live_class_periods").insert({ live_class_id: T.live, ...period });
  await db("live_recordings").insert({ live_class_id: T.live, state: "off", started_by: W.huong, started_at: NOW });
  await addKit(db, stored);
  await db("self_study_assignments").insert({
    id: T.assignment,
    course_id: W.toan6A,
    plan_lesson_id: W.toanLesson(3),
    period_from: 1,
    period_to: 1,
    assigned_by: W.huong,
    opens_at: NOW,
    due_at: "2026-11-28T02:00:00.000Z",
    created_at: NOW,
  });
  await db("deliveries").insert({ id: T.delivery, ...period, mode: "online", evidence_kind: "external", evidence_id: null, taught_on: "2026-11-20", taught_by: W.huong, declared_by: W.huong, proof_url: "https://example.org/canary-tran-phu", created_at: NOW });
  await db("ledger_periods").insert({ ...period, delivery_id: T.delivery, mode: "online", state: "not_counted", reason: "awaiting_confirmation", evidence_kind: "external", taught_on: "2026-11-20" });
  await db("material_comments").insert({ id: T.comment, material_id: T.material, version_id: T.version, thread_id: T.comment, by: W.mai, at: NOW, body: "Trang 1 canary-tran-phu", page: 1 });
  await db("notices").insert({ id: T.notice, person_id: W.huong, kind: "material_returned", href: `/materials/${T.material}`, params: JSON.stringify({ title: "canary-tran-phu", by: "Mai" }), at: NOW });
  await addUpload(db);
  await db("api_tokens").insert({ id: T.apiToken, person_id: W.nam, name: "canary-tran-phu", token_hash: "0".repeat(64), created_at: NOW, expires_at: "2027-11-24T02:00:00.000Z" });
}

/** The kit of the class for those who missed it; its files are those of the material, so that nobody's removal takes them from the others. */
async function addKit(db: Db, stored: { hash: string; size: number }): Promise<void> {
  const content = JSON.stringify({ sections: [{ page: 1, fromMs: null, toMs: null }], asked: [], notes: "canary-tran-phu" });
  await db("live_kits").insert({ live_class_id: T.live, state: "ready", with_sound: false, due_at: "2026-12-01T17:00:00.000Z", given_by: W.huong, given_at: NOW, made_at: NOW, told_at: NOW, content, bytes: stored.size });
  for (const kind of ["page", "sound"]) await db("live_kit_files").insert({ live_class_id: T.live, kind, number: 1, blob_hash: stored.hash, mime: "application/pdf", size_bytes: stored.size });
  await db("live_kit_progress").insert({ live_class_id: T.live, person_id: W.minh, opened_at: NOW });
}

/** The department's own template for the reports of a month: the built-in one, which every school's report can be drawn with. */
async function addReportTemplate(db: Db, blobs: BlobStore): Promise<void> {
  const file = await blobs.put(Readable.from([await builtIn()]));
  await db("blobs").insert({ hash: file.hash, size_bytes: file.size, mime: WORD, created_at: NOW });
  await db("report_templates").insert({ id: T.reportTemplate, unit_id: W.department, kind: "month", version: 1, blob_hash: file.hash, file_name: "mau-bao-cao.docx", uploaded_by: W.ha, uploaded_at: NOW });
}

/** Cô Hương's unfinished upload: for everybody else it does not exist. */
async function addUpload(db: Db): Promise<void> {
  await db("uploads").insert({
    ...{ id: T.upload, person_id: W.huong, school_id: W.tranPhu, kind: "lesson", place_id: W.toanLesson(1), name: "canary-tran-phu.pdf" },
    ...{ size_bytes: 100, created_at: NOW, updated_at: NOW, expires_at: "2026-12-01T02:00:00.000Z" },
  });
}

/** A published scoreboard with one target that schools declare, a value, a file in preview and a model school. */
export async function addScoreboard(db: Db, evidence: string | null): Promise<void> {
  const indicator = { section: 3, name_vi: "Trường dùng sổ điểm điện tử", definition_vi: "Trường tự khai.", unit_vi: "% cơ sở giáo dục", direction: "at_least" };
  await db("scoreboards").insert({ id: T.scoreboard, year_id: YEAR, version: 1, state: "published", name: "Bảng chỉ tiêu", source: "KH 1027/KH-SGDĐT", created_at: NOW, published_at: NOW });
  await db("indicators").insert({ ...indicator, id: id("1nd1cat0r"), scoreboard_id: T.scoreboard, code: "3.1", position: 0, measure: "schools", source: "declared" });
  await db("indicator_thresholds").insert({ indicator_id: id("1nd1cat0r"), area: "all", threshold: 10_000 });
  const value = { year_id: YEAR, code: "3.1", month: "2026-10", part: 1, whole: 1, state: "declared", source: "declared", note: "canary-tran-phu" };
  await db("indicator_values").insert({ ...value, id: T.indicatorValue, school_id: W.tranPhu, evidence_blob: evidence, evidence_name: "canary-tran-phu.pdf", standing: true, declared_by: W.nam, declared_at: NOW });
  await db("indicator_imports").insert({ id: T.indicatorImport, unit_id: W.commune, year_id: YEAR, month: "2026-10", file_name: "chi-tieu.xlsx", cells: "[]", problems: "[]", created_by: W.dung, created_at: NOW });
  await db("digital_models").insert({ id: T.digitalModel, year_id: YEAR, unit_id: W.tranPhu, kind: "school", decision: "QĐ 12/QĐ-SGDĐT", named_at: NOW });
}

/** Criteria of this year, two of them, and an assessment of THCS Trần Phú that was sent. */
async function addAssessment(db: Db, evidence: string): Promise<void> {
  const form = { name: "Bộ tiêu chí", source: "QĐ 4725/QĐ-BGDĐT", basic_from: 50, well_above: 75, send_by: "2027-05-31", publish_by: "2027-06-20" };
  await db("assessment_forms").insert({ ...form, id: T.assessmentForm, year_id: YEAR, version: 1, state: "published", created_at: NOW });
  await db("assessment_criteria").insert({ id: id("cr1ter10n1"), form_id: T.assessmentForm, code: "3.1", part: 1, position: 0, name_vi: "Kế hoạch dạy học trực tuyến", points: 0, mandatory: true });
  await db("assessments").insert({ id: T.assessment, school_id: W.tranPhu, year_id: YEAR, form_id: T.assessmentForm, state: "submitted", submitted_at: NOW, submitted_by: W.nam, created_at: NOW });
  await db("assessment_answers").insert({ assessment_id: T.assessment, criterion_id: id("cr1ter10n1"), self_points: 1, note: "canary-tran-phu", evidence_blob: evidence, evidence_name: "canary-tran-phu.pdf" });
}

/** The thing of THCS Trần Phú that stands for a parameter of a route. */
export function paramsOf(route: string, name: string): string {
  const named: Record<string, string> = {
    year: YEAR,
    yearId: YEAR,
    lessonId: W.toanLesson(1),
    planLessonId: W.toanLesson(1),
    courseId: W.toan6A,
    classId: W.class6A,
    personId: W.minh,
    pupilId: W.minh,
    schoolId: W.tranPhu,
    materialId: T.material,
    imageId: T.lessonImage,
    versionId: T.version,
    commentId: T.comment,
    captionsId: T.captions,
    liveClassId: T.live,
    membershipId: T.membership,
    collectionId: T.collection,
    reportId: T.report,
    subject: "TOAN",
    subjectCode: "TOAN",
    grade: "6",
    number: "1",
    code: "3.1",
    period: "1",
    month: "2026-10",
    purpose: "family",
    token: "x".repeat(43),
    kind: "thumb",
    page: "1",
    format: "pdf",
    key: "x".repeat(32),
  };
  const ofPackages = /\/package(\/|$)|^\/courses\/:id\/materials\//.test(route);
  if (ofPackages && name === "versionId") return T.packageVersion;
  if (ofPackages && (name === "materialId" || route.startsWith("/materials/"))) return T.package;
  if (name === "kind" && route.startsWith("/schools/:id/documents")) return "plan";
  if (name === "kind" && route.startsWith("/report-templates")) return "month";
  if (name === "kind" && route.startsWith("/schools/:id/odd-figures")) return "short_live";
  if (name !== "id" && named[name] !== undefined) return named[name];
  const [, first = "", second = ""] = route.split("/");
  const ofScoreboard: Record<string, string> = { plans: T.scoreboard, imports: T.indicatorImport, models: T.digitalModel };
  if (first === "measures" && second === "recounts") return T.recount;
  if (route.startsWith("/measures/definition-previews")) return T.preview;
  if (first === "assessments") return T.assessmentForm;
  if (first === "scoreboard") return ofScoreboard[second] ?? id("unknown");
  const byFolder: Record<string, string> = {
    schools: W.tranPhu,
    units: W.tranPhu,
    classes: W.class6A,
    courses: W.toan6A,
    plans: W.planToan6,
    materials: T.material,
    "bulk-imports": T.bulkImport,
    "library-exports": T.libraryExport,
    "live-classes": T.live,
    "month-closings": T.closing,
    reports: T.periodReport,
    "report-template-versions": T.reportTemplate,
    "odd-questions": T.oddQuestion,
    "school-documents": T.document,
    "school-document-versions": T.documentVersion,
    "self-study": T.assignment,
    assignments: T.assignment,
    deliveries: T.delivery,
    ledger: T.delivery,
    "school-years": YEAR,
    "plan-imports": uploaded.planImport,
    "roster-imports": uploaded.rosterImport,
    imports: uploaded.rosterImport,
    people: W.minh,
    persons: W.minh,
    pupils: W.minh,
    children: W.minh,
    tokens: T.apiToken,
    api: W.tranPhu,
    memberships: T.membership,
    notices: T.notice,
    library: T.shared,
    catalogue: T.open,
    "subject-groups": W.groupToan,
    lessons: W.toanLesson(1),
    "plan-lessons": W.toanLesson(1),
    uploads: T.upload,
    timetables: TT.week6A,
    "timetable-imports": TT.import,
    "indicator-values": T.indicatorValue,
  };
  return byFolder[first] ?? id("unknown");
}

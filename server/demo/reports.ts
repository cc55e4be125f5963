import { Readable } from "node:stream";
import { loadActor } from "../access/store.ts";
import { listYears } from "../calendar/store.ts";
import { issuerOf } from "../documents/official/issuer.ts";
import { provinceAsSystem } from "../indicators/access.ts";
import { leadersOf } from "../materials/store/telling.ts";
import { isOver, monthsOfYear } from "../measures/closing/rules.ts";
import { listStaffNames } from "../ledger/store/periods.ts";
import { addDays, instantOf } from "../platform/clock.ts";
import { newId } from "../platform/ids.ts";
import { saveBlob } from "../platform/storage/store.ts";
import { openReport, openReporter } from "../reports/access.ts";
import { findPeriod, sourcesNow } from "../reports/sources.ts";
import { reports } from "../reports/messages.ts";
import { periodName } from "../reports/paper.ts";
import { saveTemplate } from "../reports/templates/store.ts";
import { builtIn } from "../reports/templates/word.ts";
import { createReport, officersOf, saveStep, saveWords, type Telling } from "../reports/store.ts";
import type { Demo } from "./build.ts";
import { closingSchools } from "./closing.ts";
import { demoId, DEPARTMENT } from "./organisation.ts";
import { teacherKey } from "./people.ts";
import type { DemoSchool } from "./schools.ts";

const ASSESSMENT = "Các tổ chuyên môn đã chủ động chọn bài dạy trực tuyến ngay từ đầu năm; học sinh tham gia lớp học trực tuyến và tự học đều.\nMột số tiết chưa được tính do lớp học ngắn hơn thời lượng cần hoặc chưa đủ học sinh tham dự.";
const NEXT_STEPS = "1. Mỗi tổ bổ sung ít nhất hai tiết trực tuyến trong tháng tới.\n2. Hoàn thành duyệt học liệu của các môn còn thiếu.";
const RETURNED = "Đề nghị trường nêu rõ nguyên nhân các tiết chưa được tính và giải pháp cho tháng tới.";

const OFFICE_ASSESSMENT = "Các trường đã gửi báo cáo đúng hạn, số liệu lấy từ sổ theo dõi trên hệ thống.\nTỉ lệ tiết trực tuyến giữa các trường còn chênh lệch do đường truyền ở điểm trường lẻ chưa ổn định.";
const OFFICE_NEXT_STEPS = "1. Đôn đốc các trường hoàn thành kế hoạch dạy học trực tuyến của học kì.\n2. Tổ chức một buổi chia sẻ học liệu giữa các trường trong xã.";
const DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/** How far each school's report of the last closed month has come. */
const CAME: Record<string, "draft" | "submitted" | "returned" | "accepted"> = {
  "thcs-tran-phu": "accepted",
  "th-hoa-ban": "submitted",
  "thcs-le-loi": "returned",
  "thpt-hai-dong": "accepted",
  "thcsthpt-dao-ngoc": "draft",
};

/** The reports of the last month that is closed: accepted, sent, returned, begun; one commune's, which adds its schools up; the department's own template. */
export async function buildReports(demo: Demo): Promise<void> {
  await templateOf(demo);
  const year = (await listYears(demo.db)).find((one) => one.id === demo.yearId);
  const month = year && monthsOfYear(year).findLast((one) => isOver(one, addDays(demo.today, -3)));
  if (month === undefined) return;
  for (const [i, school] of closingSchools().entries()) await reportOf(demo, school, month, 20 + i);
  await communeReport(demo, month);
}

/** The department's template for monthly reports: the built-in layout as a file of its own, to be changed from there. */
async function templateOf({ db, blobs, term1 }: Demo): Promise<void> {
  const act = { by: demoId("province officer"), at: instantOf(addDays(term1, 5), "14:20"), requestId: newId() };
  const file = await blobs.put(Readable.from([await builtIn()]));
  await saveBlob(db, { ...file, mime: DOCX }, act.at);
  await saveTemplate(db, await provinceAsSystem(db, DEPARTMENT), "month", { hash: file.hash, name: "mau-bao-cao-thang-so-gddt.docx" }, act);
}

/** The commune adds up what its schools have sent and sends it to the department. */
async function communeReport(demo: Demo, month: string): Promise<void> {
  const { db } = demo;
  const year = (await listYears(db)).find((one) => one.id === demo.yearId);
  const period = year && findPeriod(year, month);
  const officer = await loadActor(db, demoId("commune officer"), demo.at);
  if (!period || !officer) return;
  const unit = await openReporter(db, officer, demoId("ben-doan"), "write");
  const sources = await sourcesNow(db, unit, demo.yearId, period);
  const day = addDays(`${month}-28`, 11);
  const act = (hour: string) => ({ by: officer.personId, at: instantOf(day, hour), requestId: newId() });
  const issuer = await issuerOf(db, unit);
  const words = reports.vi;
  const head = { place: issuer.place, signatory: officer.name, signatory_title: words.paper.office_title, recipients: words.paper.recipients_office };
  const id = await createReport(db, unit, { year_id: demo.yearId, period: period.id }, sources, head, act("09:10"));
  const written = { ...head, number: `41/${words.paper.symbol}-${issuer.abbreviation}`, issued_on: day, assessment: OFFICE_ASSESSMENT, next_steps: OFFICE_NEXT_STEPS };
  await saveWords(db, (await openReport(db, officer, id, "write")).report, 1, written, sources);
  const above = await officersOf(db, [await provinceAsSystem(db, DEPARTMENT)], demo.at);
  const tell: Telling = { kind: "report_submitted", people: above, title: periodName(period), school: unit.name, by: officer.name };
  await saveStep(db, (await openReport(db, officer, id, "write")).report, "submit", { comment: "", sources }, tell, act("10:30"));
}

async function reportOf(demo: Demo, of: DemoSchool, month: string, number: number): Promise<void> {
  const came = CAME[of.key];
  const year = (await listYears(demo.db)).find((one) => one.id === demo.yearId);
  const period = year && findPeriod(year, month);
  const [leader, officer] = [await loadActor(demo.db, demoId(teacherKey(of, 0)), demo.at), await loadActor(demo.db, demoId("province officer"), demo.at)];
  if (came === undefined || !period || !leader || !officer) return;
  const unit = await openReporter(demo.db, leader, demoId(of.key), "write");
  const sources = await sourcesNow(demo.db, unit, demo.yearId, period);
  if (sources.length === 0) return;
  const day = addDays(`${month}-28`, 8);
  const act = (by: string, hour: string) => ({ by, at: instantOf(day, hour), requestId: newId() });
  const names = await listStaffNames(demo.db, [leader.personId, officer.personId]);
  const issuer = await issuerOf(demo.db, unit);
  const words = reports.vi.paper;
  const head = { place: issuer.place, signatory: names.get(leader.personId) ?? "", signatory_title: "Hiệu trưởng", recipients: words.recipients_school(issuer.parent) };
  const id = await createReport(demo.db, unit, { year_id: demo.yearId, period: period.id }, sources, head, act(leader.personId, "08:10"));
  const written = { ...head, number: `${number}/${words.symbol}-${issuer.abbreviation}`, issued_on: day, assessment: ASSESSMENT, next_steps: NEXT_STEPS };
  await saveWords(demo.db, (await openReport(demo.db, leader, id, "write")).report, 1, written, sources);
  if (came === "draft") return;
  const tell = (kind: Telling["kind"], people: readonly string[], by: string): Telling => ({ kind, people, title: periodName(period), school: unit.name, by: names.get(by) ?? "" });
  const above = await officersOf(demo.db, [unit], demo.at);
  await saveStep(demo.db, (await openReport(demo.db, leader, id, "write")).report, "submit", { comment: "", sources }, tell("report_submitted", above, leader.personId), act(leader.personId, "09:00"));
  if (came === "submitted") return;
  const leaders = await leadersOf(demo.db, unit, demo.at);
  const { report } = await openReport(demo.db, officer, id, "judge");
  if (came === "returned") await saveStep(demo.db, report, "return", { comment: RETURNED }, tell("report_returned", leaders, officer.personId), act(officer.personId, "15:30"));
  else await saveStep(demo.db, report, "accept", { comment: "" }, tell("report_accepted", leaders, officer.personId), act(officer.personId, "15:30"));
}

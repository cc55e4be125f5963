import { loadActor } from "../access/store.ts";
import { listYears } from "../calendar/store.ts";
import { issuerOf } from "../documents/official/issuer.ts";
import { leadersOf } from "../materials/store/telling.ts";
import { isOver, monthsOfYear } from "../measures/closing/rules.ts";
import { listStaffNames } from "../ledger/store/periods.ts";
import { addDays, instantOf } from "../platform/clock.ts";
import { newId } from "../platform/ids.ts";
import { openReport, openReporter } from "../reports/access.ts";
import { findPeriod, sourcesNow } from "../reports/sources.ts";
import { reports } from "../reports/messages.ts";
import { periodName } from "../reports/paper.ts";
import { createReport, officersOf, saveStep, saveWords, type Telling } from "../reports/store.ts";
import type { Demo } from "./build.ts";
import { closingSchools } from "./closing.ts";
import { demoId } from "./organisation.ts";
import { teacherKey } from "./people.ts";
import type { DemoSchool } from "./schools.ts";

const ASSESSMENT = "Các tổ chuyên môn đã chủ động chọn bài dạy trực tuyến ngay từ đầu năm; học sinh tham gia lớp học trực tuyến và tự học đều.\nMột số tiết chưa được tính do lớp học ngắn hơn thời lượng cần hoặc chưa đủ học sinh tham dự.";
const NEXT_STEPS = "1. Mỗi tổ bổ sung ít nhất hai tiết trực tuyến trong tháng tới.\n2. Hoàn thành duyệt học liệu của các môn còn thiếu.";
const RETURNED = "Đề nghị trường nêu rõ nguyên nhân các tiết chưa được tính và giải pháp cho tháng tới.";

/** How far each school's report of the last closed month has come. */
const CAME: Record<string, "draft" | "submitted" | "returned" | "accepted"> = {
  "thcs-tran-phu": "accepted",
  "th-hoa-ban": "submitted",
  "thcs-le-loi": "returned",
  "thpt-hai-dong": "accepted",
  "thcsthpt-dao-ngoc": "draft",
};

/** The reports of the last month that is closed: accepted, sent, returned, begun. */
export async function buildReports(demo: Demo): Promise<void> {
  const year = (await listYears(demo.db)).find((one) => one.id === demo.yearId);
  const month = year && monthsOfYear(year).findLast((one) => isOver(one, addDays(demo.today, -3)));
  if (month === undefined) return;
  for (const [i, school] of closingSchools().entries()) await reportOf(demo, school, month, 20 + i);
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

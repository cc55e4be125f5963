import { loadActor } from "../access/store.ts";
import { listYears } from "../calendar/store.ts";
import { openPeriod } from "../ledger/access.ts";
import { saveAct } from "../ledger/store/deliveries.ts";
import { listeners } from "../listeners.ts";
import { endOfMonth, isOver, monthsOfYear, type Month } from "../measures/closing/rules.ts";
import { takeSnapshot } from "../measures/closing/snapshot.ts";
import { closeMonth, findClosing, loadRecords, reopenMonth } from "../measures/closing/store.ts";
import { openSchool } from "../organisation/access.ts";
import { addDays, dayOf, instantOf, type Instant } from "../platform/clock.ts";
import { newId } from "../platform/ids.ts";
import { makeWorker } from "../platform/jobs/worker.ts";
import { makeLog } from "../platform/log.ts";
import type { Demo } from "./build.ts";
import { demoId } from "./organisation.ts";
import { teacherKey } from "./people.ts";
import { SCHOOLS, type DemoSchool } from "./schools.ts";

/**
 * The months that are over are closed by the schools' leaders, but for the last month of one school; another had to be
 * opened again by its commune. Afterwards a period of THCS Trần Phú is reversed, so that its last report differs from today.
 */
export async function closeMonths(demo: Demo): Promise<void> {
  await makeWorker(demo.db, listeners, makeLog("silent")).drain(demo.at); // the classes that were held are in the ledger first
  const year = (await listYears(demo.db)).find((one) => one.id === demo.yearId);
  if (year === undefined) return;
  const over = monthsOfYear(year).filter((month) => isOver(month, addDays(demo.today, -3)));
  for (const school of closingSchools()) {
    for (const month of over) {
      if (school.key === "th-dong-hai" && month === over.at(-1)) continue;
      await close(demo, school, month, instantOf(addDays(endOfMonth(month), 2), "16:10"), NOTES[school.key] ?? "");
    }
  }
  const last = over.at(-1);
  if (last === undefined) return;
  await reopenAndClose(demo, last);
  await correct(demo, last);
}

/** Schools that close their figures themselves: those that were not merged into another, with plans of their own. */
export function closingSchools(): DemoSchool[] {
  return SCHOOLS.filter((school) => school.hasPlans && school.mergedInto === undefined);
}

const NOTES: Record<string, string> = { "thcs-tran-phu": "Đã đối chiếu với sổ đầu bài của các lớp." };

async function close(demo: Demo, of: DemoSchool, month: Month, at: Instant, note: string): Promise<void> {
  const leader = await actorOf(demo, teacherKey(of, 0));
  const school = await openSchool(demo.db, leader, demoId(of.key), "lead");
  const seen = (await takeSnapshot(demo.db, { school, year_id: demo.yearId, month, today: dayOf(at) })).hash;
  await closeMonth(demo.db, { school, year_id: demo.yearId, month, note, seen }, { by: leader.personId, at, requestId: newId() });
}

async function reopenAndClose(demo: Demo, month: Month): Promise<void> {
  const of = SCHOOLS.find((one) => one.key === "thcs-le-loi");
  const closing = of && (await findClosing(demo.db, demoId(of.key), demo.yearId, month));
  if (!of || !closing) return;
  const officer = await actorOf(demo, "province officer");
  const school = await openSchool(demo.db, officer, demoId(of.key), "reopen");
  const act = { by: officer.personId, at: instantOf(addDays(dayOf(closing.closed_at), 1), "09:20"), requestId: newId() };
  await reopenMonth(demo.db, school, closing, "Trường báo còn thiếu các tiết tự học của khối 9.", act);
  await close(demo, of, month, instantOf(addDays(dayOf(closing.closed_at), 1), "15:45"), "Đã bổ sung các tiết tự học của khối 9.");
}

async function correct(demo: Demo, month: Month): Promise<void> {
  const of = SCHOOLS.find((one) => one.key === "thcs-tran-phu");
  const closing = of && (await findClosing(demo.db, demoId(of.key), demo.yearId, month));
  if (!of || !closing) return;
  const leader = await actorOf(demo, teacherKey(of, 0));
  for (const { id } of (await loadRecords(demo.db, closing.id)).periods.slice(0, 2)) {
    const period = await openPeriod(demo.db, leader, id, "reverse");
    await saveAct(demo.db, period, "reverse", "Giờ này thực tế dạy trên lớp, giáo viên ghi nhầm.", { by: leader.personId, at: instantOf(addDays(demo.today, -1), "10:05"), requestId: newId() });
  }
}

async function actorOf(demo: Demo, key: string) {
  const actor = await loadActor(demo.db, demoId(key), demo.at);
  if (!actor) throw new Error(`the demonstration has no ${key}`);
  return actor;
}

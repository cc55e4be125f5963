import { accessChanged } from "../accounts/events.ts";
import { lackOfRoom } from "../materials/store/quota.ts";
import { grantAsSystem, type Granted } from "../access/policy.ts";
import { TITLE_LENGTH_MAX } from "../materials/rules.ts";
import { loadLesson, type LessonRow } from "../materials/store.ts";
import { saveUpload, type FirstMetadata, type UploadedFile } from "../materials/store/upload.ts";
import { notify } from "../notices/store.ts";
import { dayOf, type Instant } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { eachAlone } from "../platform/each.ts";
import { groupBy } from "../platform/group.ts";
import { on, type Heard, type Listener } from "../platform/jobs/queue.ts";
import type { BlobStore } from "../platform/storage.ts";
import { pagesOf } from "./board.ts";
import { boardPdf } from "./board-pdf.ts";
import { underInk } from "./board-pictures.ts";
import { liveClassDeclared, liveClassEnded } from "./events.ts";
import { forgottenEnd, plannedOver } from "./rules.ts";
import { findSettings, listParentsOfAbsent, listToRemind, listUnsavedBoards, removeCalendarLink, saveBoardMaterial, saveBoardRefusal, saveReminded } from "./store/after.ts";
import { saveEnd } from "./store/attendance.ts";
import { listDrawn } from "./store/board.ts";
import { listRunning, loadLiveClass, taughtBy, type LiveRow } from "./store/classes.ts";
import { listMarks, listRoster } from "./store/presence.ts";
import { GROUP_PAGE, groupOfKey, groupOfPage } from "./tool-rules.ts";
import { liveTools } from "./tool-messages.ts";

/** Ends classes that their teachers forgot to end, at the last sign of anybody. Run every few minutes. */
export async function endForgotten(db: Db, at: Instant): Promise<number> {
  let ended = 0;
  for (const id of await listRunning(db)) {
    const live = await loadLiveClass(db, id);
    const end = live && (live.engine === "link" ? plannedOver(live, at) : forgottenEnd(live, await listMarks(db, live), at));
    if (!live || end === undefined) continue;
    await saveEnd(db, grantAsSystem(live, "teach"), end, { by: null, at });
    ended += 1;
  }
  return ended;
}

/** Reminds the teacher and the pupils ten minutes before a class, once. */
export async function remindOfClasses(db: Db, at: Instant): Promise<void> {
  for (const id of await listToRemind(db, at)) {
    const live = await loadLiveClass(db, id);
    if (!live) continue;
    const people = [taughtBy(live).id, ...(await listRoster(db, live)).map((pupil) => pupil.person_id)];
    await db.transaction(async (trx) => {
      if (await saveReminded(trx, id, at)) await notify(trx, people, { kind: "live_soon", href: `/live-classes/${id}`, params: { title: live.title } }, at);
    });
  }
}

/** Saves the boards of classes that ended as PDFs: a draft of the teacher, linked to the lesson. @param quota bytes of a school where nothing was set for it */
export async function saveBoards(db: Db, blobs: BlobStore, at: Instant, quota: number): Promise<void> {
  await eachAlone(await listUnsavedBoards(db, at), (id) => saveBoard(db, blobs, id, at, quota));
}

/** Saves one board, once; where the school has no room for it, the teacher is told. */
export async function saveBoard(db: Db, blobs: BlobStore, id: string, at: Instant, quota: number): Promise<void> {
  const live = await loadLiveClass(db, id);
  const lesson = live && (await lessonOfDrafts(db, live));
  if (!live || !lesson) return;
  const words = liveTools.vi;
  const pages = pagesOf(await listDrawn(db, live, 0, 50_000));
  const label = (page: number): string =>
    page > 0 ? words.board.slide_page(page) : page < GROUP_PAGE ? groupLabel(groupOfPage(page)) : words.board.blank_page.replace("{n}", String(-page));
  const title = words.board_title(live.title, dayOf(live.opened_at ?? live.starts_at)).slice(0, TITLE_LENGTH_MAX);
  const under = await underInk(db, blobs, live, pages);
  const stored = await blobs.put(boardPdf(title, pages.map(({ page, items }) => ({ label: `${live.title} · ${label(page)}`, items, slide: under.slides.get(page) })), under.pictures));
  if (await lackOfRoom(db, live.school.id, stored, quota)) return refuseBoard(db, live, at);
  await saveBoardMaterial(db, id, await saveDraft(db, live, lesson, { ...stored, name: "bang.pdf", mime: "application/pdf" }, { title, kind: "other" }, at));
}

/** The lesson to which what a class leaves behind is linked: the first that it covered. */
export async function lessonOfDrafts(db: Db, live: LiveRow): Promise<Granted<"upload", LessonRow> | undefined> {
  const lesson = live.covered[0] && (await loadLesson(db, live.covered[0].plan_lesson_id));
  return lesson && grantAsSystem(lesson, "upload");
}

/** Saves what a class leaves behind as a draft of whoever taught it. The same file once more is the same draft. @returns its id */
export async function saveDraft(db: Db, live: LiveRow, lesson: Granted<"upload", LessonRow>, file: UploadedFile, { title, kind }: Omit<FirstMetadata, "author">, at: Instant): Promise<string> {
  const teacher = taughtBy(live);
  const saved = await saveUpload(db, { lesson }, file, { title: title.slice(0, TITLE_LENGTH_MAX), kind, author: teacher.name }, { by: teacher.id, at, requestId: live.id });
  return saved.id;
}

/** The teacher is told once; the bytes that came to nothing are swept with those that nothing names. */
async function refuseBoard(db: Db, live: LiveRow, at: Instant): Promise<void> {
  await db.transaction(async (trx) => {
    if (await saveBoardRefusal(trx, live.id, at)) await notify(trx, [taughtBy(live).id], { kind: "live_board_no_room", href: `/live-classes/${live.id}`, params: { title: live.title } }, at);
  });
}

function groupLabel(key: number): string {
  const { number, deal } = groupOfKey(key);
  const { board } = liveTools.vi;
  return deal > 1 ? board.group_page_again(number, deal) : board.group_page.replace("{n}", String(number));
}

/** What the live classes hear themselves. */
export const liveJobs: Listener[] = [
  on(accessChanged, "stops the calendar link of somebody who was signed out everywhere or suspended", async ({ personId, everywhere }, { db, at }) => {
    if (everywhere === true) await removeCalendarLink(db, personId, { by: null, at });
  }),
  on(liveClassEnded, "tells parents of absences, where the school wants it", tellAbsences),
  on(liveClassDeclared, "tells parents of absences that a teacher declared", tellAbsences),
];

/** Of a class held by a plain link nothing is known until its teacher declares it. */
async function tellAbsences({ liveClassId }: { liveClassId: string }, { db, at }: Heard): Promise<void> {
  const live = await loadLiveClass(db, liveClassId);
  if (!live || live.purpose === "trial" || !(await findSettings(db, live.school.id)).tell_parents) return;
  await db.transaction(async (trx) => {
    for (const [parent, children] of groupBy(await listParentsOfAbsent(trx, live.id, at), (absent) => absent.parent_id)) {
      await notify(trx, [parent], { kind: "live_absent", href: `/live-classes/${live.id}`, params: { title: live.title, by: children.map((child) => child.name).join(", ") } }, at); // twins are one letter
    }
  });
}

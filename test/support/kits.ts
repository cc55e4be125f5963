import PDFDocument from "pdfkit";
import { buffer } from "node:stream/consumers";
import { joinRecordings } from "../../server/live/recording/jobs.ts";
import { liveClassEnded } from "../../server/live/events.ts";
import { addMinutes } from "../../server/platform/clock.ts";
import { newId } from "../../server/platform/ids.ts";
import { raise } from "../../server/platform/jobs/queue.ts";
import type { Running } from "./app.ts";
import { storedSlides } from "./materials.ts";
import { film, recorded } from "./recording.ts";
import { NOW, W } from "./world.ts";
import { liveClass } from "../realtime/room.ts";

/** What was asked at the end of the class. */
export interface MissedClass {
  live: string;
  choice: string;
  short: string;
}

/** No two recordings are the same. */
let made = 0;

/** A PDF of slides in landscape, one title on each. */
export function slidesOf(titles: readonly string[]): Promise<Buffer> {
  const doc = new PDFDocument({ size: [960, 540], autoFirstPage: false });
  for (const title of titles) doc.addPage().fontSize(60).text(title, 60, 200);
  doc.end();
  return buffer(doc);
}

/**
 * A class of 6A on 24 November to which only Minh came: three slides of which two were shown, a stroke on the second, a blank page
 * that was not recorded, a question, one in the chat, an exit ticket of two.
 */
export async function missedClass(app: Running, how: { recorded: boolean } = { recorded: true }): Promise<MissedClass> {
  const { db } = app;
  const live = await liveClass(app);
  const [choice, short] = [newId(), newId()];
  const slides = await storedSlides(app, await slidesOf(["Tap hop 1", `Tap hop 2 ${live}`, "Tap hop 3"]), { title: "Slide tập hợp" });
  await db("live_classes").where({ id: live }).update({ slides_material_id: slides.id });
  for (const [seconds, page] of [[0, 1], [4, 2], [1800, -1]] as const) await db("live_turns").insert({ id: newId(), live_class_id: live, page, at: addMinutes(NOW, seconds / 60) });
  await db("live_rooms").insert({ live_class_id: live, drawn: 2, notes: "Bài tập về nhà: 3, 4 trang 15." });
  const draw = { live_class_id: live, person_id: W.huong, at: NOW };
  await db("live_drawings").insert([
    { ...draw, seq: 1, page: 2, kind: "arrow", body: JSON.stringify({ x: 1, y: 1, x2: 90, y2: 90, c: 2 }), client_key: "key-00000001" },
    { ...draw, seq: 2, page: -1, kind: "text", body: JSON.stringify({ x: 10, y: 10, t: "Ví dụ <1>" }), client_key: "key-00000002" },
  ]);
  const question = { live_class_id: live, opened_at: addMinutes(NOW, 0.1), options: "[]" };
  await db("live_questions").insert([
    { ...question, id: newId(), kind: "choice", is_exit: false, prompt: "Tập hợp rỗng có mấy phần tử?", options: JSON.stringify(["0", "1", "2", "3"]), right_answer: "A" },
    { ...question, id: choice, kind: "truth", is_exit: true, prompt: "Số 0 là số tự nhiên?", right_answer: "true" },
    { ...question, opened_at: addMinutes(NOW, 44), id: short, kind: "short", is_exit: true, prompt: "Em thấy chỗ nào khó?", right_answer: null },
  ]);
  await db("live_messages").insert({ live_class_id: live, seq: 1, person_id: W.minh, body: "Thưa cô, tập hợp có thứ tự không ạ?", client_key: "hoi-00000001", at: addMinutes(NOW, 0.01), kind: "question", audience: "all" });
  for (const [person, minutes] of [[W.minh, 40], [W.an, 0], [W.chau, 0], [W.duy, 0]] as const) await db("attendances").insert({ live_class_id: live, course_id: W.toan6A, person_id: person, present_minutes: minutes, present: minutes > 0 });
  if (how.recorded) {
    await recorded(app, live, [film(9_000 + (made += 20), true)], addMinutes(NOW, 45));
    await joinRecordings(db, app.blobs, NOW);
  } else await db("live_classes").where({ id: live }).update({ state: "ended", ended_at: addMinutes(NOW, 45) });
  await raise(db, liveClassEnded, { liveClassId: live }, NOW);
  await app.settle();
  return { live, choice, short };
}

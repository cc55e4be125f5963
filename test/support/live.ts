import type { Running } from "./app.ts";
import type { Answer, Client } from "./client.ts";
import { NOW, W } from "./world.ts";

type Form = Record<string, string | string[]>;

/** The form of a class of Toán 6A that begins now. */
export function classForm(change: Form = {}): Form {
  return { lesson: W.toanLesson(7), periods: "1", on: "24/11/2026", at: "09:00", minutes: "45", slides: "", legal_form: "supporting", legal_reason: "", ...change };
}

/** Its teacher plans it. */
export function plan(huong: Client, change: Form = {}): Promise<Answer> {
  return huong.post(`/courses/${W.toan6A}/live-classes`, classForm(change));
}

/** The hour of the tests, and none of the classes that earlier ones left open or planned. */
export async function beginAnew(app: Running): Promise<void> {
  app.time.now = NOW;
  await app.db("live_classes").whereIn("state", ["open", "scheduled"]).update({ state: "cancelled" });
}

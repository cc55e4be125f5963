import type { Answer, Client } from "./client.ts";
import { W } from "./world.ts";

/** A teacher of Toán 6A plans a class that begins now. */
export function plan(huong: Client, change: Record<string, string> = {}): Promise<Answer> {
  return huong.post(`/courses/${W.toan6A}/live-classes`, { lesson: W.toanLesson(7), periods: "1", on: "24/11/2026", at: "09:00", minutes: "45", slides: "", legal_form: "supporting", legal_reason: "", ...change });
}

import { id, W } from "./world.ts";
import type { Db } from "../../server/platform/db.ts";

export const TT = { week6A: id("tt6a"), week6B: id("tt6b"), import: id("tt1mp0rt") } as const;

/**
 * The week of 6A from the beginning of the year on: Monday flag and Toán, Tuesday two periods of Toán, Thursday Ngữ văn
 * twice, Friday Toán in the afternoon; of 6B only Toán on Wednesday.
 */
export async function addTimetables(db: Db): Promise<void> {
  const version = (own: string, klass: string) => ({ id: own, class_id: klass, from_on: "2026-09-07", made_by: W.tuan, made_at: "2026-09-01T00:00:00.000Z" });
  await db("timetables").insert([version(TT.week6A, W.class6A), version(TT.week6B, W.class6B)]);
  const slot = (timetable: string, day: number, number: number, course: string | null, session = "morning", kind = "lesson") => ({ timetable_id: timetable, day, session, number, kind, course_id: course });
  await db("timetable_slots").insert([
    slot(TT.week6A, 1, 1, null, "morning", "flag"),
    slot(TT.week6A, 1, 2, W.toan6A),
    slot(TT.week6A, 2, 1, W.toan6A),
    slot(TT.week6A, 2, 2, W.toan6A),
    slot(TT.week6A, 4, 1, W.van6A),
    slot(TT.week6A, 4, 2, W.van6A),
    slot(TT.week6A, 5, 1, W.toan6A, "afternoon"),
    slot(TT.week6B, 3, 3, W.toan6B),
  ]);
}

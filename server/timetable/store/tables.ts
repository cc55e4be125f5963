import { z } from "zod";
import { col, table, type RowOf } from "../../platform/db.ts";
import { KINDS, SESSIONS } from "../rules.ts";

/** One row is a class's week from a day on, until its next one begins. */
export const timetables = table("timetables", { id: col.id(), class_id: col.id(), from_on: col.day(), revision: col.int(), made_by: col.id(), made_at: col.instant() });
export type TimetableRow = RowOf<typeof timetables>;

export const timetableSlots = table("timetable_slots", {
  timetable_id: col.id(),
  day: col.int(),
  session: col.oneOf(SESSIONS),
  number: col.int(),
  kind: col.oneOf(KINDS),
  course_id: col.maybeId(),
  teacher_id: col.maybeId(),
});

const bell = z.object({ session: z.enum(SESSIONS), number: z.number(), starts: z.string(), ends: z.string() });

/** When the periods of a school, or of one of its sites, begin and end from a day on. */
export const bells = table("bells", { id: col.id(), unit_id: col.id(), from_on: col.day(), periods: col.json(z.array(bell)), saved_by: col.id(), saved_at: col.instant() });

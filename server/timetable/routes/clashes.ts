import type { Request } from "express";
import type { Day } from "../../platform/clock.ts";
import type { NoticeView } from "../../shell/partials.ts";
import { clashNotice } from "../pages/class.ts";
import { clashesOf, standingsOn } from "../rules.ts";
import { listClasses, readTimetables } from "../store/weeks.ts";

/** Where the school's teachers stand in several classes at once on a day; all of them, or those of one class. */
export async function clashesOfSchool(req: Request, school: { id: string }, yearId: string, on: Day, only?: string): Promise<NoticeView | undefined> {
  const classes = await listClasses(req.db, school, yearId);
  const { versions, courses } = await readTimetables(req.db, classes.map((klass) => klass.id), on, on);
  const clashes = clashesOf(standingsOn(versions, (id) => courses.get(id)?.turns ?? [], on)).filter((clash) => only === undefined || clash.class_ids.includes(only));
  const teachers = new Map([...courses.values()].flatMap((course) => course.turns.map((turn) => [turn.person_id, turn.name] as const)));
  const names = new Map(classes.map((klass) => [klass.id, klass.name]));
  return clashNotice(clashes, { teacher: (id) => teachers.get(id) ?? "", klass: (id) => names.get(id) ?? "" }, req);
}

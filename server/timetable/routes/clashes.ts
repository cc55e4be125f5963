import type { Request } from "express";
import type { Day } from "../../platform/clock.ts";
import type { NoticeView } from "../../shell/partials.ts";
import { clashNotice } from "../pages/class.ts";
import { listClasses, readTimetables } from "../store/weeks.ts";

/** Where those who teach a class stand in several classes of the school at once on a day. */
export async function clashesInClass(req: Request, klass: { id: string; school_id: string; year_id: string }, on: Day): Promise<NoticeView | undefined> {
  const classes = await listClasses(req.db, { id: klass.school_id }, klass.year_id);
  const { versions, courses } = await readTimetables(req.db, classes.map((one) => one.id), on, on);
  return clashNotice({ weeks: versions, courses, classes, on, only: klass.id }, req);
}

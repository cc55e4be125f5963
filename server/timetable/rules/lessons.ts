/** A lesson of a plan, as far as its place in the year needs it. In the plan's order. */
export interface PlanLesson {
  id: string;
  periods: number;
  week_from: number | null;
  week_to: number | null;
}

/** One period of a lesson, with the first week in which it is to be taught. */
export interface PlannedPeriod {
  lesson_id: string;
  /** Within the lesson, from 1. */
  number: number;
  week: number;
}

/**
 * The periods of a plan in its order, each with its week: spread evenly over the weeks that its lesson names; those of
 * lessons that name none evenly over the year, as the calendar counts them (`plannedUpToWeek`).
 */
export function plannedPeriods(lessons: readonly PlanLesson[], weeksOfYear: number): PlannedPeriod[] {
  const undated = lessons.reduce((sum, lesson) => sum + (lesson.week_from === null ? lesson.periods : 0), 0);
  let before = 0;
  return lessons.flatMap((lesson) =>
    Array.from({ length: lesson.periods }, (_, n): PlannedPeriod => {
      const weeks = lesson.week_from === null ? 0 : Math.max(1, (lesson.week_to ?? lesson.week_from) - lesson.week_from + 1);
      const week = lesson.week_from === null ? Math.floor((before++ * weeksOfYear) / undated) + 1 : lesson.week_from + Math.floor((n * weeks) / lesson.periods);
      return { lesson_id: lesson.id, number: n + 1, week };
    }),
  );
}

/**
 * Which period of the plan falls into which lesson of the timetable. A week's periods fall into its lessons in order; what
 * finds no room (a holiday, fewer lessons than the plan asks for) is taught first in the weeks that follow. Nothing is
 * taught before its week: a lesson of the timetable for which the plan has nothing stays free. What was planned for weeks
 * before the first timetable was taught by another one, or without.
 *
 * @param taught the course's lessons in the order of the calendar, from the beginning of the year on
 * @returns one entry for each of `taught`
 */
export function layPeriods(periods: readonly PlannedPeriod[], taught: readonly { week: number }[]): (PlannedPeriod | undefined)[] {
  const first = taught[0]?.week ?? 0;
  const queue = periods.filter((period) => period.week >= first);
  return taught.map(({ week }) => {
    const next = queue.findIndex((period) => period.week <= week);
    return next === -1 ? undefined : queue.splice(next, 1)[0];
  });
}

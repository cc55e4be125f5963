import type { StudyWeek } from "../calendar/rules.ts";
import type { Formats } from "../platform/i18n.ts";
import type { Tone } from "../shell/partials.ts";
import { weekOfPeriod } from "./rules.ts";
import { badgeOf, reasonWords } from "./say.ts";
import type { LedgerCourse, LedgerLesson } from "./store/periods.ts";
import type { PeriodRow } from "./store/tables.ts";

/** One period of a course in a week: what the plan foresees and what is on record. */
export interface LedgerLine {
  lesson: string;
  lesson_id: string;
  number: number;
  of: number;
  planned: "in_class" | "online";
  standing: PeriodRow | undefined;
}

export interface LedgerCourseView {
  id: string;
  name: string;
  caption: string;
  has_plan: boolean;
  lines: LedgerLineView[];
  /** The button for the whole week, where there is anything to confirm. */
  confirm: { label: string; hint: string; hidden: Record<string, string> } | undefined;
}

interface LedgerLineView {
  lesson: string;
  period: string;
  planned: string;
  badge: { label: string; tone: Tone };
  says: string;
  evidence: string | undefined;
  declare: string | undefined;
}

export interface LedgerWeekPage {
  lead: string;
  title: string;
  days: string;
  previous: string | undefined;
  next: string | undefined;
  today: string | undefined;
  waiting: string | undefined;
  courses: LedgerCourseView[];
}

/** The periods of a course that belong to a week: planned for it, or taught in it. */
export function linesOfWeek(
  lessons: readonly LedgerLesson[],
  standing: readonly PeriodRow[],
  chosen: ReadonlyMap<string, "in_class" | "online">,
  week: StudyWeek,
  weeks_of_year: number,
): LedgerLine[] {
  const kept = lessons.filter((lesson) => lesson.removed_at === null);
  const plan = { periods: kept.reduce((sum, lesson) => sum + lesson.periods, 0), weeks: weeks_of_year };
  const recorded = new Map(standing.map((row) => [`${row.plan_lesson_id} ${row.period_number}`, row]));
  let periods_before = 0;
  return lessons.flatMap((lesson) => {
    const own = { ...lesson, periods: lesson.removed_at === null ? lesson.periods : 0, periods_before };
    periods_before += own.periods;
    const known = standing.filter((row) => row.plan_lesson_id === lesson.id).map((row) => row.period_number);
    const numbers = new Set([...Array.from({ length: own.periods }, (_, i) => i + 1), ...known]);
    return [...numbers].sort((a, b) => a - b).flatMap((number): LedgerLine[] => {
      const stands = recorded.get(`${lesson.id} ${number}`);
      const planned = number <= own.periods && weekOfPeriod(own, number, plan) === week.number;
      const taught = stands !== undefined && week.starts_on <= stands.taught_on && stands.taught_on <= week.ends_on;
      if (!taught && !planned) return [];
      const mode = chosen.get(lesson.id) ?? lesson.planned_mode;
      return [{ lesson: lesson.title, lesson_id: lesson.id, number, of: own.periods, planned: mode, standing: stands }];
    });
  });
}

/** What one click confirms: what the system saw in this week, and what was to be taught in class and is not on record. */
export function confirmable(lines: readonly LedgerLine[]): { seen: string[]; taught: { plan_lesson_id: string; period_number: number }[] } {
  return {
    seen: lines.flatMap(({ standing }) =>
      standing && standing.confirmed_at === null && standing.mode === "online" && standing.evidence_kind !== "external" ? [standing.delivery_id] : [],
    ),
    taught: lines.flatMap(({ standing, planned, lesson_id, number, of }) =>
      standing === undefined && planned === "in_class" && number <= of ? [{ plan_lesson_id: lesson_id, period_number: number }] : [],
    ),
  };
}

export function courseView(course: LedgerCourse, lines: readonly LedgerLine[], week: number, t: Words, f: Formats): LedgerCourseView {
  const { seen, taught } = confirmable(lines);
  const count = seen.length + taught.length;
  return {
    id: course.id,
    name: course.name,
    caption: t.ledger.caption(course.name, week),
    has_plan: course.plan_id !== null,
    lines: lines.map((line) => lineView(course, line, t, f)),
    confirm:
      count === 0
        ? undefined
        : {
            label: t.ledger.confirm_week(count),
            hint: t.ledger.confirm_week_hint(seen.length, taught.length),
            hidden: { course: course.id, week: String(week) },
          },
  };
}

function lineView(course: LedgerCourse, line: LedgerLine, t: Words, f: Formats): LedgerLineView {
  const { standing } = line;
  const missing = standing === undefined && line.planned === "online";
  return {
    lesson: line.lesson,
    period: t.ledger.period_of(line.number, line.of),
    planned: t.ledger.modes[line.planned],
    badge: badgeOf(standing, t),
    says: standing ? saysOf(standing, t, f) : "",
    evidence: standing ? `/ledger/${standing.delivery_id}` : undefined,
    declare: missing ? `/ledger/declarations/new?course=${course.id}&period=${line.lesson_id}.${line.number}` : undefined,
  };
}

function saysOf(standing: PeriodRow, t: Words, f: Formats): string {
  const what = `${t.ledger.kinds[standing.evidence_kind ?? "in_class"]}, ${f.weekday(standing.taught_on)}`;
  const why = reasonWords(standing.reason, standing.params, t, f);
  const confirmed = standing.confirmed_at === null ? "" : ` (${t.ledger.confirmed})`;
  return why === "" ? what + confirmed : `${what}. ${why}`;
}

declare global {
  interface Views {
    "ledger/week": LedgerWeekPage;
  }
}

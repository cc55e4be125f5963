import { z } from "zod";
import { dayOf, minutesBetween, type Day } from "../../platform/clock.ts";
import { all, col, type Db } from "../../platform/db.ts";
import { groupBy } from "../../platform/group.ts";
import { minutes, pupils, smallestAtLeast, type BasisPoints } from "../../platform/units.ts";
import type { Attendance, Evidence, LiveEvidence, SelfStudyEvidence } from "../rules.ts";
import { periodLengthOf } from "../rules.ts";

/**
 * What the system saw, read for the rules: the live classes and the self-study as they stand now. Nothing is decided
 * here. Pupils' names never leave the database.
 */

const liveRow = z.object({
  id: col.id(),
  state: col.oneOf(["scheduled", "open", "ended", "cancelled"]),
  purpose: col.oneOf(["lesson", "trial"]),
  teacher_id: col.id(),
  substitute_id: col.maybeId(),
  opened_at: col.maybeInstant(),
  ended_at: col.maybeInstant(),
  starts_at: col.instant(),
  legal_form: col.oneOf(["supporting", "replacing"]),
  legal_reason: col.text(),
  engine: col.text(),
});
export type LiveRow = z.infer<typeof liveRow>;

export interface CarriedPeriod {
  course_id: string;
  plan_lesson_id: string;
  period_number: number;
  grade: number;
}

/** One enrolment of a class list, with what is known of the pupil in this live class. */
interface Enrolment {
  from_on: Day;
  to_on: Day | null;
  attendance: Attendance;
}

const liveFactRow = liveRow.extend({
  course_id: col.maybeId(),
  plan_lesson_id: col.maybeId(),
  period_number: col.maybeInt(),
  grade: col.maybeInt(),
  enrolments: col.maybeText(),
  recorded: col.maybeText(),
});
type LiveFactRow = z.infer<typeof liveFactRow>;

/**
 * Live classes with the periods that they carry, in the order in which they are taught: one row a period, or one without.
 * Everybody who was ever on the class list of the course comes as one text (`enrolmentOf`), since a row for each pupil is what
 * judging a whole province would wait for. `recorded`: the lessons of its deliveries, `course lesson;course lesson`.
 */
function listLiveFacts(db: Db, ids: readonly string[]): Promise<LiveFactRow[]> {
  return all(
    liveFactRow,
    db.raw(
      `SELECT ${Object.keys(liveRow.shape).map((name) => `live.${name}`).join(", ")},
              carried.course_id, carried.plan_lesson_id, carried.period_number, c.grade,
              (SELECT STRING_AGG(e.from_on || ',' || COALESCE(e.to_on, '') || ',' || COALESCE(CAST(a.present_minutes AS TEXT), '')
                                 || ',' || CASE WHEN a.corrected_present IS NULL THEN '' WHEN a.corrected_present THEN 'yes' ELSE 'no' END, ';')
                 FROM class_enrolments e
                 LEFT JOIN attendances a ON a.live_class_id = live.id AND a.course_id = c.id AND a.person_id = e.person_id
                WHERE e.class_id = c.class_id) AS enrolments,
              (SELECT STRING_AGG(d.course_id || ' ' || d.plan_lesson_id, ';') FROM deliveries d
                WHERE d.evidence_kind = 'live' AND d.evidence_id = live.id) AS recorded
         FROM live_classes live
         LEFT JOIN live_class_periods carried ON carried.live_class_id = live.id
         LEFT JOIN courses c ON c.id = carried.course_id
         LEFT JOIN plan_lessons lesson ON lesson.id = carried.plan_lesson_id
        WHERE live.id IN (${ids.map(() => "?").join(", ")})
        ORDER BY live.id, carried.course_id, lesson.position, lesson.id, carried.period_number`,
      [...ids],
    ),
  );
}

function enrolmentOf(text: string): Enrolment {
  const [from_on = "", to_on = "", stayed = "", corrected = ""] = text.split(",");
  return { from_on, to_on: to_on === "" ? null : to_on, attendance: { stayed: minutes(Number(stayed)), corrected: corrected === "" ? null : corrected === "yes" } };
}

/** Was the pupil on the class list on that school day? */
function onList(day: Day): (enrolment: { from_on: Day; to_on: Day | null }) => boolean {
  return ({ from_on, to_on }) => from_on <= day && (to_on === null || to_on > day);
}

export interface LiveFacts {
  row: LiveRow;
  taught_on: Day;
  /** The periods that it carries, in the order in which they are taught. */
  carried: readonly CarriedPeriod[];
  /** The lessons of its deliveries, recorded before now. */
  recorded: readonly { course_id: string; plan_lesson_id: string }[];
  /** Undefined where the live class does not carry the period (any more). */
  evidenceFor(courseId: string, lessonId: string, number: number): LiveEvidence | undefined;
}

/** Everything the rules need of these live classes, in one query. */
export async function observeLive(db: Db, ids: readonly string[]): Promise<Map<string, LiveFacts>> {
  if (ids.length === 0) return new Map();
  const classes = groupBy(await listLiveFacts(db, ids), (row) => row.id);
  return new Map([...classes].flatMap(([id, rows]) => (rows[0] ? [[id, liveFacts(rows[0], rows)]] : [])));
}

function liveFacts(first: LiveFactRow, rows: readonly LiveFactRow[]): LiveFacts {
  const row: LiveRow = first;
  const taught_on = dayOf(row.opened_at ?? row.starts_at);
  const carried = rows.flatMap(({ course_id, plan_lesson_id, period_number, grade }): CarriedPeriod[] =>
    course_id === null || plan_lesson_id === null || period_number === null || grade === null ? [] : [{ course_id, plan_lesson_id, period_number, grade }],
  );
  const lists = new Map<string, readonly Attendance[]>();
  const attendanceIn = (courseId: string): readonly Attendance[] => {
    const text = rows.find((one) => one.course_id === courseId)?.enrolments ?? "";
    const list = lists.get(courseId) ?? (text === "" ? [] : text.split(";").map(enrolmentOf).filter(onList(taught_on)).map((one) => one.attendance));
    lists.set(courseId, list);
    return list;
  };
  return {
    ...{ row, taught_on, carried },
    recorded: first.recorded === null ? [] : first.recorded.split(";").map(lessonOf),
    evidenceFor(courseId, lessonId, number) {
      const own = carried.filter((one) => one.course_id === courseId);
      const at = own.findIndex((one) => one.plan_lesson_id === lessonId && one.period_number === number);
      const found = own[at];
      return found && liveEvidence(row, found.grade, at + 1, attendanceIn(courseId));
    },
  };
}

function lessonOf(text: string): { course_id: string; plan_lesson_id: string } {
  const [course_id = "", plan_lesson_id = ""] = text.split(" ");
  return { course_id, plan_lesson_id };
}

function liveEvidence(row: LiveRow, grade: number, place: number, class_list: readonly Attendance[]): LiveEvidence {
  const length = row.opened_at && row.ended_at ? Math.max(0, Math.floor(minutesBetween(row.opened_at, row.ended_at))) : 0;
  const { state, purpose } = row;
  return { kind: "live", state, purpose, length: minutes(length), period_length: periodLengthOf(grade), place, class_list };
}

const ownStudy = z.object({
  id: col.id(),
  course_id: col.id(),
  plan_lesson_id: col.id(),
  period_from: col.int(),
  period_to: col.int(),
  assigned_by: col.id(),
  due_at: col.instant(),
  legal_form: col.oneOf(["supporting", "replacing"]),
  legal_reason: col.text(),
  state: col.oneOf(["open", "closed", "cancelled"]),
});
/** With what says the level of its course. */
const studyRow = ownStudy.extend({ grade: col.int(), school_level: col.maybeText() });
type StudyRow = z.infer<typeof studyRow>;

const completionRow = z.object({
  assignment_id: col.id(),
  from_on: col.day(),
  to_on: col.maybeDay(),
  done_at: col.maybeInstant(),
});

export interface StudyFacts {
  row: StudyRow;
  evidence: SelfStudyEvidence;
  /** The day on which enough of the class had completed it, or else its due date. */
  taughtOn(completed_enough: BasisPoints): Day;
}

/**
 * Everything the rules need of these self-study assignments. One row of the second query is one enrolment. Whoever was given
 * the kit of a missed class completed it by finishing the kit.
 */
export async function observeStudy(db: Db, ids: readonly string[]): Promise<Map<string, StudyFacts>> {
  if (ids.length === 0) return new Map();
  const rows = await all(
    studyRow,
    db("self_study_assignments as s")
      .join("courses as c", "c.id", "s.course_id")
      .join("units as u", "u.id", "c.school_id")
      .select(Object.keys(ownStudy.shape).map((name) => `s.${name}`))
      .select("c.grade", "u.level as school_level")
      .whereIn("s.id", ids),
  );
  const marks = ids.map(() => "?").join(", ");
  const completions = await all(
    completionRow,
    db.raw(
      `SELECT s.id AS assignment_id, e.from_on, e.to_on, CASE WHEN s.live_class_id IS NULL THEN p.done_at ELSE k.done_at END AS done_at
         FROM self_study_assignments s
         JOIN courses c ON c.id = s.course_id
         JOIN class_enrolments e ON e.class_id = c.class_id
         LEFT JOIN lesson_progress p
           ON p.course_id = s.course_id AND p.plan_lesson_id = s.plan_lesson_id AND p.pupil_id = e.person_id
         LEFT JOIN live_kit_progress k ON k.live_class_id = s.live_class_id AND k.person_id = e.person_id
        WHERE s.id IN (${marks})`,
      [...ids],
    ),
  );
  const lists = groupBy(completions, (row) => row.assignment_id);
  return new Map(rows.map((row) => [row.id, studyFacts(row, lists.get(row.id) ?? [])]));
}

function studyFacts(row: StudyRow, everybody: readonly z.infer<typeof completionRow>[]): StudyFacts {
  const list = everybody.filter(onList(dayOf(row.due_at)));
  const inTime = list.flatMap(({ done_at }) => (done_at !== null && done_at <= row.due_at ? [done_at] : [])).sort();
  return {
    row,
    evidence: {
      kind: "self_study",
      state: row.state,
      class_size: pupils(list.length),
      completed_in_time: pupils(inTime.length),
    },
    taughtOn: (enough) => dayOf(inTime[smallestAtLeast(list.length, enough) - 1] ?? row.due_at),
  };
}

export interface SeenEvidence {
  live: Map<string, LiveFacts>;
  study: Map<string, StudyFacts>;
}

/** The evidence behind one delivery; undefined where the live class does not carry the period any more. */
export function seenEvidence(
  seen: SeenEvidence,
  delivery: { evidence_kind: Evidence["kind"] | null; evidence_id: string | null; course_id: string; plan_lesson_id: string; period_number: number },
): Evidence | undefined {
  const id = delivery.evidence_id ?? "";
  if (delivery.evidence_kind === "live")
    return seen.live.get(id)?.evidenceFor(delivery.course_id, delivery.plan_lesson_id, delivery.period_number);
  return delivery.evidence_kind === "self_study" ? seen.study.get(id)?.evidence : undefined;
}

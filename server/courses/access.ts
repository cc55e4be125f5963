import type { Actor } from "../access/actor.ts";
import { courseRefusal, grant, type CourseAction, type Granted } from "../access/policy.ts";
import type { Db } from "../platform/db.ts";
import { forbidden, notFound } from "../platform/errors.ts";
import { loadCourse, loadLesson, type CourseRow, type LessonRow } from "./store.ts";

/** A course for somebody and something: its lessons to read, to learn, to teach, or other people's results in it. */
export async function openCourse<A extends CourseAction>(db: Db, actor: Actor, id: string, action: A): Promise<Granted<A, CourseRow>> {
  const course = await loadCourse(db, id);
  if (!course) throw notFound();
  return openAgain(actor, course, action);
}

/** A course that is at hand already, for something more: the same door without asking the database again. */
export function openAgain<A extends CourseAction>(actor: Actor, course: CourseRow, action: A): Granted<A, CourseRow> {
  const reason = courseRefusal(actor, action, course);
  if (reason === "hidden") throw notFound();
  if (reason) throw forbidden(reason);
  return grant(course, action);
}

/** A lesson of the course's plan, with the course's own text. The course that was opened is the proof. */
export async function openLesson(db: Db, course: Granted<"read", CourseRow> | Granted<"teach", CourseRow> | Granted<"learn", CourseRow>, lessonId: string): Promise<LessonRow> {
  const lesson = await loadLesson(db, course, lessonId);
  if (!lesson) throw notFound();
  return lesson;
}

/** Courses of which somebody sees the list: those taught, those of the own or a child's class. */
export interface CoursesVisible {
  teaches: readonly string[];
  classes: readonly string[];
  /** Paths of schools all of whose courses a leader or department head sees. */
  schools: readonly { path: string; subjects: readonly string[] | undefined }[];
}

export function coursesVisibleTo(actor: Actor): CoursesVisible {
  return {
    teaches: [...actor.teaches],
    classes: [...new Set([...actor.pupilOf, ...actor.childrenClasses, ...actor.homeroomOf])],
    schools: actor.memberships
      .filter((m) => m.role === "school_leader" || m.role === "school_admin" || m.role === "department_head")
      .map((m) => ({ path: m.unitPath, subjects: m.role === "department_head" ? m.subjects : undefined })),
  };
}

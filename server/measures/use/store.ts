import { z } from "zod";
import { addDays, instantOf, type Day } from "../../platform/clock.ts";
import { all, col, one, type Db } from "../../platform/db.ts";
import { remember } from "../../platform/remember.ts";

const classRow = z.object({ starts_at: col.instant(), opened_at: col.maybeInstant(), ended_at: col.maybeInstant(), listed: col.int(), present: col.int() });
export type HeldClass = z.infer<typeof classRow>;

const CLASSES_MAX = 20_000;

/** Every live class that a school held in these days, with how many of how many pupils were present (index live_classes (school_id, starts_at)). */
export const listHeldClasses = remember(["live_classes", "attendances"], (db: Db, schoolId: string, from: Day, to: Day): Promise<readonly HeldClass[]> => {
  const span = [schoolId, instantOf(from, "00:00"), instantOf(addDays(to, 1), "00:00")];
  return all(
    classRow,
    db.raw(
      `SELECT c.starts_at, c.opened_at, c.ended_at, COALESCE(a.listed, 0) AS listed, COALESCE(a.present, 0) AS present
         FROM live_classes c
         LEFT JOIN (SELECT t.live_class_id, COUNT(*) AS listed, SUM(CASE WHEN COALESCE(t.corrected_present, t.present) = ? THEN 1 ELSE 0 END) AS present
                      FROM live_classes c JOIN attendances t ON t.live_class_id = c.id
                     WHERE c.school_id = ? AND c.starts_at >= ? AND c.starts_at < ?
                     GROUP BY t.live_class_id) a ON a.live_class_id = c.id
        WHERE c.school_id = ? AND c.starts_at >= ? AND c.starts_at < ? AND c.state = 'ended' AND c.purpose = 'lesson'
        ORDER BY c.starts_at LIMIT ${CLASSES_MAX}`,
      [true, ...span, ...span],
    ),
  );
});

const sums = z.object({ teachers: col.int(), teachers_all: col.int(), pupils: col.int(), pupils_all: col.int(), lessons_live: col.int(), materials_live: col.int(), materials: col.int(), lessons_opened: col.int(), opens_outside: col.int() });
export type UseSums = z.infer<typeof sums>;

/**
 * How many people and materials of a school are in use, as numbers alone. The people of the last 30 days: teachers who
 * held a live class or brought a material, pupils who were present in one or opened a lesson.
 */
export const readUse = remember(
  ["live_classes", "attendances", "materials", "lesson_progress", "class_enrolments", "memberships", "material_open_counts"],
  (db: Db, schoolId: string, yearId: string, from: Day, to: Day): Promise<UseSums> => {
    const [begin, since, end] = [instantOf(from, "00:00"), instantOf(addDays(to, -29), "00:00"), instantOf(addDays(to, 1), "00:00")];
    const held = `c.school_id = ? AND c.starts_at >= ? AND c.starts_at < ? AND c.state = 'ended' AND c.purpose = 'lesson'`;
    const in_use = `m.approved_version_id IS NOT NULL AND m.state <> 'retired'`;
    return one(
      sums,
      db.raw(
        `SELECT
           (SELECT COUNT(*) FROM (SELECT COALESCE(c.substitute_id, c.teacher_id) FROM live_classes c WHERE ${held}
                                   UNION SELECT m.uploaded_by FROM materials m WHERE m.school_id = ? AND m.created_at >= ? AND m.created_at < ?) active) AS teachers,
           (SELECT COUNT(DISTINCT r.person_id) FROM memberships r WHERE r.unit_id = ? AND r.role = 'teacher' AND r.from_on <= ? AND (r.to_on IS NULL OR r.to_on > ?)) AS teachers_all,
           (SELECT COUNT(*) FROM (SELECT t.person_id FROM live_classes c JOIN attendances t ON t.live_class_id = c.id WHERE ${held} AND COALESCE(t.corrected_present, t.present) = ?
                                   UNION SELECT o.pupil_id FROM courses k JOIN lesson_progress o ON o.course_id = k.id WHERE k.school_id = ? AND k.year_id = ? AND o.last_opened_at >= ? AND o.last_opened_at < ?) active) AS pupils,
           (SELECT COUNT(DISTINCT e.person_id) FROM classes k JOIN class_enrolments e ON e.class_id = k.id WHERE k.school_id = ? AND k.year_id = ? AND e.from_on <= ? AND (e.to_on IS NULL OR e.to_on > ?)) AS pupils_all,
           (SELECT COUNT(DISTINCT p.plan_lesson_id) FROM live_classes c JOIN live_class_periods p ON p.live_class_id = c.id WHERE ${held}) AS lessons_live,
           (SELECT COUNT(*) FROM (SELECT DISTINCT p.plan_lesson_id, m.id FROM live_classes c JOIN live_class_periods p ON p.live_class_id = c.id
                                    JOIN material_lessons ml ON ml.plan_lesson_id = p.plan_lesson_id JOIN materials m ON m.id = ml.material_id AND m.school_id = c.school_id AND ${in_use} WHERE ${held}) used) AS materials_live,
           (SELECT COUNT(*) FROM materials m WHERE m.school_id = ? AND ${in_use}) AS materials,
           (SELECT COUNT(*) FROM (SELECT DISTINCT o.course_id, o.plan_lesson_id FROM courses k JOIN lesson_progress o ON o.course_id = k.id WHERE k.school_id = ? AND k.year_id = ? AND o.last_opened_at >= ? AND o.last_opened_at < ?) opened) AS lessons_opened,
           (SELECT COALESCE(SUM(n.opens), 0) FROM materials m JOIN material_open_counts n ON n.material_id = m.id WHERE m.school_id = ?) AS opens_outside`,
        [
          ...[schoolId, since, end, schoolId, since, end],
          ...[schoolId, to, to],
          ...[schoolId, since, end, true, schoolId, yearId, since, end],
          ...[schoolId, yearId, to, to],
          ...[schoolId, begin, end],
          ...[schoolId, begin, end],
          schoolId,
          ...[schoolId, yearId, since, end],
          schoolId,
        ],
      ),
    );
  },
);

import { z } from "zod";
import type { Actor } from "../../access/actor.ts";
import type { Granted } from "../../access/policy.ts";
import { dayOf, type Day, type Instant } from "../../platform/clock.ts";
import { all, col, type Db } from "../../platform/db.ts";
import { remember } from "../../platform/remember.ts";
import { fold } from "../../platform/text.ts";
import { MATERIAL_STATES, type MaterialState } from "../rules.ts";
import { LEADERS, LEADERS_BESIDES_UPLOADER, OTHER_HEADS, TURN_SINCE, type LessonRow } from "../store.ts";

const listed = z.object({
  id: col.id(),
  title: col.text(),
  kind: col.text(),
  subject_code: col.maybeText(),
  subject_vi: col.maybeText(),
  subject_en: col.maybeText(),
  grade: col.maybeInt(),
  state: col.oneOf(MATERIAL_STATES),
  approved_version_id: col.maybeId(),
  uploaded_by: col.id(),
  uploader_name: col.text(),
  latest_uploaded_by: col.id(),
  submitted_at: col.maybeInstant(),
  updated_at: col.instant(),
  mime: col.text(),
  size_bytes: col.int(),
  blob_hash: col.text(),
  latest_version_id: col.id(),
  origin: col.text(),
  /** The small picture of the newest file, where one was made. */
  thumb_id: col.maybeId(),
});
export type ListedMaterial = z.infer<typeof listed>;

const listQuery = (db: Db) =>
  db("materials as m")
    .join("units as s", "s.id", "m.school_id")
    .join("persons as up", "up.id", "m.uploaded_by")
    .join("material_versions as v", "v.id", "m.latest_version_id")
    .leftJoin("renditions as r", (join) => join.on("r.blob_hash", "v.blob_hash").andOnVal("r.kind", "thumb"))
    .leftJoin("subjects as sub", "sub.code", "m.subject_code")
    .select("m.id", "m.title", "m.kind", "m.subject_code", "m.grade", "m.state", "m.approved_version_id", "m.uploaded_by", "m.submitted_at", "m.updated_at", "m.latest_version_id", "m.origin")
    .select("v.mime", "v.size_bytes", "v.blob_hash", { thumb_id: "r.id", latest_uploaded_by: "v.uploaded_by" })
    .select({ uploader_name: "up.name", subject_vi: "sub.name_vi", subject_en: "sub.name_en" });

export interface ListFilter {
  subject: string | null;
  grade: number | null;
  state: MaterialState | null;
  /** Only those of this person. */
  uploadedBy: string | null;
  text: string;
  /** Keyset: materials older than this one. */
  after: string | null;
}

export const PAGE_LENGTH = 30;

/**
 * A page of a school's materials, the newest first; one more than a page tells that there is a next one.
 *
 * @param visible from `materialsVisibleTo`: what this person may be shown
 */
export function listMaterials(db: Db, school: Granted<"read", { id: string }>, visible: { approvedOnly: boolean }, filter: ListFilter): Promise<ListedMaterial[]> {
  const query = listQuery(db).where("m.school_id", school.id).orderBy("m.id", "desc").limit(PAGE_LENGTH + 1);
  if (visible.approvedOnly) query.whereNotNull("m.approved_version_id").whereNull("m.retired_at");
  if (filter.state !== null) query.where("m.state", filter.state);
  else query.whereNull("m.retired_at");
  if (filter.subject !== null) query.where("m.subject_code", filter.subject);
  if (filter.grade !== null) query.where("m.grade", filter.grade);
  if (filter.uploadedBy !== null) query.where("m.uploaded_by", filter.uploadedBy);
  if (filter.after !== null) query.where("m.id", "<", filter.after);
  for (const word of fold(filter.text).split(" ").filter(Boolean).slice(0, 8)) {
    query.whereRaw("m.search_text LIKE ? ESCAPE '!'", [`%${word.replace(/[!%_]/g, "!$&")}%`]);
  }
  return all(listed, query);
}

const SHELF_MAX = 200;

/** The materials of a plan lesson, the oldest first. */
export function listShelf(db: Db, lesson: Granted<"read", LessonRow>, visible: { approvedOnly: boolean }): Promise<ListedMaterial[]> {
  const query = listQuery(db)
    .join("material_lessons as ml", "ml.material_id", "m.id")
    .where("ml.plan_lesson_id", lesson.id)
    .whereNull("m.retired_at")
    .orderBy("m.id")
    .limit(SHELF_MAX);
  if (visible.approvedOnly) query.whereNotNull("m.approved_version_id");
  return all(listed, query);
}

const queued = listed.extend({ school_id: col.id(), school_name: col.text(), school_path: col.text(), other_heads: col.int(), leaders_besides_uploader: col.int(), leaders: col.int(), turn_since: col.maybeInstant() });
export type QueuedMaterial = z.infer<typeof queued>;

const QUEUE_MAX = 200;

/** Materials with what decides whose turn it is. */
function waitingQuery(db: Db, today: Day) {
  return listQuery(db)
    .select("m.school_id", { school_name: "s.name", school_path: "s.path" })
    .select(db.raw(`${OTHER_HEADS} AS other_heads`, ["department_head", today, today]))
    .select(db.raw(`${LEADERS_BESIDES_UPLOADER} AS leaders_besides_uploader`, ["school_leader", today, today, today, today]))
    .select(db.raw(`${LEADERS} AS leaders`, ["school_leader", today, today]))
    .select(db.raw(`${TURN_SINCE} AS turn_since`));
}

const OWN_SHOWN_MAX = 5;

/** What a person sent for approval and waits for others, the longest waiting first. */
export function listOwnWaiting(db: Db, personId: string, at: Instant): Promise<readonly QueuedMaterial[]> {
  return ownWaiting(db, personId, dayOf(at));
}

/** Whose turn each is takes many look-ups, and a teacher's home page asks every time. */
const ownWaiting = remember(["materials", "material_versions", "memberships", "persons", "subject_group_subjects", "units", "review_deputies"], (db: Db, personId: string, today: Day): Promise<readonly QueuedMaterial[]> =>
  all(
    queued,
    waitingQuery(db, today).where("m.uploaded_by", personId).whereIn("m.state", ["submitted", "passed"]).orderBy([{ column: "m.submitted_at" }, { column: "m.id" }]).limit(OWN_SHOWN_MAX),
  ),
);

/**
 * What waits for a decision in the schools where the person reviews, the longest waiting first: for a department head the
 * submitted ones of the group's subjects, for a leader those and the passed ones.
 */
export async function listQueue(db: Db, actor: Actor, at: Instant): Promise<QueuedMaterial[]> {
  const reviews = actor.memberships.filter((m) => m.role === "department_head" || m.role === "school_leader");
  if (reviews.length === 0 && actor.deputyIn.size === 0) return [];
  const query = waitingQuery(db, dayOf(at))
    .whereIn("m.state", ["submitted", "passed"])
    .where((any) => {
      if (actor.deputyIn.size > 0) any.whereIn("m.school_id", [...actor.deputyIn.keys()]);
      for (const review of reviews) {
        any.orWhere((one) => {
          // A leader of a campus leads the school it belongs to, which is one of the units on the way down to it.
          one.whereIn("m.school_id", review.unitPath.split("/").filter(Boolean));
          if (review.role === "department_head") one.whereIn("m.subject_code", [...review.subjects]);
        });
      }
    })
    .orderBy([{ column: "m.submitted_at" }, { column: "m.id" }])
    .limit(QUEUE_MAX);
  return all(queued, query);
}

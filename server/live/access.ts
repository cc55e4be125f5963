import type { Actor } from "../access/actor.ts";
import { courseRefusal, grant, liveRefusal, type CourseAction, type Granted, type LiveAction } from "../access/policy.ts";
import type { Db } from "../platform/db.ts";
import { conflict, forbidden, notFound } from "../platform/errors.ts";
import { loadCourse, type CourseRow } from "./store/planning.ts";
import { loadLiveClass, type LiveRow, type Visible } from "./store/classes.ts";
import { loadActor } from "../access/store.ts";
import type { Instant } from "../platform/clock.ts";
import { findCalendarOwner } from "./store/after.ts";
import { findInvitation } from "./store/guests.ts";
import type { InvitationRow } from "./store/tables.ts";
import { findMember, findRoom, wasInside } from "./store/rooms.ts";
import type { Reader } from "./tool-rules.ts";

/**
 * Opens a live class for an action. A class of another school, or of a class that is not one's own, does not exist; whom
 * the teacher sent out may not join again until allowed back.
 */
export async function openLiveClass<A extends LiveAction>(db: Db, actor: Actor, id: string, action: A): Promise<Granted<A, LiveRow>> {
  const live = await loadLiveClass(db, id);
  const reason = live && liveRefusal(actor, action, live);
  if (!live || reason === "hidden") throw notFound();
  if (reason) throw forbidden(reason);
  if (action === "join" && !isStaff(actor, live)) {
    const removed = await findMember(db, live.id, actor.personId);
    if (removed?.removed_at != null) throw forbidden("live_removed", { reason: removed.removed_reason ?? "" });
  }
  return grant(live, action);
}

/** The class whose room is told what changed: nobody asks, and each of those who hear passed a door of their own. */
export function roomToTell(db: Db, id: string): Promise<LiveRow | undefined> {
  return loadLiveClass(db, id);
}

/** The class that an engine's call names; the call proved by its signature that it comes from the engine. */
export function classOfCall(db: Db, id: string): Promise<LiveRow | undefined> {
  return loadLiveClass(db, id);
}

/** Opens a calendar by the hash of its secret: whose it is, with the rights of this moment. */
export async function openCalendar(db: Db, tokenHash: string, at: Instant): Promise<Actor> {
  const owner = await findCalendarOwner(db, tokenHash);
  const actor = owner === undefined ? undefined : await loadActor(db, owner, at);
  if (!actor) throw notFound();
  return actor;
}

/** What stands behind the link of an invitation; whether it is still good, the page says. */
export async function openInvitation(db: Db, tokenHash: string): Promise<{ invitation: InvitationRow; live: LiveRow }> {
  const invitation = await findInvitation(db, tokenHash);
  const live = invitation && (await loadLiveClass(db, invitation.live_class_id));
  if (!live) throw notFound();
  return { invitation, live };
}

/** Who reads and writes in the room, as far as it decides what: staff, or a pupil with the group that lasts. */
export async function readerIn(db: Db, actor: Actor, live: LiveRow): Promise<Reader> {
  return { id: actor.personId, isStaff: isStaff(actor, live), group: (await findMember(db, live.id, actor.personId))?.group_number ?? 0 };
}

/** Teachers of the class and those who look in by right: they hear all groups and wait at no door. */
export function isStaff(actor: Actor, live: LiveRow): boolean {
  return may(actor, "results", live);
}

/**
 * How a person comes into our room: at once, or after the teacher let them in. A class held elsewhere has none (`isElsewhere`).
 *
 * @throws Refusal 409 where the room is locked and the person was not inside before
 */
export async function entryOf(db: Db, actor: Actor, live: LiveRow): Promise<"in" | "waits"> {
  // A guest waits at the door until the teacher lets them in, also before the class begins.
  if (isInvited(actor, live)) return (await findMember(db, live.id, actor.personId))?.admitted_at == null ? "waits" : "in";
  if (live.state !== "open" || isStaff(actor, live)) return "in";
  const room = await findRoom(db, live.id);
  if (!room.locked && !room.waiting_room) return "in";
  const member = await findMember(db, live.id, actor.personId);
  if (member?.admitted_at != null) return "in";
  if (room.locked && !(await wasInside(db, live, actor.personId))) throw conflict("live_locked");
  return room.waiting_room && !(await wasInside(db, live, actor.personId)) ? "waits" : "in";
}

/**
 * Opens the room of a live class for what is said, shown and asked in it. Whom a locked room keeps out, and who still waits
 * to be let in, gets nothing of it.
 */
export async function openRoom(db: Db, actor: Actor, id: string): Promise<Granted<"join", LiveRow>> {
  const live = await openLiveClass(db, actor, id, "join");
  await ensureInside(db, actor, live);
  return live;
}

/** A class that runs on another engine has no room here: nothing is said in it, and nobody is present by being here. */
export function isElsewhere(live: LiveRow): boolean {
  return live.state === "open" && live.engine !== "embedded";
}

/** @throws Refusal 409 for whom a locked room keeps out, who still waits to be let in, and where the class is held elsewhere */
export async function ensureInside(db: Db, actor: Actor, live: LiveRow): Promise<void> {
  if (isElsewhere(live)) throw conflict("live_elsewhere");
  if ((await entryOf(db, actor, live)) === "waits") throw conflict("live_waits");
}

/** Opens a course whose live classes are listed (`read`) or scheduled (`teach`). */
export async function openLiveCourse<A extends CourseAction>(db: Db, actor: Actor, id: string, action: A): Promise<Granted<A, CourseRow>> {
  const course = await loadCourse(db, id);
  const reason = course && courseRefusal(actor, action, course);
  if (!course || reason === "hidden") throw notFound();
  if (reason) throw forbidden(reason);
  return grant(course, action);
}

export function teaches(actor: Actor, course: CourseRow): boolean {
  return courseRefusal(actor, "teach", course) === undefined;
}

/** A live class that a door opened before, for another action of the same request; undefined where that is refused. */
export function alsoGranted<A extends LiveAction>(actor: Actor, action: A, live: LiveRow): Granted<A, LiveRow> | undefined {
  return liveRefusal(actor, action, live) === undefined ? grant(live, action) : undefined;
}

/** Whether the page shows what belongs to the action; the door decides again when it is done. */
export function may(actor: Actor, action: LiveAction, live: LiveRow): boolean {
  return liveRefusal(actor, action, live) === undefined;
}

/** Did an invitation of the school let the person in? */
export function isInvited(actor: Actor, live: LiveRow): boolean {
  return actor.guestOf.has(live.id) && !may(actor, "results", live);
}

/** Is the person a pupil of the class, and not one of its teachers? */
export function isPupil(actor: Actor, live: LiveRow): boolean {
  return !may(actor, "teach", live) && live.courses.some((course) => actor.pupilOf.has(course.class_id));
}

/** The live classes that a person teaches, attends, or whose child attends. */
export function liveClassesVisibleTo(actor: Actor): Visible {
  return { personId: actor.personId, courseIds: [...actor.teaches], classIds: [...new Set([...actor.pupilOf, ...actor.childrenClasses])] };
}

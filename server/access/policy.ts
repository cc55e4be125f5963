/**
 * Who may do what: the one place that decides. Pure; imports nothing of the features and names the columns it needs.
 *
 * Every function answers `undefined` (allowed), `"hidden"` (the door says 404: what you may not see does not exist), or a
 * reason whose words stand in `words.refusals` (the door says 403).
 */
import {
  belongsTo,
  deputises,
  hasAnyRoleIn,
  hasRoleIn,
  headsSubject,
  isSystemAdmin,
  officerOver,
  provinceOfficerOver,
  STAFF_ROLES,
  worksInProvinceOf,
  type Actor,
  type Place,
  type Role,
} from "./actor.ts";

declare const granted: unique symbol;
/** Proof that the policy allowed `Action` on this row. Only doors make one. */
export type Granted<Action extends string, Row> = Row & { readonly [granted]: { [A in Action]: true } };

/** Why not: `hidden` becomes 404, everything else 403 with its words. */
export type Reason = "hidden" | "role" | "own_upload" | "not_your_course" | "not_your_subject" | "not_your_class" | "adults_only" | "own_account" | "several_schools";

/** Called by doors only (lint), after the policy allowed the action. */
export function grant<Row, Action extends string>(row: Row, _action: Action): Granted<Action, Row> {
  return row as Granted<Action, Row>;
}

/** For jobs, which act for nobody: a name that stands out in review. */
export function grantAsSystem<Row, Action extends string>(row: Row, action: Action): Granted<Action, Row> {
  return grant(row, action);
}

/** A place above or beside schools: the tree, the calendar, targets. */
export type UnitAction = "read" | "read_figures" | "manage" | "set_targets";

export function unitRefusal(actor: Actor, action: UnitAction, unit: Place): Reason | undefined {
  const seen = isSystemAdmin(actor) || officerOver(actor, unit) || belongsTo(actor, unit);
  if (!seen) return "hidden";
  switch (action) {
    case "read":
      return undefined;
    case "read_figures":
      return officerOver(actor, unit) || hasRoleIn(actor, "school_leader", unit) ? undefined : "role";
    case "manage":
      return isSystemAdmin(actor) || provinceOfficerOver(actor, unit) ? undefined : "role";
    case "set_targets":
      return provinceOfficerOver(actor, unit) ? undefined : "role";
  }
}

/**
 * A school as a whole. `read`: its name, subjects, plans, approved materials. `read_figures`: both measures and their
 * evidence without pupils. `administer`: rosters, classes, assignments, people. `lead`: approve, settle, close. `arrange`: the
 * timetable, and who from outside comes into a class. `reopen`: what the school closed or sent, by the level above.
 */
export type SchoolAction = "read" | "read_figures" | "administer" | "lead" | "arrange" | "review" | "upload" | "reopen";

export function schoolRefusal(actor: Actor, action: SchoolAction, school: Place): Reason | undefined {
  const staff = hasAnyRoleIn(actor, ["teacher", "department_head", "school_leader", "school_admin"], school);
  const officer = officerOver(actor, school);
  if (!staff && !officer && !belongsTo(actor, school)) return isSystemAdmin(actor) && action === "administer" ? undefined : "hidden";
  switch (action) {
    case "read":
      return staff || officer ? undefined : "role";
    case "read_figures":
      return staff || officer ? undefined : "role";
    case "administer":
      return hasRoleIn(actor, "school_admin", school) || isSystemAdmin(actor) ? undefined : "role";
    case "lead":
      return hasRoleIn(actor, "school_leader", school) ? undefined : "role";
    case "arrange":
      return hasAnyRoleIn(actor, ["school_leader", "school_admin"], school) ? undefined : "role";
    case "review":
      return hasAnyRoleIn(actor, ["department_head", "school_leader"], school) ? undefined : "role";
    case "upload":
      return hasAnyRoleIn(actor, ["teacher", "department_head", "school_leader"], school) ? undefined : "role";
    case "reopen":
      return officer ? undefined : "role";
  }
}

/**
 * What a school says of itself: a value of the plan's scoreboard, its self-assessment. `declare`: its leaders. `decide`:
 * the level above confirms or returns it; nobody decides about what they said themselves.
 */
export type StatementAction = "read" | "declare" | "decide";
export interface StatementFacts {
  school: Place;
  /** Who said it. */
  said_by: string | null;
}

export function statementRefusal(actor: Actor, action: StatementAction, statement: StatementFacts): Reason | undefined {
  const reading = schoolRefusal(actor, "read_figures", statement.school);
  if (reading !== undefined || action === "read") return reading;
  if (action === "declare") return hasRoleIn(actor, "school_leader", statement.school) ? undefined : "role";
  if (!officerOver(actor, statement.school)) return "role";
  return statement.said_by === actor.personId ? "own_upload" : undefined;
}

/** An office that adds up its schools: only its own officers and those above it. */
export function officeRefusal(actor: Actor, unit: Place): Reason | undefined {
  if (officerOver(actor, unit)) return undefined;
  return unitRefusal(actor, "read", unit) === "hidden" ? "hidden" : "role";
}

/** A class with its pupils' names. Officers above the school never see them. */
export type ClassAction = "read" | "reset_access" | "details" | "administer";
export interface ClassFacts {
  id: string;
  school: Place;
}

export function classRefusal(actor: Actor, action: ClassAction, klass: ClassFacts): Reason | undefined {
  const leads = hasAnyRoleIn(actor, ["school_leader", "school_admin"], klass.school);
  const teaches = actor.homeroomOf.has(klass.id) || actor.teachesClasses.has(klass.id);
  if (!leads && !teaches) return belongsTo(actor, klass.school) ? "not_your_class" : "hidden";
  switch (action) {
    case "read":
      return undefined;
    case "reset_access":
      return actor.homeroomOf.has(klass.id) || hasRoleIn(actor, "school_admin", klass.school) ? undefined : "not_your_class";
    case "details": // private life, kept for a purpose: those who care for the pupil, not those who run the machine
      return actor.homeroomOf.has(klass.id) || hasRoleIn(actor, "school_leader", klass.school) ? undefined : "not_your_class";
    case "administer":
      return hasRoleIn(actor, "school_admin", klass.school) ? undefined : "role";
  }
}

/**
 * The weekly timetable (thời khóa biểu) of a class; it names no pupils. `read`: everybody who works in the school, the class
 * and its parents. `arrange`: whoever arranges the school's timetable.
 */
export type TimetableAction = "read" | "arrange";

export function timetableRefusal(actor: Actor, action: TimetableAction, klass: ClassFacts): Reason | undefined {
  const own = actor.pupilOf.has(klass.id) || actor.childrenClasses.has(klass.id);
  if (own && action === "read") return undefined;
  const reason = schoolRefusal(actor, action, klass.school); // a leader may have a child in the class
  return own && reason === "hidden" ? "role" : reason;
}

/** A subject's yearly plan (kế hoạch dạy học). The department head writes it, the school leader or the head publishes. */
export type PlanAction = "read" | "edit" | "publish";
export interface PlanFacts {
  subject_code: string;
  school: Place;
}

export function planRefusal(actor: Actor, action: PlanAction, plan: PlanFacts): Reason | undefined {
  const staff = hasAnyRoleIn(actor, ["teacher", "department_head", "school_leader", "school_admin"], plan.school);
  if (!staff && !officerOver(actor, plan.school)) return belongsTo(actor, plan.school) ? "role" : "hidden";
  switch (action) {
    case "read":
      return undefined;
    case "edit":
    case "publish":
      if (hasRoleIn(actor, "school_leader", plan.school)) return undefined;
      if (headsSubject(actor, plan.school, plan.subject_code)) return undefined;
      return hasRoleIn(actor, "department_head", plan.school) ? "not_your_subject" : "role";
  }
}

/**
 * A course (class × subject × year). `learn`: open its lessons as a pupil of the class (parents may read). `teach`: write
 * lessons, assign, schedule. `classmates`: the names on the class list. `results`: other people's progress and attendance.
 */
export type CourseAction = "read" | "learn" | "teach" | "classmates" | "results";
export interface CourseFacts {
  id: string;
  class_id: string;
  subject_code: string;
  school: Place;
}

export function courseRefusal(actor: Actor, action: CourseAction, course: CourseFacts): Reason | undefined {
  const pupil = actor.pupilOf.has(course.class_id);
  const parent = actor.childrenClasses.has(course.class_id);
  const teaches = actor.teaches.has(course.id);
  const staff = hasAnyRoleIn(actor, ["teacher", "department_head", "school_leader", "school_admin"], course.school);
  if (!pupil && !parent && !teaches && !staff) return "hidden";
  switch (action) {
    case "read":
      return undefined;
    case "learn":
      return pupil ? undefined : "role";
    case "teach":
      return teaches ? undefined : staff ? "not_your_course" : "role";
    case "classmates":
      return pupil || staff ? undefined : "role"; // other people's children are no business of a parent
    case "results":
      if (teaches || actor.homeroomOf.has(course.class_id)) return undefined;
      if (hasRoleIn(actor, "school_leader", course.school)) return undefined;
      if (headsSubject(actor, course.school, course.subject_code)) return undefined;
      return staff ? "not_your_course" : "role";
  }
}

/** A digitised material (học liệu số). Circular 09/2021: passed by the subject group, approved by the head. */
export type MaterialAction = "read" | "edit" | "submit" | "pass" | "return" | "approve" | "withdraw" | "retire" | "share" | "confirm_scope" | "take_down" | "put_back" | "adopt" | "derive" | "report" | "rate";
export interface MaterialFacts {
  uploaded_by: string;
  subject_code: string | null;
  state: string;
  approved_version_id: string | null;
  /** How far it is shared once it is approved; what is wider than the school was confirmed by a leader. */
  scope: string;
  taken_down_at: string | null;
  school: Place;
  /** Whether another active leader of the school, or a leader's deputy, could approve; a lone leader may approve an own upload, and it shows. */
  other_leaders: number;
  /** Whether one of the actor's classes was shown it by its teacher before approval. */
  attached_to_class: boolean;
}

export function materialRefusal(actor: Actor, action: MaterialAction, material: MaterialFacts): Reason | undefined {
  const own = material.uploaded_by === actor.personId;
  const leader = hasRoleIn(actor, "school_leader", material.school);
  const head = headsSubject(actor, material.school, material.subject_code);
  const deputy = !leader && deputises(actor, material.school); // passes, returns and approves in a leader's place; nothing else
  if (!seesMaterial(actor, material, own || leader || head)) return "hidden";
  switch (action) {
    case "read":
      return undefined;
    case "edit":
    case "submit":
      return own || leader || head ? undefined : "role";
    case "pass":
      if (!head && !leader && !deputy) return hasRoleIn(actor, "department_head", material.school) ? "not_your_subject" : "role";
      return own && !(leader && material.other_leaders === 0) ? "own_upload" : undefined;
    case "return":
      return head || leader || deputy ? undefined : "role";
    case "approve":
      if (!leader && !deputy) return "role";
      return own && (deputy || material.other_leaders > 0) ? "own_upload" : undefined;
    case "withdraw":
      return leader ? undefined : "role";
    case "retire":
      return own || leader ? undefined : "role";
    case "share": // the owner proposes
      return own || leader || head ? undefined : "role";
    case "confirm_scope": // who answers for the school decides what leaves it
      if (!leader) return "role";
      return own && material.other_leaders > 0 ? "own_upload" : undefined;
    case "take_down": // the school's leader, or an officer above it
    case "put_back":
      return leader || officerOver(actor, material.school) ? undefined : "role";
    case "adopt":
      return ownsNoCopy(actor, material) ? undefined : "role";
    case "derive":
      return actor.memberships.some((m) => TEACHING_ROLES.has(m.role)) ? undefined : "role";
    case "report": // whoever sees it may say what is wrong with it
      return undefined;
    case "rate":
      if (own) return "own_upload";
      return actor.memberships.some((m) => TEACHING_ROLES.has(m.role)) ? undefined : "role";
  }
}

const TEACHING_ROLES: ReadonlySet<Role> = new Set<Role>(["teacher", "department_head", "school_leader"]);

/** Whether the person may upload in a school other than the material's: there it can be taken over. */
function ownsNoCopy(actor: Actor, material: MaterialFacts): boolean {
  return actor.memberships.some((m) => TEACHING_ROLES.has(m.role) && !m.unitPath.startsWith(material.school.path));
}

/**
 * Who sees a material. `whereVisible` (materials/access.ts) says the same in SQL; a property test compares the two.
 *
 * Outside the school only what is approved, in use and not taken down is ever seen. Officers see it as supervision of their
 * schools, whatever its scope. Clusters and the province share with the staff; pupils and parents meet such a material
 * through a lesson of their own school, or when it is public.
 */
function seesMaterial(actor: Actor, material: MaterialFacts, involved: boolean): boolean {
  if (involved) return true;
  if (hasAnyRoleIn(actor, STAFF_ROLES, material.school)) return true; // colleagues see drafts too: they are the reviewers' neighbours and may not change them
  if (material.state === "retired") return material.taken_down_at !== null && officerOver(actor, material.school); // who may put it back
  if (material.attached_to_class) return true;
  if (material.approved_version_id === null) return false;
  if (officerOver(actor, material.school)) return true;
  const home = belongsTo(actor, material.school) || hasRoleIn(actor, "parent", material.school); // parents hold their role in the child's school
  switch (material.scope) {
    case "class":
      return false;
    case "school":
      return home;
    case "cluster":
      return home || actor.clusterSchools.has(material.school.id);
    case "province":
      return home || worksInProvinceOf(actor, material.school);
    case "public":
      return true;
    default:
      return false;
  }
}

/** Whether everybody sees it, without signing in: the public catalogue and the harvesters. */
export function isPublic(material: Pick<MaterialFacts, "scope" | "state" | "approved_version_id">): boolean {
  return material.scope === "public" && material.approved_version_id !== null && material.state !== "retired";
}

/** A report of a problem with a material: answered by the leaders of its school and the officers above. */
export function reportRefusal(actor: Actor, report: { school: Place }): Reason | undefined {
  return hasRoleIn(actor, "school_leader", report.school) || officerOver(actor, report.school) ? undefined : "hidden";
}

/** A collection (bộ sưu tập) of materials, kept for a school, a cluster or an office. */
export type CollectionAction = "read" | "edit";
export interface CollectionFacts {
  owner_id: string;
  scope: string;
  unit: Place & { kind: string };
  /** The schools of a cluster's collection; the school itself for a school's. */
  schools: readonly Place[];
}

export function collectionRefusal(actor: Actor, action: CollectionAction, collection: CollectionFacts): Reason | undefined {
  const keeps = keepsCollection(actor, collection);
  if (keeps) return undefined;
  if (!seesCollection(actor, collection)) return "hidden";
  return action === "read" ? undefined : "role";
}

/** Who made it, the leaders of its school or of a school of its cluster, the officers of its office and above. */
function keepsCollection(actor: Actor, collection: CollectionFacts): boolean {
  if (collection.owner_id === actor.personId) return true;
  if (collection.scope === "own") return false; // not even to leaders: it is nobody else's yet
  return officerOver(actor, collection.unit) || collection.schools.some((school) => hasRoleIn(actor, "school_leader", school));
}

function seesCollection(actor: Actor, { scope, schools, unit }: CollectionFacts): boolean {
  const home = scope !== "own" && schools.some((school) => hasAnyRoleIn(actor, STAFF_ROLES, school));
  switch (scope) {
    case "school":
      return home || schools.some((school) => belongsTo(actor, school) || hasRoleIn(actor, "parent", school));
    case "cluster":
      return home || schools.some((school) => actor.clusterSchools.has(school.id));
    case "province":
      return home || worksInProvinceOf(actor, unit);
    case "public":
      return true;
    default:
      return false;
  }
}

/**
 * A live class. `join`: pupils of its courses, its teachers, and those who look in by right (leaders, heads of the subject,
 * the homeroom teacher). `substitute`: say who teaches in the teacher's place. `invite`: let somebody from outside in.
 */
export type LiveAction = "read" | "join" | "teach" | "results" | "substitute" | "invite";
export interface LiveFacts {
  teacher_id: string;
  /** Who teaches in the teacher's place. */
  substitute_id?: string | null;
  id: string;
  school: Place;
  courses: readonly { id: string; class_id: string; subject_code: string }[];
}

export function liveRefusal(actor: Actor, action: LiveAction, live: LiveFacts): Reason | undefined {
  const own = live.teacher_id === actor.personId || live.courses.some((course) => actor.teaches.has(course.id));
  const teaches = own || live.substitute_id === actor.personId;
  const pupil = live.courses.some((course) => actor.pupilOf.has(course.class_id));
  const parent = live.courses.some((course) => actor.childrenClasses.has(course.class_id));
  const leads = hasRoleIn(actor, "school_leader", live.school) || live.courses.some((course) => headsSubject(actor, live.school, course.subject_code));
  const oversees = leads || live.courses.some((course) => actor.homeroomOf.has(course.class_id));
  const guest = actor.guestOf.has(live.id);
  if (action === "invite" && hasAnyRoleIn(actor, ["school_leader", "school_admin"], live.school)) return undefined;
  if (!teaches && !pupil && !parent && !oversees && !guest) return belongsTo(actor, live.school) && !isPupilOnly(actor) ? "not_your_course" : "hidden";
  switch (action) {
    case "read":
      return undefined;
    case "join":
      return teaches || pupil || oversees || guest ? undefined : "role";
    case "teach":
      return teaches ? undefined : "not_your_course";
    case "results":
      return teaches || oversees ? undefined : "role";
    case "invite":
      return "role";
    case "substitute": // not the substitute, who could only hand the class on
      return own || leads ? undefined : "not_your_course";
  }
}

function isPupilOnly(actor: Actor): boolean {
  return actor.memberships.every((m) => m.role === "pupil" || m.role === "parent");
}

/** A period delivered, with its evidence: counts are open to officers, names only inside the school. */
export type PeriodAction = "read" | "record" | "confirm" | "reverse";
export interface PeriodFacts {
  course_id: string;
  class_id: string;
  subject_code: string;
  school: Place;
}

export function periodRefusal(actor: Actor, action: PeriodAction, period: PeriodFacts): Reason | undefined {
  const teaches = actor.teaches.has(period.course_id);
  const staff = hasAnyRoleIn(actor, ["teacher", "department_head", "school_leader", "school_admin"], period.school);
  if (!teaches && !staff && !officerOver(actor, period.school)) return belongsTo(actor, period.school) ? "role" : "hidden";
  switch (action) {
    case "read":
      return undefined;
    case "record":
      return teaches ? undefined : "not_your_course";
    case "confirm":
      if (teaches) return "own_upload"; // nobody confirms a declaration of their own
      if (hasRoleIn(actor, "school_leader", period.school)) return undefined;
      if (headsSubject(actor, period.school, period.subject_code)) return undefined;
      return "role";
    case "reverse":
      if (teaches || hasRoleIn(actor, "school_leader", period.school)) return undefined;
      return headsSubject(actor, period.school, period.subject_code) ? undefined : "role";
  }
}

/** A pupil's own record, read by somebody. */
export type PupilAction = "results";
export interface PupilFacts {
  id: string;
  class_ids: readonly string[];
  school: Place | undefined;
}

export function pupilRefusal(actor: Actor, _action: PupilAction, pupil: PupilFacts): Reason | undefined {
  if (pupil.id === actor.personId || actor.children.has(pupil.id)) return undefined;
  if (pupil.class_ids.some((id) => actor.homeroomOf.has(id) || actor.teachesClasses.has(id))) return undefined;
  if (pupil.school && hasRoleIn(actor, "school_leader", pupil.school)) return undefined;
  return pupil.school && belongsTo(actor, pupil.school) && !isPupilOnly(actor) ? "not_your_class" : "hidden";
}

/** Somebody's account. `invite`: send a link to choose a password. `suspend`: stop it, everywhere. */
export type AccountAction = "read" | "invite" | "suspend";
export interface AccountFacts {
  id: string;
  places: readonly { path: string; unit_id: string }[];
}

export function accountRefusal(actor: Actor, action: AccountAction, account: AccountFacts): Reason | undefined {
  const places = account.places.map((place) => ({ id: place.unit_id, path: place.path }));
  const keeps = (place: Place): boolean =>
    isSystemAdmin(actor) || actor.memberships.some((m) => m.role === "school_admin" && place.path.startsWith(m.unitPath));
  if (!isSystemAdmin(actor) && !places.some(keeps)) return "hidden";
  if (action === "read") return undefined;
  if (action === "suspend" && account.id === actor.personId) return "own_account";
  // A person of several schools is looked after by the system's administrator: one school does not decide for another.
  return places.every(keeps) ? undefined : "several_schools";
}

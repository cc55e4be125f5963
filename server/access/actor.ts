/** The roles of DOMAIN §4. */
export const ROLES = [
  "pupil", // học sinh
  "parent", // phụ huynh
  "teacher", // giáo viên
  "department_head", // tổ trưởng chuyên môn
  "school_leader", // hiệu trưởng, phó hiệu trưởng
  "school_admin", // quản trị trường
  "commune_officer", // cán bộ UBND xã, phường, đặc khu
  "province_officer", // cán bộ Sở
  "system_admin", // quản trị hệ thống
] as const;
export type Role = (typeof ROLES)[number];

/** A role held today, with the unit it holds in. */
export interface Membership {
  role: Role;
  unitId: string;
  /** The unit's place in the tree, `/root/…/unit/`: a subtree is a prefix. */
  unitPath: string;
  unitName: string;
  /** For a department head: the subjects of the group (tổ chuyên môn). */
  subjects: readonly string[];
}

/** A signed-in person with everything that decides what they may do. Built once for each request. */
export interface Actor {
  readonly personId: string;
  readonly name: string;
  readonly language: "vi" | "en";
  readonly theme: "auto" | "light" | "dark";
  readonly memberships: readonly Membership[];
  /** Classes in which the person is a pupil today. */
  readonly pupilOf: ReadonlySet<string>;
  /** Courses the person teaches today. */
  readonly teaches: ReadonlySet<string>;
  /** Classes of those courses. */
  readonly teachesClasses: ReadonlySet<string>;
  /** Classes of which the person is the homeroom teacher (chủ nhiệm). */
  readonly homeroomOf: ReadonlySet<string>;
  /** A parent's children. */
  readonly children: ReadonlySet<string>;
  /** The children's classes. */
  readonly childrenClasses: ReadonlySet<string>;
  /** Schools that are in a cluster (cụm trường) today together with one in which the person is staff; that one too. */
  readonly clusterSchools: ReadonlySet<string>;
  /** Schools in which a leader named the person to approve in their place today, with that leader's name. */
  readonly deputyIn: ReadonlyMap<string, string>;
  /** Live classes into which an invitation of the school lets the person at this moment. */
  readonly guestOf: ReadonlySet<string>;
  /** Came by an invitation, and has no account: nothing opens but what says so (`Entrance` "guest"). */
  readonly isGuest: boolean;
}

/** A place in the tree of units, as far as a decision needs it. */
export interface Place {
  id: string;
  path: string;
}

/** Roles of those who work in a school. */
export const STAFF_ROLES = ["teacher", "department_head", "school_leader", "school_admin"] as const satisfies readonly Role[];

const SCHOOL_ROLES: ReadonlySet<Role> = new Set<Role>([
  "teacher",
  "department_head",
  "school_leader",
  "school_admin",
  "pupil",
]);

/** Whether the person holds the role in this school or one of its campuses. */
export function hasRoleIn(actor: Actor, role: Role, school: Place): boolean {
  return actor.memberships.some((m) => m.role === role && m.unitPath.startsWith(school.path));
}

export function hasAnyRoleIn(actor: Actor, roles: readonly Role[], school: Place): boolean {
  return roles.some((role) => hasRoleIn(actor, role, school));
}

/** Whether the person works or learns in this school, in whatever role. */
export function belongsTo(actor: Actor, school: Place): boolean {
  return actor.memberships.some((m) => SCHOOL_ROLES.has(m.role) && m.unitPath.startsWith(school.path));
}

/** Whether the person heads the group that teaches this subject in this school. */
export function headsSubject(actor: Actor, school: Place, subjectCode: string | null): boolean {
  return actor.memberships.some(
    (m) =>
      m.role === "department_head" &&
      m.unitPath.startsWith(school.path) &&
      subjectCode !== null &&
      m.subjects.includes(subjectCode),
  );
}

/** Whether the person approves in a leader's place in this school today, and works there still. */
export function deputises(actor: Actor, school: Place): boolean {
  return actor.deputyIn.has(school.id) && hasAnyRoleIn(actor, STAFF_ROLES, school);
}

/** Whether the person is an officer of a unit above this place, or of the place itself. */
export function officerOver(actor: Actor, place: Place): boolean {
  return actor.memberships.some(
    (m) => (m.role === "commune_officer" || m.role === "province_officer") && place.path.startsWith(m.unitPath),
  );
}

/** Whether the person is the department's officer above this place. */
export function provinceOfficerOver(actor: Actor, place: Place): boolean {
  return actor.memberships.some((m) => m.role === "province_officer" && place.path.startsWith(m.unitPath));
}

/** Whether the person works in a school or office of the province in which this place lies. */
export function worksInProvinceOf(actor: Actor, place: Place): boolean {
  return actor.memberships.some((m) => WORKING_ROLES.has(m.role) && rootOf(m.unitPath) === rootOf(place.path));
}

const WORKING_ROLES: ReadonlySet<Role> = new Set<Role>([...STAFF_ROLES, "commune_officer", "province_officer"]);

/** Paths of the provinces in which the person works. */
export function provincesOf(actor: Actor): string[] {
  return [...new Set(actor.memberships.filter((m) => WORKING_ROLES.has(m.role)).map((m) => `/${rootOf(m.unitPath)}/`))];
}

/** The id of the department at the top of a path; "" of no path. */
export function rootOf(path: string): string {
  return path.split("/")[1] ?? "";
}

export function isSystemAdmin(actor: Actor): boolean {
  return actor.memberships.some((m) => m.role === "system_admin");
}

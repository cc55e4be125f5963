import type { Actor, Role } from "../access/actor.ts";
import { isSystemAdmin } from "../access/actor.ts";
import { grant, type Granted } from "../access/policy.ts";
import { notFound } from "../platform/errors.ts";
import { filterTerm, term, type Condition } from "./rules/terms.ts";

const SCHOOL_ROLES: ReadonlySet<Role> = new Set<Role>(["teacher", "department_head", "school_leader", "school_admin", "pupil", "parent"]);
const STAFF: ReadonlySet<Role> = new Set<Role>(["teacher", "department_head", "school_leader", "school_admin"]);

/**
 * What a search needs not look beyond: a condition of the index that everything this person may read fulfils. What they
 * may read indeed is decided in the same query by `whereVisible`, from the rows themselves.
 */
export function withinReach(actor: Actor): Condition {
  const offices = actor.memberships.filter((m) => m.role === "commune_officer" || m.role === "province_officer");
  // Who oversees a whole province has all of it before them: a condition would only cost time.
  if (offices.some((m) => m.unitPath === `/${m.unitId}/`)) return { all: [] };
  const homes = unitsOf(actor, (role) => SCHOOL_ROLES.has(role));
  const staff = offices.length > 0 || actor.memberships.some((m) => STAFF.has(m.role));
  const classes = [...new Set([...actor.pupilOf, ...actor.childrenClasses])];
  return {
    any: [
      term(filterTerm(staff ? "wide:staff" : "wide:public")),
      ...homes.map((id) => term(filterTerm(`school:${id}`))),
      ...offices.map((m) => term(filterTerm(`under:${m.unitId}`))),
      ...classes.map((id) => term(filterTerm(`class:${id}`))),
      term(filterTerm(`by:${actor.personId}`)),
    ],
  };
}

/** Ids on the way from the top to the units in which the person holds such a role: the own schools are among them. */
function unitsOf(actor: Actor, holds: (role: Role) => boolean): string[] {
  const paths = actor.memberships.filter((m) => holds(m.role)).map((m) => m.unitPath);
  return [...new Set(paths.flatMap((path) => path.split("/").filter(Boolean).slice(1)))];
}

/** The schools whose staff the person is: what "approved here" means. */
export function ownSchoolsOf(actor: Actor): ReadonlySet<string> {
  return new Set(unitsOf(actor, (role) => STAFF.has(role)));
}

/** The index as a whole, which its administrator makes anew. */
export interface LibraryIndex {
  name: "library_index";
}

/** @throws Refusal 404 to everybody but the system's administrator */
export function openIndex(actor: Actor): Granted<"rebuild", LibraryIndex> {
  if (!isSystemAdmin(actor)) throw notFound();
  return grant({ name: "library_index" }, "rebuild");
}

import type { Knex } from "knex";
import { provincesOf, STAFF_ROLES, type Actor } from "../../access/actor.ts";

/**
 * Keeps of a query over materials (`m`) and their schools (`s`, rows of `units`) what the person may read: the same as
 * `materialRefusal(actor, "read", …)`, which a property test compares. The conditions are few and over indexed columns, so a
 * list stays a list of an index with it.
 *
 * @param as the names that the query gives to `materials` and `units`
 */
export function whereVisible(query: Knex.QueryBuilder, actor: Actor, { m, s }: { m: string; s: string } = { m: "m", s: "s" }): void {
  const isStaff = (role: string): boolean => (STAFF_ROLES as readonly string[]).includes(role);
  const staffAt = placesOf(actor, isStaff);
  const homeAt = placesOf(actor, (role) => role === "pupil" || role === "parent");
  const offices = actor.memberships.filter((one) => one.role === "commune_officer" || one.role === "province_officer").map((one) => one.unitPath);
  const classes = [...new Set([...actor.pupilOf, ...actor.childrenClasses])];
  const below = (any: Knex.QueryBuilder, paths: readonly string[]): void => {
    for (const path of paths) any.orWhere(`${s}.path`, "like", `${path}%`);
  };
  query.where((any) => {
    any.where(`${m}.uploaded_by`, actor.personId);
    if (staffAt.length > 0) any.orWhereIn(`${m}.school_id`, staffAt);
    if (offices.length > 0) any.orWhere((gone) => void gone.whereNotNull(`${m}.taken_down_at`).where((over) => below(over, offices)));
    if (classes.length > 0) {
      any.orWhere((shown) => {
        shown.whereNot(`${m}.state`, "retired").whereExists((attached) => {
          void attached
            .select(attached.client.raw("1"))
            .from("lesson_attachments as seen_a")
            .join("courses as seen_c", "seen_c.id", "seen_a.course_id")
            .whereRaw("?? = ??", ["seen_a.material_id", `${m}.id`])
            .whereIn("seen_c.class_id", classes);
        });
      });
    }
    any.orWhere((used) => {
      used.whereNotNull(`${m}.approved_version_id`).whereNot(`${m}.state`, "retired");
      used.where((shared) => {
        shared.where(`${m}.scope`, "public");
        below(shared, offices);
        if (homeAt.length > 0) shared.orWhere((home) => void home.whereIn(`${m}.school_id`, homeAt).whereNot(`${m}.scope`, "class"));
        if (actor.clusterSchools.size > 0) shared.orWhere((near) => void near.where(`${m}.scope`, "cluster").whereIn(`${m}.school_id`, [...actor.clusterSchools]));
        for (const province of provincesOf(actor)) shared.orWhere((wide) => void wide.where(`${m}.scope`, "province").where(`${s}.path`, "like", `${province}%`));
      });
    });
  });
}

/** Keeps what everybody may read, without signing in. */
export function wherePublic(query: Knex.QueryBuilder, m = "m"): void {
  query.where(`${m}.scope`, "public").whereNotNull(`${m}.approved_version_id`).whereNot(`${m}.state`, "retired");
}

/** Ids of the units in which the person holds such a role, and of all above them: a school is among them when it is one's own. */
function placesOf(actor: Actor, holds: (role: string) => boolean): string[] {
  const ids = actor.memberships.filter((one) => holds(one.role)).flatMap((one) => one.unitPath.split("/").filter(Boolean));
  return [...new Set(ids)];
}

import type { Knex } from "knex";

/**
 * Who sees a material outside its school: a wider scope is wanted by its owner and confirmed by a leader. `public_since` is the first
 * time that everybody could see it, and stays: harvesters are told of what is gone. A material that is taken down is
 * retired as well, so that it counts nowhere.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable("materials", (t) => {
    t.string("wanted_scope", 10).nullable();
    t.string("wanted_by", 26).nullable().references("persons.id");
    t.string("wanted_at", 24).nullable();
    t.string("public_since", 24).nullable();
    t.string("taken_down_at", 24).nullable();
    t.index(["scope", "subject_code", "grade", "id"]); // what is shared, by subject and grade: the catalogue
    t.index(["public_since", "updated_at", "id"]); // harvesting: what is or was public, by its last change
    t.index(["school_id", "wanted_scope"]); // wider scopes that wait for a leader
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable("materials", (t) => {
    t.dropIndex(["scope", "subject_code", "grade", "id"]);
    t.dropIndex(["public_since", "updated_at", "id"]);
    t.dropIndex(["school_id", "wanted_scope"]);
    for (const column of ["wanted_scope", "wanted_by", "wanted_at", "public_since", "taken_down_at"]) t.dropColumn(column);
  });
}

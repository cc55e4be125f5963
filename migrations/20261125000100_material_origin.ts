import type { Knex } from "knex";

/**
 * Where a material comes from: made in the school (own), taken over from another school as it is (adopted), or copied and
 * changed (derived). The two counters of digitised lessons, own and adopted, are told apart by it.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable("materials", (t) => {
    t.string("origin", 8).notNullable().defaultTo("own");
    t.string("from_material_id", 26).nullable().references("materials.id");
    t.string("from_version_id", 26).nullable().references("material_versions.id");
    t.index(["from_material_id", "school_id"]); // used by whom; whether this school has it already
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable("materials", (t) => {
    t.dropIndex(["from_material_id", "school_id"]);
    t.dropColumn("origin");
    t.dropColumn("from_material_id");
    t.dropColumn("from_version_id");
  });
}

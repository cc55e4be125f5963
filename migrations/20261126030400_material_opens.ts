import type { Knex } from "knex";

/** How often shared pages were opened: a sum for each material, and who is counted already today, forgotten the night after. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable("material_open_counts", (t) => {
    t.string("material_id", 26).primary().references("materials.id");
    t.integer("opens").notNullable();
  });
  await knex.schema.createTable("material_opens_today", (t) => {
    t.string("material_id", 26).notNullable().references("materials.id");
    t.string("person_id", 26).notNullable().references("persons.id");
    t.string("on", 10).notNullable();
    t.primary(["material_id", "person_id", "on"]);
    t.index(["on"]); // what is forgotten every night
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("material_opens_today");
  await knex.schema.dropTable("material_open_counts");
}

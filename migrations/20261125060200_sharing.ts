import type { Knex } from "knex";

/** Ratings, reports of problems, takedowns and collections around shared materials. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable("material_ratings", (t) => {
    t.string("material_id", 26).notNullable().references("materials.id");
    t.string("person_id", 26).notNullable().references("persons.id");
    t.integer("stars").notNullable(); // 1 to 5
    t.string("words", 1000).notNullable();
    t.string("rated_at", 24).notNullable();
    t.string("removed_at", 24).nullable(); // by a leader or an officer, with a reason
    t.string("removed_by", 26).nullable().references("persons.id");
    t.string("removal_reason", 1000).notNullable().defaultTo("");
    t.primary(["material_id", "person_id"]);
    t.index(["material_id", "removed_at", "rated_at"]); // the ratings of a material, the newest first
  });
  await knex.schema.createTable("material_reports", (t) => {
    t.string("id", 26).primary();
    t.string("material_id", 26).notNullable().references("materials.id");
    t.string("reported_by", 26).notNullable().references("persons.id");
    t.string("kind", 10).notNullable().checkIn(["content", "rights", "privacy", "broken", "other"]);
    t.string("words", 2000).notNullable();
    t.string("state", 10).notNullable().defaultTo("open").checkIn(["open", "answered"]);
    t.string("reported_at", 24).notNullable();
    t.string("answered_by", 26).nullable().references("persons.id");
    t.string("answered_at", 24).nullable();
    t.string("answer", 2000).notNullable().defaultTo("");
    t.index(["material_id", "reported_by", "state"]); // whether this person has an open one
    t.index(["state", "id"]); // what waits for an answer
    t.index(["reported_by", "id"]); // what a person reported
  });
  await knex.schema.createTable("material_takedowns", (t) => {
    t.string("id", 26).primary();
    t.string("material_id", 26).notNullable().references("materials.id");
    t.string("reason", 2000).notNullable();
    t.boolean("rights_violated").notNullable(); // then what other schools took over stops as well
    t.boolean("by_office").notNullable(); // by an officer above the school: then only an officer puts it back
    t.string("taken_down_by", 26).notNullable().references("persons.id");
    t.string("taken_down_at", 24).notNullable();
    t.string("because_of_id", 26).nullable().references("material_takedowns.id"); // the takedown of the original
    t.string("put_back_by", 26).nullable().references("persons.id");
    t.string("put_back_at", 24).nullable();
    t.string("put_back_reason", 2000).notNullable().defaultTo("");
    t.index(["material_id", "id"]); // the last one of a material
    t.index(["because_of_id"]); // what stopped together with an original
  });
  await knex.schema.createTable("collections", (t) => {
    t.string("id", 26).primary();
    t.string("unit_id", 26).notNullable().references("units.id"); // for which school, cluster or office it was made
    t.string("owner_id", 26).notNullable().references("persons.id");
    t.string("title", 200).notNullable();
    t.string("description", 2000).notNullable().defaultTo("");
    t.string("scope", 10).notNullable().defaultTo("own").checkIn(["own", "school", "cluster", "province", "public"]);
    t.integer("revision").notNullable().defaultTo(1);
    t.string("removed_at", 24).nullable();
    t.string("created_at", 24).notNullable();
    t.string("updated_at", 24).notNullable();
    t.index(["owner_id", "removed_at", "id"]); // one's own
    t.index(["unit_id", "removed_at", "id"]); // of a school, a cluster, an office
    t.index(["scope", "removed_at", "id"]); // what is shared
  });
  await knex.schema.createTable("collection_items", (t) => {
    t.string("collection_id", 26).notNullable().references("collections.id");
    t.string("material_id", 26).notNullable().references("materials.id");
    t.integer("position").notNullable();
    t.string("note", 1000).notNullable().defaultTo("");
    t.string("added_by", 26).notNullable().references("persons.id");
    t.string("added_at", 24).notNullable();
    t.primary(["collection_id", "material_id"]);
    t.index(["collection_id", "position"]); // a collection in its order
    t.index(["material_id"]); // the collections that a material is in
  });
}

export async function down(knex: Knex): Promise<void> {
  for (const name of ["collection_items", "collections", "material_takedowns", "material_reports", "material_ratings"]) await knex.schema.dropTable(name);
}

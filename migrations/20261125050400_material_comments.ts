import type { Knex } from "knex";

/** What reviewers and authors say of a version, pinned to a page or a time of it. Never deleted: resolved or withdrawn. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable("material_comments", (t) => {
    t.string("id", 26).primary();
    t.string("material_id", 26).notNullable().references("materials.id");
    t.string("version_id", 26).notNullable().references("material_versions.id");
    t.string("thread_id", 26).notNullable(); // the first comment of the thread; its own id for that one
    t.string("by", 26).notNullable().references("persons.id");
    t.string("at", 24).notNullable();
    t.text("body").notNullable();
    t.integer("page").nullable(); // 1 is the first page; of a document
    t.integer("time_ms").nullable(); // of sound or film
    t.string("state", 10).notNullable().defaultTo("open").checkIn(["open", "resolved", "withdrawn"]);
    t.string("settled_by", 26).nullable().references("persons.id");
    t.string("settled_at", 24).nullable();
    t.index(["material_id", "id"]); // all of a material, in the order in which they were written
    t.index(["thread_id"]);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("material_comments");
}

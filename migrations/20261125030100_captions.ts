import type { Knex } from "knex";

/** Captions of a video: WebVTT, one file a language, given with one version because its times are those of that film. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable("captions", (t) => {
    t.string("id", 26).primary();
    t.string("material_id", 26).notNullable().references("materials.id");
    t.string("version_id", 26).notNullable().references("material_versions.id");
    t.string("language", 5).notNullable();
    t.string("label", 60).notNullable();
    t.string("blob_hash", 64).notNullable().references("blobs.hash");
    t.integer("size_bytes").notNullable();
    t.integer("cues").notNullable();
    t.string("uploaded_by", 26).notNullable().references("persons.id");
    t.string("uploaded_at", 24).notNullable();
    t.unique(["version_id", "language"]); // the tracks of a player; whether a material has captions
    t.index(["blob_hash"]); // whether a blob is still needed
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("captions");
}

import type { Knex } from "knex";

/** Scans whose words people corrected, until the searchable PDF has the new words as well. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable("text_layers", (t) => {
    t.string("blob_hash", 64).primary().references("blobs.hash");
    t.string("due_at", 24).notNullable(); // moved on by each correction: who goes from page to page is waited for
    t.integer("tries").notNullable().defaultTo(0);
    t.string("lease_until", 24).nullable();
    t.string("lease_by", 26).nullable();
  });
  // The worker asks for the one that has been due for longest, once a second.
  await knex.raw("CREATE INDEX text_layers_due ON text_layers (due_at)");
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("text_layers");
}

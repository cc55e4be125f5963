import type { Knex } from "knex";

/** From which materials a kit was made: one that is taken down or retired shuts it. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable("live_kit_sources", (t) => {
    t.string("live_class_id", 26).notNullable().references("live_kits.live_class_id");
    t.string("material_id", 26).notNullable().references("materials.id");
    t.primary(["live_class_id", "material_id"]);
    t.index(["material_id"]); // the kits that a material shuts
  });
  // Of kits that stand already: the slides of their class, and its recording where the sound went along.
  await knex.raw(
    `INSERT INTO live_kit_sources (live_class_id, material_id)
     SELECT k.live_class_id, l.slides_material_id FROM live_kits k JOIN live_classes l ON l.id = k.live_class_id WHERE k.state = 'ready' AND l.slides_material_id IS NOT NULL
     UNION
     SELECT k.live_class_id, r.material_id FROM live_kits k JOIN live_recordings r ON r.live_class_id = k.live_class_id WHERE k.state = 'ready' AND k.sound_hash IS NOT NULL AND r.material_id IS NOT NULL`,
  );
  // Kits that could not be made anew kept the sound of a recording that was cut or erased; the nightly sweep takes the bytes.
  await knex.raw("DELETE FROM live_kit_files WHERE live_class_id IN (SELECT live_class_id FROM live_kits WHERE state IN ('making', 'failed'))");
  await knex("live_kits").whereIn("state", ["making", "failed"]).update({ sound_hash: null, content: "{}", bytes: 0 });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("live_kit_sources");
}

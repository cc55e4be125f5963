import type { Knex } from "knex";

/** A cut keeps several stretches of a recording: what is asked for and not made yet stands as the list of what stays. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable("live_recordings", (t) => {
    t.text("kept_windows").nullable(); // [{ fromMs, lengthMs }]
  });
  const waiting = (await knex("live_recordings").whereNotNull("cut_from_ms").select("live_class_id", "cut_from_ms", "cut_to_ms")) as { live_class_id: string; cut_from_ms: number; cut_to_ms: number }[];
  for (const { live_class_id, cut_from_ms, cut_to_ms } of waiting) {
    await knex("live_recordings").where({ live_class_id }).update({ kept_windows: JSON.stringify([{ fromMs: Number(cut_from_ms), lengthMs: Number(cut_to_ms) - Number(cut_from_ms) }]) });
  }
  await knex.schema.alterTable("live_recordings", (t) => t.dropColumns("cut_from_ms", "cut_to_ms"));
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable("live_recordings", (t) => {
    t.dropColumn("kept_windows");
    t.integer("cut_from_ms").nullable();
    t.integer("cut_to_ms").nullable();
  });
}

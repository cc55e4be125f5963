import type { Knex } from "knex";

/**
 * Groups that are dealt anew are other groups: how often groups were dealt makes their numbers, so that nobody reads what an
 * earlier group wrote. Rooms of before have dealt once at most as far as anybody can tell.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable("live_rooms", (t) => {
    t.integer("groups_deal").notNullable().defaultTo(0);
    t.string("board_refused_at", 24).nullable(); // the school had no room for the board's PDF
  });
  await knex("live_rooms").update({ groups_deal: 1 });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable("live_rooms", (t) => t.dropColumns("groups_deal", "board_refused_at"));
}

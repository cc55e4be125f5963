import type { Knex } from "knex";

/**
 * The tools of a live class. What is drawn, asked and answered is added, never changed; what the room is set to stands in
 * one row a class, which also counts what is drawn, so that all see the same order.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable("live_classes", (t) => {
    t.string("substitute_id", 26).nullable(); // who teaches in the teacher's place
    t.string("series_id", 26).nullable(); // the classes that were scheduled together
    t.string("reminded_at", 24).nullable();
    t.index(["substitute_id", "starts_at"]); // a person's own classes
    t.index(["series_id", "starts_at"]);
  });
  await knex.schema.alterTable("live_messages", (t) => {
    t.string("kind", 8).notNullable().defaultTo("say"); // say, question
    t.string("answered_at", 24).nullable();
    t.string("audience", 8).notNullable().defaultTo("all"); // all, staff, or a group: g1, g2, …
    t.string("material_id", 26).nullable(); // a file of the library that goes along
  });
  await knex.schema.createTable("live_rooms", (t) => {
    t.string("live_class_id", 26).primary().references("live_classes.id");
    t.string("chat_mode", 8).notNullable().defaultTo("open").checkIn(["open", "private", "off"]);
    t.boolean("locked").notNullable().defaultTo(false); // nobody new
    t.boolean("waiting_room").notNullable().defaultTo(false); // the teacher lets in one by one
    t.boolean("pupils_draw").notNullable().defaultTo(false);
    t.integer("drawn").notNullable().defaultTo(0); // the number of the last thing drawn
    t.integer("drawn_bytes").notNullable().defaultTo(0);
    t.integer("blank_pages").notNullable().defaultTo(0);
    t.text("notes").notNullable().defaultTo("");
    t.string("timer_ends_at", 24).nullable();
    t.integer("groups_count").notNullable().defaultTo(0);
    t.string("groups_until", 24).nullable();
    t.string("called_id", 26).nullable(); // who was called last
    t.string("called_at", 24).nullable();
    t.string("check_at", 24).nullable(); // "are you there" was asked
    t.integer("late_minutes").notNullable().defaultTo(0); // the teacher said to be late
    t.string("board_material_id", 26).nullable(); // the board as a PDF, once saved
  });
  await knex.schema.createTable("live_drawings", (t) => {
    t.string("live_class_id", 26).notNullable().references("live_classes.id");
    t.integer("seq").notNullable();
    t.string("person_id", 26).notNullable().references("persons.id");
    t.integer("page").notNullable(); // a slide; below 0 a blank page, below -1000 that of a group
    t.string("kind", 8).notNullable();
    t.text("body").notNullable(); // JSON
    t.string("client_key", 40).notNullable(); // the same stroke sent again after a lost line counts once
    t.string("at", 24).notNullable();
    t.primary(["live_class_id", "seq"]); // all of it in order, or what came after
    t.unique(["live_class_id", "person_id", "client_key"]);
  });
  await knex.schema.createTable("live_questions", (t) => {
    t.string("id", 26).primary();
    t.string("live_class_id", 26).notNullable().references("live_classes.id");
    t.string("kind", 8).notNullable().checkIn(["choice", "truth", "yes_no", "short"]);
    t.boolean("is_exit").notNullable().defaultTo(false); // answered until the day after, also when the class is over
    t.string("prompt", 500).notNullable();
    t.text("options").notNullable().defaultTo("[]"); // JSON: the texts of A, B, C, D
    t.string("right_answer", 300).nullable();
    t.string("opened_at", 24).notNullable();
    t.string("closed_at", 24).nullable();
    t.string("shown_at", 24).nullable(); // results and the right answer are shown to pupils
    t.index(["live_class_id", "opened_at", "id"]); // those of a class in order
  });
  await knex.schema.createTable("live_answers", (t) => {
    t.string("question_id", 26).notNullable().references("live_questions.id");
    t.string("person_id", 26).notNullable().references("persons.id");
    t.string("answer", 300).notNullable();
    t.string("at", 24).notNullable();
    t.primary(["question_id", "person_id"]);
  });
  // A row only for somebody for whom something else holds than for the others.
  await knex.schema.createTable("live_members", (t) => {
    t.string("live_class_id", 26).notNullable().references("live_classes.id");
    t.string("person_id", 26).notNullable().references("persons.id");
    t.boolean("muted").notNullable().defaultTo(false); // may not write
    t.boolean("draws").notNullable().defaultTo(false);
    t.integer("group_number").notNullable().defaultTo(0);
    t.integer("calls").notNullable().defaultTo(0); // how often called at random
    t.string("asked_at", 24).nullable(); // waits to be let in
    t.string("admitted_at", 24).nullable();
    t.string("removed_at", 24).nullable();
    t.string("removed_reason", 300).nullable();
    t.primary(["live_class_id", "person_id"]);
  });
  // What the server saw of each connection, as it came: presence is calculated from the marks, and this proves them.
  await knex.schema.createTable("live_presence_events", (t) => {
    t.string("id", 26).primary();
    t.string("live_class_id", 26).notNullable().references("live_classes.id");
    t.string("person_id", 26).notNullable().references("persons.id");
    t.string("connection_id", 40).notNullable();
    t.string("kind", 8).notNullable().checkIn(["join", "away", "back", "left", "lost", "asked", "there"]);
    t.string("at", 24).notNullable();
    t.index(["live_class_id", "person_id", "id"]);
  });
  await knex.schema.createTable("live_settings", (t) => {
    t.string("school_id", 26).primary().references("units.id");
    t.boolean("tell_parents").notNullable().defaultTo(false); // of absences
    t.string("updated_by", 26).notNullable().references("persons.id");
    t.string("updated_at", 24).notNullable();
  });
  await knex.schema.createTable("calendar_links", (t) => {
    t.string("person_id", 26).primary().references("persons.id");
    t.string("token_hash", 64).notNullable().unique();
    t.string("created_at", 24).notNullable();
  });
}

export async function down(knex: Knex): Promise<void> {
  for (const name of ["calendar_links", "live_settings", "live_presence_events", "live_members", "live_answers", "live_questions", "live_drawings", "live_rooms"]) {
    await knex.schema.dropTable(name);
  }
  await knex.schema.alterTable("live_messages", (t) => t.dropColumns("kind", "answered_at", "audience", "material_id"));
  await knex.schema.alterTable("live_classes", (t) => {
    t.dropIndex(["substitute_id", "starts_at"]);
    t.dropIndex(["series_id", "starts_at"]);
    t.dropColumns("substitute_id", "series_id", "reminded_at");
  });
}

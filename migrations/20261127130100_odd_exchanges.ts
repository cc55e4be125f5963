import type { Knex } from "knex";

/** What was asked and answered about odd figures is kept word for word: an answer stood in its question's row and was written over. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable("odd_exchanges", (t) => {
    t.string("id", 26).primary();
    t.string("school_id", 26).notNullable().references("units.id");
    t.string("year_id", 9).notNullable().references("school_years.id");
    t.string("kind", 20).notNullable();
    t.integer("cases").notNullable(); // as many as there were when it was asked
    t.string("state", 10).notNullable().checkIn(["asked", "answered", "settled"]);
    t.integer("said").notNullable(); // how many messages there are: who writes names the last one read
    t.string("asked_at", 24).notNullable();
    t.index(["school_id", "year_id", "asked_at"]); // the exchanges with a school, the newest first; those of an office's schools
  });
  // One exchange at a time about one thing: two officers who ask at once meet it.
  await knex.raw("CREATE UNIQUE INDEX odd_exchanges_open ON odd_exchanges (school_id, year_id, kind) WHERE state <> 'settled'");
  await knex.schema.createTable("odd_messages", (t) => {
    t.string("exchange_id", 26).notNullable().references("odd_exchanges.id");
    t.integer("number").notNullable(); // from 1
    t.string("act", 10).notNullable().checkIn(["ask", "answer", "settle"]);
    t.string("words", 4000).notNullable();
    t.string("said_by", 26).notNullable().references("persons.id");
    t.string("said_at", 24).notNullable();
    t.primary(["exchange_id", "number"]); // the messages of an exchange, in their order
  });
  await knex.raw(
    `INSERT INTO odd_exchanges (id, school_id, year_id, kind, cases, state, said, asked_at)
     SELECT id, school_id, year_id, kind, cases, state, 1 + CASE WHEN answered_at IS NULL THEN 0 ELSE 1 END + CASE WHEN settled_at IS NULL THEN 0 ELSE 1 END, asked_at FROM odd_questions`,
  );
  await knex.raw(
    `INSERT INTO odd_messages (exchange_id, number, act, words, said_by, said_at)
     SELECT id, 1, 'ask', question, asked_by, asked_at FROM odd_questions
     UNION ALL SELECT id, 2, 'answer', answer, answered_by, answered_at FROM odd_questions WHERE answered_at IS NOT NULL
     UNION ALL SELECT id, 2 + CASE WHEN answered_at IS NULL THEN 0 ELSE 1 END, 'settle', note, settled_by, settled_at FROM odd_questions WHERE settled_at IS NOT NULL`,
  );
  await knex.schema.dropTable("odd_questions");
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.createTable("odd_questions", (t) => {
    t.string("id", 26).primary();
    t.string("school_id", 26).notNullable().references("units.id");
    t.string("year_id", 9).notNullable().references("school_years.id");
    t.string("kind", 20).notNullable();
    t.integer("cases").notNullable();
    t.string("state", 10).notNullable().checkIn(["asked", "answered", "settled"]);
    t.string("question", 2000).notNullable();
    t.string("asked_by", 26).notNullable().references("persons.id");
    t.string("asked_at", 24).notNullable();
    t.string("answer", 4000).notNullable().defaultTo("");
    t.string("answered_by", 26).nullable().references("persons.id");
    t.string("answered_at", 24).nullable();
    t.string("note", 2000).notNullable().defaultTo("");
    t.string("settled_by", 26).nullable().references("persons.id");
    t.string("settled_at", 24).nullable();
    t.index(["school_id", "year_id", "asked_at"]);
  });
  await knex.raw("CREATE UNIQUE INDEX odd_questions_open ON odd_questions (school_id, year_id, kind) WHERE state <> 'settled'");
  // One answer has room: the last one. Going back loses the earlier ones.
  await knex.raw(
    `INSERT INTO odd_questions (id, school_id, year_id, kind, cases, state, question, asked_by, asked_at, answer, answered_by, answered_at, note, settled_by, settled_at)
     SELECT e.id, e.school_id, e.year_id, e.kind, e.cases, e.state, SUBSTR(q.words, 1, 2000), q.said_by, q.said_at, COALESCE(a.words, ''), a.said_by, a.said_at, COALESCE(SUBSTR(s.words, 1, 2000), ''), s.said_by, s.said_at
     FROM odd_exchanges e
     JOIN odd_messages q ON q.exchange_id = e.id AND q.number = 1
     LEFT JOIN odd_messages a ON a.exchange_id = e.id AND a.number = (SELECT MAX(b.number) FROM odd_messages b WHERE b.exchange_id = e.id AND b.act = 'answer')
     LEFT JOIN odd_messages s ON s.exchange_id = e.id AND s.act = 'settle'`,
  );
  await knex.schema.dropTable("odd_messages");
  await knex.schema.dropTable("odd_exchanges");
}

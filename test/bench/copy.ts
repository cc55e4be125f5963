import { z } from "zod";
import { groupBy } from "../../server/platform/group.ts";
import { all, col, one, openDatabase, type Db } from "../../server/platform/db.ts";

const ROWS_AT_ONCE = 20_000;

const columnRow = z.object({ table_name: z.string(), column_name: z.string(), column_default: z.string().nullable() });
const part = z.object({ rows: z.string(), count: col.int(), last: col.maybeInt() });

/**
 * Puts all rows of an SQLite file into a migrated PostgreSQL database, in the place of those that are there: minutes where
 * building the same data anew would take an hour. Rows go over as JSON that one engine writes and the other reads. Triggers
 * and foreign keys are not asked, since everything that they would write or refuse was decided in the file; so it wants a
 * superuser. The file has to stand at the same migrations.
 */
export async function copyIntoPostgres(file: string, postgres: Db, say: (line: string) => void): Promise<void> {
  const sqlite = openDatabase({ sqlite: file }, { poolMax: 1 });
  const columns = await all(
    columnRow,
    postgres("information_schema.columns as c")
      .join("information_schema.tables as t", (on) => void on.on("t.table_name", "c.table_name").andOn("t.table_schema", "c.table_schema"))
      .where({ "c.table_schema": "public", "t.table_type": "BASE TABLE" })
      .whereNotIn("c.table_name", ["migrations", "migrations_lock"])
      .orderBy(["c.table_name", "c.ordinal_position"])
      .select("c.table_name", "c.column_name", "c.column_default"),
  );
  const tables = groupBy(columns, (column) => column.table_name);
  await postgres.transaction(async (trx) => {
    await trx.raw("SET LOCAL session_replication_role = replica");
    await trx.raw(`TRUNCATE ${[...tables.keys()].map((name) => `"${name}"`).join(", ")}`);
    for (const [name, of] of tables) {
      if (!(await sqlite.schema.hasTable(name))) continue;
      const count = await copyTable(sqlite, trx, name, of.map((column) => column.column_name));
      if (count > 100_000) say(`${count} rows of ${name} copied`);
      for (const { column_name, column_default } of of) {
        if (column_default?.startsWith("nextval")) await trx.raw(`SELECT setval(pg_get_serial_sequence(?, ?), (SELECT COALESCE(MAX(??), 0) + 1 FROM ??))`, [name, column_name, column_name, name]);
      }
    }
  });
  await sqlite.destroy();
}

async function copyTable(sqlite: Db, trx: Db, table: string, columns: readonly string[]): Promise<number> {
  const named = columns.map((column) => `"${column}"`).join(", ");
  const object = columns.map((column) => `'${column}', "${column}"`).join(", ");
  let [copied, after] = [0, 0];
  for (;;) {
    const sql = `SELECT JSON_GROUP_ARRAY(JSON_OBJECT(${object})) AS rows, COUNT(*) AS count, MAX(place) AS last
                   FROM (SELECT rowid AS place, ${named} FROM "${table}" WHERE rowid > ? ORDER BY rowid LIMIT ${ROWS_AT_ONCE})`;
    const { rows, count, last } = await one(part, sqlite.raw(sql, [after]));
    if (count === 0 || last === null) return copied;
    await trx.raw(`INSERT INTO "${table}" (${named}) SELECT ${named} FROM json_populate_recordset(NULL::"${table}", ?::json)`, [rows]);
    copied += count;
    after = last;
  }
}

import { expect } from "chai";
import "../../server/app.ts"; // every feature's tables are declared
import { migrate, migrateDown } from "../../server/migrate.ts";
import { all, col, declaredTables, isPostgres, type Db } from "../../server/platform/db.ts";
import { z } from "zod";
import { ENGINE, freshDatabase } from "../support/database.ts";

describe(`the schema on ${ENGINE}`, () => {
  let db: Db;
  before(async () => {
    db = await freshDatabase();
  });
  after(() => db.destroy());

  it("has exactly the columns that the stores declare", async () => {
    const wrong: string[] = [];
    for (const [name, columns] of declaredTables) {
      const info = Object.keys(await db(name).columnInfo());
      const missing = columns.filter((column) => !info.includes(column));
      const extra = info.filter((column) => !columns.includes(column));
      if (missing.length + extra.length > 0) wrong.push(`${name}: missing ${missing.join(", ")}; undeclared ${extra.join(", ")}`);
    }
    expect(wrong).to.deep.equal([]);
    expect(declaredTables.size).to.be.greaterThan(10);
  });

  it("goes all the way down and up again", async () => {
    const other = await freshDatabase();
    await migrateDown(other);
    const left = await tablesOf(other);
    await migrate(other);
    const back = await tablesOf(other);
    await other.destroy();
    expect(left.filter((name) => !name.startsWith("migrations") && !name.startsWith("sqlite_"))).to.deep.equal([]);
    expect(back).to.include.members([...declaredTables.keys()]);
  });
});

async function tablesOf(db: Db): Promise<string[]> {
  const sql = isPostgres(db)
    ? "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'"
    : "SELECT name FROM sqlite_master WHERE type = 'table'";
  return (await all(z.object({ name: col.text() }), db.raw(sql))).map((row) => row.name);
}

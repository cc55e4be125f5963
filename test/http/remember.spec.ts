import { expect } from "chai";
import type { Db } from "../../server/platform/db.ts";
import { remember } from "../../server/platform/remember.ts";
import { countQueries, freshDatabase } from "../support/database.ts";
import { buildWorld } from "../support/world.ts";

describe("what pages remember between them", () => {
  const subjects = remember(["subjects"], (db: Db, position: number): Promise<string[]> => db("subjects").where("position", ">=", position).orderBy("code").pluck("code"));
  const another = { code: "TINHOC", name_vi: "Tin học", name_en: "Informatics", position: 3 };
  let db: Db;
  beforeEach(async () => {
    db = await freshDatabase("world", buildWorld);
  });
  afterEach(() => db.destroy());

  it("is asked of the database once, also by pages of the same moment", async () => {
    expect((await countQueries(db, () => Promise.all([subjects(db, 1), subjects(db, 1), subjects(db, 1)]))).count).to.equal(1);
    expect((await countQueries(db, () => subjects(db, 1))).count).to.equal(0);
    expect((await countQueries(db, () => subjects(db, 2))).count).to.equal(1);
  });

  it("is forgotten as soon as somebody wrote", async () => {
    expect(await subjects(db, 1)).to.deep.equal(["NGUVAN", "TOAN"]);
    await db("subjects").insert(another);
    expect(await subjects(db, 1)).to.deep.equal(["NGUVAN", "TINHOC", "TOAN"]);
    await db("subjects").where({ code: "TINHOC" }).delete();
    expect(await subjects(db, 1)).to.deep.equal(["NGUVAN", "TOAN"]);
  });

  it("is what stands: not what a transaction has written so far, and at once what it wrote when it is over", async () => {
    expect(await subjects(db, 1)).to.have.length(2);
    await db.transaction(async (trx) => {
      await trx("subjects").insert(another);
      expect(await subjects(trx, 1)).to.include("TINHOC");
      expect(await subjects(db, 1)).not.to.include("TINHOC");
    });
    expect(await subjects(db, 1)).to.include("TINHOC");
    await db
      .transaction(async (trx) => {
        await trx("subjects").delete().where({ code: "TINHOC" });
        throw new Error("no");
      })
      .catch(() => undefined);
    expect(await subjects(db, 1)).to.include("TINHOC");
  });

  it("does not remember a failure", async () => {
    let fails = true;
    const read = remember(["subjects"], () => (fails ? Promise.reject(new Error("busy")) : Promise.resolve("well")));
    expect(await read(db).catch((error: Error) => error.message)).to.equal("busy");
    fails = false;
    expect(await read(db)).to.equal("well");
  });

  it("is each database's own", async () => {
    const other = await freshDatabase("world", buildWorld);
    await other("subjects").insert(another);
    expect(await subjects(db, 1)).not.to.include("TINHOC");
    expect(await subjects(other, 1)).to.include("TINHOC");
    await other.destroy();
  });
});

/** Writes rows and says each one that was saved; test/faults/kill.spec.ts kills it in the middle. */
import { openDatabase } from "../../server/platform/db.ts";
import { newId } from "../../server/platform/ids.ts";
import { record } from "../../server/platform/audit.ts";

const db = openDatabase({ sqlite: process.argv[2] ?? "" });
const at = "2026-11-24T02:00:00.000Z";

async function writeForEver(): Promise<void> {
  for (;;) {
    const id = newId();
    await db.transaction(async (trx) => {
      await trx("settings").insert({ key: id, value: "1" });
      await record(trx, { at, actorId: null, action: "test.save", subjectType: "setting", subjectId: id });
    });
    process.stdout.write(`${id}\n`);
  }
}

await Promise.all([writeForEver(), writeForEver(), writeForEver(), writeForEver()]);

/** The application with so many open classes of so many pupils each, for live.ts; tells its parent where it is. */
import { createHmac, randomBytes } from "node:crypto";
import type { Db } from "../../server/platform/db.ts";
import { newId } from "../../server/platform/ids.ts";
import { hashOf } from "../../server/platform/secrets.ts";
import { startApp } from "../support/app.ts";
import { W } from "../support/world.ts";
import { liveClass } from "../realtime/room.ts";

const app = await startApp();
const [classes, pupils] = [Number(process.argv[2] ?? 1), Number(process.argv[3] ?? 1)];
const first = await app.as("minh");
const [signedIn] = (await app.db("sessions").where({ person_id: W.minh })) as { data: string }[];
/** In turn of each class one: neighbours in the list sit in different classes. */
const seats: { live: string; cookie: string }[] = [];
for (let c = 0; c < classes; c += 1) {
  const [klass, course] = [newId(), newId()];
  await app.db.transaction(async (trx) => {
    await copied(trx, "classes", { id: W.class6A }, { id: klass, name: `6.${c + 1}` });
    await copied(trx, "courses", { id: W.toan6A }, { id: course, class_id: klass });
  });
  const live = await liveClass(app, { courses: [course] });
  await app.db.transaction(async (trx) => {
    for (let i = 0; i < pupils; i += 1) seats[i * classes + c] = { live, cookie: await another(trx, klass, c * pupils + i) };
  });
}
process.send?.({ base: app.base, seats });
process.on("disconnect", () => process.exit(0));

async function copied(db: Db, table: string, of: Record<string, string>, changes: Record<string, string>): Promise<void> {
  const row = (await db(table).where(of).first()) as Record<string, unknown>;
  await db(table).insert({ ...row, ...changes });
}

/** One more pupil of a class, signed in without the work that a password is. @returns their cookie */
async function another(db: Db, klass: string, number: number): Promise<string> {
  const [id, sid] = [newId(), randomBytes(24).toString("base64url")];
  await copied(db, "persons", { id: W.minh }, { id, username: `hs${number}` });
  await copied(db, "memberships", { person_id: W.minh }, { id: newId(), person_id: id });
  await copied(db, "class_enrolments", { person_id: W.minh }, { id: newId(), person_id: id, class_id: klass });
  await copied(db, "sessions", { person_id: W.minh }, { sid_hash: hashOf(sid), person_id: id, data: (signedIn?.data ?? "").replaceAll(W.minh, id) });
  const signature = createHmac("sha256", "for tests only").update(sid).digest("base64").replace(/=+$/, "");
  return `${first.cookie.split("=")[0] ?? ""}=${encodeURIComponent(`s:${sid}.${signature}`)}`;
}

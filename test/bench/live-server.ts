/** The application with so many open classes and pupils, for the join storm of live.ts; tells its parent where it is. */
import { createHmac, randomBytes } from "node:crypto";
import { newId } from "../../server/platform/ids.ts";
import { hashOf } from "../../server/platform/secrets.ts";
import { startApp } from "../support/app.ts";
import { W } from "../support/world.ts";
import { liveClass } from "../realtime/room.ts";

const app = await startApp();
const classes: string[] = [];
for (let i = 0; i < Number(process.argv[2] ?? 1); i += 1) classes.push(await liveClass(app));
const cookies: string[] = [];
const first = await app.as("minh");
const [signedIn] = (await app.db("sessions").where({ person_id: W.minh })) as { data: string }[];
for (let i = 0; i < Number(process.argv[3] ?? 1); i += 1) cookies.push(await another(i));
process.send?.({ base: app.base, cookies, classes });
process.on("disconnect", () => process.exit(0));

/** One more pupil of 6A, signed in without the work that a password is. @returns their cookie */
async function another(number: number): Promise<string> {
  const [id, sid] = [newId(), randomBytes(24).toString("base64url")];
  const copied = async (table: string, of: Record<string, string>, changes: Record<string, string>): Promise<void> => {
    const row = (await app.db(table).where(of).first()) as Record<string, unknown>;
    await app.db(table).insert({ ...row, ...changes });
  };
  await copied("persons", { id: W.minh }, { id, username: `hs${number}` });
  for (const table of ["memberships", "class_enrolments"]) await copied(table, { person_id: W.minh }, { id: newId(), person_id: id });
  await copied("sessions", { person_id: W.minh }, { sid_hash: hashOf(sid), person_id: id, data: (signedIn?.data ?? "").replaceAll(W.minh, id) });
  const signature = createHmac("sha256", "for tests only").update(sid).digest("base64").replace(/=+$/, "");
  return `${first.cookie.split("=")[0] ?? ""}=${encodeURIComponent(`s:${sid}.${signature}`)}`;
}

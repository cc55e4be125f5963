import path from "node:path";
import { ROOT } from "./config.ts";
import type { Db } from "./platform/db.ts";

const SETTINGS = { directory: path.join(ROOT, "migrations"), loadExtensions: [".ts"], tableName: "migrations" };

/** Brings the schema up to date; does nothing when it is. */
export async function migrate(db: Db): Promise<void> {
  await db.migrate.latest(SETTINGS);
}

/** Takes every migration back, newest first: tests prove that the way down exists. */
export async function migrateDown(db: Db): Promise<void> {
  await db.migrate.rollback(SETTINGS, true);
}

/** One of several web servers on a given database and Redis, in the tests' own time; live-two-processes.spec.ts kills it. */
import { openDatabase } from "../../server/platform/db.ts";
import { startApp } from "../support/app.ts";

const [filename = "", redis = ""] = process.argv.slice(2);
const app = await startApp({ REDIS_URL: redis }, openDatabase({ sqlite: filename }, { durable: false }));
process.send?.({ port: Number(new URL(app.base).port) });
process.on("disconnect", () => process.exit(0));

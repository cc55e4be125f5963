/** One of several web servers on a given database and Redis, in the tests' own time; live-two-processes.spec.ts kills it. */
import { startBeside } from "../support/app.ts";

const [file = "", redis = ""] = process.argv.slice(2);
const app = await startBeside(file, redis);
process.send?.({ port: Number(new URL(app.base).port) });
process.on("disconnect", () => process.exit(0));

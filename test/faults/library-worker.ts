/** The worker alone, which begins when it is told to; library-kill.spec.ts kills it while it writes the library's index. */
import { listeners } from "../../server/listeners.ts";
import { openDatabase } from "../../server/platform/db.ts";
import { makeWorker } from "../../server/platform/jobs/worker.ts";
import { makeLog } from "../../server/platform/log.ts";
import { NOW } from "../support/world.ts";

const [file = ""] = process.argv.slice(2);
const worker = makeWorker(openDatabase({ sqlite: file }), listeners, makeLog("silent"));
process.stdin.once("data", () => void worker.drain(NOW));
process.stdout.write("ready\n");

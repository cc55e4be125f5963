/**
 * The product over the bench's province, in a process of its own, so that who measures costs nothing. Says its address when
 * it is ready, and meanwhile on the other output how far the data is.
 *
 *     node --import=tsx test/bench/province-server.ts <folder> <share> <online periods> <once or doubled>
 */
import { startApp } from "../support/app.ts";
import { provinceRecipe } from "./province-data.ts";
import { doubledRecipe } from "./province-doubled.ts";
import { benchDatabase } from "./data.ts";
import { tellProcessorTime } from "./measure.ts";

const [folder = "", share = "1", online = "", ledger = "once"] = process.argv.slice(2);
const recipe = (ledger === "doubled" ? doubledRecipe : provinceRecipe)({ share: Number(share), online: Number(online) });
const db = await benchDatabase(folder, process.env["TEST_DATABASE_URL"], recipe, (line) => void process.stderr.write(`${line}\n`));
const app = await startApp({}, db);
tellProcessorTime();
process.once("disconnect", () => process.exit(0));
process.stdout.write(`serves at ${app.base}\n`);

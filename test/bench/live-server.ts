/** The application with so many open classes, for the join storm of live.ts; tells its parent where it is. */
import { startApp } from "../support/app.ts";
import { liveClass } from "../realtime/room.ts";

const app = await startApp();
const classes: string[] = [];
for (let i = 0; i < Number(process.argv[2] ?? 1); i += 1) classes.push(await liveClass(app));
const cookies: string[] = [];
for (const login of ["minh", "an"]) for (let i = 0; i < 4; i += 1) cookies.push((await app.as(login)).cookie);
process.send?.({ base: app.base, cookies, classes });
process.on("disconnect", () => process.exit(0));

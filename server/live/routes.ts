import { featureRoutes, type FeatureRoutes } from "../platform/web/router.ts";
import type { Signals } from "../platform/signals.ts";
import type { WireEngine } from "./media/engine.ts";
import { addSound } from "./media/routes.ts";
import { addAttendance } from "./routes/attendance.ts";
import { addCalendar } from "./routes/calendar.ts";
import { addLists } from "./routes/lists.ts";
import { addByForm, addRoom } from "./routes/room.ts";
import { addSchedule } from "./routes/schedule.ts";
import { addTools } from "./routes/tools.ts";

/** Live classes: scheduled, opened, held, ended, corrected, cancelled. What is said in between goes over sockets, or by form. */
export function liveRoutes(deps: { signals: Signals; media: WireEngine }): FeatureRoutes {
  const routes = featureRoutes();
  addLists(routes);
  addSchedule(routes, deps.signals);
  addRoom(routes, deps.signals);
  addByForm(routes, deps.signals);
  addTools(routes, deps.signals);
  addAttendance(routes);
  addCalendar(routes);
  addSound(routes, deps.media);
  return routes;
}

import { featureRoutes, type FeatureRoutes } from "../platform/web/router.ts";
import type { Signals } from "../platform/signals.ts";
import type { Engines } from "./engines/engines.ts";
import { addEngines } from "./engines/routes.ts";
import type { MediaEngine } from "./media/engine.ts";
import { addSound } from "./media/routes.ts";
import { addRecording } from "./recording/routes.ts";
import { makeRoomRates } from "./rates.ts";
import { addAttendance } from "./routes/attendance.ts";
import { addCalendar } from "./routes/calendar.ts";
import { addGuests } from "./routes/guests.ts";
import { addLists } from "./routes/lists.ts";
import { addByForm, addRoom } from "./routes/room.ts";
import { addSeries } from "./routes/series.ts";
import { addSchedule } from "./routes/schedule.ts";
import { addSubstitute } from "./routes/substitute.ts";
import { addTools } from "./routes/tools.ts";

/** Live classes: scheduled, opened, held, ended, corrected, cancelled. What is said in between goes over sockets, or by form. */
export function liveRoutes(deps: { signals: Signals; media: MediaEngine; engines: Engines }): FeatureRoutes {
  const [routes, rates] = [featureRoutes(), makeRoomRates()];
  addLists(routes);
  addGuests(routes);
  addSeries(routes);
  addSchedule(routes, deps.signals);
  addSubstitute(routes, deps.signals);
  addRoom(routes, deps.signals, deps.engines);
  addEngines(routes, deps.engines, deps.signals);
  addByForm(routes, deps.signals, rates);
  addTools(routes, deps.signals, rates);
  addAttendance(routes);
  addCalendar(routes, deps.engines);
  addSound(routes, deps.media);
  addRecording(routes, deps);
  return routes;
}

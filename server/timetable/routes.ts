import { featureRoutes, type FeatureRoutes } from "../platform/web/router.ts";
import { addClassTimetables } from "./routes/classes.ts";
import { addTimetableImports } from "./routes/imports.ts";
import { addSchoolTimetables } from "./routes/school.ts";

/** The weekly timetable of each class, and when periods begin and end. */
export function timetableRoutes(): FeatureRoutes {
  const routes = featureRoutes();
  addClassTimetables(routes);
  addSchoolTimetables(routes);
  addTimetableImports(routes);
  return routes;
}

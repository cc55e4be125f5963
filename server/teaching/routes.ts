import { featureRoutes, type FeatureRoutes } from "../platform/web/router.ts";
import { addAssignmentRoutes } from "./routes/assignments.ts";
import { addClassRoutes } from "./routes/classes.ts";
import { addTurnRoutes } from "./routes/turns.ts";

/** Classes of a school and year, and who teaches what in them: the grid from which courses are made. */
export function teachingRoutes(): FeatureRoutes {
  const routes = featureRoutes();
  addClassRoutes(routes);
  addAssignmentRoutes(routes);
  addTurnRoutes(routes);
  return routes;
}

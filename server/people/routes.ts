import { featureRoutes, type FeatureRoutes } from "../platform/web/router.ts";
import { addImportRoutes } from "./routes/imports.ts";
import { addPurposeRoutes } from "./routes/purposes.ts";
import { addRosterRoutes } from "./routes/rosters.ts";

/** Pupils and teachers of a school: rosters from files, class lists, coverage of personal codes. */
export function peopleRoutes(): FeatureRoutes {
  const routes = featureRoutes();
  addRosterRoutes(routes);
  addImportRoutes(routes);
  addPurposeRoutes(routes);
  return routes;
}

import { featureRoutes, type FeatureRoutes } from "../platform/web/router.ts";
import { addGroupRoutes } from "./routes/groups.ts";
import { addMergerRoutes } from "./routes/mergers.ts";
import { addPeopleRoutes } from "./routes/people.ts";
import { addUnitRoutes } from "./routes/units.ts";

/** The tree of units, mergers, the people of a unit and the subject groups of a school. */
export function organisationRoutes(): FeatureRoutes {
  const routes = featureRoutes();
  addMergerRoutes(routes);
  addUnitRoutes(routes);
  addPeopleRoutes(routes);
  addGroupRoutes(routes);
  return routes;
}

import { featureRoutes, type FeatureRoutes } from "../platform/web/router.ts";
import { addBrowsing } from "./routes/browse.ts";
import { addIndex } from "./routes/index.ts";
import { addSearch } from "./routes/search.ts";

/** Finding: the one box, the way along the curriculum, what fits a lesson, and the index behind it. */
export function libraryRoutes(): FeatureRoutes {
  const routes = featureRoutes();
  addSearch(routes);
  addBrowsing(routes);
  addIndex(routes);
  return routes;
}

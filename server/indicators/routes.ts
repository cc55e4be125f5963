import { featureRoutes, type FeatureRoutes } from "../platform/web/router.ts";
import { boardRoutes } from "./routes/board.ts";
import { importRoutes } from "./routes/imports.ts";
import { modelRoutes } from "./routes/models.ts";
import { planIndicatorRoutes, planRoutes } from "./routes/plans.ts";
import { schoolRoutes } from "./routes/school.ts";
import { valueRoutes } from "./routes/values.ts";

export function indicatorRoutes(): FeatureRoutes {
  const routes = featureRoutes();
  boardRoutes(routes);
  importRoutes(routes);
  modelRoutes(routes);
  planRoutes(routes);
  planIndicatorRoutes(routes);
  schoolRoutes(routes);
  valueRoutes(routes);
  return routes;
}

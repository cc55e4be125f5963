import { featureRoutes, type FeatureRoutes } from "../platform/web/router.ts";
import { addEditor } from "./routes/editor.ts";
import { addImports } from "./routes/imports.ts";
import { addPlans } from "./routes/plans.ts";

/** Plans of a school: list, show, publish, edit by hand, copy, import. */
export function planRoutes(): FeatureRoutes {
  const routes = featureRoutes();
  addPlans(routes);
  addEditor(routes);
  addImports(routes);
  return routes;
}

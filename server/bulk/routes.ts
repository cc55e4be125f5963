import { featureRoutes, type FeatureRoutes } from "../platform/web/router.ts";
import { addExportRoutes } from "./routes/exports.ts";
import { addImportRoutes } from "./routes/imports.ts";
import { addReportRoutes } from "./routes/report.ts";

/** A folder, ZIP or archive into a school's library, and the whole library out of it. */
export function bulkRoutes(): FeatureRoutes {
  const routes = featureRoutes();
  addImportRoutes(routes);
  addReportRoutes(routes);
  addExportRoutes(routes);
  return routes;
}

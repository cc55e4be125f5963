import { featureRoutes, type FeatureRoutes } from "../platform/web/router.ts";
import { addCatalogue } from "./routes/catalogue.ts";
import { addCollections } from "./routes/collections.ts";
import { addCopies } from "./routes/copies.ts";
import { addFace } from "./routes/face.ts";
import { addOai } from "./routes/oai.ts";
import { addReports } from "./routes/reports.ts";
import { addTakedowns } from "./routes/takedowns.ts";

/** What is shared: the public catalogue and its harvesters, the shared face of a material, copies, ratings, reports, collections. */
export function sharingRoutes(): FeatureRoutes {
  const routes = featureRoutes();
  addCatalogue(routes);
  addOai(routes);
  addFace(routes);
  addCopies(routes);
  addReports(routes);
  addTakedowns(routes);
  addCollections(routes);
  return routes;
}

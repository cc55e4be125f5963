import { featureRoutes, type FeatureRoutes } from "../platform/web/router.ts";
import { addDecisions } from "./routes/decisions.ts";
import { addLibrary } from "./routes/library.ts";
import { addMaterial } from "./routes/material.ts";
import { addReview } from "./routes/review.ts";

/** Upload, versions, submission, review, approval, retirement: each a noun. */
export function materialRoutes(): FeatureRoutes {
  const routes = featureRoutes();
  addLibrary(routes);
  addMaterial(routes);
  addDecisions(routes);
  addReview(routes);
  return routes;
}

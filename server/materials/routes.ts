import { featureRoutes, type FeatureRoutes } from "../platform/web/router.ts";
import { addCaptions } from "./routes/captions.ts";
import { addComments } from "./routes/comments.ts";
import { addComparison } from "./routes/compare.ts";
import { addDecisions } from "./routes/decisions.ts";
import { addDigitised } from "./routes/digitised.ts";
import { addLibrary } from "./routes/library.ts";
import { addMaterial } from "./routes/material.ts";
import { addReview } from "./routes/review.ts";
import { addReviewSettings } from "./routes/settings.ts";
import { addScope } from "./routes/scope.ts";

/** Upload, versions, submission, review, approval, retirement: each a noun. */
export function materialRoutes(): FeatureRoutes {
  const routes = featureRoutes();
  addLibrary(routes);
  addMaterial(routes);
  addCaptions(routes);
  addDigitised(routes);
  addDecisions(routes);
  addComments(routes);
  addComparison(routes);
  addReview(routes);
  addReviewSettings(routes);
  addScope(routes);
  return routes;
}

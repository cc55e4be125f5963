import { featureRoutes, type FeatureRoutes } from "../platform/web/router.ts";
import { assessmentCriterionRoutes, assessmentFormRoutes, assessmentOfficeRoutes } from "./routes/office.ts";
import { assessmentCheckRoutes, assessmentSchoolRoutes } from "./routes/school.ts";

export function assessmentRoutes(): FeatureRoutes {
  const routes = featureRoutes();
  assessmentOfficeRoutes(routes);
  assessmentFormRoutes(routes);
  assessmentCriterionRoutes(routes);
  assessmentSchoolRoutes(routes);
  assessmentCheckRoutes(routes);
  return routes;
}

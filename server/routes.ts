import type { FeatureRoutes } from "./platform/web/router.ts";
import { accountRoutes, type AccountDeps } from "./accounts/routes.ts";
import { organisationRoutes } from "./organisation/routes.ts";

export interface RouteDeps {
  accounts: AccountDeps;
}

/** The map of the site: one line a feature. */
export function allRoutes(deps: RouteDeps): FeatureRoutes[] {
  return [organisationRoutes(), accountRoutes(deps.accounts)];
}

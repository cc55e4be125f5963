import type passport from "passport";
import { featureRoutes, type FeatureRoutes } from "../platform/web/router.ts";
import { makeSignInLimiter, type SignInLimiter } from "./limiter.ts";
import type { SignInPage } from "./pages.ts";
import { addAccountRoutes } from "./routes/account.ts";
import { addLinkRoutes } from "./routes/links.ts";
import { addProfileRoutes } from "./routes/profile.ts";
import { addSlipRoutes } from "./routes/slips.ts";
import { addSignInRoutes } from "./routes/sign-in.ts";

export interface AccountDeps {
  passport: passport.Authenticator;
  /** Shown on the sign-in page of the demonstration only. */
  demo: SignInPage["demo"];
}

export type SignInDeps = AccountDeps & { limiter: SignInLimiter };

/** Signing in and out, links that set a password, one's own account, and accounts that one looks after. */
export function accountRoutes(deps: AccountDeps): FeatureRoutes {
  const routes = featureRoutes();
  addSignInRoutes(routes, { ...deps, limiter: makeSignInLimiter() });
  addLinkRoutes(routes);
  addProfileRoutes(routes);
  addAccountRoutes(routes);
  addSlipRoutes(routes);
  return routes;
}

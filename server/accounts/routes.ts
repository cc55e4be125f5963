import type { Request, Response } from "express";
import type passport from "passport";
import { featureRoutes, type FeatureRoutes } from "../platform/web/router.ts";
import { ownPath, type SignInPage } from "./pages.ts";
import { saveSignIn } from "./store.ts";

export interface AccountDeps {
  passport: passport.Authenticator;
  /** Shown on the sign-in page of the demonstration only. */
  demo: SignInPage["demo"];
}

export function accountRoutes(deps: AccountDeps): FeatureRoutes {
  const routes = featureRoutes();

  routes.get("/sign-in", "public", (req, res) => {
    if (req.visitor) res.redirect(303, "/");
    else showSignIn(req, res, deps, { next: ownPath(req.query["next"]), login: String(req.query["login"] ?? "") });
  });

  routes.post("/sign-in", "public", async (req, res, next) => {
    const typed = typeof req.body?.login === "string" ? req.body.login : "";
    const user = await authenticate(deps.passport, req, res);
    if (user === undefined) {
      res.status(422);
      showSignIn(req, res, deps, { next: ownPath(req.body?.next), login: typed, wrong: true });
      return;
    }
    req.logIn(user, (error: unknown) => {
      if (error) return next(error);
      req.session.device = (req.headers["user-agent"] ?? "").slice(0, 200);
      saveSignIn(req.db, user.personId, req.now).then(() => res.redirect(303, ownPath(req.body?.next)), next);
    });
  });

  routes.post("/sign-out", "public", (req, res, next) => {
    req.session.destroy((error: unknown) => {
      if (error) return next(error);
      res.clearCookie(req.app.get("cookie name") as string);
      res.redirect(303, "/sign-in");
    });
  });

  return routes;
}

/** Answers a visitor whose session is missing or over. */
export function showSignedOut(deps: AccountDeps): (req: Request, res: Response) => void {
  return (req, res) => {
    if (req.method === "GET") {
      res.redirect(303, `/sign-in?next=${encodeURIComponent(ownPath(req.originalUrl))}`);
      return;
    }
    res.status(401);
    showSignIn(req, res, deps, { next: "/", login: "", expired: true });
  };
}

function showSignIn(req: Request, res: Response, deps: AccountDeps, page: Partial<SignInPage> & { next: string; login: string }): void {
  res.page("accounts/sign-in", { wrong: false, expired: false, demo: deps.demo, ...page }, { title: req.t.accounts.sign_in });
}

function authenticate(authenticator: passport.Authenticator, req: Request, res: Response): Promise<Express.User | undefined> {
  return new Promise((resolve, reject) => {
    const check = authenticator.authenticate("local", (error: unknown, user: Express.User | false | undefined) => {
      if (error instanceof Error) reject(error);
      else resolve(user || undefined);
    }) as (req: Request, res: Response, next: (error?: unknown) => void) => void;
    check(req, res, (error) => (error instanceof Error ? reject(error) : resolve(undefined)));
  });
}

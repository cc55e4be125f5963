import type { Request, Response } from "express";
import { Refusal } from "../../platform/errors.ts";
import { sayText } from "../../platform/messages.ts";
import type { FeatureRoutes } from "../../platform/web/router.ts";
import { createLink, findLink, useLink } from "../links.ts";
import { heldFields, type Held, type SignInPage } from "../pages.ts";
import { ownPath } from "../../platform/web/own-path.ts";
import { normalCode } from "../rules.ts";
import type { AccountDeps, SignInDeps } from "../routes.ts";
import { findCredentials, saveSignIn } from "../store.ts";

/** Fields of a kept form travel through the sign-in form under this prefix. */
const HELD = "held.";

export function addSignInRoutes(routes: FeatureRoutes, deps: SignInDeps): void {
  routes.get("/sign-in", "public", (req, res) => {
    if (req.visitor) res.redirect(303, "/");
    else showSignIn(req, res, deps, { next: ownPath(req.query["next"]), login: String(req.query["login"] ?? "").slice(0, 200) });
  });

  routes.post("/sign-in", "public", async (req, res, next) => {
    const login = textOf(req.body?.login);
    const held = heldIn(req.body);
    const refuse = (status: number, text: string): void => {
      res.status(status);
      showSignIn(req, res, deps, { next: ownPath(req.body?.next), login, alert: { kind: "bad", text }, held });
    };
    const wait = await deps.limiter.check(login, req.ip ?? "").catch((error: unknown) => {
      if (error instanceof Refusal) return error;
      throw error;
    });
    if (wait) return refuse(429, sayText(req.t.platform.refusals, wait.key, wait.params));
    const user = await authenticate(deps, req, res);
    if (user === undefined) {
      const choose = await signInByCode(req, login);
      if (choose !== undefined) return res.redirect(303, choose);
      await deps.limiter.failed(login, req.ip ?? "");
      return refuse(422, req.t.accounts.wrong);
    }
    await deps.limiter.succeeded(login);
    const { theme, lang } = req.session;
    req.logIn(user, (error: unknown) => {
      if (error) return next(error);
      Object.assign(req.session, { theme, lang, device: (req.headers["user-agent"] ?? "").slice(0, 200) });
      saveSignIn(req.db, user.personId, req.now).then(() => {
        if (held) showHeld(req, res, held);
        else res.redirect(303, ownPath(req.body?.next));
      }, next);
    });
  });

  routes.post("/sign-out", "public", (req, res, next) => {
    req.session.destroy((error: unknown) => {
      if (error) return next(error);
      res.clearCookie(req.app.get("cookie name") as string);
      res.redirect(303, "/sign-in");
    });
  });
}

/** Answers a visitor whose session is missing or over. A form that was posted is kept, so that nothing is lost. */
export function showSignedOut(deps: AccountDeps): (req: Request, res: Response) => void {
  return (req, res) => {
    if (req.method === "GET" || req.method === "HEAD") {
      res.redirect(303, `/sign-in?next=${encodeURIComponent(ownPath(req.originalUrl))}`);
      return;
    }
    res.status(401);
    const words = req.t.accounts;
    const fields = heldFields(req.body);
    const held = fields.length > 0 ? { path: ownPath(req.originalUrl), fields } : undefined;
    const text = held ? words.expired : words.expired_files;
    showSignIn(req, res, deps, { next: "/", login: "", alert: { kind: "warn", text }, held });
  };
}

function showSignIn(req: Request, res: Response, deps: AccountDeps, page: Partial<SignInPage> & { next: string; login: string }): void {
  res.page("accounts/sign-in", { alert: undefined, held: undefined, demo: deps.demo, ...page }, { title: req.t.accounts.sign_in });
}

/** The kept form again, to be looked at and sent by its owner's hand. */
function showHeld(req: Request, res: Response, held: Held): void {
  const { held_title: title, held_lead: lead } = req.t.accounts;
  res.page("accounts/held", { head: { title, lead }, held }, { title });
}

function heldIn(body: unknown): Held | undefined {
  if (typeof body !== "object" || body === null || !("held_path" in body)) return undefined;
  const fields = Object.entries(body)
    .filter(([name]) => name.startsWith(HELD))
    .flatMap(([name, value]) => [value].flat().flatMap((item): Held["fields"] => (typeof item === "string" ? [[name.slice(HELD.length), item]] : [])));
  return { path: ownPath(body.held_path), fields };
}

/** A one-time code from a login slip in place of the password: it is used up, and its owner chooses a password. */
async function signInByCode(req: Request, login: string): Promise<string | undefined> {
  const code = normalCode(textOf(req.body?.password)).slice(0, 40);
  const person = await findCredentials(req.db, login);
  if (!person || person.state !== "active" || code.length < 6) return undefined;
  return req.db.transaction(async (trx) => {
    const slip = await findLink(trx, code, ["slip"], req.now);
    if (!slip || slip.person_id !== person.id || !(await useLink(trx, slip.id, req.now))) return undefined;
    return `/password/${await createLink(trx, "reset", { personId: person.id, by: person.id, at: req.now })}`;
  });
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value.slice(0, 2000) : "";
}

function authenticate(deps: AccountDeps, req: Request, res: Response): Promise<Express.User | undefined> {
  return new Promise((resolve, reject) => {
    const check = deps.passport.authenticate("local", (error: unknown, user: Express.User | false | undefined) => {
      if (error instanceof Error) reject(error);
      else resolve(user || undefined);
    }) as (req: Request, res: Response, next: (error?: unknown) => void) => void;
    check(req, res, (error) => (error instanceof Error ? reject(error) : resolve(undefined)));
  });
}


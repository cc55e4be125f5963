import path from "node:path";
import express, { type Express, type Request } from "express";
import session from "express-session";
import { makePassport } from "./accounts/sign-in.ts";
import type { AccountDeps } from "./accounts/routes.ts";
import { showSignedOut } from "./accounts/routes/sign-in.ts";
import type { Actor } from "./access/actor.ts";
import { findSession, loadActor, type Visitor } from "./access/store.ts";
import { personOfToken } from "./api/store.ts";
import { ROOT, type Config } from "./config.ts";
import { BBB_CALLS } from "./live/engines/bbb.ts";
import { Engines } from "./live/engines/engines.ts";
import { LIVEKIT_CALLS } from "./live/engines/livekit.ts";
import { Embedded } from "./live/media/embedded.ts";
import { SharedMedia } from "./live/media/shared.ts";
import { keepRecordings } from "./live/recording/keeper.ts";
import type { MediaEngine } from "./live/media/engine.ts";
import { now, type Instant } from "./platform/clock.ts";
import type { Db } from "./platform/db.ts";
import { Refusal, notFound } from "./platform/errors.ts";
import { formats, type Formats, type Lang } from "./platform/i18n.ts";
import type { Log } from "./platform/log.ts";
import type { BlobStore } from "./platform/storage.ts";
import { diskStore } from "./platform/storage/disk.ts";
import { sayText } from "./platform/messages.ts";
import type { Mail } from "./platform/mail.ts";
import { saveBeforeRedirect, SessionStore } from "./platform/web/session-store.ts";
import type { Bus } from "./platform/bus.ts";
import { REMOVAL } from "./notices/digest.ts";
import { makeSignals, type Signals } from "./platform/signals.ts";
import { makeAssets } from "./platform/web/assets.ts";
import { errorPage } from "./platform/web/errors.ts";
import { sameOriginOnly } from "./platform/web/origin.ts";
import { languageOf, useBasics, useBodies } from "./platform/web/pipeline.ts";
import { makeRenderer, pages, type Frame, type PageCommon, type SafeHtml } from "./platform/web/render.ts";
import type { FeatureRoutes, RouteEntry } from "./platform/web/router.ts";
import { allRoutes } from "./routes.ts";
import { makeLayout } from "./shell/layout.ts";
import { words } from "./words.ts";

type SignedOut = (req: Request, res: express.Response) => void;

declare global {
  namespace Express {
    /** What the pipeline puts on every request. */
    interface Request {
      /** The request's number: in the log, on the error page, in the audit log. */
      id: string;
      db: Db;
      now: Instant;
      lang: Lang;
      t: Words;
      f: Formats;
      /** Who is signed in, if anybody. */
      visitor: Visitor | undefined;
      /** Who is signed in; on a public route without anybody a refusal (401). */
      actor: Actor;
      signedOut: SignedOut;
      config: Config;
      mail: Mail;
      /** Where files lie. */
      blobs: BlobStore;
    }
    interface Response {
      /** The only way to a template. */
      page<Name extends keyof Views>(name: Name, page: Views[Name], frame: Frame): void;
      /** A template without the layout, for parts of a page. */
      fragment<Name extends keyof Views>(name: Name, page: Views[Name]): SafeHtml;
    }
  }
}

export interface AppDeps {
  config: Config;
  db: Db;
  log: Log;
  mail: Mail;
  sessionSecret: string;
  /** The time, handed in so that tests can live on any day. */
  clock?: () => Instant;
  /** Files on the disk of the settings, unless another store is handed in. */
  blobs?: BlobStore;
  /** The other web processes, where there are any. */
  bus?: Bus | undefined;
  demo?: AccountDeps["demo"] | undefined;
}

export interface App {
  readonly express: Express;
  readonly routes: readonly RouteEntry[];
  /** The session middleware, which the socket server shares. */
  readonly session: express.RequestHandler;
  /** What pages tell the sockets of this process. */
  readonly signals: Signals;
  /** Sound and picture of live classes; its process begins with the first class. */
  readonly media: MediaEngine;
  /** What live classes are held with. */
  readonly engines: Engines;
}

/** Calls of engines of live classes: signed over their bytes, which their route reads itself. */
const SIGNED: ReadonlySet<string> = new Set([BBB_CALLS, LIVEKIT_CALLS]);
/** What no page of another site could abuse: the harvesting protocol allows POST for what only reads, signed calls use no cookie, and letters are ended by the key that stands in them. */
const FROM_ANYWHERE: ReadonlySet<string> = new Set(["/oai", REMOVAL, ...SIGNED]);

const COOKIE = "hoclieu.sid";

/** Builds the application: the order of everything a request passes. Listens to nothing. */
export function createApp(deps: AppDeps): App {
  const { config, db, log } = deps;
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag"); // no page is kept (see Cache-Control below); files have their own
  app.set("cookie name", COOKIE);
  app.set("query parser", "simple");
  app.set("trust proxy", config.trustProxy);
  const assets = makeAssets(path.join(ROOT, "public"));
  const renderer = makeRenderer(path.join(ROOT, "views"));
  const common = (req: Request): PageCommon => ({ t: req.t, f: req.f, lang: req.lang, asset: assets.url });
  const lifeMinutes = config.sessionDays * 24 * 60;
  const store = new SessionStore(db, lifeMinutes, (sidHash) => findSession(db, sidHash, (deps.clock ?? now)()));
  const sessions = sessionMiddleware(deps, store, lifeMinutes);
  const passport = makePassport(db);
  const accounts: AccountDeps = { passport, demo: deps.demo };
  const blobs = deps.blobs ?? diskStore(config.uploadsDir);
  const signals = makeSignals(deps.bus);
  const embedded = new Embedded(config.media, log);
  const media = deps.bus === undefined ? embedded : new SharedMedia(embedded, { bus: deps.bus, log, secret: deps.sessionSecret });
  keepRecordings({ db, media: embedded, signals, blobs, log, clock: deps.clock ?? now, quota: config.schoolQuotaBytes });
  const engines = new Engines({ baseUrl: config.baseUrl, ...config.engines }, media);
  const features = allRoutes({ signals, media, engines, accounts });

  useBasics(app, config.secureCookies, config.packagesOrigin === undefined ? [] : [config.packagesOrigin]);
  if (config.packagesOrigin !== undefined) app.use(onlyPackagesOf(new URL(config.packagesOrigin).host));
  app.use(assets.router);
  app.get("/health", (_req, res) => void res.type("text").send("ok"));
  app.use((req, _res, next) => {
    speak(req, undefined); // also where the session cannot be read, the error page has words
    next();
  });
  app.use(pages(renderer, makeLayout(renderer, common), common));
  app.use(sessions, saveBeforeRedirect, passport.initialize(), passport.session());
  app.use((req, _res, next) => {
    prepare(req, { ...deps, blobs }, store.personOf(req), showSignedOut(accounts)).then(() => next(), next);
  });
  app.use((_req, res, next) => {
    res.set("Cache-Control", "no-store");
    next();
  });
  app.use(sameOriginOnly(FROM_ANYWHERE));
  useBodies(app, SIGNED);
  for (const feature of features) app.use(ofOwnPaths(feature));
  app.use((_req, _res, next) => next(notFound()));
  app.use(
    errorPage(
      log,
      (req, key, params) => sayText(req.t.platform.refusals, key, params),
      (req, res, { status, ...shown }) => res.page("shell/error", shown, { title: req.t.platform.error_title, status }),
    ),
  );
  return { express: app, routes: entriesOf(features), session: sessions, signals, media, engines };
}

/** On the packages' own host there is nothing but packages: no page, no sign-in, no cookie. */
function onlyPackagesOf(host: string): express.RequestHandler {
  return (req, res, next) => {
    if (req.headers.host !== host || req.path.startsWith("/packages/")) next();
    else res.status(404).type("text").send("not found");
  };
}

/** Asks a feature only about addresses that begin as one of its own do: most requests pass most features by. */
function ofOwnPaths({ router, entries }: FeatureRoutes): express.RequestHandler {
  const beginnings = new Set(entries.map((entry) => firstPart(entry.path)));
  return (req, res, next) => {
    if (beginnings.has(firstPart(req.path))) router(req, res, next);
    else next();
  };
}

function firstPart(path: string): string {
  return path.split("/", 2)[1] ?? "";
}

function entriesOf(features: readonly FeatureRoutes[]): RouteEntry[] {
  return features.flatMap((feature) => [...feature.entries]);
}

function sessionMiddleware(deps: AppDeps, store: session.Store, lifeMinutes: number): express.RequestHandler {
  return session({
    name: COOKIE,
    secret: deps.sessionSecret,
    store,
    resave: false,
    saveUninitialized: false,
    cookie: { httpOnly: true, sameSite: "lax", secure: deps.config.secureCookies, path: "/", maxAge: lifeMinutes * 60_000 },
  });
}

/**
 * Puts on the request what every handler may rely on.
 *
 * @param known the person of the session, read together with it
 */
async function prepare(req: Request, deps: AppDeps & { blobs: BlobStore }, known: Visitor | undefined, signedOut: SignedOut): Promise<void> {
  req.db = deps.db;
  req.config = deps.config;
  req.mail = deps.mail;
  req.blobs = deps.blobs;
  req.now = (deps.clock ?? now)();
  req.signedOut = signedOut;
  req.visitor = req.user ? (known?.personId === req.user.personId ? known : undefined) : await ofToken(req);
  Object.defineProperty(req, "actor", {
    get(): Actor {
      if (!req.visitor) throw new Refusal(401, "role");
      return req.visitor;
    },
  });
  speak(req, req.session.lang ?? req.visitor?.language);
}

/** Sets the language of an answer: what was chosen, else what the browser asks for. */
function speak(req: Request, chosen: string | undefined): void {
  req.lang = languageOf(chosen, req.headers["accept-language"]);
  req.t = words[req.lang];
  req.f = formats[req.lang];
}

async function ofToken(req: Request): Promise<Visitor | undefined> {
  const personId = isApiRead(req) ? await personOfToken(req.db, req.headers.authorization, req.now) : undefined;
  return personId === undefined ? undefined : loadActor(req.db, personId, req.now);
}

/** A token only reads, and only the API. */
function isApiRead(req: Request): boolean {
  return req.method === "GET" && req.path.startsWith("/api/");
}

import { Router, type NextFunction, type Request, type RequestHandler, type Response } from "express";
import { isId } from "../ids.ts";
import { notFound } from "../errors.ts";

/**
 * Who may come to a route at all; the door inside decides about the thing itself. `guest`: whoever is signed in, and guests
 * without account, for whom nothing else that is signed in exists.
 */
export type Entrance = "public" | "signed_in" | "token" | "guest";
export type Method = "get" | "head" | "post" | "put" | "patch" | "delete";
export interface RouteEntry {
  method: Method;
  path: string;
  entrance: Entrance;
}

type Handler = (req: Request, res: Response, next: NextFunction) => unknown;

export interface FeatureRoutes {
  readonly router: Router;
  /** Every route of the feature: the reviewed access table is compared with this list. */
  readonly entries: readonly RouteEntry[];
  get(path: string, entrance: Entrance, ...handlers: Handler[]): void;
  head(path: string, entrance: Entrance, ...handlers: Handler[]): void;
  post(path: string, entrance: Entrance, ...handlers: Handler[]): void;
  put(path: string, entrance: Entrance, ...handlers: Handler[]): void;
  patch(path: string, entrance: Entrance, ...handlers: Handler[]): void;
  delete(path: string, entrance: Entrance, ...handlers: Handler[]): void;
}

/**
 * The routes of one feature. The only way to add a URL: no route can exist without saying who may come, and none is
 * missing from the list that the access test walks.
 */
export function featureRoutes(): FeatureRoutes {
  const router = Router({ caseSensitive: true, strict: true });
  const entries: RouteEntry[] = [];
  const add =
    (method: Method) =>
    (path: string, entrance: Entrance, ...handlers: Handler[]): void => {
      entries.push({ method, path, entrance });
      router[method](path, gate(entrance), ...(handlers as RequestHandler[]));
    };
  return {
    router,
    entries,
    get: add("get"),
    head: add("head"),
    post: add("post"),
    put: add("put"),
    patch: add("patch"),
    delete: add("delete"),
  };
}

/** Stops visitors who are not signed in; `req.signedOut` (set by the pipeline) answers people kindly, scripts get a plain 401. */
function gate(entrance: Entrance): RequestHandler {
  return (req, res, next) => {
    if (req.visitor?.isGuest === true && entrance !== "guest" && entrance !== "public") throw notFound();
    if (entrance === "public" || req.visitor !== undefined) next();
    else if (entrance === "token" || (req.method !== "GET" && asksForJson(req))) res.status(401).json({ error: "not_signed_in" });
    else req.signedOut(req, res);
  };
}

/** Whether a script of the page asks, which shows the answer itself; a browser that opens a page asks for HTML. */
export function asksForJson(req: Request): boolean {
  return req.accepts(["html", "json"]) === "json";
}

/** The identifier in a URL; a malformed one looks like an unknown one. */
export function idOf(value: unknown): string {
  if (!isId(value)) throw notFound();
  return value;
}

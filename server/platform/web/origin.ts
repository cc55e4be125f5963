import type { RequestHandler } from "express";
import { forbidden } from "../errors.ts";

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Refuses unsafe requests that another site makes a browser send (CSRF): `Sec-Fetch-Site` decides, or, where an old
 * phone does not send it, `Origin` must be our own host. With neither, form content types are refused. Requests that
 * carry a Bearer token use no cookie and need no check.
 *
 * @param fromAnywhere addresses that use no cookie: they serve everybody the same, or are proven by a signature
 */
export function sameOriginOnly(fromAnywhere: ReadonlySet<string>): RequestHandler {
  return (req, _res, next) => {
    if (SAFE.has(req.method) || fromAnywhere.has(req.path) || isFromHere(req.headers, req.headers.host)) next();
    else next(forbidden("cross_site"));
  };
}

export function isFromHere(headers: { [name: string]: string | string[] | undefined }, host: string | undefined): boolean {
  if (typeof headers["authorization"] === "string" && headers["authorization"].startsWith("Bearer ")) return true;
  const site = headers["sec-fetch-site"];
  if (typeof site === "string") return site === "same-origin" || site === "none";
  const origin = headers["origin"];
  if (typeof origin !== "string" || host === undefined) return false;
  return URL.canParse(origin) && new URL(origin).host === host;
}

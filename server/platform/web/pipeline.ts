import compression from "compression";
import express, { type Express, type RequestHandler } from "express";
import helmet from "helmet";
import { newId } from "../ids.ts";
import { LANGS, type Lang } from "../i18n.ts";

const FORM_BYTES_MAX = "1mb";
const FORM_FIELDS_MAX = 5000; // a plan of 140 lessons with ten fields a row, corrected in one form

/** Security headers. Everything comes from this host; no inline script or style; only our own pages may frame ours. @param frames other origins that a page may show in a frame */
export function headers(https: boolean, frames: readonly string[] = []): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", "data:", "blob:"],
        mediaSrc: ["'self'", "blob:"],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        workerSrc: ["'self'"],
        manifestSrc: ["'self'"],
        frameSrc: ["'self'", ...frames],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        objectSrc: ["'none'"],
        frameAncestors: ["'self'"],
      },
    },
    strictTransportSecurity: https ? { maxAge: 31_536_000, includeSubDomains: true } : false,
    referrerPolicy: { policy: "same-origin" },
    crossOriginOpenerPolicy: https ? { policy: "same-origin" } : false,
    originAgentCluster: false,
    xFrameOptions: { action: "sameorigin" },
  });
}

/** The first steps of every request, in the order in which they must run. */
export function useBasics(app: Express, https: boolean, frames: readonly string[] = []): void {
  app.use((req, res, next) => {
    req.id = newId();
    res.set("X-Request-Id", req.id);
    next();
  });
  app.use(headers(https, frames));
  app.use(compression());
}

/**
 * Reads plain forms and JSON. Files are read by the upload middleware of the route that takes them.
 *
 * @param signed addresses whose bodies are signed as bytes: their routes read them
 */
export function useBodies(app: Express, signed: ReadonlySet<string>): void {
  const others = (read: RequestHandler): RequestHandler => (req, res, next) => (signed.has(req.path) ? next() : read(req, res, next));
  app.use(others(express.urlencoded({ extended: false, limit: FORM_BYTES_MAX, parameterLimit: FORM_FIELDS_MAX })));
  app.use(others(express.json({ limit: "256kb", strict: true })));
}

/** The language of a visitor: what was chosen, else what the browser asks for, else Vietnamese. */
export function languageOf(chosen: string | undefined, accepted: string | undefined): Lang {
  const known = LANGS.find((lang) => lang === chosen);
  if (known) return known;
  return accepted !== undefined && /^en\b/i.test(accepted) ? "en" : "vi";
}

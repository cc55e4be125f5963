import type { ErrorRequestHandler, Request, Response } from "express";
import { Refusal, notFound } from "../errors.ts";
import type { Log } from "../log.ts";
import { asksForJson } from "./router.ts";

/** Shows a refusal or a failure to a person; handed in by the app, which knows the words. */
export type ShowError = (req: Request, res: Response, shown: { status: number; message: string; reference: string }) => void;
/** A refusal in the words of whoever asks. */
export type SayError = (req: Request, key: string, params: Refusal["params"]) => string;

/** The last handler: a Refusal in the person's words; anything else a calm page with a reference that finds it in the log. */
export function errorPage(log: Log, say: SayError, show: ShowError): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    if (res.headersSent) {
      next(error);
      return;
    }
    const refusal = refusalOf(error);
    if (refusal === undefined) {
      log.error({ reference: req.id, method: req.method, path: req.path, error: error instanceof Error ? error.stack : String(error) }, "unexpected");
    }
    const status = refusal?.status ?? 500;
    const key = refusal?.key ?? "unexpected";
    const message = say(req, key, refusal?.params ?? {});
    res.status(status).set("Cache-Control", "no-store");
    if (wantsJson(req)) {
      res.json({ error: key, message, reference: req.id });
      return;
    }
    show(req, res, { status, message, reference: req.id });
  };
}

function wantsJson(req: Request): boolean {
  return req.path.startsWith("/api/") || asksForJson(req);
}

/** Errors of the framework that are the sender's doing, in our terms. */
function refusalOf(error: unknown): Refusal | undefined {
  if (error instanceof Refusal) return error;
  if (error instanceof URIError) return notFound();
  if (!(error instanceof Error)) return undefined;
  const status = "status" in error && typeof error.status === "number" ? error.status : undefined;
  const type = "type" in error ? error.type : undefined;
  if (type === "entity.too.large" || type === "parameters.too.many") return new Refusal(413, "too_large");
  if (status !== undefined && status >= 400 && status < 500) return new Refusal(status, status === 404 ? "not_found" : "invalid");
  return undefined;
}

import type { Request, Response } from "express";
import { Server, type ServerOptions } from "@tus/server";
import { Refusal } from "../../platform/errors.ts";
import { sayText } from "../../platform/messages.ts";
import { IncomingFile, locks, TusError, type Ledger } from "../incoming.ts";
import { deleteUpload, noteReceived, type UploadRow } from "../store.ts";
import type { Granted } from "../../access/policy.ts";
import type { Sender } from "../kinds.ts";

/** The largest number of pieces' worth of time a dead request may hold an upload, in milliseconds. */
const DRAIN_MS = 1000;

type Hooks = Pick<ServerOptions, "onUploadCreate" | "namingFunction">;

/** Answers one request of the tus protocol, after the door. */
export async function answerTus(req: Request, res: Response, ledger: Ledger, hooks: Hooks = {}): Promise<void> {
  const server = new Server({
    path: "/uploads",
    datastore: new IncomingFile(req.blobs, ledger),
    locker: locks,
    lockDrainTimeout: DRAIN_MS,
    relativeLocation: true,
    allowedOrigins: () => false, // our own pages only
    ...hooks,
    onResponseError: (_request, error) => {
      const refusal = refusalOf(error);
      if (refusal === undefined) return undefined;
      const message = sayText(req.t.platform.refusals, refusal.key, refusal.params);
      return { status_code: refusal.status, body: JSON.stringify({ error: refusal.key, message }) };
    },
  });
  await server.handle(req, res);
}

/** What the store needs to know of an upload that is on its way. */
export function ledgerOf(req: Request, upload: Granted<"own", UploadRow>): Ledger {
  return {
    upload,
    at: req.now,
    onBytes: (total) => noteReceived(req.db, upload.id, total, req.now),
    onRemove: () => deleteUpload(req.db, upload),
  };
}

export function senderOf(req: Request): Sender {
  return { actor: req.actor, at: req.now, requestId: req.id };
}

function refusalOf(error: unknown): Refusal | undefined {
  if (error instanceof Refusal) return error;
  return error instanceof TusError && error.status_code === 507 ? new Refusal(507, "storage_full") : undefined;
}

import type { Request, Response } from "express";
import type { Granted } from "../../access/policy.ts";
import { notFound } from "../../platform/errors.ts";
import { asksForJson, idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { flash } from "../../shell/layout.ts";
import { openUpload } from "../access.ts";
import { finishUpload, type Outcome } from "../completion.ts";
import { bytesHere, locks, removeIncoming } from "../incoming.ts";
import type { UploadKind } from "../kinds.ts";
import { reasonText, uploadsPage } from "../pages.ts";
import { placesOf, type PlacedUpload } from "../places.ts";
import { deleteUpload, listUnfinished, type UploadRow } from "../store.ts";
import { answerTus, ledgerOf, senderOf } from "./tus.ts";

/** One upload of one's own: how far it came, the next piece, its end; and the list of those that are not finished. */
export function addUploads(routes: FeatureRoutes, kinds: readonly UploadKind[]): void {
  routes.get("/uploads", "signed_in", async (req, res) => {
    const placed = await unfinished(req, kinds);
    if (asksForJson(req)) return void res.json({ uploads: placed.map((upload) => asJson(req, kinds, upload)) });
    res.page("uploads/list", uploadsPage(req, placed), { title: req.t.uploads.unfinished });
  });

  routes.head("/uploads/:id", "signed_in", (req, res) => continueUpload(req, res));
  routes.patch("/uploads/:id", "signed_in", (req, res) => continueUpload(req, res));
  routes.delete("/uploads/:id", "signed_in", (req, res) => continueUpload(req, res));

  routes.post("/uploads/:id/completion", "signed_in", async (req, res) => {
    const id = idOf(req.params["id"]);
    const again = (): Promise<Granted<"own", UploadRow>> => openUpload(req.db, req.actor, id);
    const upload = await again();
    const kind = kindOf(kinds, upload);
    const outcome = await finishUpload({ db: req.db, blobs: req.blobs, locks }, kind, senderOf(req), again);
    if (asksForJson(req)) return answerOutcome(req, res, kind, outcome);
    if (outcome.ok) flash(req, req.t.uploads.finished(upload.name));
    else flash(req, `${upload.name}: ${reasonText(req.t, outcome.reason, outcome.params)}`, "bad");
    res.redirect(303, outcome.ok ? kind.hrefOf(outcome.kept.id) : "/uploads");
  });

  routes.post("/uploads/:id/removal", "signed_in", async (req, res) => {
    const upload = await openUpload(req.db, req.actor, idOf(req.params["id"]));
    await locks.hold(upload.id, async () => {
      await removeIncoming(req.blobs, upload.id);
      await deleteUpload(req.db, upload);
    });
    if (asksForJson(req)) return void res.status(204).end();
    flash(req, req.t.uploads.removed(upload.name));
    res.redirect(303, "/uploads");
  });
}

async function continueUpload(req: Request, res: Response): Promise<void> {
  const upload = await openUpload(req.db, req.actor, idOf(req.params["id"]));
  await answerTus(req, res, ledgerOf(req, upload));
}

async function unfinished(req: Request, kinds: readonly UploadKind[]): Promise<PlacedUpload[]> {
  const rows = await listUnfinished(req.db, req.actor.personId, req.now);
  const placed = await placesOf(req.db, kinds, rows);
  // The file says how far it came: after a crash the row may be a piece behind.
  return Promise.all(placed.map(async (row) => ({ ...row, received_bytes: (await bytesHere(req.blobs, row.id)) ?? row.received_bytes })));
}

function kindOf(kinds: readonly UploadKind[], upload: UploadRow): UploadKind {
  const kind = kinds.find((one) => one.name === upload.kind);
  if (kind === undefined) throw notFound();
  return kind;
}

function answerOutcome(req: Request, res: Response, kind: UploadKind, outcome: Outcome): void {
  if (outcome.ok) res.json({ status: outcome.kept.status, href: kind.hrefOf(outcome.kept.id) });
  else res.status(422).json({ status: "refused", reason: reasonText(req.t, outcome.reason, outcome.params) });
}

/** What the queue of a page needs to go on with a file that is chosen again. */
function asJson(req: Request, kinds: readonly UploadKind[], upload: PlacedUpload): Record<string, unknown> {
  const { id, name, mark, state, place_id: placeId } = upload;
  return {
    ...{ id, name, mark, state, url: `/uploads/${id}`, size: upload.size_bytes, received: upload.received_bytes },
    place: kindOf(kinds, upload).path.replace(":id", placeId),
    expires: req.f.moment(upload.expires_at),
  };
}

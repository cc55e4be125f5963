import type { Request } from "express";
import type { Upload } from "@tus/server";
import { invalid, Refusal } from "../../platform/errors.ts";
import { newId } from "../../platform/ids.ts";
import { cleanName } from "../../platform/web/file-kinds.ts";
import { readForm } from "../../platform/web/form.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { roomOf } from "../../materials/store/quota.ts";
import { KnownFileForm, TusMetadata } from "../forms.ts";
import type { Details, Place, UploadKind } from "../kinds.ts";
import { creationRefusal, OPEN_MAX } from "../rules.ts";
import { countUnfinished, createUpload, promisedBytes } from "../store.ts";
import { answerTus, senderOf } from "./tus.ts";

/** For every kind of place: beginning an upload there, and asking for a file that the library has. */
export function addPlaces(routes: FeatureRoutes, kinds: readonly UploadKind[]): void {
  for (const kind of kinds) {
    routes.post(`${kind.path}/uploads`, "signed_in", async (req, res) => {
      const placeId = idOf(req.params["id"]);
      const place = await kind.open(req.db, senderOf(req), placeId); // before the first byte
      const id = newId();
      const ledger = { upload: undefined, at: req.now, onBytes: nothing, onRemove: nothing };
      await answerTus(req, res, ledger, {
        namingFunction: () => id,
        onUploadCreate: async (_request, upload) => {
          await begin(req, kind, { placeId, place, upload });
          return {};
        },
      });
    });

    if (kind.known === undefined) continue;
    routes.post(`${kind.path}/known-files`, "signed_in", async (req, res) => {
      const sender = senderOf(req);
      const placeId = idOf(req.params["id"]);
      await kind.open(req.db, sender, placeId);
      const form = readForm(KnownFileForm, req.body);
      if (!form.ok) throw invalid();
      const { hash, size, name, ...details } = form.value;
      const found = await kind.known?.(req.db, sender, placeId, hash);
      if (found?.size !== size) return void res.json({ status: "unknown" });
      const file = { ...found, name: cleanName(name) };
      const kept = await req.db.transaction((trx) => kind.keep(trx, sender, placeId, file, detailsOf(details)));
      res.json({ status: kept.status === "saved" ? "known" : kept.status, href: kind.hrefOf(kept.id) });
    });
  }
}

/** Writes down what is to come, if it may; the tus server then makes the empty file. */
async function begin(req: Request, kind: UploadKind, { placeId, place, upload }: { placeId: string; place: Place; upload: Upload }): Promise<void> {
  const meta = TusMetadata.safeParse(upload.metadata ?? {});
  if (!meta.success || upload.size === undefined) throw invalid();
  const [room, promised, open] = await Promise.all([
    roomOf(req.db, place.schoolId, req.config.schoolQuotaBytes),
    promisedBytes(req.db, place.schoolId, req.now),
    countUnfinished(req.db, req.actor.personId, req.now),
  ]);
  const left = Math.max(0, room.left - promised);
  const max = Math.min(req.config.resumableMaxBytes, kind.bytesMax ?? Number.POSITIVE_INFINITY);
  const code = creationRefusal({ size: upload.size, max, left, open });
  if (code === "uploads_open") throw new Refusal(429, code, { max: OPEN_MAX });
  if (code !== undefined) throw new Refusal(code === "file_empty" ? 422 : 413, code, { max, left, quota: room.quota });
  const { name, mark, ...details } = meta.data;
  const file = { id: upload.id, kind: kind.name, placeId, schoolId: place.schoolId, details: detailsOf(details), name: cleanName(name), mark, size: upload.size };
  await createUpload(req.db, req.actor.personId, file, req.now);
}

function detailsOf(given: Record<string, string | undefined>): Details {
  return Object.fromEntries(Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function nothing(): Promise<void> {
  return Promise.resolve();
}

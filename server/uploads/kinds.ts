import type { Actor } from "../access/actor.ts";
import type { Instant } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import type { Stored } from "../platform/storage.ts";

/** Where an upload goes. */
export interface Place {
  schoolId: string;
}

/** Who uploads, when, under which request's number. */
export interface Sender {
  actor: Actor;
  at: Instant;
  requestId: string;
}

/** What a person said beside the file, as short texts. */
export type Details = Record<string, string>;

/** A whole file whose content is known; it lies in the blob store. */
export interface ArrivedFile extends Stored {
  name: string;
  mime: string;
  family: string;
}

/** What became of a file. `known`: it was there already. `linked`: what was there now serves this place as well. */
export interface Kept {
  id: string;
  status: "saved" | "known" | "linked";
}

/**
 * What files can be sent for: one for each kind of place. A feature that wants resumable uploads describes a kind and adds
 * it to server/upload-kinds.ts; the routes, the unfinished list, quota, expiry and repair after a crash come with it.
 */
export interface UploadKind {
  /** Kept in the row of the upload; never changed. */
  readonly name: string;
  /** The place's address with `:id`. Below it: `uploads` begins an upload, `known-files` asks for one by its hash. */
  readonly path: string;
  /** Kinds of files taken, by their usual extension. */
  readonly accept: ReadonlySet<string>;
  /** Takes any ZIP as it is: the kind unpacks it and judges what is inside. */
  readonly archives?: true;
  /** The largest file, in bytes, where it is less than the installation takes. */
  readonly bytesMax?: number;
  /** The door: throws where this person may not upload here. */
  open(db: Db, sender: Sender, placeId: string): Promise<Place>;
  /**
   * Makes of the file what it was sent for, through the place's door. Runs in the transaction that marks the upload as
   * finished, and again after a crash: twice must be as once. A Refusal becomes the reason that the sender is told.
   */
  keep(trx: Db, sender: Sender, placeId: string, file: ArrivedFile, details: Details): Promise<Kept>;
  /**
   * A file of this content that the sender may read where the upload would go. Only that: a hash must not tell what other
   * schools have, nor fetch it. Without it the kind knows no duplicates.
   */
  known?(db: Db, sender: Sender, placeId: string, hash: string): Promise<ArrivedFile | undefined>;
  /** What these places are called and where they are seen, for the list of unfinished uploads. */
  describe(db: Db, placeIds: readonly string[]): Promise<Map<string, { title: string; href: string }>>;
  /** The page of what a file became. */
  hrefOf(resultId: string): string;
}

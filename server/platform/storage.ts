import type { Readable } from "node:stream";

/** A file's content as the store knows it: its SHA-256 in hexadecimal, which is also its key, and its length. */
export interface Stored {
  hash: string;
  size: number;
}

/** A temporary file that was hashed while it was written. */
export interface HashedFile extends Stored {
  path: string;
}

/** Part of a file: both ends belong to it, as in an HTTP Range. */
export interface ByteRange {
  start: number;
  end: number;
}

/**
 * Where files live, by the hash of their content: the same file twice is one blob, and no name that a person typed ever
 * becomes a path. Names, types and who may read are rows of the database. Every implementation passes
 * test/support/blob-store-contract.ts.
 */
export interface BlobStore {
  /** A folder for temporary files from which `adopt` is cheap. */
  readonly incoming: string;
  /** Stores a stream; what was there already under the same hash stays. */
  put(content: Readable): Promise<Stored>;
  /** Takes over a temporary file. Afterwards the file is gone from where it was. */
  adopt(file: HashedFile): Promise<Stored>;
  /** What is known of a blob, or undefined where there is none. */
  stat(hash: string): Promise<Stored | undefined>;
  /** @throws BlobMissing before the first byte where there is no such blob. */
  open(hash: string, range?: ByteRange): Promise<Readable>;
  /** Every blob that nobody brought since an instant; taking over a file that is there already counts as bringing it. */
  unbroughtSince(instant: string): AsyncIterable<string>;
  /** Removing what is not there changes nothing. */
  remove(hash: string): Promise<void>;
}

/** The database names a blob that the store does not hold: a damaged installation, never a person's doing. */
export class BlobMissing extends Error {
  constructor(hash: string) {
    super(`no blob ${hash}`);
    this.name = "BlobMissing";
  }
}

export function isHash(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

/** A bucket that speaks S3. Without keys the SDK looks where it always does: the environment, the machine's role. */
export interface S3Address {
  endpoint: string | undefined;
  region: string;
  bucket: string;
  keys: { id: string; secret: string } | undefined;
  /** A folder of this machine for what is on its way in. */
  incoming: string;
}

/** Where files lie: a folder, or a bucket. */
export type StorageAddress = { folder: string } | { s3: S3Address };

import { createReadStream } from "node:fs";
import { rm, stat as statFile } from "node:fs/promises";
import { Readable } from "node:stream";
import { DeleteObjectCommand, GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, S3Client, type GetObjectCommandOutput } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { BlobMissing, isHash, type BlobStore, type HashedFile, type S3Address, type Stored } from "../storage.ts";
import { writeHashed } from "./disk.ts";

/** A part of a multipart upload, in bytes: what is sent again when a line to the store breaks. */
const PART_BYTES = 8 * 1024 * 1024;

/**
 * Blobs as objects `ab/cd/<hash>` of a bucket that speaks S3 (Ceph, MinIO, a cloud). What arrives is written to a folder of
 * this machine first, because its name is only known when the last byte has been hashed.
 */
export function s3Store(address: S3Address): BlobStore {
  const { bucket, incoming } = address;
  const client = new S3Client({
    region: address.region,
    forcePathStyle: true, // the bucket in the path: works without a name server that knows every bucket
    ...(address.endpoint === undefined ? {} : { endpoint: address.endpoint }),
    ...(address.keys === undefined ? {} : { credentials: { accessKeyId: address.keys.id, secretAccessKey: address.keys.secret } }),
    // Newer checksums than the protocol's own are unknown to most stores that are not Amazon's; every blob has a SHA-256.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  });
  const object = (hash: string): { Bucket: string; Key: string } => ({ Bucket: bucket, Key: keyOf(hash) });

  async function stat(hash: string): Promise<Stored | undefined> {
    const found = await client.send(new HeadObjectCommand(object(hash))).catch(nothingThere);
    return found && { hash, size: found.ContentLength ?? 0 };
  }

  /**
   * Sends the file unless the bucket has it whole and took it lately: one that lay there for long is sent again, so that no
   * sweeper takes it for forgotten. Two at once send the same bytes to the same key, which changes nothing.
   */
  async function adopt(file: HashedFile): Promise<Stored> {
    const there = await client.send(new HeadObjectCommand(object(file.hash))).catch(nothingThere);
    const age = (await lastChange(file.path)) - (there?.LastModified?.getTime() ?? 0);
    if (there?.ContentLength !== file.size || age > FRESH_MS) {
      const upload = new Upload({ client, partSize: PART_BYTES, queueSize: 2, params: { ...object(file.hash), Body: createReadStream(file.path) } });
      await upload.done();
    }
    await rm(file.path, { force: true });
    return { hash: file.hash, size: file.size };
  }

  return {
    incoming,
    stat,
    adopt,
    async put(content) {
      const file = await writeHashed(content, incoming);
      return adopt(file).finally(() => rm(file.path, { force: true }));
    },
    async open(hash, range) {
      const wanted = range === undefined ? {} : { Range: `bytes=${range.start}-${range.end}` };
      const found: GetObjectCommandOutput | undefined = await client.send(new GetObjectCommand({ ...object(hash), ...wanted })).catch(nothingThere);
      if (!(found?.Body instanceof Readable)) throw new BlobMissing(hash);
      return found.Body;
    },
    async *unbroughtSince(instant) {
      for (let from: string | undefined; ; ) {
        const page = await client.send(new ListObjectsV2Command({ Bucket: bucket, ContinuationToken: from }));
        for (const { Key = "", LastModified } of page.Contents ?? []) {
          const hash = Key.split("/").at(-1) ?? "";
          if (isHash(hash) && LastModified && LastModified.toISOString() < instant) yield hash;
        }
        from = page.NextContinuationToken;
        if (from === undefined) return;
      }
    },
    async remove(hash) {
      await client.send(new DeleteObjectCommand(object(hash))).catch(nothingThere);
    },
  };
}

/** For so long after it was brought no sweeper looks at a blob; half of a day, as the sweeper waits a whole one. */
const FRESH_MS = 12 * 3_600_000;

async function lastChange(file: string): Promise<number> {
  return (await statFile(file)).mtimeMs;
}

/** Nothing but a hash becomes a key. */
function keyOf(hash: string): string {
  if (!isHash(hash)) throw new BlobMissing(hash.slice(0, 80));
  return `${hash.slice(0, 2)}/${hash.slice(2, 4)}/${hash}`;
}

/** A HEAD answers without a body, so the SDK only knows the number; a GET says which error it is. */
function nothingThere(error: unknown): undefined {
  if (error instanceof Error && ["NotFound", "NoSuchKey"].includes(error.name)) return undefined;
  throw error;
}

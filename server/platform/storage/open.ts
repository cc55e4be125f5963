import type { BlobStore, StorageAddress } from "../storage.ts";
import { diskStore } from "./disk.ts";

/** The store that the settings name. The SDK of S3 is large and only loaded where it is used. */
export async function openStore(address: StorageAddress): Promise<BlobStore> {
  if ("folder" in address) return diskStore(address.folder);
  const { s3Store } = await import("./s3.ts");
  return s3Store(address.s3);
}

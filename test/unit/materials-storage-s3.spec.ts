import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { expect } from "chai";
import { s3Store } from "../../server/platform/storage/s3.ts";
import { itIsABlobStore } from "../support/blob-store-contract.ts";
import { freePort } from "../support/port.ts";
import type { BlobStore, S3Address } from "../../server/platform/storage.ts";

/** The keys that the test's server takes. */
const KEYS = { id: "S3RVER", secret: "S3RVER" };

describe("blobs in a bucket, with a real S3 server beside", function () {
  let folder: string;
  let server: ChildProcess;
  let endpoint: string;
  let made = 0;
  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "hoc-lieu-s3-"));
    const port = await freePort();
    endpoint = `http://127.0.0.1:${port}`;
    const buckets = Array.from({ length: 30 }, (_, i) => ["--configure-bucket", `bucket-${i}`]).flat();
    server = spawn(process.execPath, ["node_modules/s3rver/bin/s3rver.js", "-d", path.join(folder, "server"), "-p", String(port), "-a", "127.0.0.1", ...buckets], { stdio: ["ignore", "pipe", "inherit"] });
    await new Promise<void>((resolve, reject) => {
      server.stdout?.on("data", (said: Buffer) => said.includes("listening") && resolve());
      server.once("exit", () => reject(new Error("the S3 server did not start")));
    });
  });
  after(() => {
    server.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A store on an empty bucket. */
  function fresh(): BlobStore {
    made += 1;
    const address: S3Address = { endpoint, region: "us-east-1", bucket: `bucket-${made}`, keys: KEYS, incoming: path.join(folder, `incoming-${made}`) };
    return s3Store(address);
  }

  itIsABlobStore(() => Promise.resolve(fresh()));

  it("leave nothing on this machine once they are in the bucket", async () => {
    const store = fresh();
    await store.put(Readable.from(["bài giảng"]));
    expect(readdirSync(store.incoming)).to.deep.equal([]);
  });

  it("say that the bucket cannot be reached, rather than that a blob is missing", async () => {
    const store = s3Store({ endpoint, region: "us-east-1", bucket: "no-such-bucket", keys: KEYS, incoming: path.join(folder, "incoming-x") });
    const failure = await store.open("0".repeat(64)).then(() => undefined, (error: unknown) => error);
    expect(failure).to.have.property("name", "NoSuchBucket");
  });
});

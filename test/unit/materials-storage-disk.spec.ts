import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { expect } from "chai";
import { diskStore, sweepIncoming } from "../../server/platform/storage/disk.ts";
import { itIsABlobStore } from "../support/blob-store-contract.ts";

describe("blobs on a disk", () => {
  const folders: string[] = [];
  const folder = (): string => {
    const made = mkdtempSync(path.join(tmpdir(), "hoc-lieu-blobs-"));
    folders.push(made);
    return made;
  };
  after(() => folders.forEach((made) => rmSync(made, { recursive: true, force: true })));

  itIsABlobStore(() => Promise.resolve(diskStore(folder())));

  it("lie at ab/cd/<hash>, and no temporary file stays", async () => {
    const root = folder();
    const store = diskStore(root);
    const { hash } = await store.put(Readable.from(["bài giảng"]));
    expect(existsSync(path.join(root, hash.slice(0, 2), hash.slice(2, 4), hash))).to.equal(true);
    expect(readdirSync(store.incoming)).to.deep.equal([]);
  });

  it("sweeps temporary files that a killed process left, and no others", async () => {
    const store = diskStore(folder());
    await store.put(Readable.from(["x"]));
    writeFileSync(path.join(store.incoming, "old"), "x");
    writeFileSync(path.join(store.incoming, "new"), "x");
    utimesSync(path.join(store.incoming, "old"), new Date("2026-11-01T00:00:00Z"), new Date("2026-11-01T00:00:00Z"));
    utimesSync(path.join(store.incoming, "new"), new Date("2026-11-24T00:00:00Z"), new Date("2026-11-24T00:00:00Z"));
    expect(await sweepIncoming(store, "2026-11-23T00:00:00.000Z")).to.equal(1);
    expect(readdirSync(store.incoming)).to.deep.equal(["new"]);
  });
});

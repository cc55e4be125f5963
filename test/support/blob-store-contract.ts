import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { expect } from "chai";
import { BlobMissing, type BlobStore } from "../../server/platform/storage.ts";

const SHEET = Buffer.from("Phiếu học tập số 1: Tập hợp. ".repeat(4000));
const hashOf = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

/** What every BlobStore does; each implementation's spec calls this with a store on an empty place. */
export function itIsABlobStore(make: () => Promise<BlobStore>): void {
  let store: BlobStore;
  beforeEach(async () => {
    store = await make();
  });

  it("gives back what was put, under the hash of its content", async () => {
    const stored = await store.put(Readable.from([SHEET.subarray(0, 7), SHEET.subarray(7)]));
    expect(stored).to.deep.equal({ hash: hashOf(SHEET), size: SHEET.length });
    expect(await read(await store.open(stored.hash))).to.deep.equal(SHEET);
    expect(await store.stat(stored.hash)).to.deep.equal(stored);
  });

  it("stores the same content once, whoever comes second", async () => {
    const both = await Promise.all([store.put(Readable.from([SHEET])), store.put(Readable.from([SHEET]))]);
    expect(both[0]).to.deep.equal(both[1]);
    await store.remove(both[0].hash);
    expect(await store.stat(both[0].hash)).to.equal(undefined);
  });

  it("takes over a temporary file, also when the content is there already", async () => {
    for (const name of ["first", "second"]) {
      await mkdir(store.incoming, { recursive: true });
      const file = path.join(store.incoming, name);
      await writeFile(file, SHEET);
      expect(await store.adopt({ path: file, hash: hashOf(SHEET), size: SHEET.length })).to.deep.equal({ hash: hashOf(SHEET), size: SHEET.length });
      expect(existsSync(file)).to.equal(false);
    }
    expect(await read(await store.open(hashOf(SHEET)))).to.deep.equal(SHEET);
  });

  it("takes over the same content from several people at once", async () => {
    await mkdir(store.incoming, { recursive: true });
    const files = ["a", "b", "c", "d"].map((name) => path.join(store.incoming, name));
    for (const file of files) await writeFile(file, SHEET);
    const stored = { hash: hashOf(SHEET), size: SHEET.length };
    const adopted = await Promise.all(files.map((file) => store.adopt({ path: file, ...stored })));
    expect(adopted).to.deep.equal(files.map(() => stored));
    expect(files.filter((file) => existsSync(file))).to.deep.equal([]);
    expect(await read(await store.open(stored.hash))).to.deep.equal(SHEET);
  });

  it("keeps a blob of many megabytes as it was, and reads from its middle", async () => {
    const film = Buffer.alloc(20_000_003, "mười hai con giáp ");
    const { hash } = await store.put(Readable.from([film.subarray(0, 9_000_000), film.subarray(9_000_000)]));
    expect(hash).to.equal(hashOf(film));
    expect(await store.stat(hash)).to.deep.equal({ hash, size: film.length });
    expect(await read(await store.open(hash, { start: 16_777_210, end: 16_777_230 }))).to.deep.equal(film.subarray(16_777_210, 16_777_231));
    expect(hashOf(await read(await store.open(hash)))).to.equal(hash);
  });

  it("reads a part of a blob, both ends included", async () => {
    const { hash } = await store.put(Readable.from([SHEET]));
    expect(await read(await store.open(hash, { start: 10, end: 19 }))).to.deep.equal(SHEET.subarray(10, 20));
    const last = SHEET.length - 1;
    expect(await read(await store.open(hash, { start: last, end: last }))).to.deep.equal(SHEET.subarray(last));
  });

  it("keeps an empty blob", async () => {
    const { hash, size } = await store.put(Readable.from([]));
    expect(size).to.equal(0);
    expect(await read(await store.open(hash))).to.have.length(0);
  });

  it("says that a blob is missing before the first byte, and removes what is not there without a word", async () => {
    const unknown = "0".repeat(64);
    expect(await store.stat(unknown)).to.equal(undefined);
    await store.remove(unknown);
    expect(await failureOf(store.open(unknown))).to.be.instanceOf(BlobMissing);
  });

  it("lists what nobody brought since an instant, each once", async () => {
    const hashes = await Promise.all(["một", "hai", "ba"].map(async (text) => (await store.put(Readable.from([text]))).hash));
    const listed = async (since: string): Promise<string[]> => {
      const found: string[] = [];
      for await (const hash of store.unbroughtSince(since)) found.push(hash);
      return found.sort();
    };
    expect(await listed("2100-01-01T00:00:00.000Z")).to.deep.equal([...hashes].sort());
    expect(await listed("2020-01-01T00:00:00.000Z")).to.deep.equal([]);
  });

  it("takes nothing but a hash for a key", async () => {
    for (const key of ["", "../../etc/passwd", "ab/cd", `${"0".repeat(63)}\0`, "G".repeat(64), `${"0".repeat(64)}/x`]) {
      expect(await failureOf(store.open(key)), key).to.be.instanceOf(BlobMissing);
    }
  });

  it("leaves nothing behind when the source breaks off", async () => {
    const broken = Readable.from(
      (async function* () {
        yield SHEET;
        throw new Error("the line was lost");
      })(),
    );
    expect(await failureOf(store.put(broken))).to.have.property("message", "the line was lost");
    expect(await store.stat(hashOf(SHEET))).to.equal(undefined);
  });
}

async function read(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => expect.fail("it should have failed"),
    (error: unknown) => error,
  );
}

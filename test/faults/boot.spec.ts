import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";

/** Runs `npm start` as it is and answers what it said, until it says `until` or ends. */
function run(env: Record<string, string>, until?: RegExp): Promise<{ code: number | null; said: string; warned: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ["server/start.mjs"], { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    let warned = "";
    child.stdout.on("data", (part: Buffer) => {
      said += part.toString();
      if (until?.test(said)) child.kill("SIGTERM");
    });
    child.stderr.on("data", (part: Buffer) => (warned += part.toString()));
    child.once("exit", (code) => resolve({ code, said, warned }));
  });
}

describe("starting the server", function () {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), "hoc-lieu-boot-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const home = (name: string): Record<string, string> => ({
    DATA_DIR: path.join(folder, name),
    UPLOADS_DIR: path.join(folder, name, "uploads"),
    HOST: "127.0.0.1",
    PORT: String(25_000 + (process.pid % 5000)),
  });

  it("on an empty database prints a link for the first administrator, and the address", async () => {
    const { code, said } = await run(home("fresh"), /Học Liệu: http/);
    expect(said).to.match(/http:\/\/localhost:\d+\/set-up\/\S{20,}/);
    expect(code).to.equal(0);
  });

  it("says in one line that the port is taken", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const port = (other.address() as AddressInfo).port;
    const { code, warned } = await run({ ...home("port"), PORT: String(port) });
    other.close();
    expect(code).to.equal(1);
    expect(warned.trim().split("\n")).to.have.length(1);
    expect(warned).to.match(/port/i);
  });

  it("says in one line that the data folder cannot be written", async () => {
    const file = path.join(folder, "a-file");
    writeFileSync(file, "");
    const { code, warned } = await run({ ...home("x"), DATA_DIR: path.join(file, "data") });
    expect(code).to.equal(1);
    expect(warned.trim().split("\n")).to.have.length(1);
    expect(warned).to.include("DATA_DIR");
  });

  it("says in one line which setting cannot be used", async () => {
    const { code, warned } = await run({ ...home("y"), UPLOAD_MAX_MB: "many" });
    expect(code).to.equal(1);
    expect(warned.trim().split("\n")).to.have.length(1);
    expect(warned).to.include("UPLOAD_MAX_MB");
  });
});

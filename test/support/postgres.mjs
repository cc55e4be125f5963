// A PostgreSQL server for the tests: the one named by TEST_DATABASE_URL, or one started here in a temporary folder from
// the programs that the machine has. Undefined where it has none.
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/**
 * @param {string} [kept] a folder whose data outlives the run, as the bench's does
 * @returns {Promise<{ url: string, stop: () => void } | undefined>}
 */
export async function startPostgres(kept) {
  const given = process.env.TEST_DATABASE_URL;
  if (given) return { url: given, stop: () => undefined };
  const bin = programs();
  if (bin === undefined) return undefined;
  const folder = kept ?? mkdtempSync(path.join(tmpdir(), "hoc-lieu-pg-"));
  mkdirSync(folder, { recursive: true });
  const port = 20_000 + (process.pid % 20_000);
  const asRoot = process.getuid?.() === 0;
  if (asRoot) {
    execFileSync("chown", ["postgres", folder]);
    chmodSync(folder, 0o700);
  }
  // PostgreSQL refuses to run as root; Debian's package brings a user for it.
  const run = (program, args) =>
    asRoot
      ? execFileSync("setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", path.join(bin, program), ...args], { stdio: "pipe", cwd: folder })
      : execFileSync(path.join(bin, program), args, { stdio: "pipe", cwd: folder });
  const data = path.join(folder, "data");
  if (existsSync(path.join(data, "postmaster.pid"))) {
    try {
      run("pg_ctl", ["-D", data, "-w", "-m", "fast", "stop"]); // a run that was killed left its server behind
    } catch {
      // It is gone already; PostgreSQL clears up after it.
    }
  }
  if (!existsSync(path.join(data, "PG_VERSION"))) run("initdb", ["-D", data, "-U", "postgres", "--auth=trust", "--no-sync", "--locale=C", "--encoding=UTF8"]);
  // With a database for every test, autovacuum would do nothing but go from one to the next.
  const ofTests = kept === undefined ? " -c autovacuum=off -c full_page_writes=off -c synchronous_commit=off" : "";
  run("pg_ctl", ["-D", data, "-w", "-l", path.join(folder, "log"), "-o", `-p ${port} -k ${folder} -c listen_addresses=127.0.0.1 -c fsync=off${ofTests}`, "start"]);
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    stop() {
      run("pg_ctl", ["-D", data, "-w", "-m", kept === undefined ? "immediate" : "fast", "stop"]);
      if (kept === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

function programs() {
  const debian = "/usr/lib/postgresql";
  const places = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)).map((version) => path.join(debian, version, "bin")) : [];
  places.push("/opt/homebrew/bin", "/usr/local/bin", "/opt/homebrew/opt/postgresql@17/bin", "/opt/homebrew/opt/postgresql@16/bin");
  const found = places.find((place) => existsSync(path.join(place, "initdb")) && existsSync(path.join(place, "pg_ctl")));
  if (found) return found;
  const { stdout, status } = spawnSync("pg_config", ["--bindir"], { encoding: "utf8" });
  const bindir = status === 0 ? stdout.trim() : "";
  return bindir !== "" && existsSync(path.join(bindir, "initdb")) ? bindir : undefined;
}

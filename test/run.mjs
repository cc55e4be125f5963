// Runs every check and every suite and ends with the sum alone on a line. Two lanes, as each suite keeps one core busy, and a
// third of what waits as much as it works: what one lane does next waits for nothing in the others. The look at every page, the
// longest, stands behind the tests in a browser that talk to each other. What each suite says stays together.
// `npm test -- unit http` runs only those. A suite whose tool is missing is skipped by name; in CI that is a failure.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { setPriority, tmpdir } from "node:os";
import path from "node:path";
import { startPostgres } from "./support/postgres.mjs";

const ROOT = path.resolve(import.meta.dirname, "..");
const EVERY = "test/browser/every-page.spec.ts";
const wanted = process.argv.slice(2);
const reports = mkdtempSync(path.join(tmpdir(), "hoc-lieu-reports-"));
let passed = 0;
let failed = 0;
const skipped = [];
const reasons = [];
const again = [];

process.chdir(ROOT);
await Promise.all([
  inTurn([check, () => suite("http"), everyPage]),
  inTurn([() => suite("unit"), () => suite("realtime"), onPostgres, browser]),
  inTurn([() => suite("faults"), digitising]),
]);
rmSync(reports, { recursive: true, force: true });

// Said once more where whoever sees only the end of the output finds it.
for (const reason of reasons) console.log(`\nfailed: ${reason}`);
for (const line of again) console.log(`passed or failed at a second try only: ${line}`);
for (const line of skipped) console.log(`skipped: ${line}`);
if (skipped.length > 0 && process.env.CI) failed += skipped.length;
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

async function inTurn(works) {
  for (const work of works) await work();
}

function isWanted(label) {
  const [name = label] = label.split(", ");
  return wanted.length === 0 || wanted.includes(name);
}

async function check() {
  if (!isWanted("check")) return;
  for (const script of ["check:types", "lint", "check:views", "messages"]) {
    const status = await run(script, "npm", ["run", "--silent", script, ...(script === "messages" ? ["--", "--check"] : [])]);
    if (status === 0) passed += 1;
    else {
      failed += 1;
      reasons.push(`${script}: see above`);
    }
  }
}

/** Runs a command and prints what it said when it has ended; gives its exit status. `behind`: others go before it. */
async function run(label, command, args, env = {}, behind = false) {
  const child = spawn(command, args, { stdio: ["inherit", "pipe", "pipe"], env: { ...process.env, ...env }, shell: command === "npm" && process.platform === "win32" });
  if (behind && child.pid !== undefined) setPriority(child.pid, 10);
  const said = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (part) => said.push(part));
  console.log(`\n... ${label}`);
  const [status] = await once(child, "close");
  console.log(`\n=== ${label}`);
  process.stdout.write(Buffer.concat(said));
  return status;
}

async function suite(name, env = {}, label = name, { files = [`test/${name}/**/*.spec.ts`], behind = false } = {}) {
  if (!isWanted(label)) return;
  const report = path.join(reports, `${label}.json`);
  const args = ["node_modules/mocha/bin/mocha.js", "--reporter", "./test/support/reporter.cjs", ...files];
  const status = await run(label, process.execPath, args, { ...env, TEST_REPORT: report }, behind);
  const sums = existsSync(report) ? JSON.parse(readFileSync(report, "utf8")) : { passes: 0, failures: 0, pending: 0, reasons: [], again: [] };
  passed += sums.passes;
  failed += sums.failures;
  reasons.push(...sums.reasons.map((reason) => `${label}: ${reason}`));
  again.push(...sums.again.map((line) => `${label}: ${line}`));
  if (sums.pending > 0) skip(label, `${sums.pending} tests did not run`);
  if (status !== 0 && sums.failures === 0) {
    failed += 1; // it died before it could count
    reasons.push(`${label}: ended with status ${status}`);
  }
}

async function onPostgres() {
  if (!isWanted("postgres")) return;
  const server = await startPostgres();
  if (server === undefined) return skip("postgres", "no PostgreSQL: install one or set TEST_DATABASE_URL");
  await suite("http", { TEST_DATABASE_URL: server.url }, "postgres");
  server.stop();
}

async function digitising() {
  const missing = converters();
  if (missing.length > 0) skip("digitising", `not installed: ${missing.join(", ")}`);
  else await suite("digitising");
}

async function browser() {
  const others = readdirSync("test/browser").filter((file) => file.endsWith(".spec.ts")).map((file) => `test/browser/${file}`);
  await inBrowser("browser", { files: others.filter((file) => file !== EVERY) });
}

async function everyPage() {
  await inBrowser("browser, every page", { files: [EVERY], behind: true });
}

async function inBrowser(label, how) {
  const place = chromium();
  if (place === undefined) skip(label, "no Chromium: install one or set CHROME_PATH");
  else await suite("browser", { CHROME_PATH: place }, label, how);
}

function skip(name, why) {
  if (isWanted(name)) skipped.push(`${name} (${why})`);
}

/** Programs that digitising uses and that are not on this machine. */
function converters() {
  const programs = { "poppler-utils": ["pdftoppm", "-v"], "tesseract-ocr-vie": ["tesseract", "--list-langs"], ffmpeg: ["ffprobe", "-version"], libreoffice: ["soffice", "--version"] };
  return Object.entries(programs)
    .filter(([name, [command, ...args]]) => {
      const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8" });
      return status !== 0 || (name === "tesseract-ocr-vie" && !/^vie$/m.test(stdout + stderr));
    })
    .map(([name]) => name);
}

function chromium() {
  const places = [
    process.env.CHROME_PATH,
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
  ];
  return places.find((place) => place !== undefined && existsSync(place));
}

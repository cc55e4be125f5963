/**
 * `npm run bench`: requests a second of the main pages against the reference page, at 1, 10 and 50 at once, and the bytes
 * of a first and a repeated visit. Ratios are what counts: the reference and the page are measured in turn, three times,
 * and the middle of the three ratios is shown, so that a moment in which the machine was busy elsewhere decides nothing.
 *
 * BENCH_SECONDS sets the length of each measurement. `npm run bench -- pages` and `npm run bench -- search` measure one of
 * the two alone; without them the search (see search.ts) comes last, on both databases. `npm run bench -- live` measures the
 * sound and picture of classes (see live.ts), `npm run bench -- province` the figures of a whole province (see province.ts);
 * both want a machine for themselves.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { brotliCompressSync } from "node:zlib";
import { DEMO_PASSWORD } from "../../server/demo/schools.ts";
import { countOf, openDatabase } from "../../server/platform/db.ts";
import { Client, linkIn } from "../support/client.ts";
import { AT_ONCE, FOLDER, middle, rate, ROUNDS, SECONDS, serve, serveReference } from "./measure.ts";

const FIRST_VISIT_MAX = 100_000;
const REPEAT_VISIT_MAX = 20_000;

interface Page {
  name: string;
  path: string;
  cookie: string;
}

if (process.argv.includes("live")) {
  await new Promise((resolve) => spawn(process.execPath, ["--import=tsx", "test/bench/live.ts", ...process.argv.slice(2)], { stdio: "inherit" }).once("exit", resolve));
  process.exit(0);
}
for (const alone of ["province", "search"]) {
  if (!process.argv.includes(alone)) continue;
  await onBothEngines(`test/bench/${alone}.ts`);
  process.exit(0);
}

const folder = mkdtempSync(path.join(tmpdir(), "hoc-lieu-bench-"));
const port = 20_000 + (process.pid % 20_000);
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));

const lms = `http://127.0.0.1:${port}`;
await serve("server/start.mjs", ["--demo"], { DATA_DIR: folder, UPLOADS_DIR: path.join(folder, "uploads"), PORT: String(port), HOST: "127.0.0.1" }, /Học Liệu: /);
const reference = await serveReference(path.join(folder, "hoc-lieu.sqlite"));
const pages = await mainPages();
await untilDigitised();

process.stdout.write(`\nrequests/s and ratio to the reference (middle of ${ROUNDS} rounds of ${SECONDS} s)\n`);
process.stdout.write(`${"page".padEnd(18)}${AT_ONCE.map((n) => `${n} at once`.padStart(22)).join("")}\n`);
const base: number[] = [];
for (const connections of AT_ONCE) base.push(await rate(reference, connections));
process.stdout.write(`${"reference".padEnd(18)}${base.map((r) => `${r.toFixed(0)}   1.00`.padStart(22)).join("")}\n`);
let slow = 0;
for (const page of pages) {
  const cells: string[] = [];
  for (const connections of AT_ONCE) {
    const { own, ratio } = await middle({ url: lms + page.path, cookie: page.cookie }, reference, connections);
    if (ratio < 0.5) slow += 1;
    cells.push(`${own.toFixed(0)}   ${ratio.toFixed(2)}`.padStart(22));
  }
  process.stdout.write(`${page.name.padEnd(18)}${cells.join("")}\n`);
}
process.stdout.write(`\n${slow} of ${pages.length * AT_ONCE.length} measurements are below half of the reference\n\nbytes transferred (brotli)\n`);
for (const page of pages) {
  const { first, repeat } = await bytesOf(page);
  const over = first > FIRST_VISIT_MAX || repeat > REPEAT_VISIT_MAX ? "  OVER BUDGET" : "";
  process.stdout.write(`${page.name.padEnd(18)}first visit ${(first / 1000).toFixed(1)} KB, repeat ${(repeat / 1000).toFixed(1)} KB${over}\n`);
}
if (!process.argv.includes("pages")) await onBothEngines("test/bench/search.ts");
process.exit(0);

/** On SQLite, then on PostgreSQL where a server can be started. */
async function onBothEngines(program: string): Promise<void> {
  const run = (env: Record<string, string>): Promise<void> =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, ["--import=tsx", program], { env: { ...process.env, ...env }, stdio: "inherit" });
      child.once("exit", (code) => (code === 0 ? resolve() : reject(new Error(`${program} ended with ${code}`))));
    });
  await run({});
  const { startPostgres } = (await import("../support/postgres.mjs" as string)) as { startPostgres: (kept?: string) => Promise<{ url: string; stop: () => void } | undefined> };
  const postgres = await startPostgres(path.join(FOLDER, "postgres"));
  if (postgres === undefined) process.stdout.write("No PostgreSQL on this machine: it is not measured.\n");
  else await run({ TEST_DATABASE_URL: postgres.url }).finally(() => postgres.stop());
}

/** The pages of the issue, as the people who open them, found by following links as they do. */
async function mainPages(): Promise<Page[]> {
  const teacher = await new Client(lms).signIn("giaovien", DEMO_PASSWORD);
  const leader = await new Client(lms).signIn("hieutruong", DEMO_PASSWORD);
  const officer = await new Client(lms).signIn("canboso", DEMO_PASSWORD);
  const course = linkIn((await teacher.get("/courses")).text, /href="(\/courses\/[0-9a-z]{26})"/);
  const lesson = linkIn((await teacher.get(course)).text, /href="(\/courses\/[0-9a-z]{26}\/lessons\/[0-9a-z]{26})"/);
  const school = linkIn((await leader.get("/")).text, /href="(\/schools\/[0-9a-z]{26}\/measures)"/);
  return [
    { name: "sign-in", path: "/sign-in", cookie: "" },
    { name: "home (teacher)", path: "/", cookie: teacher.cookie },
    { name: "course", path: course, cookie: teacher.cookie },
    { name: "lesson", path: lesson, cookie: teacher.cookie },
    { name: "school dashboard", path: school, cookie: leader.cookie },
    { name: "province table", path: "/measures", cookie: officer.cookie },
  ];
}

/** The demonstration converts its files after it has started: what is measured is serving pages, not that. */
async function untilDigitised(): Promise<void> {
  const db = openDatabase({ sqlite: path.join(folder, "hoc-lieu.sqlite") });
  process.stdout.write("waiting for the demonstration's files to be digitised\n");
  while ((await countOf(db("digitisations").whereIn("state", ["waiting", "running"]).count({ n: "*" }))) > 0) await new Promise((resolve) => setTimeout(resolve, 1000));
  await db.destroy();
}

/** A first visit loads the page, the style, the fonts and the scripts it names; a repeated one the page alone. */
async function bytesOf(page: Page): Promise<{ first: number; repeat: number }> {
  const html = await (await fetch(lms + page.path, { headers: { cookie: page.cookie } })).text();
  const named = new Set([...html.matchAll(/(?:href|src)="(\/assets\/[^"#]+)/g)].map((match) => match[1] ?? ""));
  let assets = 0;
  for (const file of named) assets += await sizeOf(file);
  const css = [...named].find((file) => file.endsWith(".css"));
  if (css) {
    // The browser takes those fonts that the text needs: the regular and the bold, with Vietnamese letters.
    const style = await (await fetch(lms + css)).text();
    for (const match of style.matchAll(/url\("?([^")]+\.woff2)"?\)/g)) {
      const file = new URL(match[1] ?? "", lms + css).pathname;
      if (!named.has(file)) assets += await sizeOf(file);
    }
  }
  const repeat = brotliCompressSync(html).length;
  return { first: repeat + assets, repeat };
}

async function sizeOf(file: string): Promise<number> {
  const bytes = Buffer.from(await (await fetch(lms + file)).arrayBuffer());
  return /\.(woff2|png|jpg)$/.test(file) ? bytes.length : brotliCompressSync(bytes).length;
}

/**
 * `npm run bench -- search`: searches among 100,000 materials with text, against a page of one row, in the same run, on
 * SQLite and (where a server can be started) on PostgreSQL.
 *
 * The page of one row is the product's own lightest page that reads one row by its index: the form by which a problem of a
 * material is reported (`/library/materials/:id/reports/new`: session, person, rights, one material by its key, layout). It
 * and the searches are asked in turn, by one person at a time, so that a moment in which the machine was busy elsewhere hits
 * both. Compared is the p95 of a kind of search with the p95 of that page over the same rounds. `cold` are the first
 * requests of a fresh process, which has shown a few other pages and no search yet: nothing is remembered, no page of the
 * database is in its memory. For comparison stand the shared page of a material, and a bare row without a product around it.
 *
 * BENCH_MATERIALS and BENCH_ROUNDS set how much and how often, BENCH_FOLDER where the data is kept from run to run.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { Agent, request } from "node:http";
import { Client } from "../support/client.ts";
import { benchId } from "./library.ts";
import { FOLDER, say } from "./measure.ts";

const MATERIALS = Number(process.env["BENCH_MATERIALS"] ?? 100_000);
const ROUNDS = Number(process.env["BENCH_ROUNDS"] ?? 20);
const AT_MOST = 5;
/** A teacher of a school, an officer of the province, a pupil. */
const PEOPLE = (process.env["BENCH_PEOPLE"] ?? "huong,ha,minh").split(",");

/** What people ask, by kind. */
const KINDS: Record<string, string[]> = {
  "one common word": ["q=số", "q=bài", "q=hình", "q=phép", "q=học", "q=đọc"],
  "two words": ["q=phân số", "q=tập hợp", "q=tam giác", "q=ôn tập", "q=văn bản", "q=bài giảng"],
  "several words": ["q=phép cộng và phép trừ số tự nhiên", "q=tam giác bằng nhau", "q=đường thẳng song song", "q=xác suất thực nghiệm", "q=nguyễn thị hương"],
  "no marks": ["q=phan so", "q=tam giac", "q=duong thang", "q=hinh", "q=bai tap", "q=bieu do"],
  "words of the text": ["q=thảo luận nhóm", "q=học sinh quan sát", "q=câu hỏi ví dụ", "q=và của các", "q=trong các"],
  "keyboard off (Telex)": ["q=phaan soos", "q=tam giasc", "q=dduwowngf thawngr", "q=bieeur ddoof"],
  "a slip": ["q=tam giac bnag nhau", "q=phan zo", "q=duong thagn", "q=xyzzy", "q=luyn tap"],
  "subject and grade": ["q=toán 8", "q=khtn 7", "q=văn 6", "q=phân số toán 6", "q=luỹ thừa lớp 6"],
  "with facets": ["q=số&subject=TOAN&grade=6", "q=phép&kind=video", "q=ôn tập&licence=CC BY-SA", "q=bài&year=2024&kind=slides", "q=hình&approved=yes"],
  "facets alone": ["subject=TOAN", "grade=6&kind=worksheet", "kind=video", "approved=yes"],
  "newest, most used": ["q=bài&sort=newest", "q=số&sort=used", "sort=newest", "sort=used", "q=tam giác&sort=used"],
  "deep page": ["q=số&page=20", "q=biểu đồ&page=9", "q=phân số&page=12", "sort=newest&page=20"],
  "while typing": ["ph", "phan", "phân s", "tam giác b", "so", "duong t", "zzz", "luyen tap ch"],
};
const addressOf = (kind: string, query: string): string => {
  if (kind === "while typing") return `/library/suggestions?q=${encodeURIComponent(query)}`;
  return `/library?${query.split("&").map((part) => part.replace(/=(.*)/, (_, value: string) => `=${encodeURIComponent(value)}`)).join("&")}`;
};
const ASKED = Object.entries(KINDS).flatMap(([kind, queries]) => queries.map((query) => ({ kind, path: addressOf(kind, query) })));

const agent = new Agent({ keepAlive: true, maxSockets: 1 });

/** Milliseconds until the last byte of an answer that must be 200. */
function timeOf(base: string, address: string, cookie: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const headers = { cookie, accept: "text/html", "accept-language": "vi", "accept-encoding": "gzip, deflate, br" };
    const asked = request(base + address, { agent, headers }, (answer) => {
      if (answer.statusCode !== 200) reject(new Error(`${address}: ${answer.statusCode}`));
      answer.resume().once("end", () => resolve(performance.now() - began));
    });
    asked.once("error", reject).end();
  });
}

class Server {
  readonly app: string;
  readonly bare: string;
  private readonly child: ChildProcess;

  private constructor(child: ChildProcess, app: string, bare: string) {
    this.child = child;
    this.app = app;
    this.bare = bare;
  }

  static start(): Promise<Server> {
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [...(process.env["BENCH_NODE"]?.split(" ") ?? []), "--import=tsx", "test/bench/search-server.ts", FOLDER, String(MATERIALS)], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
      process.once("exit", () => child.kill("SIGKILL"));
      child.once("message", (said: { app: string; bare: string }) => resolve(new Server(child, said.app, said.bare)));
      child.once("exit", (code) => reject(new Error(`search-server ended with ${code}`)));
    });
  }

  /** Milliseconds of the processor so far. */
  cpu(): Promise<number> {
    return new Promise((resolve) => {
      this.child.once("message", (said: { cpu: number }) => resolve(said.cpu));
      this.child.send("cpu");
    });
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.child.once("exit", () => resolve());
      this.child.send("stop");
    });
  }
}

/** The materials that a person is shown, for the pages of one row. */
async function readableBy(client: Client): Promise<string[]> {
  const pages = await Promise.all([1, 2, 3].map((page) => client.get(`/library?sort=newest&page=${page}`)));
  return [...new Set(pages.flatMap(({ text }) => [...text.matchAll(/\/materials\/(m\d{25})/g)].map((match) => match[1] ?? "")))];
}

const p95 = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[Math.ceil(times.length * 0.95) - 1] ?? 0;

interface Times {
  searches: { kind: string; path: string; took: number }[];
  oneRow: number[];
  shared: number[];
  bare: number[];
}

async function measure(server: Server, cookie: string, ids: readonly string[], rounds: number): Promise<Times> {
  const times: Times = { searches: [], oneRow: [], shared: [], bare: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const [i, { kind, path: address }] of ASKED.entries()) {
      const id = ids[(i * 7 + round) % ids.length] ?? benchId(0);
      times.oneRow.push(await timeOf(server.app, `/library/materials/${id}/reports/new`, cookie));
      times.searches.push({ kind, path: address, took: await timeOf(server.app, address, cookie) });
      if (i % 8 !== 0) continue;
      times.shared.push(await timeOf(server.app, `/library/materials/${id}`, cookie));
      times.bare.push(await timeOf(server.bare, `/${id}`, ""));
    }
  }
  return times;
}

let over = 0;
function report(login: string, how: string, { searches, oneRow, shared, bare }: Times): void {
  const [row, all] = [p95(oneRow), p95(searches.map((one) => one.took))];
  const others = `a shared page ${p95(shared).toFixed(1)} ms (${(all / p95(shared)).toFixed(1)} ×), a bare row ${p95(bare).toFixed(1)} ms (${(all / p95(bare)).toFixed(0)} ×)`;
  say(`${login}, ${how}: a page of one row p95 ${row.toFixed(1)} ms, all searches p95 ${all.toFixed(1)} ms = ${(all / row).toFixed(2)} × (at most ${AT_MOST}); ${others}`);
  for (const kind of Object.keys(KINDS)) {
    const times = searches.filter((one) => one.kind === kind);
    const ratio = p95(times.map((one) => one.took)) / row;
    if (ratio > AT_MOST) over += 1;
    const slowest = times.toSorted((a, b) => b.took - a.took)[Math.floor(times.length * 0.05)];
    say(`  ${kind.padEnd(22)} p95 ${p95(times.map((one) => one.took)).toFixed(1).padStart(6)} ms  ${ratio.toFixed(2).padStart(5)} ×${ratio > AT_MOST ? `  OVER: ${decodeURIComponent(slowest?.path ?? "")}` : ""}`);
  }
}

/** Processor time of each query, in pages of one row: what does not move when the machine is busy. */
async function processorTime(server: Server, cookie: string, ids: readonly string[], amount: number): Promise<void> {
  const cost = async (address: string): Promise<number> => {
    await timeOf(server.app, address, cookie);
    const before = await server.cpu();
    for (let i = 0; i < amount; i += 1) await timeOf(server.app, address, cookie);
    return ((await server.cpu()) - before) / amount;
  };
  const row = await cost(`/library/materials/${ids[0]}/reports/new`);
  say(`  processor time: a page of one row ${row.toFixed(2)} ms`);
  for (const { kind, path: address } of ASKED) {
    const own = await cost(address);
    say(`  ${own.toFixed(2).padStart(7)} ms ${(own / row).toFixed(2).padStart(6)} ×  ${kind}: ${decodeURIComponent(address)}`);
  }
}

say(`\n${process.env["TEST_DATABASE_URL"] === undefined ? "SQLite" : "PostgreSQL"}: ${MATERIALS} materials`);
for (const login of PEOPLE) {
  const first = await Server.start();
  const ids = await readableBy(await new Client(first.app).signIn(login));
  await first.stop();
  const server = await Server.start();
  const { cookie } = await new Client(server.app).signIn(login);
  for (const page of ["/", "/library/collections", ...ids.slice(-3).map((id) => `/library/materials/${id}/reports/new`)]) await timeOf(server.app, page, cookie);
  if (process.env["BENCH_CPU"] === undefined) {
    report(login, "cold", await measure(server, cookie, ids, 1));
    await measure(server, cookie, ids, 2);
    report(login, "warm", await measure(server, cookie, ids, ROUNDS));
  } else await processorTime(server, cookie, ids, Number(process.env["BENCH_CPU"]));
  await server.stop();
}
say(over === 0 ? "every kind of search is within its bound" : `${over} kinds of search are over`);
process.exit(0);

import { spawn, type ChildProcess } from "node:child_process";
import { tmpdir } from "node:os";
import path from "node:path";
import autocannon from "autocannon";

/** How long each measurement takes. */
export const SECONDS = Number(process.env["BENCH_SECONDS"] ?? 2);
/** Where data is kept for the next time. */
export const FOLDER = process.env["BENCH_FOLDER"] ?? path.join(tmpdir(), "hoc-lieu-bench");
export const ROUNDS = 3;
export const AT_ONCE = [1, 10, 50];

export const say = (line: string): void => void process.stdout.write(`${line}\n`);

const children: ChildProcess[] = [];
/** The processes that serve, by their port. */
const serving = new Map<string, ChildProcess>();
process.once("exit", stopServers);

export function stopServers(): void {
  for (const child of children.splice(0)) child.kill("SIGKILL");
}

export interface Asked {
  url: string;
  cookie: string;
}

export interface Compared {
  own: number;
  ratio: number;
}

/** Requests a second. */
export async function rate({ url, cookie }: Asked, connections: number): Promise<number> {
  const result = await autocannon({ url, connections, duration: SECONDS, headers: { cookie, accept: "text/html", "accept-language": "vi" } });
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${url}: ${result.non2xx} answers were not 2xx, ${result.errors} errors`);
  return result.requests.average;
}

/** A page and what it is compared with, measured in turn; of the rounds that whose ratio is the middle one. */
export async function middle(page: Asked, reference: Asked, connections: number): Promise<Compared> {
  const rounds: Compared[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const plain = await rate(reference, connections);
    const own = await rate(page, connections);
    rounds.push({ own, ratio: own / plain });
  }
  return rounds.sort((a, b) => a.ratio - b.ratio)[Math.floor(ROUNDS / 2)] ?? { own: 0, ratio: 0 };
}

/**
 * Milliseconds of the processor for one request, with the database's own threads on SQLite: what a busy machine moves less
 * than requests a second. The process that serves has to `tellProcessorTime`.
 */
export async function processorTime({ url, cookie }: Asked, amount: number): Promise<number> {
  const child = serving.get(new URL(url).port);
  if (child === undefined) throw new Error(`nothing of the bench serves ${url}`);
  const used = (): Promise<number> =>
    new Promise((resolve) => {
      child.once("message", (said: number) => resolve(said));
      child.send("processor time");
    });
  const ask = async (): Promise<void> => {
    const answer = await fetch(url, { headers: { cookie, accept: "text/html", "accept-language": "vi" }, redirect: "manual" });
    if (answer.status !== 200) throw new Error(`${url}: ${answer.status}`);
    await answer.arrayBuffer();
  };
  for (let i = 0; i < amount / 2; i += 1) await ask();
  const before = await used();
  for (let i = 0; i < amount; i += 1) await ask();
  return ((await used()) - before) / amount;
}

/** In a process that serves: says, when it is asked, how much of the processor it has used. */
export function tellProcessorTime(): void {
  process.on("message", () => {
    const { user, system } = process.cpuUsage();
    process.send?.((user + system) / 1000);
  });
}

/** Starts a program that says on its output when it serves; answers what `ready` caught of that. It may watch its channel to know that this process is gone. */
export function serve(program: string, args: readonly string[], env: Record<string, string>, ready: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "inherit", "ipc"] });
    children.push(child);
    let said = "";
    child.stdout?.on("data", (part: Buffer) => {
      said += part.toString();
      const match = ready.exec(said);
      if (!match) return;
      serving.set(/\d*$/.exec(match[1] ?? "")?.[0] ?? "", child);
      resolve(match[1] ?? "");
    });
    child.once("exit", (code) => reject(new Error(`${program} ended with ${code}: ${said}`)));
  });
}

/** The plain page over a database (see reference.ts). */
export async function serveReference(place: string): Promise<Asked> {
  const port = await serve("--import=tsx", ["test/bench/reference.ts", place], {}, /port (\d+)/);
  return { url: `http://127.0.0.1:${port}/`, cookie: "" };
}

import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { readdir, stat } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { ConversionFailed } from "./failures.ts";

/** What a converter may use at most. */
export interface Limits {
  seconds: number;
  memoryMb: number;
  /** All that lies in the job's folder afterwards. */
  outputMb: number;
}

export interface Program {
  command: string;
  args: readonly string[];
  /** The job's own folder: working directory, home and place for temporary files. */
  folder: string;
  limits: Limits;
  /** Hears each line of the standard output as it comes. */
  onLine?: (line: string) => void;
}

/** What goes before a converter's own command line on this machine, found once. */
export interface Sandbox {
  readonly prefix: (limits: Limits) => readonly string[];
  /** No network, and no process can outlive the job. */
  readonly isolated: boolean;
}

/**
 * Finds how far a converter can be shut in. Best is a user namespace of its own: no network device, and a process table in
 * which everything dies with the first process, whatever it forked; and all of it with the server (parent-death signal), so
 * that a server that is killed leaves no converter running. Elsewhere the process group, the time limit and an environment
 * without proxies remain.
 */
export function findSandbox(): Sandbox {
  const works = (args: readonly string[]): boolean => spawnSync(args[0] ?? "", args.slice(1), { timeout: 5_000, stdio: "ignore" }).status === 0;
  const dies = ["setpriv", "--pdeathsig", "KILL"];
  const apart = ["unshare", "-r", "-n", "-p", "-f", "--kill-child", "--mount-proc"];
  const isolated = works([...apart, "true"]);
  const mortal = works([...dies, "true"]);
  const limited = works(["prlimit", "--core=0", "true"]);
  const polite = works(["nice", "-n", "10", "true"]);
  return {
    isolated,
    prefix: ({ memoryMb, outputMb, seconds }) => [
      ...(mortal ? dies : []),
      ...(isolated ? apart : []),
      ...(limited ? ["prlimit", `--data=${memoryMb * 1_000_000}`, `--fsize=${outputMb * 1_000_000}`, `--cpu=${seconds * os.cpus().length}`, "--core=0"] : []),
      ...(polite ? ["nice", "-n", "10"] : []),
    ],
  };
}

const LAST_WORDS_MS = 3_000;

/** More standard output than any converter has to say. */
const SAID_MAX = 8_000_000;

/**
 * Runs one converter to its end: no shell, an environment of its own, its process group killed at the limit.
 *
 * @returns what it wrote to its standard output
 * @throws ConversionFailed with the reason
 */
export async function run(sandbox: Sandbox, program: Program): Promise<string> {
  const { command, args, folder, limits } = program;
  const [first = command, ...rest] = [...sandbox.prefix(limits), command, ...args];
  const child = spawn(first, rest, { cwd: folder, env: environment(folder), detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const ended = await watch(child, program);
  if (ended.reason !== undefined) throw new ConversionFailed(ended.reason, path.basename(command));
  if (ended.code !== 0) throw new ConversionFailed(reasonOf(ended), `${path.basename(command)} ended with ${ended.code ?? ended.signal}: ${ended.complaint.slice(-500)}`);
  if ((await sizeOf(folder)) > limits.outputMb * 1_000_000) throw new ConversionFailed("output_too_large", path.basename(command));
  return ended.said;
}

interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  said: string;
  complaint: string;
  reason: "took_too_long" | "output_too_large" | undefined;
}

function watch(child: ChildProcess, { limits, onLine }: Program): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const ended: Ended = { code: null, signal: null, said: "", complaint: "", reason: undefined };
    const stop = (reason: Ended["reason"]): void => {
      ended.reason ??= reason;
      killGroup(child);
    };
    const timer = setTimeout(() => stop("took_too_long"), limits.seconds * 1_000);
    let line = "";
    child.stdout?.setEncoding("utf8").on("data", (part: string) => {
      if (onLine === undefined) ended.said += part;
      else {
        const lines = (line + part).split("\n");
        line = (lines.pop() ?? "").slice(-10_000);
        lines.forEach(onLine);
      }
      if (ended.said.length > SAID_MAX) stop("output_too_large");
    });
    child.stderr?.setEncoding("utf8").on("data", (part: string) => (ended.complaint = (ended.complaint + part).slice(-4_000)));
    child.once("error", (error) => {
      clearTimeout(timer);
      reject(new ConversionFailed("tool_failed", error.message));
    });
    // `close` waits for every process that holds the pipe, even one that left the group: not for ever.
    child.once("exit", (code, signal) => {
      clearTimeout(timer);
      killGroup(child);
      ended.code = code;
      ended.signal = signal;
      setTimeout(() => resolve(ended), LAST_WORDS_MS).unref();
    });
    child.once("close", () => resolve(ended));
  });
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && (error.code === "ESRCH" || error.code === "EPERM"))) throw error;
  }
}

/** Exit codes 128 + n are signals that a program in between passed on: 24 CPU time, 25 file size. */
function reasonOf({ code, signal, complaint }: Ended): "took_too_long" | "output_too_large" | "too_much_memory" | "tool_failed" {
  if (signal === "SIGXCPU" || code === 128 + 24) return "took_too_long";
  if (signal === "SIGXFSZ" || code === 128 + 25 || /File too large|EFBIG/.test(complaint)) return "output_too_large";
  return /out of memory|Cannot allocate memory|bad_alloc|MemoryError|ENOMEM|heap limit/i.test(complaint) ? "too_much_memory" : "tool_failed";
}

/** Nothing of the server's own: no settings, no secrets, no proxy. One thread each, for several run at once. */
function environment(folder: string): NodeJS.ProcessEnv {
  return { PATH: process.env["PATH"], HOME: folder, TMPDIR: folder, LANG: "C.UTF-8", LC_ALL: "C.UTF-8", OMP_THREAD_LIMIT: "1", UV_THREADPOOL_SIZE: "2", VIPS_CONCURRENCY: "1" };
}

async function sizeOf(folder: string): Promise<number> {
  const sizes = await Promise.all(
    (await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])).map(async (entry) =>
      entry.isFile() ? (await stat(path.join(entry.parentPath, entry.name)).catch(() => ({ size: 0 }))).size : 0,
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

import { fileURLToPath } from "node:url";
import { ConversionFailed } from "../failures.ts";
import { FINAL_ERRORS, type ErrorCode, type PartlyCode, type Step, type TextSource } from "../rules.ts";
import { run, type Limits } from "../sandbox.ts";
import type { Measured, PageText } from "../store/queue.ts";
import type { TaskAnswer, TaskArgs, TaskName } from "../tasks/main.ts";
import type { Tools } from "../tools.ts";

/** One file on the worker's bench. */
export interface Work {
  /** The job's own folder; its input lies there as `input.<ext>`. */
  folder: string;
  /** The input's name inside the folder, chosen by the system. */
  input: string;
  ext: string;
  mime: string;
  tools: Tools;
  /** Divides every time limit; tests wait for less than a minute. */
  hurry: number;
  /** Renditions that an earlier try has made already. */
  has(kind: string): boolean;
  /** Tells whoever waits how far it is, 0 to 100. */
  tell(step: Step, progress: number): Promise<void>;
  /** Keeps a file of the folder as a rendition. */
  keep(kind: string, file: string, mime: string, details?: Record<string, unknown>): Promise<void>;
  keepTexts(pages: readonly PageText[], source: TextSource): Promise<void>;
  measure(measured: Measured): Promise<void>;
}

/** Makes what can be made of a file; answers what could be made only in part. */
export type Maker = (work: Work) => Promise<PartlyCode | null>;

/** Runs a program of the system on the work's folder. */
export function runTool(work: Work, command: string, args: readonly string[], limits: Limits, onLine?: (line: string) => void): Promise<string> {
  const within = { ...limits, seconds: Math.max(1, Math.round(limits.seconds / work.hurry)) };
  return run(work.tools.sandbox, { command, args, folder: work.folder, limits: within, ...(onLine ? { onLine } : {}) });
}

const TASKS = fileURLToPath(new URL("../tasks/main.ts", import.meta.url));
const LOADER = import.meta.resolve("tsx");
/** The heap of the script; pixels and the OCR's memory come on top. */
const HEAP_MB = 512;

/** Runs one of our own tasks (tasks/main.ts) in a process of its own. */
export async function runTask<Name extends TaskName>(work: Pick<Work, "folder" | "tools" | "hurry">, name: Name, args: TaskArgs<Name>, limits: Limits): Promise<TaskAnswer<Name>> {
  const within = { ...limits, seconds: Math.max(1, Math.round(limits.seconds / work.hurry)) };
  const said = await run(work.tools.sandbox, {
    command: process.execPath,
    args: [`--max-old-space-size=${HEAP_MB}`, "--import", LOADER, TASKS, name, JSON.stringify(args)],
    folder: work.folder,
    limits: within,
  });
  const told = JSON.parse(said.trim().split("\n").at(-1) ?? "{}") as { answer?: TaskAnswer<Name>; reason?: string; detail?: string };
  if (told.answer === undefined) throw new ConversionFailed(isFinal(told.reason) ? told.reason : "tool_failed", `${name}: ${told.detail ?? "no answer"}`);
  return told.answer;
}

function isFinal(reason: string | undefined): reason is ErrorCode {
  return (FINAL_ERRORS as readonly (string | undefined)[]).includes(reason);
}

export const SMALL: Limits = { seconds: 60, memoryMb: 1_500, outputMb: 300 };

import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import os from "node:os";
import { findSandbox, type Sandbox } from "./sandbox.ts";

const require = createRequire(import.meta.url);

/** Programs of the system that digitising can use. */
export const TOOL_NAMES = ["poppler", "tesseract", "libreoffice", "ffmpeg"] as const;
export type ToolName = (typeof TOOL_NAMES)[number];

export interface Tools {
  /** The version's words, or undefined where the program was not found. */
  readonly versions: Readonly<Record<ToolName, string | undefined>>;
  /** What reads pictures of pages: the system's Tesseract, else the one from npm. */
  readonly ocr: "tesseract" | "tesseract.js";
  readonly ocrVersion: string;
  readonly sandbox: Sandbox;
}

let found: Promise<Tools> | undefined;

/** The programs of this machine, looked for once. */
export function toolsHere(): Promise<Tools> {
  return (found ??= findTools());
}

/**
 * Looks which programs there are: poppler for pages and text of PDFs, Tesseract with the Vietnamese model, LibreOffice for
 * office documents, ffmpeg for sound and video.
 *
 * @param path where to look, as in PATH; tests take tools away
 */
export async function findTools(path = process.env["PATH"] ?? ""): Promise<Tools> {
  const ask = (command: string, ...args: string[]): Promise<string | undefined> => answerOf(command, args, path);
  const [poppler, pdftotext, languages, tesseract, libreoffice, ffmpeg, ffprobe] = await Promise.all([
    ask("pdftoppm", "-v"),
    ask("pdftotext", "-v"),
    ask("tesseract", "--list-langs"),
    ask("tesseract", "--version"),
    ask("soffice", "--version"),
    ask("ffmpeg", "-version"),
    ask("ffprobe", "-version"),
  ]);
  // A Tesseract that reads English only would turn every page into nonsense.
  const reads = languages !== undefined && /^vie$/m.test(languages) ? tesseract : undefined;
  const npm = (require("tesseract.js/package.json") as { version: string }).version;
  return {
    versions: { poppler: pdftotext && firstLine(poppler), tesseract: firstLine(reads), libreoffice: firstLine(libreoffice), ffmpeg: ffprobe && firstLine(ffmpeg) },
    ocr: reads === undefined ? "tesseract.js" : "tesseract",
    ocrVersion: firstLine(reads) ?? `tesseract.js ${npm}`,
    sandbox: findSandbox(),
  };
}

function answerOf(command: string, args: readonly string[], path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(command, args, { timeout: 20_000, env: { PATH: path, HOME: os.tmpdir(), LC_ALL: "C.UTF-8" } }, (error, stdout, stderr) => resolve(error ? undefined : `${stdout}${stderr}`.trim()));
  });
}

function firstLine(said: string | undefined): string | undefined {
  return said?.split("\n")[0]?.replace(/ Copyright.*$/, "").slice(0, 80);
}

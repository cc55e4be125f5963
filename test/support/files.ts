import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../fixtures/files/", import.meta.url));

/** The path of a file below test/fixtures/files/. */
export function filePath(name: string): string {
  return path.join(folder, name);
}

/** A file of test/fixtures/files/ as a browser would send it. */
export function sampleFile(name: string, as = name): { field: string; name: string; type: string; bytes: Buffer } {
  return { field: "files", name: as, type: "application/octet-stream", bytes: readFileSync(filePath(name)) };
}

/** A file of the same content as the sample but not the same bytes: another hash, still a PDF. */
export function anotherPdf(name: string, salt: string): { field: string; name: string; type: string; bytes: Buffer } {
  const bytes = Buffer.concat([readFileSync(filePath("bai-giang.pdf")), Buffer.from(`\n% ${salt}\n`)]);
  return { field: "files", name, type: "application/pdf", bytes };
}

/** The harmless string by which virus scanners are tested, in pieces so that none stops at this file. */
export const EICAR = Buffer.from("X5O!P%@AP[4\\PZX54(P^)7CC)7}" + "$EICAR-STANDARD-" + "ANTIVIRUS-TEST-FILE!$H+H*");

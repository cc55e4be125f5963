import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { identify, type FileRefusal } from "./file-content.ts";
import { nameAs, type FileKind } from "./file-kinds.ts";
import { virusWatch } from "./virus.ts";

export type Examined = { ok: true; hash: string; name: string; kind: FileKind } | { ok: false; code: FileRefusal; params: Record<string, string | number> };

/**
 * What a file that lies on the disk already is, as `withUploads` judges those that come with a form: hashed, looked through
 * for viruses, known by its content. Reads the file once and a little more.
 *
 * @param accept kinds taken, by their usual extension
 */
export async function examineFile(path: string, size: number, name: string, accept: ReadonlySet<string>): Promise<Examined> {
  const found = await identify(path, size, name);
  if (!found.ok) return found;
  if (!accept.has(found.kind.ext)) return { ok: false, code: "type_not_allowed", params: { ext: found.kind.ext } };
  const hash = createHash("sha256");
  const infected = virusWatch();
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    hash.update(chunk as Buffer);
    if (infected(chunk as Buffer)) return { ok: false, code: "virus", params: {} };
  }
  return { ok: true, hash: hash.digest("hex"), name: nameAs(name, found.kind), kind: found.kind };
}

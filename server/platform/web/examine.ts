import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { identify, isArchive, type FileRefusal } from "./file-content.ts";
import { ARCHIVE, cleanName, nameAs, type FileKind } from "./file-kinds.ts";
import { virusWatch } from "./virus.ts";

export type Examined = { ok: true; hash: string; name: string; kind: FileKind } | { ok: false; code: FileRefusal; params: Record<string, string | number> };

/**
 * What a file that lies on the disk already is, as `withUploads` judges those that come with a form: hashed, looked through
 * for viruses, known by its content. Reads the file once and a little more.
 *
 * @param accept kinds taken, by their usual extension
 * @param archives whether any ZIP is taken as it is, for who unpacks and judges what is inside, viruses too
 */
export async function examineFile(path: string, size: number, name: string, accept: ReadonlySet<string>, archives = false): Promise<Examined> {
  if (archives && (await isArchive(path, name))) return { ok: true, hash: await hashOf(path), name: cleanName(name), kind: ARCHIVE };
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

async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

import type { Answer, Client } from "./client.ts";

/** How a browser sends a file in pieces, request by request, so that a test can stop between any two. */

export interface Begun extends Answer {
  /** The upload's own address; empty where it was refused. */
  url: string;
}

const TUS = { "tus-resumable": "1.0.0", accept: "application/json" };

export async function beginUpload(client: Client, path: string, file: { name: string; size: number; mark?: string }, more: Record<string, string> = {}): Promise<Begun> {
  const metadata = Object.entries({ name: file.name, mark: file.mark ?? "", ...more })
    .map(([key, value]) => `${key} ${Buffer.from(value).toString("base64")}`)
    .join(",");
  const answer = await client.send("POST", path, { headers: { ...TUS, "upload-length": String(file.size), "upload-metadata": metadata } });
  return { ...answer, url: answer.location };
}

export function sendPiece(client: Client, url: string, offset: number, bytes: Uint8Array): Promise<Answer> {
  return client.send("PATCH", url, { headers: { ...TUS, "upload-offset": String(offset), "content-type": "application/offset+octet-stream" }, body: bytes });
}

export async function offsetOf(client: Client, url: string): Promise<number | undefined> {
  const answer = await client.send("HEAD", url, { headers: TUS });
  const offset = answer.headers.get("upload-offset");
  return answer.status === 200 && offset !== null ? Number(offset) : undefined;
}

export interface Finished {
  http: number;
  status: string;
  href: string;
  reason: string;
}

export async function finish(client: Client, url: string): Promise<Finished> {
  const answer = await client.send("POST", `${url}/completion`, { headers: { accept: "application/json" } });
  const said = JSON.parse(answer.text) as Partial<Finished>;
  return { http: answer.status, status: said.status ?? "", href: said.href ?? "", reason: said.reason ?? "" };
}

/** The whole way of a file that meets no trouble. */
export async function sendWhole(client: Client, path: string, name: string, bytes: Buffer, more: Record<string, string> = {}): Promise<Finished> {
  const begun = await beginUpload(client, path, { name, size: bytes.length }, more);
  if (begun.url === "") return { http: begun.status, status: "refused", href: "", reason: (JSON.parse(begun.text) as { message: string }).message };
  await sendPiece(client, begun.url, 0, bytes);
  return finish(client, begun.url);
}

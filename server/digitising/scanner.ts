import { createReadStream } from "node:fs";
import { connect, type NetConnectOpts, type Socket } from "node:net";
import { ConversionFailed } from "./failures.ts";

/** Where clamd listens: a socket's path, or `host:port`. */
export type Scanner = NetConnectOpts;

export function scannerAt(address: string): Scanner {
  const [, host, port] = /^([^/]+):(\d+)$/.exec(address) ?? [];
  return host === undefined ? { path: address } : { host, port: Number(port) };
}

const SILENCE_MS = 60_000;

/**
 * Asks clamd about a file with INSTREAM: pieces with their length before them, a length of zero at the end.
 * Source: clamd(8), "COMMANDS".
 *
 * @throws ConversionFailed `scanner_unavailable` when there is no clear answer: what nobody looked at is not clean
 */
export async function scanFile(scanner: Scanner, file: string): Promise<"clean" | "virus"> {
  const socket = connect(scanner);
  socket.setTimeout(SILENCE_MS, () => socket.destroy(new Error("silence")));
  try {
    const [answer] = await Promise.all([answerOf(socket), send(socket, file)]);
    if (/: OK\0?$/.test(answer)) return "clean";
    if (/ FOUND\0?$/.test(answer)) return "virus";
    throw new Error(answer.slice(0, 200));
  } catch (error) {
    throw new ConversionFailed("scanner_unavailable", String(error));
  } finally {
    socket.destroy();
  }
}

async function send(socket: Socket, file: string): Promise<void> {
  socket.write("zINSTREAM\0");
  for await (const piece of createReadStream(file, { highWaterMark: 256 * 1024 })) {
    const bytes = piece as Buffer;
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    if (socket.destroyed) return; // the answer says why
    socket.write(length);
    if (!socket.write(bytes)) await new Promise((resolve) => socket.once("drain", resolve).once("close", resolve));
  }
  if (!socket.destroyed) socket.write(Buffer.alloc(4));
}

function answerOf(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = "";
    socket.on("data", (part: Buffer) => (answer += part.toString("utf8")));
    socket.once("error", reject);
    socket.once("close", () => resolve(answer.trim()));
  });
}

import { createReadStream } from "node:fs";
import type { Block } from "../media/webm.ts";

/** What can be read of a file of ours: packets in the order in which they were written. */
const SEGMENT = 0x18538067;
const CLUSTER = 0x1f43b675;
const TIME = 0xe7;
const BLOCK = 0xa3;
/** Larger than anything that we write; what claims to be is damage. */
const ELEMENT_MAX = 16_000_000;

/** Bytes as they come, taken by the piece. */
class Bytes {
  private kept: Buffer = Buffer.alloc(0);
  private readonly from: AsyncIterator<Buffer>;
  constructor(from: AsyncIterable<Buffer>) {
    this.from = from[Symbol.asyncIterator]();
  }

  /** @returns undefined where the file ends before */
  async take(length: number): Promise<Buffer | undefined> {
    const parts = [this.kept];
    let there = this.kept.length;
    while (there < length) {
      const next = await this.from.next();
      if (next.done) return undefined;
      parts.push(next.value);
      there += next.value.length;
    }
    const all = parts.length === 1 ? this.kept : Buffer.concat(parts);
    this.kept = all.subarray(length);
    return all.subarray(0, length);
  }

  async close(): Promise<void> {
    await this.from.return?.();
  }
}

/**
 * The blocks of a file that `webm.ts` wrote, cluster by cluster. Where the file was cut off, or is damaged, it ends with
 * the last block that is whole.
 */
export async function* readBlocks(content: AsyncIterable<Buffer>): AsyncGenerator<Block[]> {
  const bytes = new Bytes(content);
  try {
    for (;;) {
      const head = await headOf(bytes);
      if (!head) return;
      if (head.id === SEGMENT) continue;
      if (head.size > ELEMENT_MAX) return;
      if (head.id === CLUSTER) {
        const { blocks, isWhole } = await clusterOf(bytes, head.size);
        if (blocks.length > 0) yield blocks;
        if (!isWhole) return;
      } else if (!(await bytes.take(head.size))) return;
    }
  } finally {
    await bytes.close();
  }
}

export function readFileBlocks(file: string): AsyncGenerator<Block[]> {
  return readBlocks(createReadStream(file, { highWaterMark: 1_000_000 }) as AsyncIterable<Buffer>);
}

/** An element's name and length, as we write them: one to four bytes, and eight. */
async function headOf(bytes: Bytes): Promise<{ id: number; size: number; bytes: number } | undefined> {
  const first = await bytes.take(1);
  if (!first) return undefined;
  const length = Math.clz32(first[0] ?? 0) - 23;
  if (length > 4) return undefined;
  const rest = length === 1 ? Buffer.alloc(0) : await bytes.take(length - 1);
  const size = await bytes.take(8);
  if (!rest || size?.[0] !== 0x01) return undefined;
  return { id: Buffer.concat([first, rest]).readUIntBE(0, length), size: size.readUIntBE(2, 6), bytes: length + 8 };
}

async function clusterOf(bytes: Bytes, size: number): Promise<{ blocks: Block[]; isWhole: boolean }> {
  const blocks: Block[] = [];
  let from = 0;
  for (let left = size; left > 0; ) {
    const head = await headOf(bytes);
    if (!head || head.size > left) return { blocks, isWhole: false };
    const body = await bytes.take(head.size);
    if (!body) return { blocks, isWhole: false };
    if (head.id === TIME) from = body.readUIntBE(0, body.length);
    if (head.id === BLOCK && body.length > 4) blocks.push({ track: body.readUInt8(0) & 0x7f, atMs: from + body.readInt16BE(1), isKey: (body.readUInt8(3) & 0x80) !== 0, data: Buffer.from(body.subarray(4)) });
    left -= head.bytes + head.size;
  }
  return { blocks, isWhole: true };
}

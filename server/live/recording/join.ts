import { opusMs, webmCluster, webmWholeHead, type Block, type TrackOf, type WholeFile } from "../media/webm.ts";
import { DARK, PICTURE, SOUND } from "./recorder.ts";

/** What is taken of one file: from here to there, ms of that file. */
export interface Cut {
  fromMs: number;
  toMs: number;
}

/** One file of blocks, which can be read as often as needed. */
export interface Part {
  read: () => AsyncIterable<Block[]>;
  cut?: Cut;
}

export interface Joined {
  durationMs: number;
  /** How long each part is in the whole, ms. */
  partsMs: number[];
  hasPicture: boolean;
  /** The bytes of the file. */
  content(): AsyncGenerator<Buffer>;
}

/** A cluster begins with a whole picture, or after so long (ms). */
const CLUSTER_MS = 5_000;

/**
 * Joins parts into one file with its length and an index, so that a player can go anywhere in it. Nothing is decoded: the
 * sound of a cut begins where it was wanted, the picture with the first whole one after that.
 *
 * Reads the parts twice, first to measure. @returns undefined where there is nothing in them
 */
export async function joinParts(parts: readonly Part[]): Promise<Joined | undefined> {
  const seen = await measure(parts, true);
  const measured = seen.hasPicture ? seen : await measure(parts, false);
  if (measured.clusters.length === 0) return undefined;
  const { hasPicture, partsMs, size, clusters } = measured;
  const durationMs = partsMs.reduce((sum, ms) => sum + ms, 0);
  const tracks: TrackOf[] = [{ number: SOUND, sort: "audio" }, { number: PICTURE, sort: "video" }];
  return {
    durationMs,
    partsMs,
    hasPicture,
    async *content() {
      yield webmWholeHead({ tracks: hasPicture ? tracks : tracks.slice(0, 1), durationMs, size, clusters });
      for await (const { blocks } of clustersOf(parts, hasPicture)) yield webmCluster(blocks);
    },
  };
}

interface Measured {
  clusters: WholeFile["clusters"][number][];
  partsMs: number[];
  hasPicture: boolean;
  size: { width: number; height: number };
}

async function measure(parts: readonly Part[], withPicture: boolean): Promise<Measured> {
  const found: Measured = { clusters: [], partsMs: parts.map(() => 0), hasPicture: false, size: { width: 0, height: 0 } };
  for await (const { blocks, part, endMs } of clustersOf(parts, withPicture)) {
    found.partsMs[part] = endMs;
    const [first] = blocks;
    for (const { track, isKey, data } of blocks) {
      if (track !== PICTURE) continue;
      found.hasPicture ||= Buffer.compare(data, DARK) !== 0;
      if (isKey) found.size = larger(found.size, pictureSize(data));
    }
    found.clusters.push({ bytes: webmCluster(blocks).length, atMs: first?.atMs ?? 0, isKey: !withPicture || first?.track === PICTURE });
  }
  return found;
}

interface OfPart {
  blocks: Block[];
  part: number;
  /** The length of the part as far as it was read, ms. */
  endMs: number;
}

async function* clustersOf(parts: readonly Part[], withPicture: boolean): AsyncGenerator<OfPart> {
  let before = 0;
  for (const [part, one] of parts.entries()) {
    let [cluster, endMs]: [Block[], number] = [[], 0];
    for await (const block of cutBlocks(one)) {
      if (block.track === PICTURE && !withPicture) continue;
      const atMs = block.atMs + before;
      const begins = (block.track === PICTURE && block.isKey) || atMs - (cluster[0]?.atMs ?? atMs) >= CLUSTER_MS;
      if (begins && cluster.length > 0) {
        yield { blocks: cluster, part, endMs };
        cluster = [];
      }
      endMs = Math.max(endMs, Math.ceil(block.atMs + (block.track === SOUND ? opusMs(block.data) : 1)));
      cluster.push({ ...block, atMs });
    }
    if (cluster.length > 0) yield { blocks: cluster, part, endMs };
    before += endMs;
  }
}

/** The blocks of a part in the order of their times, from 0; a cut picture is dark until its first whole one. */
async function* cutBlocks({ read, cut }: Part): AsyncGenerator<Block> {
  const { fromMs, toMs } = cut ?? { fromMs: 0, toMs: Infinity };
  let [isBegun, isSeen] = [fromMs === 0, fromMs === 0];
  for await (const blocks of read()) {
    for (const block of [...blocks].sort((a, b) => a.atMs - b.atMs)) {
      if (block.atMs >= toMs) return;
      if (block.atMs < fromMs) continue;
      const isWhole = block.track === PICTURE && block.isKey;
      if (!isBegun && !isWhole) yield { track: PICTURE, atMs: 0, isKey: true, data: DARK };
      isBegun = true;
      isSeen ||= isWhole;
      if (block.track === SOUND || isSeen) yield { ...block, atMs: block.atMs - fromMs };
    }
  }
}

/** The size that a whole picture of VP8 tells (RFC 6386, 9.1). */
export function pictureSize(data: Uint8Array): { width: number; height: number } {
  if (data.length < 10 || data[3] !== 0x9d || data[4] !== 0x01 || data[5] !== 0x2a) return { width: 0, height: 0 };
  return { width: ((data[6] ?? 0) | ((data[7] ?? 0) << 8)) & 0x3fff, height: ((data[8] ?? 0) | ((data[9] ?? 0) << 8)) & 0x3fff };
}

function larger(a: { width: number; height: number }, b: { width: number; height: number }): { width: number; height: number } {
  return b.width * b.height > a.width * a.height ? b : a;
}

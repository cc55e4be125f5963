import { crc32, deflateRawSync } from "node:zlib";

/** A file for an archive. What is not given follows from the content; tests give lies instead. */
export interface ZipPart {
  name: string | Buffer;
  bytes: Buffer | string;
  stored?: boolean;
  /** The size that the archive claims. */
  claims?: number;
  /** Unix mode in the list, such as 0o120777 for a link. */
  mode?: number;
  encrypted?: boolean;
  crc?: number;
}

const DATE = ((2026 - 1980) << 9) | (9 << 5) | 5; // the first day of school: the same bytes at every build

/** An archive as bytes, the same at every run. */
export function zip(parts: readonly ZipPart[]): Buffer {
  const locals: Buffer[] = [];
  const list: Buffer[] = [];
  let at = 0;
  for (const part of parts) {
    const name = typeof part.name === "string" ? Buffer.from(part.name, "utf8") : part.name;
    const plain = Buffer.from(part.bytes);
    const packed = part.stored ? plain : deflateRawSync(plain);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(0x0800 | (part.encrypted ? 1 : 0), 2); // names in UTF-8
    common.writeUInt16LE(part.stored ? 0 : 8, 4);
    common.writeUInt16LE(DATE, 8);
    common.writeUInt32LE(part.crc ?? crc32(plain), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(part.claims ?? plain.length, 18);
    common.writeUInt16LE(name.length, 22);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(((part.mode ?? 0o100644) << 16) >>> 0, 6);
    tail.writeUInt32LE(at, 10);
    const local = Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), common, name, packed]);
    list.push(Buffer.concat([Buffer.from("PK\x01\x02\x14\x03", "latin1"), common, tail, name]));
    locals.push(local);
    at += local.length;
  }
  const central = Buffer.concat(list);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Math.min(parts.length, 0xffff), 8);
  end.writeUInt16LE(Math.min(parts.length, 0xffff), 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, central, end]);
}

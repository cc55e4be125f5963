import { crc32, deflateRawSync } from "node:zlib";

/** One entry of a ZIP made by hand: everything about it can be a lie. */
export interface ZipEntry {
  name: string | Buffer;
  bytes?: Buffer | string;
  /** Bit 11: the name is UTF-8. Set unless a Buffer is given. */
  utf8?: boolean;
  /** Unix mode, with its type (0o120777 is a link). */
  mode?: number;
  encrypted?: boolean;
  /** What the headers say of the unpacked size. */
  declared?: number;
  /** What the headers say of the packed size. */
  packed?: number;
  stored?: boolean;
}

/** A ZIP of these entries (APPNOTE 4.3). */
export function makeZip(entries: readonly ZipEntry[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const bytes = Buffer.from(entry.bytes ?? "");
    const data = entry.stored ? bytes : deflateRawSync(bytes);
    const name = Buffer.from(entry.name);
    const flags = ((entry.utf8 ?? typeof entry.name === "string") ? 0x800 : 0) | (entry.encrypted ? 1 : 0);
    const sizes = [crc32(bytes), entry.packed ?? data.length, entry.declared ?? bytes.length] as const;
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    common(local, 4, flags, entry, sizes, name.length);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE((3 << 8) | 20, 4);
    common(central, 6, flags, entry, sizes, name.length);
    central.writeUInt32LE(((entry.mode ?? 0o100644) << 16) >>> 0, 38);
    central.writeUInt32LE(offset, 42);
    parts.push(local, name, data);
    directory.push(central, name);
    offset += 30 + name.length + data.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, list, end]);
}

function common(header: Buffer, at: number, flags: number, entry: ZipEntry, [crc, packed, size]: readonly [number, number, number], nameLength: number): void {
  header.writeUInt16LE(20, at);
  header.writeUInt16LE(flags, at + 2);
  header.writeUInt16LE(entry.stored ? 0 : 8, at + 4);
  header.writeUInt16LE(0x21, at + 8);
  header.writeUInt32LE(crc, at + 10);
  header.writeUInt32LE(packed, at + 14);
  header.writeUInt32LE(size, at + 18);
  header.writeUInt16LE(nameLength, at + 22);
}

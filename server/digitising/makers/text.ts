import { open } from "node:fs/promises";
import path from "node:path";
import { PAGE_BYTES_MAX, pageWords } from "../../platform/page-document.ts";
import { PAGE_MIME } from "../../platform/web/file-kinds.ts";
import { PAGE_LETTERS_MAX } from "../rules.ts";
import type { Maker } from "./work.ts";

/** Text that is searched of one plain file. */
const BYTES_MAX = 4_000_000;

/** A plain text: its words, in pieces of the size of a long page. It is UTF-8, or it would not have been taken. */
export const makeText: Maker = async (work) => {
  await work.tell("text", 20);
  const file = await open(path.join(work.folder, work.input));
  try {
    const isPage = work.mime === PAGE_MIME; // its pictures stand in it
    const most = isPage ? PAGE_BYTES_MAX : BYTES_MAX;
    const { buffer, bytesRead } = await file.read(Buffer.alloc(most), 0, most, 0);
    const read = buffer.subarray(0, bytesRead).toString("utf8");
    const text = isPage ? pageWords(read) : read;
    const pieces = text.match(new RegExp(`[\\s\\S]{1,${PAGE_LETTERS_MAX}}`, "g")) ?? [];
    await work.keepTexts(pieces.map((piece) => ({ text: piece })), "file");
  } finally {
    await file.close();
  }
  return null;
};

/** Upper half of code page 437, in which the ZIP format stores names that are not marked as UTF-8 (APPNOTE D.1). */
const CP437 =
  "\u00c7\u00fc\u00e9\u00e2\u00e4\u00e0\u00e5\u00e7\u00ea\u00eb\u00e8\u00ef\u00ee\u00ec\u00c4\u00c5\u00c9\u00e6\u00c6\u00f4\u00f6\u00f2\u00fb\u00f9\u00ff\u00d6\u00dc\u00a2\u00a3\u00a5\u20a7\u0192\u00e1\u00ed\u00f3\u00fa\u00f1\u00d1\u00aa\u00ba\u00bf\u2310\u00ac\u00bd\u00bc\u00a1\u00ab\u00bb\u2591\u2592\u2593\u2502\u2524\u2561\u2562\u2556\u2555\u2563\u2551\u2557\u255d\u255c\u255b\u2510\u2514\u2534\u252c\u251c\u2500\u253c\u255e\u255f\u255a\u2554\u2569\u2566\u2560\u2550\u256c\u2567\u2568\u2564\u2565\u2559\u2558\u2552\u2553\u256b\u256a\u2518\u250c\u2588\u2584\u258c\u2590\u2580\u03b1\u00df\u0393\u03c0\u03a3\u03c3\u00b5\u03c4\u03a6\u0398\u03a9\u03b4\u221e\u03c6\u03b5\u2229\u2261\u00b1\u2265\u2264\u2320\u2321\u00f7\u2248\u00b0\u2219\u00b7\u221a\u207f\u00b2\u25a0\u00a0";

/** Letters of Vietnamese are those of Latin that come apart into a base of the alphabet and its marks, and the crossed d. */
function isVietnamese(text: string): boolean {
  const bare = text.normalize("NFD").replace(/[\u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323\u0110\u0111\u2013\u2014\u2018\u2019\u201c\u201d\u2026]/g, "");
  return [...bare].every((letter) => letter.charCodeAt(0) < 0x80);
}

/**
 * A name in a ZIP, decoded. Marked as UTF-8: that; many programs forget the mark, so what reads as UTF-8 is UTF-8; a
 * Vietnamese Windows stores code page 1258; everything else is code page 437 as the format says. Composed (NFC).
 *
 * @param marked bit 11 of the entry's flags
 */
export function decodeName(raw: Uint8Array, marked: boolean): string {
  const utf8 = tryDecode(raw, "utf-8");
  if (utf8 !== undefined) return utf8.normalize("NFC");
  if (marked) return new TextDecoder("utf-8").decode(raw).normalize("NFC");
  const windows = tryDecode(raw, "windows-1258")?.normalize("NFC");
  if (windows !== undefined && isVietnamese(windows)) return windows;
  return [...raw].map((byte) => (byte < 0x80 ? String.fromCharCode(byte) : CP437.charAt(byte - 0x80))).join("").normalize("NFC");
}

function tryDecode(raw: Uint8Array, encoding: string): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(raw);
  } catch {
    return undefined;
  }
}

/** Why a whole archive is refused because of one name. */
export type NameProblem = "archive_path" | "archive_twice";

/** Whether a name leads out of the archive's own folder, or could on some system: refused, not repaired. */
export function leadsOut(name: string): boolean {
  return name.includes("\\") || name.includes("\0") || name.startsWith("/") || /^[a-z]:/i.test(name) || name.split("/").some((part) => part === "..");
}

/** Names that are one and the same file on Windows or a Mac. */
export function sameNameKey(name: string): string {
  return name.normalize("NFC").toLowerCase().replace(/\/+$/, "");
}

/** What systems leave in folders without a person's doing: ignored without a word. */
export function isClutter(path: string): boolean {
  const name = path.split("/").at(-1)?.toLowerCase() ?? "";
  return path.split("/").some((part) => part === "__MACOSX" || part === ".git") || ["thumbs.db", ".ds_store", "desktop.ini", ""].includes(name) || name.startsWith("._") || name.startsWith("~$");
}

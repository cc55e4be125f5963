/**
 * A text folded for search: lower case, no marks, đ → d, single spaces.
 *
 * `fold("Nguyễn  Đức")` is `"nguyen duc"`; composed and decomposed input (NFC, NFD) fold alike.
 */
export function fold(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/[đĐ]/g, "d")
    .toLowerCase()
    .replace(/\s+/g, " ")
    .trim();
}

const collator = new Intl.Collator("vi");

/** Compares two texts as a Vietnamese dictionary orders them. */
export function compareVietnamese(a: string, b: string): number {
  return collator.compare(a, b);
}

const LETTERS = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệfghiìỉĩíịjklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvwxyỳỷỹýỵz";
const RANK = new Map([...LETTERS].map((letter, i) => [letter, String.fromCharCode(0x30 + Math.floor(i / 64), 0x30 + (i % 64))]));

/**
 * A key whose plain byte order is the order of a Vietnamese class list: given name (tên), then middle (đệm), then
 * family name (họ). Stored, because the engines collate differently.
 */
export function nameSortKey(name: string): string {
  const parts = name.normalize("NFC").toLowerCase().trim().split(/\s+/);
  const given = parts.at(-1) ?? "";
  const ordered = [given, ...parts.slice(1, -1), parts.length > 1 ? (parts[0] ?? "") : ""];
  return ordered
    .map((part) => [...part].map((letter) => RANK.get(letter) ?? "~~").join(""))
    .join("!")
    .slice(0, 300);
}

/** The given name by which a Vietnamese person is addressed: the last word. */
export function givenName(name: string): string {
  return name.trim().split(/\s+/).at(-1) ?? "";
}

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

/** A word of a text, in the two forms that a search compares. */
export interface Word {
  /** Lower case, no marks, đ → d, and `y` at the end of a syllable as `i`: `lý`, `lí` and `LY` are all `li`. */
  folded: string;
  /** The letters with the tone behind them, so that `hoà` and `hòa`, composed or not, are the same: `hoaˋ`. */
  exact: string;
}

/** A word with its place in the (NFC) text: `text.slice(from, to)`. */
export interface PlacedWord extends Word {
  from: number;
  to: number;
}

/** Longer runs of letters are no words (an OCR's rubbish, a pasted key); they are cut. */
const WORD_LENGTH_MAX = 40;
const TONES: Record<string, string> = { "\u0300": "ˋ", "\u0301": "ˊ", "\u0303": "˜", "\u0309": "ˀ", "\u0323": "ˍ" };
/** Syllables that are written with y or with i: kĩ thuật and kỹ thuật, vật lí and vật lý, quý and quí. */
const Y_OR_I = /^(h|k|l|m|s|t|qu)y$/;
/** Vietnamese has some seven thousand syllables: most words of any text were folded before. */
const FORMS_KEPT = 50_000;
const forms = new Map<string, Word>();

/** The words of a text. Punctuation separates; digits are words. */
export function wordsOf(text: string): PlacedWord[] {
  const found: PlacedWord[] = [];
  for (let from = nextWord(text, 0); from < text.length; ) {
    const to = endOfWord(text, from);
    const { folded, exact } = formsOf(text.slice(from, to));
    found.push({ folded, exact, from, to });
    from = nextWord(text, to);
  }
  return found;
}

/**
 * The words of a text that are among some folded ones: `wordsOf(text).filter((word) => folded.has(word.folded))`, without
 * looking closer at a word that begins with another letter.
 */
export function wordsAmong(text: string, folded: ReadonlySet<string>): PlacedWord[] {
  const beginnings = new Set([...folded].map((word) => word.charCodeAt(0)));
  const found: PlacedWord[] = [];
  for (let from = nextWord(text, 0); from < text.length; ) {
    const to = endOfWord(text, from);
    if (beginnings.has(beginningOf(text, from))) {
      const forms = formsOf(text.slice(from, to));
      if (folded.has(forms.folded)) found.push({ folded: forms.folded, exact: forms.exact, from, to });
    }
    from = nextWord(text, to);
  }
  return found;
}

/** Where the first word that begins at `from` or behind it begins; the text's length where there is none. */
export function nextWord(text: string, from: number): number {
  let at = from > 0 && kindAt(text, from - 1) !== 0 ? endOfWord(text, from) : from;
  while (at < text.length && !(kindAt(text, at) & BEGINS)) at += 1;
  return at;
}

/** Where the last word that ends at `to` or before it ends; 0 where there is none. */
export function lastWordEnd(text: string, to: number): number {
  let at = to;
  while (at > 0 && !(kindAt(text, at - 1) !== 0 && (at === text.length || kindAt(text, at) === 0))) at -= 1;
  return at;
}

/** Where a word ends that begins at `from`. */
function endOfWord(text: string, from: number): number {
  let at = from;
  while (at < text.length && kindAt(text, at) !== 0) at += isPair(text, at) ? 2 : 1;
  return at;
}

const BEGINS = 1;
const GOES_ON = 2;
/** What a UTF-16 unit by itself is in a word: 0 nothing, else a sum of the two above; 4 where it was not looked at yet. */
const kinds = new Uint8Array(0x10000).fill(4);
/** The first folded letter of a word that begins with this unit. */
const folds = new Uint16Array(0x10000);

function kindAt(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  const known = kinds[unit] ?? 0;
  if (known !== 4 && !isSurrogate(unit)) return known;
  const letter = String.fromCodePoint(text.codePointAt(at) ?? 0);
  const kind = /^[\p{L}\p{N}]/u.test(letter) ? BEGINS | GOES_ON : /^\p{M}/u.test(letter) ? GOES_ON : 0;
  if (isSurrogate(unit)) return isPair(text, at) ? kind : 0;
  kinds[unit] = kind;
  folds[unit] = formsOf(letter).folded.charCodeAt(0);
  return kind;
}

const isSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff;
const isPair = (text: string, at: number): boolean => (text.codePointAt(at) ?? 0) > 0xffff;

function beginningOf(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  return isSurrogate(unit) ? formsOf(String.fromCodePoint(text.codePointAt(at) ?? 0)).folded.charCodeAt(0) : (folds[unit] ?? 0);
}

/** Both forms of one word. */
export function formsOf(word: string): Word {
  const known = forms.get(word);
  if (known !== undefined) return known;
  const made = makeForms(word.slice(0, WORD_LENGTH_MAX));
  if (forms.size >= FORMS_KEPT) forms.clear();
  forms.set(word, made);
  return made;
}

function makeForms(word: string): Word {
  let tone = "";
  const letters = word
    .normalize("NFD")
    .toLowerCase()
    .replace(/[\u0300\u0301\u0303\u0309\u0323]/g, (mark) => ((tone ||= TONES[mark] ?? ""), ""))
    .normalize("NFC");
  const spelt = letters.replace(Y_OR_I, "$1i");
  return { folded: fold(spelt), exact: spelt + tone };
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

/** Characters that XML 1.0 cannot hold, not even escaped: controls, half surrogates and the two non-characters. */
const IMPOSSIBLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;" };

/** Text as XML (and HTML) holds it: in elements, and in attributes of either quote. */
export function escapeXml(text: string): string {
  return text.replace(IMPOSSIBLE, "").replace(/[&<>"']/g, (letter) => ESCAPES[letter] ?? letter);
}

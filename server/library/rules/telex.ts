import { fold } from "../../platform/text.ts";

/**
 * Vietnamese typed while the keyboard program was off: `phaan soos` (Telex) and `pha6n so61` (VNI) are `phân số`.
 */

const ONSETS = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x".split(" ");
/** Rhymes without tone. Source: the syllables of Vietnamese orthography. */
const RHYMES = (
  "a ac ach ai am an ang anh ao ap at au ay ă ăc ăm ăn ăng ăp ăt â âc âm ân âng âp ât âu ây " +
  "e ec em en eng eo ep et ê êch êm ên ênh êp êt êu i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu iê " +
  "o oc oi om on ong op ot oa oac oach oai oam oan oang oanh oao oap oat oay oe oen oeo oet oăc oăm oăn oăng oăt ooc oong " +
  "ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt u ua uc ui um un ung up ut uân uâng uât uây uê uêch uênh uôc uôi uôm uôn uông uôt uơ uy uya uych uynh uyt uyu uyên uyêt " +
  "ư ưa ưc ưi ưm ưn ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu y yêm yên yêng yêt yêu yê " +
  "ach anh at"
).split(" ");
const RHYME = new Set(RHYMES);
const VOWELS = "aăâeêioôơuưy";
const TELEX_TONES: Record<string, string> = { f: "\u0300", s: "\u0301", r: "\u0309", x: "\u0303", j: "\u0323", z: "" };
const VNI_TONES: Record<string, string> = { 2: "\u0300", 1: "\u0301", 3: "\u0309", 4: "\u0303", 5: "\u0323", 0: "" };

/**
 * What the words would have been with the keyboard program on; undefined where that changes nothing. A word that would
 * become no Vietnamese syllable stays as it is.
 */
export function decodeTyping(text: string): string | undefined {
  let changed = false;
  const words = text.split(/\s+/).filter(Boolean);
  const decoded: string[] = [];
  for (const word of words) {
    const made = /^[a-z0-9]+$/i.test(word) && word.length <= 12 ? decodeWord(word.toLowerCase()) : undefined;
    if (made !== undefined) changed = true;
    decoded.push(made ?? word);
  }
  return changed ? decoded.join(" ") : undefined;
}

function decodeWord(word: string): string | undefined {
  const typed = /[0-9]/.test(word) ? decodeVni(word) : decodeTelex(word);
  const made = typed && { ...typed, letters: typed.letters.replace(/ươ$/, "uơ") }; // thuở: nothing follows
  if (made === undefined || made.letters + made.tone === word || !isSyllable(made.letters, made.tone)) return undefined;
  return placeTone(made.letters, made.tone);
}

interface Typed {
  letters: string;
  /** A combining mark, or nothing. */
  tone: string;
}

function decodeTelex(word: string): Typed {
  let letters = "";
  let tone = "";
  for (const key of word) {
    const vowelBefore = hasVowel(letters);
    if (vowelBefore && key in TELEX_TONES) tone = TELEX_TONES[key] ?? "";
    else if (key === "w") letters = withHorn(letters);
    else if ("aeo".includes(key) && letters.includes(key) && hasOnlyOne(letters, key)) letters = letters.replace(key, { a: "â", e: "ê", o: "ô" }[key] ?? key);
    else if (key === "d" && letters.startsWith("d")) letters = `đ${letters.slice(1)}`;
    else letters += key;
  }
  return { letters, tone };
}

function decodeVni(word: string): Typed | undefined {
  if (/^[0-9]/.test(word)) return undefined;
  let letters = "";
  let tone = "";
  for (const key of word) {
    if (key === "6") letters = letters.replace(/[aeo](?=[^aeo]*$)/, (vowel) => ({ a: "â", e: "ê", o: "ô" })[vowel] ?? vowel);
    else if (key === "7") letters = withHorn(letters, /[ou](?=[^ou]*$)/);
    else if (key === "8") letters = letters.replace(/a(?=[^a]*$)/, "ă");
    else if (key === "9") letters = letters.replace(/^d/, "đ");
    else if (key in VNI_TONES) tone = VNI_TONES[key] ?? "";
    else letters += key;
  }
  return { letters, tone };
}

const HORN: Record<string, string> = { a: "ă", o: "ơ", u: "ư" };

function withHorn(letters: string, last = /[aou](?=[^aou]*$)/): string {
  if (/uo/.test(letters) && !/^quo/.test(letters)) return letters.replace("uo", "ươ");
  if (/ua(?![a-z])/.test(letters) && !/^qu/.test(letters)) return letters.replace("ua", "ưa"); // chuwa, mua + w
  return last.test(letters) ? letters.replace(last, (vowel) => HORN[vowel] ?? vowel) : `${letters}ư`;
}

const hasVowel = (letters: string): boolean => [...letters].some((letter) => VOWELS.includes(letter));
const hasOnlyOne = (letters: string, key: string): boolean => letters.split(key).length === 2;

/** Onset and rhyme of a syllable without tone; undefined where it is none. */
function parts(letters: string): { onset: string; rhyme: string } | undefined {
  for (const length of [3, 2, 1, 0]) {
    const onset = letters.slice(0, length);
    const rhyme = letters.slice(length);
    if ((onset === "" || ONSETS.includes(onset)) && RHYME.has(rhyme)) return { onset, rhyme };
  }
  return undefined;
}

/** Whether these letters with this tone are a syllable that Vietnamese can have: stops take only sắc and nặng. */
export function isSyllable(letters: string, tone: string): boolean {
  const found = parts(letters);
  if (found === undefined) return false;
  const stopped = /(?:c|ch|p|t)$/.test(found.rhyme);
  return !stopped || tone === "\u0301" || tone === "\u0323";
}

/** Writes the tone where a textbook has it: hoà, toán, quý, mười, nghĩa. */
function placeTone(letters: string, tone: string): string {
  if (tone === "") return letters;
  const { onset, rhyme } = parts(letters) ?? { onset: "", rhyme: letters };
  const at = toneAt(rhyme);
  return (onset + rhyme.slice(0, at + 1) + tone + rhyme.slice(at + 1)).normalize("NFC");
}

function toneAt(rhyme: string): number {
  const marked = [...rhyme].findLastIndex((letter) => VOWELS.includes(letter) && fold(letter) !== letter);
  if (marked >= 0) return marked;
  const vowels = /^[aeiouy]+/.exec(rhyme)?.[0].length ?? 1;
  if (vowels === 1) return 0;
  if (vowels === rhyme.length && vowels === 2) return /^(?:oa|oe|uy)$/.test(rhyme) ? 1 : 0;
  return vowels === 3 ? 1 : vowels - 1;
}

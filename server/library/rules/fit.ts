import { wordsOf } from "../../platform/text.ts";

/** How well a material fits a lesson by its title: a proposal, never a claim. */

/** Words that every second title has and that say nothing about the lesson; folded. */
const EMPTY = new Set(
  "bai tiet tuan chuong phan chu de va cua cac nhung mot hai ba bon trong ve cho voi la o tren duoi de theo tu den giao an khbd giang phieu hoc tap luyen chung on thuc hanh hoat dong trai nghiem van ban doc ki i ii iii iv v kiem tra cuoi giua".split(" "),
);

/** The words of a title that tell lessons apart, folded; all of them where nothing else is there ("Luyện tập chung"). */
export function tellingWords(title: string): string[] {
  const all = [...new Set(wordsOf(title.normalize("NFC")).map((word) => word.folded))];
  const telling = all.filter((word) => !EMPTY.has(word) && !/^\d+$/.test(word));
  return telling.length > 0 ? telling : all;
}

export interface Fit {
  /** From 0 to 1. */
  share: number;
  /** Words of the lesson's title that the material's title has. */
  common: number;
  of: number;
}

/** The share of the lesson's telling words that the material's title has, a little less for every word that it has besides. */
export function fitOf(lesson: readonly string[], material: ReadonlySet<string>): Fit {
  const common = lesson.filter((word) => material.has(word)).length;
  const besides = Math.max(0, material.size - common);
  const share = lesson.length === 0 ? 0 : common / lesson.length;
  return { share: share * (1 - Math.min(0.3, besides * 0.03)), common, of: lesson.length };
}

/** From here on a material is proposed. */
export const FITS_FROM = 0.5;

export interface Proposable {
  title: string;
  grade: number | null;
  uses: number;
}

/** Materials with the words of their titles made once, to be compared with many lessons. */
export function prepare<M extends Proposable>(materials: readonly M[]): (M & { words: ReadonlySet<string> })[] {
  return materials.map((material) => ({ ...material, words: new Set(tellingWords(material.title)) }));
}

/** Materials that fit a lesson, the best first: title, then the same grade, then use. */
export function proposalsFor<M extends Proposable & { words: ReadonlySet<string> }>(lesson: { title: string; grade: number }, materials: readonly M[], max: number): (M & { fit: Fit })[] {
  const words = tellingWords(lesson.title);
  const weigh = (material: M & { fit: Fit }): number => material.fit.share + (material.grade === lesson.grade ? 0.15 : 0) + Math.min(0.1, Math.log2(1 + material.uses) / 60);
  return materials
    .map((material) => ({ ...material, fit: fitOf(words, material.words) }))
    .filter((material) => material.fit.share >= FITS_FROM)
    .sort((a, b) => weigh(b) - weigh(a))
    .slice(0, max);
}

import type { Lang, Formats } from "../../platform/i18n.ts";
import { fileIcon } from "../../shell/icons.ts";
import type { BadgeView, IconView } from "../../shell/partials.ts";
import { marked, passage, type Piece } from "../rules/excerpt.ts";
import type { Word } from "../../platform/text.ts";
import type { FoundPage, ShownHit } from "../store/search.ts";

/** What every page builder needs to speak. */
export interface Speech {
  t: Words;
  f: Formats;
  lang: Lang;
}

/** A material in a list of hits. */
export interface HitView {
  href: string;
  icon: IconView["name"];
  title: Piece[];
  detail: string;
  badges: BadgeView[];
  /** Where the words stand besides the title: in the file (with its page), or in what is said of it. */
  passage: { pieces: Piece[]; label: string; href: string } | undefined;
}

declare global {
  interface Views {
    "library/hit": HitView;
    "library/pieces": { pieces: Piece[] };
  }
}

/** The page of a material: with versions and trail for its school's staff, the shared one for others. A draft has no shared page. */
function hrefOf(hit: ShownHit, own: ReadonlySet<string>): string {
  return own.has(hit.school_id) || hit.approved_version_id === null ? `/materials/${hit.id}` : `/library/materials/${hit.id}`;
}

export function hitView({ t, lang }: Speech, hit: ShownHit, own: ReadonlySet<string>, words: readonly Word[], page: FoundPage | undefined): HitView {
  const href = hrefOf(hit, own);
  const inFile = page && passage(page.text, words);
  const said = inFile === undefined ? inWhatIsSaid(hit, words) : undefined;
  const at = page !== undefined && page.page > 1 ? `${href}#page=${page.page}` : href;
  return {
    href,
    icon: fileIcon(hit.mime),
    title: marked(hit.title, words),
    detail: detailOf(t, lang, hit),
    badges: badgesOf(t, hit, own),
    passage: inFile && page ? { pieces: inFile, label: page.page > 1 || hit.mime === "application/pdf" ? t.library.page(page.page) : t.library.in_text, href: at } : said && { pieces: said, label: "", href },
  };
}

function inWhatIsSaid(hit: ShownHit, words: readonly Word[]): Piece[] | undefined {
  for (const text of [hit.description, hit.keywords, hit.author]) {
    const found = words.length > 0 ? passage(text, words) : undefined;
    if (found !== undefined) return found;
  }
  const begins = hit.description.slice(0, 180);
  return begins === "" ? undefined : [{ text: begins.length < hit.description.length ? `${begins} …` : begins, hit: false }];
}

export function subjectOf(lang: Lang, row: { subject_vi: string | null; subject_en: string | null }): string {
  return (lang === "vi" ? row.subject_vi : row.subject_en) ?? "";
}

function detailOf(t: Words, lang: Lang, hit: ShownHit): string {
  const subject = [subjectOf(lang, hit), hit.grade === null ? "" : t.materials.grade(hit.grade)].filter(Boolean).join(" · ");
  return [t.materials.kinds[hit.kind] ?? hit.kind, subject, hit.author || hit.uploader_name, hit.school_name, hit.uses > 0 ? t.library.uses(hit.uses) : ""].filter(Boolean).join(" · ");
}

/** What is not in use yet says so; what the own school approved as well. */
function badgesOf(t: Words, hit: ShownHit, own: ReadonlySet<string>): BadgeView[] {
  if (hit.approved_version_id === null) return [{ label: t.materials.states[hit.state] ?? hit.state, tone: "neutral" }];
  return own.has(hit.school_id) ? [{ label: t.materials.states["approved"] ?? "", tone: "good" }] : [];
}

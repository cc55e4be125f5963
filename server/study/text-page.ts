import type { Formats, Lang } from "../platform/i18n.ts";
import { RICH_TEXT_MAX } from "../platform/rich-text.ts";
import type { SafeHtml } from "../platform/web/render.ts";
import type { ActView, ErrorSummaryView, FieldView, NoticeView, PageHeadView } from "../shell/partials.ts";
import { imageHref, type LessonPlace } from "./around.ts";
import type { EmbeddedMaterial, LessonImage } from "./store/authoring.ts";

/** Writing a lesson's text. */
export interface TextPage {
  head: PageHeadView;
  errors: ErrorSummaryView["errors"];
  notices: NoticeView[];
  dropDraft: ActView | undefined;
  action: string;
  previewAction: string;
  draftAction: string;
  imageAction: string;
  slidesHref: string;
  cancel: string;
  revision: string;
  text: FieldView;
  image: FieldView;
  alt: FieldView;
  /** The words of the toolbar as JSON. */
  words: string;
  preview: SafeHtml | undefined;
  theirs: SafeHtml | undefined;
  images: { src: string; alt: string; code: string }[];
  materials: { title: string; detail: string; code: string }[];
}

declare global {
  interface Views {
    "courses/text": TextPage;
  }
}

interface Facts {
  head: PageHeadView;
  base: string;
  body: string;
  revision: number;
  errors: readonly string[];
  draftFrom: string | undefined;
  preview: SafeHtml | undefined;
  theirs: SafeHtml | undefined;
  problem: string | undefined;
  added: string | undefined;
  images: readonly LessonImage[];
  materials: readonly EmbeddedMaterial[];
  place: LessonPlace;
}

export function textPage({ t, f }: { t: Words; f: Formats; lang: Lang }, facts: Facts): TextPage {
  const words = t.courses;
  const notices: NoticeView[] = [];
  if (facts.theirs) notices.push({ kind: "warn", text: words.text_changed });
  if (facts.draftFrom !== undefined) notices.push({ kind: "info", text: words.draft_found(f.moment(facts.draftFrom)) });
  if (facts.added !== undefined) notices.push({ kind: "good", text: facts.added });
  const plain = (text: string): string => text.replace(/[[\]\\]/g, "");
  return {
    head: facts.head,
    errors: [...facts.errors.map((message) => ({ field: "body", label: words.text_label, message })), ...(facts.problem === undefined ? [] : [{ field: "image", label: words.image, message: facts.problem }])],
    notices,
    dropDraft: facts.draftFrom === undefined ? undefined : { action: `${facts.base}/text-draft-removal`, label: words.draft_drop, kind: "quiet", confirm: words.draft_drop_confirm },
    action: `${facts.base}/text`,
    previewAction: `${facts.base}/text-preview`,
    draftAction: `${facts.base}/text-draft`,
    imageAction: `${facts.base}/images`,
    slidesHref: `${facts.base}/slides`,
    cancel: facts.base,
    revision: String(facts.revision),
    text: { name: "body", label: words.text_label, kind: "textarea", hint: words.text_hint, value: facts.body, error: facts.errors[0], attributes: { rows: 22, maxlength: RICH_TEXT_MAX } },
    image: { name: "image", label: words.image, kind: "file", hint: words.image_hint, error: facts.problem, attributes: { accept: "image/jpeg,image/png,image/gif,image/webp,image/avif" } },
    alt: { name: "alt", label: words.image_alt, kind: "text", hint: words.image_alt_hint, attributes: { maxlength: 300 } },
    words: JSON.stringify(words.editor),
    preview: facts.preview,
    theirs: facts.theirs,
    images: facts.images.map((image) => ({ src: imageHref(facts.place, image.id), alt: image.alt, code: `![${plain(image.alt)}](image:${image.id})` })),
    materials: facts.materials.map((material) => ({ title: material.title, detail: f.bytes(material.size_bytes), code: `[${plain(material.title)}](material:${material.id})` })),
  };
}

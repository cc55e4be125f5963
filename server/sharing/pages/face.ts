import { dayOf } from "../../platform/clock.ts";
import { subjectName, type Speech } from "../../materials/pages/parts.ts";
import type { LessonRow, MaterialRow, VersionRow } from "../../materials/store.ts";
import type { FormView } from "../../shell/form-fields.ts";
import type { ActionView, ActView, BadgeView, FactsView, FieldView, NoticeView, PageHeadView } from "../../shell/partials.ts";
import { licenceAddress, type RatingSum } from "../rules.ts";
import type { ListedCollection } from "../store/collections.ts";
import type { RatingRow } from "../store/ratings.ts";
import type { ChainedRow, TakedownRow, Uses } from "../store.ts";

/** A form that asks for a reason, folded away until it is wanted. */
export interface ReasonView {
  action: string;
  label: string;
  hint: string;
  reason: FieldView;
  /** A box to tick, where there is one. */
  box: FieldView | undefined;
  open: boolean;
}

export interface RatingView {
  name: string;
  detail: string;
  /** `★★★★☆`, for the eye. */
  picture: string;
  stars: string;
  words: string;
  removal: ReasonView | undefined;
}

/** The shared face of a material: for those who sign in, and without a person for everybody. */
export interface FacePage {
  head: PageHeadView;
  notices: NoticeView[];
  acts: ActView[];
  viewer: Views["materials/viewer"]["viewer"];
  description: string;
  uses: { text: string; note: string };
  rating: string;
  facts: FactsView["items"];
  licence: { name: string; text: string };
  lessons: string[];
  chain: { text: string; href: string | undefined }[];
  ratings: RatingView[];
  rate: FormView | undefined;
  collections: { href: string; label: string }[];
  /** Own collections to add it to, one press each; undefined for those who keep none. */
  adding: { acts: ActView[]; has: string[]; create: ActionView } | undefined;
  takeDown: ReasonView | undefined;
}

/** What stands in the place of a material that was taken down. */
export interface GonePage {
  head: PageHeadView;
  text: string;
  note: string;
  putBack: ReasonView | undefined;
}

/** Copying to change: a form with a file that may be left out. */
export interface DerivePage {
  head: PageHeadView;
  form: FormView;
  fileError: string | undefined;
}

declare global {
  interface Views {
    "sharing/face": FacePage;
    "sharing/gone": GonePage;
    "sharing/derive": DerivePage;
    "sharing/reason": ReasonView;
    "sharing/rating": RatingView;
  }
}

export interface FaceFacts {
  material: MaterialRow;
  version: VersionRow;
  viewer: FacePage["viewer"];
  lessons: readonly LessonRow[];
  uses: Uses | undefined;
  /** Openings of the shared page, by each person at most once a day. */
  opens: number;
  rating: RatingSum | undefined;
  ratings: readonly RatingRow[];
  sources: readonly ChainedRow[];
  madeFrom: readonly ChainedRow[];
  /** Ids of the chain that the reader may open. */
  open: ReadonlySet<string>;
  /** `/library/materials` or `/catalogue`. */
  base: string;
  holding: readonly ListedCollection[];
  collectionsBase: string;
  actions: ActionView[];
  notices: NoticeView[];
  acts: ActView[];
  rate: FormView | undefined;
  adding: FacePage["adding"];
  takeDown: ReasonView | undefined;
  /** The form that removes this person's rating; undefined for those who may not. */
  removalOf: (personId: string) => ReasonView | undefined;
}

const LESSONS_SHOWN_MAX = 12;

export function facePage(speech: Speech, facts: FaceFacts): FacePage {
  const { t, f } = speech;
  const { material } = facts;
  const words = t.sharing;
  return {
    head: headOf(speech, facts),
    notices: facts.notices,
    acts: facts.acts,
    viewer: facts.viewer,
    description: material.description,
    uses: { text: [words.uses(facts.uses?.classes ?? 0, facts.uses?.schools ?? 0), facts.opens > 0 ? words.opens(speech.f.number(facts.opens)) : ""].filter(Boolean).join(" · "), note: words.uses_note },
    rating: ratingText(speech, facts.rating),
    facts: factsOf(speech, facts),
    licence: { name: t.materials.licences[material.licence] ?? material.licence, text: words.licences[material.licence] ?? "" },
    lessons: facts.lessons.slice(0, LESSONS_SHOWN_MAX).map((lesson) => t.materials.lesson_line(lesson.position, lesson.title, lesson.grade, lesson.year_id)),
    chain: chainOf(t, facts),
    ratings: facts.ratings.map((rating) => ({
      name: rating.name,
      detail: [rating.school_name ?? "", f.day(dayOf(rating.rated_at))].filter(Boolean).join(" · "),
      picture: "★".repeat(rating.stars) + "☆".repeat(5 - rating.stars),
      stars: words.stars(rating.stars),
      words: rating.words,
      removal: facts.removalOf(rating.person_id),
    })),
    rate: facts.rate,
    collections: facts.holding.map((one) => ({ href: `${facts.collectionsBase}/${one.id}`, label: one.title })),
    adding: facts.adding,
    takeDown: facts.takeDown,
  };
}

function headOf({ t, lang }: Speech, { material, actions }: FaceFacts): PageHeadView {
  const eyebrow = [subjectName(lang, material), material.grade === null ? "" : t.materials.grade(material.grade), t.materials.kinds[material.kind]];
  const badges: BadgeView[] = [{ label: t.materials.scopes[material.scope] ?? material.scope, tone: "info", icon: "network" }];
  return { title: material.title, eyebrow: eyebrow.filter(Boolean).join(" · "), lead: t.sharing.by(material.author || material.uploader_name, material.school_name), badges, actions };
}

export function ratingText({ t, f }: Speech, rating: RatingSum | undefined): string {
  return rating === undefined ? t.sharing.rating_none : t.sharing.rating(f.number(rating.tenths / 10, 1), rating.count);
}

function factsOf({ t, f }: Speech, { material, version }: FaceFacts): FactsView["items"] {
  const words = t.materials.fields;
  const items = [
    { label: t.sharing.school, value: material.school_name },
    { label: t.sharing.author, value: material.author || material.uploader_name },
    { label: words.source, value: material.source },
    { label: t.sharing.version_date, value: t.sharing.version_of(version.number, f.day(dayOf(version.uploaded_at))) },
    { label: words.language, value: t.materials.languages[material.language] ?? material.language },
    { label: words.year, value: material.year === null ? "" : String(material.year) },
    { label: words.keywords, value: material.keywords },
    { label: words.accessibility, value: material.accessibility },
  ];
  return items.filter((item) => item.value !== "");
}

function chainOf(t: Words, { material, sources, madeFrom, open, base }: FaceFacts): FacePage["chain"] {
  const link = (row: ChainedRow): string | undefined => (open.has(row.id) ? `${base}/${row.id}` : undefined);
  // How each step was taken stands with the one that took it: the material itself, then its sources in turn.
  const ways = [material.origin, ...sources.map((row) => row.origin)];
  return [
    ...sources.map((row, i) => ({ text: ways[i] === "adopted" ? t.sharing.adopted_from(row.title, row.author, row.school_name) : t.sharing.made_from(row.title, row.author, row.school_name), href: link(row) })),
    ...madeFrom.map((row) => ({ text: t.sharing.remade(row.title, row.author, row.school_name), href: `${base}/${row.id}` })),
  ];
}

export function gonePage({ t, f }: Speech, takedown: TakedownRow, putBack: ReasonView | undefined): GonePage {
  const words = t.sharing;
  const text = words.gone(f.day(dayOf(takedown.taken_down_at)), takedown.reason);
  return { head: { title: words.gone_title }, text: takedown.because_of_id === null ? text : `${words.gone_original} ${text}`, note: words.gone_note, putBack };
}

/**
 * What search engines read of a public material, as JSON-LD: a data block, which runs nothing and which the CSP lets stand.
 *
 * Source: schema.org LearningResource, version 28.
 */
export function learningResource({ t, lang }: Speech, base: string, { material, version, sources, rating, open }: FaceFacts): string {
  const address = `${base}/catalogue/${material.id}`;
  const original = sources.find((row) => open.has(row.id));
  const data = {
    "@context": "https://schema.org",
    "@type": "LearningResource",
    "@id": address,
    url: address,
    name: material.title,
    description: material.description || undefined,
    inLanguage: material.language,
    learningResourceType: t.materials.kinds[material.kind],
    educationalLevel: material.grade === null ? undefined : t.materials.grade(material.grade),
    about: subjectName(lang, material) || undefined,
    keywords: material.keywords || undefined,
    author: { "@type": "Person", name: material.author || material.uploader_name },
    publisher: { "@type": "Organization", name: material.school_name },
    license: licenceAddress(material.licence),
    dateModified: version.uploaded_at,
    isAccessibleForFree: true,
    isBasedOn: original && `${base}/catalogue/${original.id}`,
    aggregateRating: rating && { "@type": "AggregateRating", ratingValue: rating.tenths / 10, ratingCount: rating.count, bestRating: 5, worstRating: 1 },
    encoding: { "@type": "MediaObject", contentUrl: `${address}/file`, encodingFormat: version.mime, contentSize: String(version.size_bytes) },
  };
  return JSON.stringify(data);
}

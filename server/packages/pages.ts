import type { CourseRow } from "../courses/store.ts";
import type { VersionRow } from "../materials/store.ts";
import { viewerOfFile, type ViewerView } from "../materials/pages/viewer.ts";
import type { Formats, Lang } from "../platform/i18n.ts";
import type { PackageItem } from "../platform/web/package-content.ts";
import type { ActionView, BadgeView, EmptyView, PageHeadView, RowView, TableView } from "../shell/partials.ts";
import { wholeOf, type Standing } from "./rules.ts";
import type { PackageRow, PupilResults, ResultRow } from "./store.ts";

export interface Voice {
  t: Words;
  f: Formats;
  lang: Lang;
}

/** A package on a page of its own, with one's results below. */
export interface PackagePage {
  head: PageHeadView;
  viewer: ViewerView;
  /** What of a package's own order of parts is kept here, for the staff. */
  order: string | undefined;
  ownTitle: string;
  own: RowView[];
  courses: ActionView[];
}

export interface ClassPage {
  head: PageHeadView;
  done: string;
  table: TableView | undefined;
  empty: EmptyView;
}

declare global {
  interface Views {
    "packages/show": PackagePage;
    "packages/class": ClassPage;
  }
}

/** What the player is told at its start. */
export interface PlayAnswer {
  token: string;
  /** Below this address lie the package's files. */
  files: string;
  /** The origin of the packages' own host, where the installation has one. */
  apart: string | null;
  standard: PackageRow["standard"];
  title: string;
  words: { lost: string };
  items: (Omit<PackageItem, "href"> & { href: string; state: string; seconds: number } & ItemState)[];
}

export interface ItemState {
  completed: boolean;
  /** `Đã làm xong · cao nhất 90 %` */
  text: string;
}

export function itemState({ t, f }: Voice, standing: Standing | undefined): ItemState {
  const words = t.packages;
  if (standing === undefined) return { completed: false, text: words.not_started };
  const parts = [words[standing.status], standing.success === null ? "" : words[standing.success], standing.score_bp === null ? "" : words.score(f.basisPoints(standing.score_bp))];
  return { completed: standing.status === "completed", text: parts.filter(Boolean).join(" · ") };
}

export function playAnswer(voice: Voice, content: PackageRow, results: readonly ResultRow[], play: { token: string; origin: string | undefined }, title: string): PlayAnswer {
  const base = `${play.origin ?? ""}/packages/${play.token}/`;
  return {
    token: play.token,
    files: base,
    apart: play.origin ?? null,
    standard: content.standard,
    title,
    words: { lost: voice.t.packages.lost },
    items: content.items.map((item) => {
      const result = results.find((row) => row.item === item.id);
      return { ...item, title: item.title || title, href: content.standard === "h5p" ? "h5p" : `files/${item.href}`, state: result?.state ?? "", seconds: result?.seconds ?? 0, ...itemState(voice, result) };
    }),
  };
}

interface PackageFacts {
  material: { id: string; title: string };
  version: VersionRow;
  content: PackageRow;
  results: readonly ResultRow[];
  courses: readonly { id: string; class_name: string }[];
  isPupil: boolean;
}

export function packagePage(voice: Voice, facts: PackageFacts): PackagePage {
  const { t, f } = voice;
  const words = t.packages;
  const { material, version, content } = facts;
  return {
    head: {
      title: material.title,
      eyebrow: [words.standards[content.standard], content.items.length > 1 ? words.parts(content.items.length) : ""].filter(Boolean).join(" · "),
      actions: [{ href: `/materials/${material.id}`, label: words.back, icon: "arrow-left" }],
    },
    viewer: viewerOfFile(voice, material.id, material.title, version),
    order: !facts.isPupil && content.standard === "scorm2004" && content.items.length > 1 ? words.order : undefined,
    ownTitle: facts.isPupil ? words.own : words.own_staff,
    own: content.items.flatMap((item): RowView[] => {
      const result = facts.results.find((row) => row.item === item.id);
      if (result === undefined) return [];
      return [{ title: item.title || material.title, detail: [itemState(voice, result).text, words.minutes(Math.round(result.seconds / 60)), f.moment(result.updated_at)].join(" · "), badges: flagBadges(t, result) }];
    }),
    courses: facts.courses.map((course) => ({ href: `/courses/${course.id}/materials/${material.id}/results`, label: words.class_of(course.class_name), icon: "users" })),
  };
}

function flagBadges(t: Words, { flags }: Pick<Standing, "flags">): BadgeView[] {
  return flags.map((flag) => ({ label: t.packages.flags[flag], tone: "warn" }));
}

export function classPage(voice: Voice, course: CourseRow, material: { id: string; title: string }, content: PackageRow, pupils: readonly PupilResults[]): ClassPage {
  const { t } = voice;
  const words = t.packages;
  const wholes = pupils.map((pupil) => ({ pupil, whole: wholeOf(content.items.length, pupil.results) }));
  return {
    head: { title: words.class_of(course.class_name), eyebrow: material.title, lead: words.class_lead, actions: [{ href: `/materials/${material.id}`, label: words.back, icon: "arrow-left" }] },
    done: words.class_done(wholes.filter(({ whole }) => whole.completed === whole.parts).length, pupils.length),
    table:
      pupils.length === 0
        ? undefined
        : {
            caption: words.class_of(course.class_name),
            columns: [{ label: words.pupil }, { label: words.state }, { label: words.best, number: true }, { label: words.time, number: true }, { label: words.last }, { label: words.note }],
            rows: wholes.map(({ pupil, whole }) => classRow(voice, pupil, whole)),
          },
    empty: { icon: "users", title: words.class_none },
  };
}

function classRow({ t, f }: Voice, pupil: PupilResults, whole: ReturnType<typeof wholeOf>): TableView["rows"][number] {
  const words = t.packages;
  const last = pupil.results.map((result) => result.updated_at).sort().at(-1);
  const state = pupil.results.length === 0 ? words.not_started : whole.completed === whole.parts ? words.completed : whole.parts > 1 ? words.completed_parts(whole.completed, whole.parts) : words.started;
  return [
    { text: pupil.name },
    { text: state },
    { text: whole.score_bp === null ? "–" : f.basisPoints(whole.score_bp) },
    { text: last === undefined ? "–" : words.minutes(Math.round(whole.seconds / 60)) },
    { text: last === undefined ? "–" : f.moment(last) },
    { text: whole.flags.map((flag) => words.flags[flag]).join("; ") },
  ];
}

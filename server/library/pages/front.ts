import type { EmptyView, PageHeadView } from "../../shell/partials.ts";
import { hitView, type HitView, type Speech } from "./parts.ts";
import type { ShownHit } from "../store/search.ts";

/** The front of the library. */
export interface FrontPage {
  head: PageHeadView;
  shelves: { title: string; id: string; hits: HitView[]; all: string }[];
  subjects: { title: string; href: string }[];
  browseHref: string | undefined;
  empty: EmptyView | undefined;
}

declare global {
  interface Views {
    "library/front": FrontPage;
  }
}

export interface FrontFacts {
  recent: readonly ShownHit[];
  used: readonly ShownHit[];
  /** Subjects of the person: taught, learnt, or of the group. */
  mine: readonly string[];
  subjects: readonly { code: string; name: string }[];
  ownSchools: ReadonlySet<string>;
  school: { id: string } | undefined;
  mayUpload: boolean;
  browses: boolean;
}

export function frontPage(speech: Speech, facts: FrontFacts): FrontPage {
  const { t } = speech;
  const words = t.library;
  const views = (hits: readonly ShownHit[]): HitView[] => hits.map((hit) => hitView(speech, hit, facts.ownSchools, [], undefined));
  const only = facts.mine.length === 1 ? `&subject=${facts.mine[0]}` : "";
  const shelves = [
    { id: "recent", title: facts.mine.length > 0 ? words.recent : words.recent_all, hits: views(facts.recent), all: `/library?sort=newest${only}` },
    { id: "used", title: words.most_used, hits: views(facts.used), all: "/library?sort=used" },
  ];
  return {
    head: {
      title: words.title,
      lead: words.lead,
      actions: [
        ...(facts.school ? [{ href: `/schools/${facts.school.id}/materials`, label: words.school_list, icon: "school" as const }] : []),
        { href: "/library/collections", label: t.sharing.collections, icon: "list-ordered" },
        { href: "/library/reports", label: t.sharing.reports, icon: "flag", kind: "quiet" },
        ...(facts.school && facts.mayUpload ? [{ href: `/schools/${facts.school.id}/materials/new`, label: words.upload, icon: "upload" as const, kind: "primary" as const }] : []),
      ],
    },
    shelves: shelves.filter((shelf) => shelf.hits.length > 0),
    subjects: facts.subjects.map((subject) => ({ title: subject.name, href: facts.browses ? `/library/browse?subject=${subject.code}` : `/library?subject=${subject.code}` })),
    browseHref: facts.browses ? "/library/browse" : undefined,
    empty:
      facts.recent.length > 0
        ? undefined
        : { icon: "library", title: facts.browses ? words.nothing_yet : words.nothing_yet_pupil, text: words.nothing_yet_text, action: facts.school && facts.mayUpload ? { href: `/schools/${facts.school.id}/materials/new`, label: words.upload, icon: "upload" } : undefined },
  };
}

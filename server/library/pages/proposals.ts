import type { LessonRow } from "../../materials/store.ts";
import type { ActionView, ActView, EmptyView, PageHeadView } from "../../shell/partials.ts";
import type { Proposal } from "../proposals.ts";
import { hitView, subjectOf, type HitView, type Speech } from "./parts.ts";

/** What of the library fits a lesson, with the reason of each. */
export interface ProposalsPage {
  head: PageHeadView;
  rows: { hit: HitView; reason: string; attach: ActView | undefined; open: ActionView }[];
  empty: EmptyView;
}

declare global {
  interface Views {
    "library/proposals": ProposalsPage;
  }
}

interface Facts {
  lesson: LessonRow;
  proposals: readonly Proposal[];
  ownSchools: ReadonlySet<string>;
  mayAttach: (proposal: Proposal) => boolean;
}

export function proposalsPage(speech: Speech, facts: Facts): ProposalsPage {
  const { t, lang } = speech;
  const { lesson } = facts;
  return {
    head: { title: t.library.proposals, eyebrow: t.materials.lesson_eyebrow(subjectOf(lang, lesson), lesson.grade, lesson.year_id), lead: lesson.title },
    rows: facts.proposals.map((proposal) => rowOf(speech, facts, proposal)),
    empty: {
      icon: "search",
      title: t.library.proposals_none,
      text: t.library.proposals_none_text,
      action: { href: `/library?q=${encodeURIComponent(lesson.title.slice(0, 150))}`, label: t.library.search },
    },
  };
}

function rowOf(speech: Speech, facts: Facts, proposal: Proposal): ProposalsPage["rows"][number] {
  const { t } = speech;
  const { lesson } = facts;
  const hit = hitView(speech, proposal.hit, facts.ownSchools, [], undefined);
  return {
    hit: { ...hit, passage: undefined },
    reason: reasonOf(speech, lesson, proposal),
    attach: facts.mayAttach(proposal)
      ? { action: `/plan-lessons/${lesson.id}/proposals`, label: t.library.attach, icon: "link", kind: "primary", hidden: { material: proposal.hit.id } }
      : undefined,
    open: { href: hit.href, label: t.library.open },
  };
}

/** Why it is proposed, in words. */
function reasonOf({ t, lang }: Speech, lesson: LessonRow, { hit, fit }: Proposal): string {
  const words = t.library;
  const subject = subjectOf(lang, lesson);
  const grade = hit.grade === null ? words.reason_no_grade(subject) : hit.grade === lesson.grade ? words.reason_same_grade(subject, lesson.grade) : words.reason_other_grade(subject, hit.grade);
  const own = hit.school_id === lesson.school_id;
  const from = own ? (hit.approved_version_id === null ? words.reason_own_draft : words.reason_own) : words.reason_shared(hit.school_name);
  const said = [words.reason_words(fit.common, fit.of), grade, from, hit.uses > 0 ? words.uses(hit.uses) : ""].filter(Boolean).join(" · ");
  return said.charAt(0).toUpperCase() + said.slice(1);
}

import { GRADES } from "../../materials/rules.ts";
import { gradeOptions, subjectName, subjectOptions, type Speech } from "../../materials/pages/parts.ts";
import { fileDetail } from "../../materials/pages/viewer.ts";
import type { SubjectRow } from "../../materials/store.ts";
import { fileIcon, type IconName } from "../../shell/icons.ts";
import type { EmptyView, FilterBarView, PageHeadView, PagerView } from "../../shell/partials.ts";
import type { RatingSum } from "../rules.ts";
import { CATALOGUE_PAGE, type CatalogueFilter, type CatalogueRow } from "../store/catalogue.ts";
import type { Uses } from "../store.ts";
import { ratingText } from "./face.ts";

/** A material as a card of the catalogue. */
export interface SharedCard {
  href: string;
  title: string;
  icon: IconName;
  eyebrow: string;
  text: string;
  meta: string[];
}

export interface CataloguePage {
  head: PageHeadView;
  filter: FilterBarView;
  cards: SharedCard[];
  pager: PagerView;
  empty: EmptyView;
}

declare global {
  interface Views {
    "sharing/catalogue": CataloguePage;
    "sharing/card": SharedCard;
  }
}

interface Facts {
  filter: CatalogueFilter;
  found: readonly CatalogueRow[];
  subjects: readonly SubjectRow[];
  uses: ReadonlyMap<string, Uses>;
  ratings: ReadonlyMap<string, RatingSum>;
}

export function cataloguePage(speech: Speech, facts: Facts): CataloguePage {
  const { t } = speech;
  const { filter } = facts;
  const shown = facts.found.slice(0, CATALOGUE_PAGE);
  const last = facts.found.length > CATALOGUE_PAGE ? shown.at(-1) : undefined;
  const filtered = filter.subject !== null || filter.grade !== null;
  return {
    head: { title: t.sharing.catalogue, lead: t.sharing.catalogue_lead, actions: [{ href: "/library/collections", label: t.sharing.collections, icon: "list" }] },
    filter: {
      action: "/catalogue",
      label: t.sharing.filter,
      clearHref: filtered ? "/catalogue" : undefined,
      fields: [
        { name: "subject", label: t.materials.fields.subject, kind: "select", value: filter.subject ?? "", options: subjectOptions(speech, facts.subjects, t.materials.all) },
        { name: "grade", label: t.materials.fields.grade, kind: "select", value: String(filter.grade ?? ""), options: gradeOptions(speech, GRADES, t.materials.all) },
      ],
    },
    cards: shown.map((row) => cardOf(speech, row, facts)),
    pager: {
      summary: t.sharing.summary(shown.length),
      previous: filter.after === null ? undefined : addressOf({ ...filter, after: null }),
      next: last && addressOf({ ...filter, after: last.id }),
    },
    empty: filtered ? { icon: "search", title: t.sharing.catalogue_no_match, action: { href: "/catalogue", label: t.shell.clear } } : { icon: "library", title: t.sharing.catalogue_empty },
  };
}

function cardOf(speech: Speech, row: CatalogueRow, { uses, ratings }: Facts): SharedCard {
  const { t, f, lang } = speech;
  const used = uses.get(row.id);
  const eyebrow = [subjectName(lang, row), row.grade === null ? "" : t.materials.grade(row.grade), t.materials.kinds[row.kind] ?? ""];
  return {
    href: `/catalogue/${row.id}`,
    title: row.title,
    icon: fileIcon(row.mime),
    eyebrow: eyebrow.filter(Boolean).join(" · "),
    text: t.sharing.by(row.author || row.uploader_name, row.school_name),
    meta: [fileDetail(f, row), row.licence, t.sharing.uses(used?.classes ?? 0, used?.schools ?? 0), ratingText(speech, ratings.get(row.id))],
  };
}

export function addressOf(filter: CatalogueFilter): string {
  const query = new URLSearchParams();
  if (filter.subject) query.set("subject", filter.subject);
  if (filter.grade !== null) query.set("grade", String(filter.grade));
  if (filter.after) query.set("after", filter.after);
  const text = query.toString();
  return text === "" ? "/catalogue" : `/catalogue?${text}`;
}

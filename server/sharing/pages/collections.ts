import { subjectName, type Speech } from "../../materials/pages/parts.ts";
import { fileDetail } from "../../materials/pages/viewer.ts";
import { fileIcon, type IconName } from "../../shell/icons.ts";
import type { ActionView, ActView, BadgeView, EmptyView, FieldView, NoticeView, PageHeadView, PagerView, TabsView } from "../../shell/partials.ts";
import type { SharedCard } from "./catalogue.ts";
import { COLLECTIONS_PAGE, type CollectionItem, type CollectionRow, type ListedCollection } from "../store/collections.ts";

export interface CollectionsPage {
  head: PageHeadView;
  tabs: TabsView;
  cards: SharedCard[];
  pager: PagerView;
  empty: EmptyView;
}

export interface CollectionItemView {
  id: string;
  href: string;
  title: string;
  icon: IconName;
  detail: string;
  note: string;
  up: ActView | undefined;
  down: ActView | undefined;
  takeOut: ActView | undefined;
  noteForm: { action: string; label: string; field: FieldView } | undefined;
}

export interface CollectionPage {
  head: PageHeadView;
  description: string;
  hidden: NoticeView | undefined;
  items: CollectionItemView[];
  /** Where a dragged order is sent; undefined for those who may not change it. */
  orderAction: string | undefined;
  dragLabel: string;
  empty: EmptyView;
  remove: ActView | undefined;
}

declare global {
  interface Views {
    "sharing/collections": CollectionsPage;
    "sharing/collection": CollectionPage;
    "sharing/collection-item": { item: CollectionItemView; dragLabel: string };
  }
}

export function collectionsPage({ t }: Speech, facts: { found: readonly ListedCollection[]; mine: boolean; after: string | null; mayCreate: boolean }): CollectionsPage {
  const words = t.sharing;
  const shown = facts.found.slice(0, COLLECTIONS_PAGE);
  const last = facts.found.length > COLLECTIONS_PAGE ? shown.at(-1) : undefined;
  const base = facts.mine ? "/library/collections?mine=yes" : "/library/collections";
  const create: ActionView = { href: "/library/collections/new", label: words.collection_new, icon: "plus", kind: "primary" };
  return {
    head: { title: words.collections, lead: words.collections_lead, actions: facts.mayCreate ? [create] : [] },
    tabs: {
      label: words.collections,
      items: [
        { href: "/library/collections", label: words.collections_all, current: !facts.mine },
        { href: "/library/collections?mine=yes", label: words.collections_mine, current: facts.mine },
      ],
    },
    cards: shown.map((one) => ({
      title: one.title,
      icon: "list-ordered",
      href: `/library/collections/${one.id}`,
      eyebrow: words.collection_by(one.unit_name, one.owner_name),
      text: one.description,
      meta: [words.collection_count(one.items), words.collection_scopes[one.scope] ?? one.scope],
    })),
    pager: { summary: "", previous: facts.after === null ? undefined : base, next: last && `${base}${facts.mine ? "&" : "?"}after=${last.id}` },
    empty: { icon: "list", title: words.collections_empty, text: words.collections_empty_text, action: facts.mayCreate ? create : undefined },
  };
}

function scopeBadge(t: Words, scope: string): BadgeView {
  return { label: t.sharing.collection_scopes[scope] ?? scope, tone: scope === "own" ? "neutral" : "info" };
}

export interface CollectionFacts {
  collection: CollectionRow;
  items: readonly CollectionItem[];
  hidden: number;
  mayEdit: boolean;
  /** `/library` for those who sign in, `/catalogue` for everybody. */
  materialsBase: string;
}

export function collectionPage(speech: Speech, facts: CollectionFacts): CollectionPage {
  const { t } = speech;
  const words = t.sharing;
  const { collection, items, mayEdit } = facts;
  const base = `/library/collections/${collection.id}`;
  return {
    head: {
      title: collection.title,
      eyebrow: words.collection_by(collection.unit_name, collection.owner_name),
      badges: [scopeBadge(t, collection.scope)],
      actions: mayEdit ? [{ href: `${base}/edit`, label: words.collection_edit, icon: "pencil" }] : [],
    },
    description: collection.description,
    hidden: facts.hidden > 0 ? { kind: "info", text: words.collection_hidden(facts.hidden) } : undefined,
    items: items.map((item, i) => itemView(speech, facts, item, i)),
    orderAction: mayEdit && items.length > 1 ? `${base}/order` : undefined,
    dragLabel: words.drag,
    empty: { icon: "list", title: words.collection_items_empty, text: mayEdit ? words.collection_items_empty_text : undefined },
    remove: mayEdit ? { action: `${base}/removal`, label: words.collection_remove, icon: "trash-2", kind: "danger", confirm: words.collection_remove_ask(collection.title) } : undefined,
  };
}

function itemView({ t, f, lang }: Speech, facts: CollectionFacts, item: CollectionItem, index: number): CollectionItemView {
  const words = t.sharing;
  const base = `/library/collections/${facts.collection.id}/items/${item.material_id}`;
  const move = (to: "up" | "down", label: string): ActView => ({ action: `${base}/move`, label, icon: to === "up" ? "chevron-up" : "chevron-down", kind: "quiet", hidden: { to } });
  const subject = [subjectName(lang, item), item.grade === null ? "" : t.materials.grade(item.grade)].filter(Boolean).join(" · ");
  return {
    id: item.material_id,
    href: `${facts.materialsBase}/${item.material_id}`,
    title: item.title,
    icon: fileIcon(item.mime),
    detail: [fileDetail(f, item), subject, item.school_name].filter(Boolean).join(" · "),
    note: item.note,
    up: facts.mayEdit && index > 0 ? move("up", words.move_up(item.title)) : undefined,
    down: facts.mayEdit && index < facts.items.length - 1 ? move("down", words.move_down(item.title)) : undefined,
    takeOut: facts.mayEdit ? { action: `${base}/removal`, label: words.take_out(item.title), icon: "x", kind: "quiet" } : undefined,
    noteForm: facts.mayEdit
      ? { action: `${base}/note`, label: words.note_save, field: { name: "note", id: `note-${item.material_id}`, label: words.note_of(item.title), kind: "textarea", value: item.note, required: false, attributes: { maxlength: 1000, rows: 2 } } }
      : undefined,
  };
}

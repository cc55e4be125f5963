import type { Formats } from "../platform/i18n.ts";
import type { IconName } from "../shell/icons.ts";
import type { EmptyView, PageHeadView, PagerView, TabsView } from "../shell/partials.ts";
import type { NoticeKind } from "./messages.ts";
import { FAILURES_MAX, type DigestChoice } from "./digest-store.ts";
import { NOTICES_PAGE, type NoticeRow } from "./store.ts";

export interface NoticesPage {
  head: PageHeadView;
  tabs: TabsView;
  rows: { href: string; icon: IconName; title: string; comment: string; when: string; isNew: boolean; read: { action: string; label: string } | undefined }[];
  /** Everything up to this notice was shown; undefined where nothing is unread. */
  readAll: { upTo: string } | undefined;
  pager: PagerView;
  empty: EmptyView;
  /** The choice of a daily letter, for those who may have one. */
  mail: { text: string; trouble: string | undefined; daily: "yes" | "no"; label: string } | { text: string; trouble: undefined; daily: undefined; label: undefined } | undefined;
}

export interface MailRemovalPage {
  action: string;
  done: boolean;
}

declare global {
  interface Views {
    "notices/list": NoticesPage;
    "notices/mail-removal": MailRemovalPage;
  }
}

const LOOKS: Record<NoticeKind, IconName> = {
  live_soon: "video",
  live_substitute: "users",
  live_substitute_ended: "users",
  live_substituted: "users",
  live_teaches_again: "users",
  live_guest_invited: "user",
  live_board_no_room: "circle-x",
  live_absent: "calendar",
  timetable_new: "calendar",
  kit_ready: "headphones",
  recording_ready: "video",
  recording_expires: "trash-2",
  material_submitted: "send",
  material_waiting: "clipboard-check",
  material_passed: "check",
  material_returned: "undo-2",
  material_approved: "badge-check",
  material_withdrawn: "circle-x",
  material_retired: "archive",
  material_restored: "refresh-cw",
  material_commented: "message-circle",
  material_adopted: "copy",
  scope_asked: "network",
  scope_given: "network",
  scope_denied: "undo-2",
  material_renewed: "refresh-cw",
  material_taken_down: "circle-x",
  material_put_back: "refresh-cw",
  material_reported: "flag",
  deputy_named: "key-round",
  report_answered: "message-circle",
  bulk_read: "scan-line",
  bulk_refused: "circle-x",
  bulk_done: "folder-open",
  bulk_exported: "archive",
  bulk_export_failed: "circle-x",
  month_due: "lock",
  month_reopened: "undo-2",
  documents_missing: "file-text",
  odd_asked: "circle-help",
  odd_answered: "message-circle",
  odd_settled: "check",
  report_due: "send",
  report_submitted: "send",
  report_returned: "undo-2",
  report_accepted: "badge-check",
  indicator_confirmed: "badge-check",
  indicator_returned: "undo-2",
  assessment_submitted: "send",
  assessment_checked: "clipboard-check",
  assessment_returned: "undo-2",
  assessment_published: "badge-check",
};

interface Facts {
  found: readonly NoticeRow[];
  filter: { unread: boolean; after: string | null };
  /** Unread ones of this person altogether. */
  unread: number;
  /** Undefined where letters are not offered. */
  digest: DigestChoice | undefined;
}

export function noticesPage({ t, f }: { t: Words; f: Formats }, { found, filter, unread, digest }: Facts): NoticesPage {
  const words = t.notices;
  const shown = found.slice(0, NOTICES_PAGE);
  const last = found.length > NOTICES_PAGE ? shown.at(-1) : undefined;
  const base = filter.unread ? "/notices?show=unread" : "/notices";
  const newest = shown[0];
  return {
    head: { title: words.notices, lead: words.lead(unread) },
    tabs: {
      label: words.notices,
      items: [
        { href: "/notices", label: words.all, current: !filter.unread },
        { href: "/notices?show=unread", label: words.unread, current: filter.unread, count: String(unread) },
      ],
    },
    rows: shown.map((notice) => rowOf({ t, f }, notice)),
    readAll: unread > 0 && newest && filter.after === null ? { upTo: newest.id } : undefined,
    pager: {
      summary: words.summary(shown.length),
      previous: filter.after === null ? undefined : base,
      next: last && `${base}${filter.unread ? "&" : "?"}after=${last.id}`,
    },
    empty: filter.unread ? { icon: "circle-check", title: words.empty_unread } : { icon: "bell", title: words.empty, text: words.empty_text },
    mail: digest && mailView(words, digest),
  };
}

function mailView({ mail }: Words["notices"], { email, failures }: DigestChoice): NoticesPage["mail"] {
  if (email === null && failures === null) return { text: mail.no_address, trouble: undefined, daily: undefined, label: undefined };
  if (failures === null) return { text: mail.offer(email ?? ""), trouble: undefined, daily: "yes", label: mail.begin };
  if (failures >= FAILURES_MAX) return { text: mail.chosen(email ?? ""), trouble: mail.failed, daily: "yes", label: mail.again };
  return { text: mail.chosen(email ?? ""), trouble: undefined, daily: "no", label: mail.end };
}

function rowOf({ t, f }: { t: Words; f: Formats }, notice: NoticeRow): NoticesPage["rows"][number] {
  const title = t.notices.kinds[notice.kind]?.(notice.params) ?? notice.params.title;
  const isNew = notice.read_at === null;
  return {
    href: `/notices/${notice.id}`,
    icon: (LOOKS as Record<string, IconName>)[notice.kind] ?? "bell",
    title,
    comment: notice.params.comment,
    when: f.moment(notice.at),
    isNew,
    read: isNew ? { action: `/notices/${notice.id}/reading`, label: t.notices.read_one(title) } : undefined,
  };
}

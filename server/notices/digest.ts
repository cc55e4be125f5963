import type { Actor } from "../access/actor.ts";
import type { Lang } from "../platform/i18n.ts";
import type { Letter, Mail } from "../platform/mail.ts";
import type { DueDigest } from "./digest-store.ts";
import type { NoticeRow } from "./store.ts";

/** The address that ends letters: in each of them with its own key, and called by mail programs themselves (RFC 8058). */
export const REMOVAL = "/notices/mail-removal";

/** Who may choose letters: grown-ups. Pupils see their notices here, and their addresses are used for nothing else. */
export function mayBeMailed(actor: Pick<Actor, "isGuest" | "memberships">): boolean {
  return !actor.isGuest && actor.memberships.some((membership) => membership.role !== "pupil");
}

/** What stands in notices of these kinds may be a pupil's name: a letter, which lies on servers elsewhere, does not tell it. */
const UNNAMED: ReadonlySet<string> = new Set(["live_absent", "material_reported"]);

export interface DigestPost {
  mail: Mail;
  /** The address people use. */
  baseUrl: string;
  words: Record<Lang, Words>;
}

/** The letter: each notice with its own address here, the newest first. */
export function letterOf({ words, baseUrl }: Pick<DigestPost, "words" | "baseUrl">, digest: Pick<DueDigest, "email" | "name" | "language" | "removal_key">, notices: readonly NoticeRow[], count: number): Letter {
  const t = words[digest.language].notices;
  const lines = notices.map((notice) => {
    const text = UNNAMED.has(notice.kind) ? t.letter.unnamed : (t.kinds[notice.kind]?.(notice.params) ?? notice.params.title);
    return `- ${text.replace(/\s+/g, " ").trim()}\n  ${baseUrl}/notices/${notice.id}`;
  });
  const others = count > notices.length ? [`${t.letter.others(count - notices.length)}\n  ${baseUrl}/notices?show=unread`] : [];
  const end = `${baseUrl}${REMOVAL}?key=${digest.removal_key}`;
  return {
    to: digest.email,
    subject: t.letter.subject(count),
    text: [t.letter.greeting(digest.name), ...lines, ...others, t.letter.why(end)].join("\n\n"),
    endsAt: end,
  };
}

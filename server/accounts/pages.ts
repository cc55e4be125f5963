import type { Role } from "../access/actor.ts";
import type { Formats } from "../platform/i18n.ts";
import type { FormView } from "../shell/form-fields.ts";
import type { ActView, BadgeView, FieldView, NoticeView, PageHeadView } from "../shell/partials.ts";
import type { AccountWithPlaces, SessionRow } from "./store.ts";

/** One demonstration account as the sign-in page offers it. */
export interface DemoAccount {
  username: string;
  name: string;
  role: Role;
  school: string;
}

export interface SignInPage {
  login: string;
  alert: { kind: "warn" | "bad"; text: string } | undefined;
  /** Own path to go to afterwards. */
  next: string;
  /** A form whose session ended: its address and what was typed, field by field. */
  held: Held | undefined;
  demo: { password: string; accounts: DemoAccount[] } | undefined;
}

export interface Held {
  path: string;
  fields: [name: string, value: string][];
}

export interface HeldPage {
  head: PageHeadView;
  held: Held;
}

export interface ProfilePage {
  head: PageHeadView;
  roles: { label: string; where: string }[];
  password: FormView;
  sessions: { device: string; since: string; seen: string; here: boolean; end: ActView }[];
  everywhere: ActView;
  tokensHref: string;
}

export interface AccountPage {
  head: PageHeadView;
  state: BadgeView;
  username: string;
  email: string;
  link: string | undefined;
  acts: ActView[];
}

declare global {
  interface Views {
    "accounts/sign-in": SignInPage;
    "accounts/held": HeldPage;
    "accounts/link-over": { notice: NoticeView };
    "accounts/profile": ProfilePage;
    "accounts/account": AccountPage;
  }
}

const HELD_CHARACTERS_MAX = 200_000;

/** What was typed into a form whose session ended, as far as it is text and not a secret. */
export function heldFields(body: unknown): Held["fields"] {
  if (typeof body !== "object" || body === null) return [];
  const fields: Held["fields"] = [];
  let size = 0;
  for (const [name, value] of Object.entries(body)) {
    if (/password|again|current|code/.test(name)) continue;
    for (const item of [value].flat()) {
      if (typeof item !== "string") continue;
      size += name.length + item.length;
      if (size > HELD_CHARACTERS_MAX) return fields;
      fields.push([name, item]);
    }
  }
  return fields;
}

/** "Chrome · Windows" of a browser's own long name. */
export function deviceName(userAgent: string, words: Words["accounts"]): string {
  const browser = ["Edg", "OPR", "SamsungBrowser", "CocCoc", "Firefox", "Chrome", "Safari"].find((name) => userAgent.includes(name));
  const system = ["Android", "iPhone", "iPad", "Windows", "Mac OS", "CrOS", "Linux"].find((name) => userAgent.includes(name));
  return [browser, system].filter(Boolean).join(" · ") || words.unknown_device;
}

export function sessionRows(rows: readonly SessionRow[], hereHash: string, t: Words, f: Formats): ProfilePage["sessions"] {
  return rows.map((row) => ({
    device: deviceName(row.device, t.accounts),
    since: f.stamp(row.created_at),
    seen: f.stamp(row.seen_at),
    here: row.sid_hash === hereHash,
    end: { action: `/profile/sessions/${row.sid_hash}/ending`, label: t.accounts.session_end, kind: "quiet" },
  }));
}

export function passwordFields(t: Words, min: number): FieldView[] {
  const attributes = { autocomplete: "new-password", maxlength: 1000 };
  return [
    { name: "password", label: t.accounts.new_password, kind: "password", hint: t.accounts.new_password_hint(min), required: true, attributes },
    { name: "again", label: t.accounts.again, kind: "password", required: true, attributes },
  ];
}

export function accountPage(account: AccountWithPlaces, link: string | undefined, t: Words): AccountPage {
  const words = t.accounts;
  const suspended = account.state === "suspended";
  const waiting = account.password_hash === null;
  const base = `/people/${account.id}`;
  const invite: ActView = { action: `${base}/invitation`, label: words.invite, icon: "send", kind: "primary" };
  const stop: ActView = { action: `${base}/suspension`, label: words.suspend, icon: "lock", kind: "danger", confirm: words.suspend_confirm(account.name) };
  const restore: ActView = { action: `${base}/suspension-removal`, label: words.restore, icon: "undo-2", kind: "primary" };
  return {
    head: { title: words.account_of(account.name) },
    state: suspended
      ? { label: words.account_suspended, tone: "bad" }
      : waiting
        ? { label: words.account_waiting, tone: "warn" }
        : { label: words.account_active, tone: "good" },
    username: account.username,
    email: account.email ?? "–",
    link,
    acts: suspended ? [restore] : [invite, stop],
  };
}

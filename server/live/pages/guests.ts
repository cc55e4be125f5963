import type { Instant } from "../../platform/clock.ts";
import type { Formats } from "../../platform/i18n.ts";
import { formView, type FormState, type FormView } from "../../shell/form-fields.ts";
import type { ActView, BadgeView, EmptyView, FactsView, NoticeView, PageHeadView, RowView } from "../../shell/partials.ts";
import type { LiveRow } from "../store/classes.ts";
import type { InvitationRow } from "../store/tables.ts";
import { classesOf, teacherWords } from "./list.ts";

type Tongue = { t: Words; f: Formats };

/** The live classes of a school that are to come. */
export interface SchoolClassesPage {
  head: PageHeadView;
  rows: RowView[];
  nothing: EmptyView;
}

/** The invitations into one class. */
export interface GuestsPage {
  head: PageHeadView;
  /** The link that was just made; it is shown once. */
  address: string | undefined;
  invitations: { title: string; detail: string; badge: BadgeView; revoke: ActView | undefined }[];
  form: FormView | undefined;
}

/** What stands behind the link of an invitation. */
export interface InvitationPage {
  head: PageHeadView;
  facts: FactsView | undefined;
  notice: NoticeView | undefined;
  form: FormView | undefined;
  /** Somebody is signed in here, and comes in as who they are. */
  signOut: boolean;
}

declare global {
  interface Views {
    "live/school": SchoolClassesPage;
    "live/guests": GuestsPage;
    "live/invitation": InvitationPage;
  }
}

export function guestsPage(known: { live: LiveRow; invitations: readonly (InvitationRow & { creator: string })[]; form: FormView | undefined; address: string | undefined }, at: Instant, { t, f }: Tongue): GuestsPage {
  const { live } = known;
  const words = t.live_after.guests;
  return {
    head: { title: words.title, eyebrow: live.title, lead: words.lead(f.moment(live.starts_at)) },
    address: known.address,
    form: known.form,
    invitations: known.invitations.map((one) => ({
      title: one.guest,
      detail: words.detail(one.purpose, one.guests, one.guests_max, f.moment(one.expires_at), one.creator),
      badge: badgeOf(one, live, at, t),
      revoke: isOver(one, live, at) ? undefined : { action: `/live-classes/${live.id}/guests/${one.id}/removal`, label: words.revoke, icon: "circle-x", kind: "quiet", confirm: words.revoke_ask(one.guest) },
    })),
  };
}

function isOver(invitation: InvitationRow, live: LiveRow, at: Instant): boolean {
  return invitation.revoked_at !== null || invitation.expires_at <= at || (live.state !== "scheduled" && live.state !== "open");
}

function badgeOf(invitation: InvitationRow, live: LiveRow, at: Instant, t: Words): BadgeView {
  const words = t.live_after.guests;
  if (invitation.revoked_at !== null) return { label: words.revoked, tone: "bad" };
  if (isOver(invitation, live, at)) return { label: words.over, tone: "neutral" };
  return { label: words.stands, tone: "good" };
}

export function invitationPage(known: { live: LiveRow; invitation: InvitationRow; token: string; visitor: string | undefined }, state: FormState, at: Instant, { t, f }: Tongue): InvitationPage {
  const { live, invitation, visitor } = known;
  const words = t.live_after.guests;
  const full = invitation.guests >= invitation.guests_max;
  if (isOver(invitation, live, at) || full) {
    return { head: { title: words.not_valid }, facts: undefined, notice: { kind: "warn", title: undefined, text: full ? words.full_text : words.not_valid_text }, form: undefined, signOut: false };
  }
  const facts = [
    { label: t.live.facts.when, value: f.moment(live.starts_at) },
    { label: t.live.facts.classes, value: classesOf(live) },
    { label: t.live.facts.teacher, value: teacherWords(live, t) },
    { label: words.purpose, value: invitation.purpose },
  ];
  const head = { title: words.come_title(live.title), eyebrow: live.school.name, lead: words.come_lead };
  if (visitor !== undefined) return { head, facts: { items: facts }, notice: { kind: "info", title: undefined, text: words.signed_in(visitor) }, form: undefined, signOut: true };
  const form = formView(t, state, {
    action: `/live-invitations/${known.token}`,
    submit: words.come,
    fields: [{ name: "name", label: words.name, hint: words.name_hint, kind: "text", required: true, attributes: { maxlength: 60, autocomplete: "name" } }],
  });
  return { head, facts: { items: facts }, notice: undefined, form, signOut: false };
}

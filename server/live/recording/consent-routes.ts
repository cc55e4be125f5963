import { z } from "zod";
import type { Actor } from "../../access/actor.ts";
import { notFound } from "../../platform/errors.ts";
import type { Formats } from "../../platform/i18n.ts";
import { readForm } from "../../platform/web/form.ts";
import type { FeatureRoutes } from "../../platform/web/router.ts";
import { dayOf } from "../../platform/clock.ts";
import { flash } from "../../shell/layout.ts";
import { endConsent, listChildren, listConsents, saveConsent, type ConsentRow } from "./consent-store.ts";
import { standing, WORDING, WORDINGS } from "./wording.ts";
import type { ActView, BadgeView, PageHeadView } from "../../shell/partials.ts";

/**
 * The consent of a parent to the recording of a child's voice (Law 91/2025/QH15: active, for this purpose alone, never
 * ticked beforehand, withdrawn at any time).
 */
export interface ConsentPage {
  head: PageHeadView;
  children: { name: string; state: BadgeView; why: string | undefined; acts: ActView[]; past: { said: string; wording: string; text: string }[] }[];
}

declare global {
  interface Views {
    "live/consents": ConsentPage;
  }
}

const pupil = z.string().length(26);
const GivenForm = z.strictObject({ pupil, wording: z.coerce.number().int() });
const EndedForm = z.strictObject({ pupil });

export function addConsents(routes: FeatureRoutes): void {
  routes.get("/recording-consents", "signed_in", async (req, res) => {
    if (req.actor.children.size === 0) throw notFound();
    const words = req.t.recording.consent;
    const ids = [...req.actor.children];
    const [children, consents] = await Promise.all([listChildren(req.db, ids), listConsents(req.db, ids)]);
    const page: ConsentPage = {
      head: { title: words.title, lead: words.wordings[WORDING] },
      children: children.map((child) => childView(child, consents.filter((one) => one.pupil_id === child.id), { t: req.t, f: req.f })),
    };
    res.page("live/consents", page, { title: words.title, crumbs: [{ href: "/live-classes", label: req.t.live.title }, { label: words.title }] });
  });

  routes.post("/recording-consents", "signed_in", async (req, res) => {
    const form = ofOwnChild(req.actor, GivenForm, req.body);
    // What was agreed to is what was read: a page that stood open while the text changed is read again.
    if (form.wording === WORDING) await saveConsent(req.db, form.pupil, { by: req.actor.personId, at: req.now, requestId: req.id });
    flash(req, form.wording === WORDING ? req.t.recording.consent.done : req.t.recording.consent.reread);
    res.redirect(303, "/recording-consents");
  });

  routes.post("/recording-consents/removal", "signed_in", async (req, res) => {
    const form = ofOwnChild(req.actor, EndedForm, req.body);
    await endConsent(req.db, form.pupil, { by: req.actor.personId, at: req.now, requestId: req.id });
    flash(req, req.t.recording.consent.ended);
    res.redirect(303, "/recording-consents");
  });
}

/** What stands for a child, and everything that was agreed to and taken back, with the text of that day. */
function childView({ id, name }: { id: string; name: string }, consents: readonly ConsentRow[], { t, f }: { t: Words; f: Formats }): ConsentPage["children"][number] {
  const words = t.recording.consent;
  const [newest] = consents.filter((one) => one.withdrawn_at === null);
  const stands = standing(consents);
  const day = newest === undefined ? "" : f.day(dayOf(newest.given_at));
  const give: ActView = { action: "/recording-consents", label: stands === "outdated" ? words.give_again : words.give, kind: "primary", hidden: { pupil: id, wording: String(WORDING) } };
  const withdraw: ActView = { action: "/recording-consents/removal", label: words.withdraw, hidden: { pupil: id } };
  const states: Record<typeof stands, BadgeView> = {
    none: { label: words.none, tone: "neutral" },
    outdated: { label: words.again, tone: "warn", icon: "triangle-alert" },
    given: { label: words.given(day), tone: "good", icon: "circle-check" },
  };
  return {
    name,
    state: states[stands],
    why: stands === "outdated" ? words.outdated(day) : undefined,
    acts: stands === "none" ? [give] : stands === "given" ? [withdraw] : [give, withdraw],
    past: consents.map((one) => ({
      said: one.withdrawn_at === null ? words.past(f.day(dayOf(one.given_at)), one.giver) : words.past_ended(f.day(dayOf(one.given_at)), one.giver, f.day(dayOf(one.withdrawn_at))),
      wording: words.wording(one.wording),
      text: words.wordings[WORDINGS.find((version) => version === one.wording) ?? WORDING],
    })),
  };
}

/** What a parent sends about a child of theirs; anybody else's does not exist. */
function ofOwnChild<T extends { pupil: string }>(actor: Actor, schema: z.ZodType<T>, body: unknown): T {
  const form = readForm(schema, body);
  if (!form.ok || !actor.children.has(form.value.pupil)) throw notFound();
  return form.value;
}

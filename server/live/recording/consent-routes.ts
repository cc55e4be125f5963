import type { Request } from "express";
import { z } from "zod";
import type { Actor } from "../../access/actor.ts";
import { notFound } from "../../platform/errors.ts";
import { readForm } from "../../platform/web/form.ts";
import type { FeatureRoutes } from "../../platform/web/router.ts";
import { dayOf } from "../../platform/clock.ts";
import { flash } from "../../shell/layout.ts";
import { endConsent, listChildren, saveConsent } from "./consent-store.ts";
import type { ActView, BadgeView, PageHeadView } from "../../shell/partials.ts";

/**
 * The consent of a parent to the recording of a child's voice (Law 91/2025/QH15: active, for this purpose alone, never
 * ticked beforehand, withdrawn at any time).
 */
export interface ConsentPage {
  head: PageHeadView;
  children: { name: string; state: BadgeView; act: ActView }[];
}

declare global {
  interface Views {
    "live/consents": ConsentPage;
  }
}

const ConsentForm = z.strictObject({ pupil: z.string().length(26) });

export function addConsents(routes: FeatureRoutes): void {
  routes.get("/recording-consents", "signed_in", async (req, res) => {
    if (req.actor.children.size === 0) throw notFound();
    const words = req.t.recording.consent;
    const children = await listChildren(req.db, [...req.actor.children]);
    const page: ConsentPage = {
      head: { title: words.title, lead: words.lead },
      children: children.map(({ id, name, given_at }) => ({
        name,
        state: given_at === null ? { label: words.none, tone: "neutral" } : { label: words.given(req.f.day(dayOf(given_at))), tone: "good", icon: "circle-check" },
        act: given_at === null ? { action: "/recording-consents", label: words.give, kind: "primary", hidden: { pupil: id } } : { action: "/recording-consents/removal", label: words.withdraw, hidden: { pupil: id } },
      })),
    };
    res.page("live/consents", page, { title: words.title, crumbs: [{ href: "/live-classes", label: req.t.live.title }, { label: words.title }] });
  });

  routes.post("/recording-consents", "signed_in", async (req, res) => {
    const pupil = childOf(req.actor, req);
    await saveConsent(req.db, pupil, { by: req.actor.personId, at: req.now, requestId: req.id });
    flash(req, req.t.recording.consent.done);
    res.redirect(303, "/recording-consents");
  });

  routes.post("/recording-consents/removal", "signed_in", async (req, res) => {
    const pupil = childOf(req.actor, req);
    await endConsent(req.db, pupil, { by: req.actor.personId, at: req.now, requestId: req.id });
    flash(req, req.t.recording.consent.ended);
    res.redirect(303, "/recording-consents");
  });
}

/** A child of the person who asks; anybody else's does not exist. */
function childOf(actor: Actor, req: Request): string {
  const form = readForm(ConsentForm, req.body);
  if (!form.ok || !actor.children.has(form.value.pupil)) throw notFound();
  return form.value.pupil;
}

import { randomBytes } from "node:crypto";
import type { Request, Response } from "express";
import type { Granted } from "../../access/policy.ts";
import { openSchool } from "../../organisation/access.ts";
import { addDays, dayOf, instantOf } from "../../platform/clock.ts";
import { conflict } from "../../platform/errors.ts";
import { hashOf } from "../../platform/secrets.ts";
import { blankForm, readForm } from "../../platform/web/form.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { formView, type FormState } from "../../shell/form-fields.ts";
import { flash } from "../../shell/layout.ts";
import { openInvitation, openLiveClass } from "../access.ts";
import { GuestForm, INVITED_DAYS_MAX, InvitationForm } from "../forms.ts";
import { guestsPage, invitationPage } from "../pages/guests.ts";
import { classesOf, rowOf, teacherWords } from "../pages/list.ts";
import { listOfSchool, type LiveRow } from "../store/classes.ts";
import { listInvitations, saveGuest, saveInvitation, saveRevocation } from "../store/guests.ts";
import { byOf } from "./schedule.ts";

/** Guests from outside, by invitation of the school only: invited, come by a link with a name, and taken back. */
export function addGuests(routes: FeatureRoutes): void {
  routes.get("/schools/:id/live-classes", "signed_in", async (req, res) => {
    const school = await openSchool(req.db, req.actor, idOf(req.params["id"]), "arrange");
    const words = req.t.live_after.school;
    const rows = (await listOfSchool(req.db, school, req.now)).map((live) => ({
      ...rowOf(live, req.now, req),
      href: `/live-classes/${live.id}/guests`,
      detail: `${req.f.moment(live.starts_at)} · ${classesOf(live)} · ${teacherWords(live, req.t)}`,
    }));
    const head = { title: words.title, eyebrow: school.name, lead: words.lead };
    res.page("live/school", { head, rows, nothing: { icon: "video", title: req.t.live.none_to_come, text: words.none } }, { title: words.title, crumbs: [{ href: `/units/${school.id}`, label: school.name }, { label: words.title }] });
  });

  routes.get("/live-classes/:id/guests", "signed_in", async (req, res) => {
    const live = await openLiveClass(req.db, req.actor, idOf(req.params["id"]), "invite");
    await show(req, res, live, blankForm(), undefined);
  });

  routes.post("/live-classes/:id/guests", "signed_in", async (req, res) => {
    const live = await openLiveClass(req.db, req.actor, idOf(req.params["id"]), "invite");
    const form = readForm(InvitationForm, req.body);
    if (!form.ok) return show(req, res.status(422), live, form, undefined);
    const { guest, purpose, guests_max, until } = form.value;
    if (until < dayOf(req.now) || until > addDays(dayOf(req.now), INVITED_DAYS_MAX)) {
      return show(req, res.status(422), live, { typed: { guest, purpose, guests_max: String(guests_max), until }, errors: [{ field: "until", code: "invited_until", params: { days: INVITED_DAYS_MAX } }] }, undefined);
    }
    const token = randomBytes(24).toString("base64url");
    await saveInvitation(req.db, live, { guest, purpose, guests_max, expires_at: instantOf(addDays(until, 1), "00:00"), tokenHash: hashOf(token) }, { ...byOf(req), name: req.actor.name });
    await show(req, res, live, blankForm(), `${req.config.baseUrl}/live-invitations/${token}`);
  });

  routes.post("/live-classes/:id/guests/:invitation/removal", "signed_in", async (req, res) => {
    const live = await openLiveClass(req.db, req.actor, idOf(req.params["id"]), "invite");
    await saveRevocation(req.db, live, idOf(req.params["invitation"]), byOf(req));
    flash(req, req.t.live_after.guests.revoked_done);
    res.redirect(303, `/live-classes/${live.id}/guests`);
  });

  // Where a guest is led who leaves: without an account there is no other page.
  routes.get("/live-invitations", "public", (req, res) => {
    const words = req.t.live_after.guests;
    res.page("live/invitation", { head: { title: words.thanks, lead: words.thanks_text }, facts: undefined, notice: undefined, form: undefined, signOut: false }, { title: words.thanks });
  });

  routes.get("/live-invitations/:token", "public", (req, res) => comeIn(req, res, blankForm()));

  routes.post("/live-invitations/:token", "public", async (req, res, next) => {
    const found = await openInvitation(req.db, hashOf(String(req.params["token"])));
    const form = readForm(GuestForm, req.body);
    if (!form.ok) return comeIn(req, res.status(422), form);
    if (req.visitor && !req.visitor.isGuest) throw conflict("live_guest_signed_in");
    const name = `${form.value.name} ${req.t.live_after.guests.mark}`;
    const personId = await saveGuest(req.db, found, name, req.now, req.id);
    const { theme, lang } = req.session;
    req.logIn({ personId }, (error: unknown) => {
      if (error) return next(error);
      Object.assign(req.session, { theme, lang, device: (req.headers["user-agent"] ?? "").slice(0, 200) });
      res.redirect(303, `/live-classes/${found.live.id}`);
    });
  });
}

async function comeIn(req: Request, res: Response, state: FormState): Promise<void> {
  const token = String(req.params["token"]);
  const found = await openInvitation(req.db, hashOf(token));
  if (req.visitor?.guestOf.has(found.live.id)) return res.redirect(303, `/live-classes/${found.live.id}`);
  const page = invitationPage({ ...found, token, visitor: req.visitor?.isGuest === true ? undefined : req.visitor?.name }, state, req.now, req);
  if (page.form === undefined && !page.signOut) res.status(410);
  res.set("Referrer-Policy", "no-referrer").page("live/invitation", page, { title: page.head.title });
}

async function show(req: Request, res: Response, live: Granted<"invite", LiveRow>, state: FormState, address: string | undefined): Promise<void> {
  const words = req.t.live_after.guests;
  const day = dayOf(live.starts_at > req.now ? live.starts_at : req.now);
  const over = live.state !== "scheduled" && live.state !== "open";
  const form = over ? undefined : formView(req.t, state, {
    action: `/live-classes/${live.id}/guests`,
    submit: words.submit,
    fields: [
      { name: "guest", label: words.guest, hint: words.guest_hint, kind: "text", required: true, attributes: { maxlength: 120 } },
      { name: "purpose", label: words.purpose, hint: words.purpose_hint, kind: "text", required: true, attributes: { maxlength: 300 } },
      { name: "guests_max", label: words.guests_max, kind: "number", value: "1", required: true, attributes: { min: 1, max: 20, inputmode: "numeric" } },
      { name: "until", label: words.until, hint: words.until_hint, kind: "date", value: day, required: true, attributes: { min: dayOf(req.now) } },
    ],
  });
  const page = guestsPage({ live, invitations: await listInvitations(req.db, live), form, address }, req.now, req);
  res.page("live/guests", page, { title: words.title, crumbs: [{ href: `/schools/${live.school.id}/live-classes`, label: req.t.live_after.school.title }, { label: live.title }, { label: words.title }] });
}

import { randomBytes } from "node:crypto";
import { z } from "zod";
import { openSchool } from "../../organisation/access.ts";
import { hashOf } from "../../platform/secrets.ts";
import { readForm } from "../../platform/web/form.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { flash } from "../../shell/layout.ts";
import { liveClassesVisibleTo, openCalendar } from "../access.ts";
import { calendarFeed } from "../calendar-feed.ts";
import { classesOf, teacherWords } from "../pages/list.ts";
import { findTellsParents, removeCalendarLink, saveCalendarLink, saveTellsParents } from "../store/after.ts";
import { listMine } from "../store/classes.ts";
import { byOf } from "./schedule.ts";

const SettingsForm = z.strictObject({ tell_parents: z.literal("yes").optional() });

/** The calendar that a phone subscribes to, and what a school wants told. */
export function addCalendar(routes: FeatureRoutes): void {
  routes.post("/calendar-link", "signed_in", async (req, res) => {
    const token = randomBytes(24).toString("base64url");
    await saveCalendarLink(req.db, req.actor.personId, hashOf(token), req.now);
    const address = `${req.config.baseUrl}/live-calendars/${token}.ics`;
    res.page("live/calendar-link", { address, subscribe: address.replace(/^https?:/, "webcal:"), title: req.t.live_after.calendar.title }, { title: req.t.live_after.calendar.title, crumbs: [{ href: "/live-classes", label: req.t.live.title }, { label: req.t.live_after.calendar.title }] });
  });

  routes.post("/calendar-link-removal", "signed_in", async (req, res) => {
    await removeCalendarLink(req.db, req.actor.personId, byOf(req));
    flash(req, req.t.live_after.calendar.stopped);
    res.redirect(303, "/live-classes");
  });

  // The secret in the address is all that a calendar program has. It reads what is taught when, to which classes and by whom, and nothing else.
  routes.get("/live-calendars/:token", "public", async (req, res) => {
    const token = String(req.params["token"]).replace(/\.ics$/, "");
    const actor = await openCalendar(req.db, hashOf(token), req.now);
    const visible = liveClassesVisibleTo(actor);
    const [toCome, over] = await Promise.all([listMine(req.db, visible, "to_come", req.now), listMine(req.db, visible, "over", req.now)]);
    const events = [...over, ...toCome].map((live) => ({
      id: live.id,
      title: live.title,
      starts_at: live.starts_at,
      length_minutes: live.length_minutes,
      cancelled: live.state === "cancelled",
      url: `${req.config.baseUrl}/live-classes/${live.id}`,
      text: `${classesOf(live)} · ${teacherWords(live, req.t)}`,
    }));
    res.set({ "Cache-Control": "private, max-age=300", "Referrer-Policy": "no-referrer" });
    res.type("text/calendar; charset=utf-8").send(calendarFeed(req.t.live.title, events, req.now));
  });

  routes.get("/schools/:id/live-settings", "signed_in", async (req, res) => {
    const school = await openSchool(req.db, req.actor, idOf(req.params["id"]), "lead");
    const words = req.t.live_after.settings;
    const field = { name: "tell_parents", label: words.tell_parents, hint: words.tell_parents_hint, kind: "checkbox" as const, value: "yes", checked: await findTellsParents(req.db, school.id) };
    const form = { action: `/schools/${school.id}/live-settings`, submit: words.save, cancel: undefined, hidden: {}, fields: [field], choices: [], errors: [] };
    res.page("shell/form", { head: { title: words.title, eyebrow: school.name, lead: words.lead }, notice: undefined, form }, { title: words.title, crumbs: [{ href: "/live-classes", label: req.t.live.title }, { label: words.title }] });
  });

  routes.post("/schools/:id/live-settings", "signed_in", async (req, res) => {
    const school = await openSchool(req.db, req.actor, idOf(req.params["id"]), "lead");
    const form = readForm(SettingsForm, req.body);
    await saveTellsParents(req.db, school, form.ok && form.value.tell_parents === "yes", byOf(req));
    flash(req, req.t.live_after.settings.saved);
    res.redirect(303, `/schools/${school.id}/live-settings`);
  });
}

export interface CalendarLinkPage {
  title: string;
  address: string;
  /** The address for calendar programs: they subscribe to it, where https would only be downloaded once. */
  subscribe: string;
}

declare global {
  interface Views {
    "live/calendar-link": CalendarLinkPage;
  }
}

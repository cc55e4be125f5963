import { randomBytes } from "node:crypto";
import type { Request, Response } from "express";
import { z } from "zod";
import { openSchool } from "../../organisation/access.ts";
import { hashOf } from "../../platform/secrets.ts";
import { blankForm, readForm, type Typed } from "../../platform/web/form.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { formView, type FormState } from "../../shell/form-fields.ts";
import { flash } from "../../shell/layout.ts";
import type { FieldView } from "../../shell/partials.ts";
import type { Engines } from "../engines/engines.ts";
import { engineSettings } from "../engines/pages.ts";
import { liveClassesVisibleTo, openCalendar } from "../access.ts";
import { calendarFeed } from "../calendar-feed.ts";
import { classesOf, teacherWords } from "../pages/list.ts";
import { KEEP_DAYS } from "../recording/rules.ts";
import { findSettings, removeCalendarLink, saveCalendarLink, saveSettings, type LiveSettings } from "../store/after.ts";
import { listMine } from "../store/classes.ts";
import { ENGINES } from "../store/tables.ts";
import { byOf } from "./schedule.ts";

const tick = z
  .literal("yes")
  .optional()
  .transform((ticked) => ticked === "yes");
const SettingsForm = z.strictObject({
  tell_parents: tick,
  recording: tick,
  pupils_unseen: tick,
  recording_days: z.coerce.number().int().min(KEEP_DAYS.min).max(KEEP_DAYS.max).default(KEEP_DAYS.usual),
  /** What classes planned from now on are held with; left out, it stays. */
  engine: z.enum(ENGINES, { error: "not_a_choice" }).optional(),
  engine_records: tick,
});

/** The calendar that a phone subscribes to, and what a school wants told. */
export function addCalendar(routes: FeatureRoutes, engines: Engines): void {
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
    showSettings(req, res, { school, engines }, blankForm(typedOf(await findSettings(req.db, school.id))));
  });

  routes.post("/schools/:id/live-settings", "signed_in", async (req, res) => {
    const school = await openSchool(req.db, req.actor, idOf(req.params["id"]), "lead");
    const form = readForm(SettingsForm, req.body);
    if (!form.ok) return showSettings(req, res.status(422), { school, engines }, form);
    const { engine = (await findSettings(req.db, school.id)).engine, ...others } = form.value;
    if (form.value.engine !== undefined && !engines.kinds.includes(engine)) return showSettings(req, res.status(422), { school, engines }, { errors: [{ field: "engine", code: "not_a_choice", params: {} }], typed: typedOf({ engine, ...others }) });
    await saveSettings(req.db, school, { engine, ...others }, byOf(req));
    flash(req, req.t.live_after.settings.saved);
    res.redirect(303, `/schools/${school.id}/live-settings`);
  });
}

function typedOf(settings: LiveSettings): Typed {
  return { ...(settings.tell_parents ? { tell_parents: "yes" } : {}), ...(settings.recording ? { recording: "yes" } : {}), ...(settings.pupils_unseen ? { pupils_unseen: "yes" } : {}), recording_days: String(settings.recording_days), engine: settings.engine, ...(settings.engine_records ? { engine_records: "yes" } : {}) };
}

function showSettings(req: Request, res: Response, { school, engines }: { school: { id: string; name: string }; engines: Engines }, state: FormState): void {
  const words = req.t.live_after.settings;
  const box = (name: string, label: string, hint: string): FieldView => ({ name, label, hint, kind: "checkbox", value: "yes" });
  const fields: FieldView[] = [
    box("tell_parents", words.tell_parents, words.tell_parents_hint),
    box("recording", words.recording, words.recording_hint),
    box("pupils_unseen", words.pupils_unseen, words.pupils_unseen_hint),
    { name: "recording_days", label: words.recording_days, hint: words.recording_days_hint, kind: "number", attributes: { min: KEEP_DAYS.min, max: KEEP_DAYS.max, inputmode: "numeric" } },
  ];
  const engine = engineSettings(engines.kinds, String(state.typed["engine"] ?? "embedded"), req.t);
  const form = formView(req.t, state, { action: `/schools/${school.id}/live-settings`, submit: words.save, fields: [...fields, ...engine.fields], choices: engine.choices });
  res.page("shell/form", { head: { title: words.title, eyebrow: school.name, lead: words.lead }, notice: undefined, form }, { title: words.title, crumbs: [{ href: "/live-classes", label: req.t.live.title }, { label: words.title }] });
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

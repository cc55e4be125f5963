import { ensureHarmless } from "../../digitising/access.ts";
import type { Request, Response } from "express";
import type { Actor } from "../../access/actor.ts";
import type { Granted } from "../../access/policy.ts";
import { conflict, notFound } from "../../platform/errors.ts";
import { sayText } from "../../platform/messages.ts";
import type { Signals } from "../../platform/signals.ts";
import { readForm } from "../../platform/web/form.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { sendBlob } from "../../platform/web/send-blob.ts";
import { flash } from "../../shell/layout.ts";
import { alsoGranted, isPupil, may, openLiveClass } from "../access.ts";
import { MessageForm, SlideForm } from "../forms.ts";
import { chatView, lobbyPage, roomPage, type Part } from "../pages/room.ts";
import { peopleOf } from "../room.ts";
import { mayStart } from "../rules.ts";
import { LIVE_CHANGED } from "../socket.ts";
import { saveEnd } from "../store/attendance.ts";
import { listBefore, listHands, lowerHand, saveHand, saveMessage } from "../store/chat.ts";
import { saveOpening, saveSlide, type LiveRow } from "../store/classes.ts";
import { findSlides } from "../store/planning.ts";
import { showAfter } from "./attendance.ts";
import { byOf } from "./schedule.ts";

export function addRoom(routes: FeatureRoutes, signals: Signals): void {
  const changed = (live: LiveRow): void => signals.tell(LIVE_CHANGED, live.id);

  routes.get("/live-classes/:id", "signed_in", async (req, res) => {
    const live = await openLiveClass(req.db, req.actor, idOf(req.params["id"]), "read");
    if (live.state === "ended" || live.state === "cancelled") return showAfter(req, res, live);
    const joined = alsoGranted(req.actor, "join", live);
    if (live.state === "open" && joined) return showRoom(req, res, joined);
    const people = joined ? await peopleOf(req.db, live, req.now) : [];
    const page = lobbyPage(live, req.actor, partOf(req.actor, live), people, req.now, req);
    res.page("live/lobby", page, { title: live.title, crumbs: crumbsOf(req, live), scripts: page.script ? ["js/live-class.js"] : [] });
  });

  routes.post("/live-classes/:id/opening", "signed_in", async (req, res) => {
    const live = await openLiveClass(req.db, req.actor, idOf(req.params["id"]), "teach");
    if (live.state === "scheduled" && !mayStart(live, req.now)) throw conflict("live_not_open");
    await saveOpening(req.db, live, byOf(req));
    changed(live);
    res.redirect(303, `/live-classes/${live.id}`);
  });

  routes.post("/live-classes/:id/closing", "signed_in", async (req, res) => {
    const live = await openLiveClass(req.db, req.actor, idOf(req.params["id"]), "teach");
    await saveEnd(req.db, live, req.now, byOf(req));
    changed(live);
    flash(req, req.t.live.ended);
    res.redirect(303, `/live-classes/${live.id}`);
  });

  routes.get("/live-classes/:id/slides", "signed_in", async (req, res) => {
    const live = await openLiveClass(req.db, req.actor, idOf(req.params["id"]), "join");
    const file = await findSlides(req.db, live);
    if (!file) throw notFound();
    await ensureHarmless(req.db, file.hash, req.config);
    await sendBlob(req, res, req.blobs, { ...file, show: "inline" });
  });
}

/** What the sockets do, by form, where no script runs. */
export function addByForm(routes: FeatureRoutes, signals: Signals): void {
  const changed = (live: LiveRow): void => signals.tell(LIVE_CHANGED, live.id);

  routes.post("/live-classes/:id/slide", "signed_in", async (req, res) => {
    const live = await openLiveClass(req.db, req.actor, idOf(req.params["id"]), "teach");
    const form = readForm(SlideForm, req.body);
    if (form.ok) await saveSlide(req.db, live, form.value.page);
    changed(live);
    res.redirect(303, `/live-classes/${live.id}`);
  });

  routes.get("/live-classes/:id/messages", "signed_in", async (req, res) => {
    const live = await openLiveClass(req.db, req.actor, idOf(req.params["id"]), "join");
    const before = Number(req.query["before"]);
    const messages = await listBefore(req.db, live, Number.isSafeInteger(before) && before > 0 ? before : undefined);
    const first = messages[0]?.seq ?? 1;
    const page = { title: live.title, back: `/live-classes/${live.id}`, chat: chatView(messages, req.actor, req), older: first > 1 ? `/live-classes/${live.id}/messages?before=${first}` : undefined };
    res.page("live/messages", page, { title: req.t.live.room.chat, crumbs: [...crumbsOf(req, live), { label: req.t.live.room.chat }] });
  });

  routes.post("/live-classes/:id/messages", "signed_in", async (req, res) => {
    const live = await openLiveClass(req.db, req.actor, idOf(req.params["id"]), "join");
    const form = readForm(MessageForm, req.body);
    if (!form.ok) {
      const error = form.errors[0];
      const text = typeof form.typed["text"] === "string" ? form.typed["text"] : "";
      return showRoom(req, res.status(422), live, { text, error: error ? sayText(req.t.platform.fields, error.code, error.params) : "" });
    }
    await saveMessage(req.db, live, { by: req.actor.personId, body: form.value.text, key: form.value.key, at: req.now });
    changed(live);
    res.redirect(303, `/live-classes/${live.id}#live-say`);
  });

  routes.post("/live-classes/:id/hand", "signed_in", async (req, res) => {
    const live = await openLiveClass(req.db, req.actor, idOf(req.params["id"]), "join");
    await saveHand(req.db, live, req.actor.personId, req.now);
    changed(live);
    res.redirect(303, `/live-classes/${live.id}`);
  });

  routes.post("/live-classes/:id/hand-removal", "signed_in", async (req, res) => {
    const live = await openLiveClass(req.db, req.actor, idOf(req.params["id"]), "join");
    await lowerHand(req.db, live, req.actor.personId);
    changed(live);
    res.redirect(303, `/live-classes/${live.id}`);
  });
}

export interface MessagesPage {
  title: string;
  back: string;
  chat: ReturnType<typeof chatView>;
  older: string | undefined;
}

declare global {
  interface Views {
    "live/messages": MessagesPage;
  }
}

function partOf(actor: Actor, live: LiveRow): Part {
  if (may(actor, "teach", live)) return "teacher";
  if (isPupil(actor, live)) return "pupil";
  return may(actor, "join", live) ? "guest" : "parent";
}

export function crumbsOf(req: Request, live: LiveRow): { href?: string; label: string }[] {
  return [{ href: "/live-classes", label: req.t.live.title }, { href: `/live-classes/${live.id}`, label: live.title }];
}

async function showRoom(req: Request, res: Response, live: Granted<"join", LiveRow>, typed?: { text: string; error: string }): Promise<void> {
  if (live.state !== "open") throw conflict("live_over");
  const known = {
    live,
    actor: req.actor,
    part: partOf(req.actor, live),
    people: await peopleOf(req.db, live, req.now),
    hands: await listHands(req.db, live),
    messages: await listBefore(req.db, live),
    slides: await findSlides(req.db, live),
    ...(typed ? { typed } : {}),
  };
  res.page("live/room", roomPage(known, req), { title: live.title, wide: true, scripts: ["js/live-class.js"] });
}

import { ensureHarmless } from "../../digitising/access.ts";
import type { Request, Response } from "express";
import type { Actor } from "../../access/actor.ts";
import type { Granted } from "../../access/policy.ts";
import { conflict, notFound, tooMany } from "../../platform/errors.ts";
import { sayText } from "../../platform/messages.ts";
import type { Signals } from "../../platform/signals.ts";
import { readForm } from "../../platform/web/form.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { sendBlob } from "../../platform/web/send-blob.ts";
import { flash } from "../../shell/layout.ts";
import type { Typed } from "../../platform/web/form.ts";
import { alsoGranted, entryOf, isElsewhere, isInvited, isPupil, isStaff, may, openLiveClass, openRoom, readerIn } from "../access.ts";
import { isDown } from "../engines/engine.ts";
import type { Engines } from "../engines/engines.ts";
import { beginElsewhere, endElsewhere } from "../engines/held.ts";
import { showElsewhere } from "../engines/routes.ts";
import { MessageForm, SlideForm } from "../forms.ts";
import { chatView, lobbyPage, roomPage, waitingPage, type Part } from "../pages/room.ts";
import { toolsNowView, toolsView, type ToolsNow } from "../pages/tools.ts";
import { peopleOf } from "../room.ts";
import type { RoomRates } from "../rates.ts";
import { recordingFacts } from "../recording/routes.ts";
import { isLobbyOpen, mayStart } from "../rules.ts";
import { LIVE_CHANGED, LIVE_DOOR, LIVE_PERSON } from "../socket.ts";
import { saveEnd } from "../store/attendance.ts";
import { sayInRoom } from "../say.ts";
import { staffState } from "../state.ts";
import { listShown } from "../store/board.ts";
import { listBefore, listHands, lowerHand, saveHand } from "../store/chat.ts";
import { saveOpening, saveSlide, type LiveRow } from "../store/classes.ts";
import { findSlides } from "../store/planning.ts";
import { listAnswers, listQuestions } from "../store/questions.ts";
import { findRoom, listMembers } from "../store/rooms.ts";
import { crumbsOf } from "./crumbs.ts";
import { currentQuestion } from "./questions.ts";
import { showAfter } from "./attendance.ts";
import { byOf } from "./schedule.ts";

export function addRoom(routes: FeatureRoutes, signals: Signals, engines: Engines): void {
  const changed = (live: LiveRow): void => signals.tell(LIVE_CHANGED, live.id);

  routes.get("/live-classes/:id", "guest", async (req, res) => {
    const live = await openLiveClass(req.db, req.actor, idOf(req.params["id"]), "read");
    if (live.state === "ended" || live.state === "cancelled") return showAfter(req, res, live);
    const joined = may(req.actor, "join", live) ? await openLiveClass(req.db, req.actor, live.id, "join") : undefined;
    if (isElsewhere(live) && joined) return showElsewhere(req, res, joined, engines);
    if (live.state === "open" && joined) {
      if ((await entryOf(req.db, req.actor, live)) === "waits") return showWaiting(req, res, joined);
      return showRoom(req, res, joined);
    }
    if (joined && isLobbyOpen(live, req.now) && (await entryOf(req.db, req.actor, live)) === "waits") return showWaiting(req, res, joined);
    const people = joined ? await peopleOf(req.db, live, req.now) : [];
    const page = lobbyPage(live, req.actor, partOf(req.actor, live), people, await findRoom(req.db, live.id), req.now, req);
    res.page("live/lobby", page, { title: live.title, crumbs: crumbsOf(req, live), scripts: page.script ? ["js/live-class.js"] : [] });
  });

  routes.post("/live-classes/:id/opening", "signed_in", async (req, res) => {
    const live = await openLiveClass(req.db, req.actor, idOf(req.params["id"]), "teach");
    if (live.state === "scheduled" && !mayStart(live, req.now)) throw conflict("live_not_open");
    try {
      await beginElsewhere(req.db, engines, live, req.now);
    } catch (error) {
      const joined = isDown(error) ? alsoGranted(req.actor, "join", live) : undefined;
      if (!joined) throw error;
      return showElsewhere(req, res.status(503), joined, engines);
    }
    await saveOpening(req.db, live, byOf(req));
    const room = await findRoom(req.db, live.id);
    for (const waits of (await listMembers(req.db, live.id)).filter((member) => member.asked_at !== null && member.admitted_at === null)) signals.tell(LIVE_PERSON, `${live.id} ${waits.person_id}`);
    if (room.locked || room.waiting_room) signals.tell(LIVE_DOOR, live.id);
    else changed(live);
    res.redirect(303, `/live-classes/${live.id}`);
  });

  routes.post("/live-classes/:id/closing", "signed_in", async (req, res) => {
    const live = await openLiveClass(req.db, req.actor, idOf(req.params["id"]), "teach");
    if (isElsewhere(live)) await endElsewhere(req.db, engines, live, req.now);
    await saveEnd(req.db, live, req.now, byOf(req));
    changed(live);
    flash(req, live.engine === "link" ? req.t.live_engines.room.ended : req.t.live.ended);
    res.redirect(303, `/live-classes/${live.id}`);
  });

  routes.get("/live-classes/:id/slides", "guest", async (req, res) => {
    const live = await openRoom(req.db, req.actor, idOf(req.params["id"]));
    const file = await findSlides(req.db, live);
    if (!file) throw notFound();
    await ensureHarmless(req.db, file.hash, req.config);
    await sendBlob(req, res, req.blobs, { ...file, show: "inline" });
  });
}

/** What the sockets do, by form, where no script runs. */
export function addByForm(routes: FeatureRoutes, signals: Signals, rates: RoomRates): void {
  const changed = (live: LiveRow): void => signals.tell(LIVE_CHANGED, live.id);

  routes.post("/live-classes/:id/slide", "signed_in", async (req, res) => {
    const live = await openLiveClass(req.db, req.actor, idOf(req.params["id"]), "teach");
    const form = readForm(SlideForm, req.body);
    if (form.ok) await saveSlide(req.db, live, form.value.page, req.now);
    changed(live);
    res.redirect(303, `/live-classes/${live.id}`);
  });

  routes.get("/live-classes/:id/messages", "guest", async (req, res) => {
    const live = await openRoom(req.db, req.actor, idOf(req.params["id"]));
    const before = Number(req.query["before"]);
    const messages = await listBefore(req.db, live, Number.isSafeInteger(before) && before > 0 ? before : undefined);
    const first = messages[0]?.seq ?? 1;
    const reader = await readerIn(req.db, req.actor, live);
    const page = { title: live.title, back: `/live-classes/${live.id}`, chat: chatView(messages, reader, req), older: first > 1 ? `/live-classes/${live.id}/messages?before=${first}` : undefined };
    res.page("live/messages", page, { title: req.t.live.room.chat, crumbs: [...crumbsOf(req, live), { label: req.t.live.room.chat }] });
  });

  routes.post("/live-classes/:id/messages", "guest", async (req, res) => {
    const live = await openRoom(req.db, req.actor, idOf(req.params["id"]));
    const form = readForm(MessageForm, req.body);
    if (!form.ok) {
      const error = form.errors[0];
      const text = typeof form.typed["text"] === "string" ? form.typed["text"] : "";
      return showRoom(req, res.status(422), live, { message: { text, error: error ? sayText(req.t.platform.fields, error.code, error.params) : "" } });
    }
    const { text, key, question, file } = form.value;
    if (!(await rates.allows(req.actor.personId, "say"))) return showRoom(req, res.status(429), live, { message: { text, error: sayText(req.t.platform.refusals, "too_many", {}) } });
    await sayInRoom(req.db, live, { by: req.actor.personId, isStaff: isStaff(req.actor, live), group: 0, body: text, key, question: question === "yes", file: file === undefined || file === "" ? null : file, at: req.now });
    changed(live);
    res.redirect(303, `/live-classes/${live.id}#live-say`);
  });

  routes.post("/live-classes/:id/hand", "guest", async (req, res) => {
    const live = await openRoom(req.db, req.actor, idOf(req.params["id"]));
    if (!(await rates.allows(req.actor.personId, "hand"))) throw tooMany();
    await saveHand(req.db, live, req.actor.personId, req.now);
    changed(live);
    res.redirect(303, `/live-classes/${live.id}`);
  });

  routes.post("/live-classes/:id/hand-removal", "guest", async (req, res) => {
    const live = await openRoom(req.db, req.actor, idOf(req.params["id"]));
    if (!(await rates.allows(req.actor.personId, "hand"))) throw tooMany();
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
  if (isStaff(actor, live)) return "observer";
  return isInvited(actor, live) ? "guest" : "parent";
}

/** What the teacher's tools show and what changes by itself. */
export async function toolsNow(req: Request, live: Granted<"teach", LiveRow>): Promise<ToolsNow> {
  const questions = await listQuestions(req.db, live);
  const answers = await listAnswers(req.db, questions.map((question) => question.id));
  return toolsNowView(live, await staffState(req.db, live, req.now, questions.at(-1)), questions, answers, req.t);
}

function showWaiting(req: Request, res: Response, live: Granted<"join", LiveRow>): void {
  const page = waitingPage(live, req.actor, partOf(req.actor, live), req.now, req);
  res.page("live/lobby", page, { title: live.title, crumbs: crumbsOf(req, live), scripts: ["js/live-class.js"] });
}

/** The room, with what was typed and refused. */
export async function showRoom(req: Request, res: Response, live: Granted<"join", LiveRow>, typed: { message?: { text: string; error: string }; tools?: { message: string; typed: Typed } } = {}): Promise<void> {
  if (live.state !== "open") throw conflict("live_over");
  const { db, actor } = req;
  const teach = alsoGranted(actor, "teach", live);
  const [people, room, reader, hands, messages, slides, question, recording, files, now] = await Promise.all([
    peopleOf(db, live, req.now),
    findRoom(db, live.id),
    readerIn(db, actor, live),
    listHands(db, live),
    listBefore(db, live),
    findSlides(db, live),
    currentQuestion(req, live),
    recordingFacts(req, live),
    teach ? listShown(db, live, actor.personId) : [],
    teach && toolsNow(req, teach),
  ]);
  const pupils = people.filter((person) => person.role === "pupil" || person.role === "guest");
  const known = {
    ...{ live, room, actor, people, reader, hands, messages, slides, question, recording, files },
    part: partOf(actor, live),
    at: req.now,
    tools: now && toolsView({ live, room, now, pupils, ...(typed.tools ? { error: typed.tools } : {}) }, req),
    error: teach ? undefined : typed.tools?.message,
    ...(typed.message ? { typed: typed.message } : {}),
  };
  res.page("live/room", roomPage(known, req), { title: live.title, wide: true, scripts: ["js/live-class.js"] });
}

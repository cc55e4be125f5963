import express, { type Request, type Response } from "express";
import type { Granted } from "../../access/policy.ts";
import { conflict, notFound } from "../../platform/errors.ts";
import { isId } from "../../platform/ids.ts";
import type { Signals } from "../../platform/signals.ts";
import { blankForm, readForm, typedOf } from "../../platform/web/form.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import type { FormState } from "../../shell/form-fields.ts";
import { flash } from "../../shell/layout.ts";
import { alsoGranted, classOfCall, isInvited, isPupil, isStaff, may, openLiveClass } from "../access.ts";
import { giveFloor, hasFloor, listFloor, takeFloor } from "../media/store.ts";
import { peopleOf } from "../room.ts";
import { crumbsHere } from "../routes/crumbs.ts";
import { byOf } from "../routes/schedule.ts";
import { LIVE_CHANGED } from "../socket.ts";
import type { LiveRow } from "../store/classes.ts";
import { listRoster } from "../store/presence.ts";
import { BBB_CALLS } from "./bbb.ts";
import { isDown, unsigned } from "./engine.ts";
import type { Engines } from "./engines.ts";
import { DeclarationForm, FloorForm, MoveForm } from "./forms.ts";
import { askEngine } from "./held.ts";
import { LIVEKIT_CALLS } from "./livekit.ts";
import { declarationPage, elsewherePage, movePage } from "./pages.ts";
import { roomName } from "./names.ts";
import { linkProblem } from "./rules.ts";
import { findDeclaration, findEngineRoom, listLinkOpens, mayRecord, saveDeclaration, saveEngine, saveLinkOpen, saveReport, sentWithFloor } from "./store.ts";

/** A call names one event of one person. */
const CALL_BYTES_MAX = "64kb";

/** Classes held with another engine than our own room: entering, moving, declaring, and what engines tell us. */
export function addEngines(routes: FeatureRoutes, engines: Engines, signals: Signals): void {
  addEntry(routes, engines);
  addMoves(routes, signals);
  addDeclaration(routes);
  addFloor(routes, engines);
  addCalls(routes, engines);
}

function addEntry(routes: FeatureRoutes, engines: Engines): void {
  // A link, not a form: a form may not lead to another host (form-action), and entering twice is entering once.
  routes.get("/live-classes/:id/entry", "signed_in", async (req, res) => {
    const live = await openLiveClass(req.db, req.actor, idOf(req.params["id"]), "join");
    if (live.state !== "open") throw conflict("live_not_open");
    const records = await mayRecord(req.db, live);
    const sends = isPupil(req.actor, live) && (await hasFloor(req.db, live, req.actor.personId)) ? await sentWithFloor(req.db, live) : [];
    const who = { personId: req.actor.personId, name: req.actor.name, role: may(req.actor, "teach", live) ? ("moderator" as const) : ("viewer" as const), may: sends };
    try {
      const address = await askEngine(req.db, live, req.now, async () => engines.of(live).entry(live, who, records));
      if (live.engine === "link") await saveLinkOpen(req.db, live.id, req.actor.personId, req.now);
      res.set("Referrer-Policy", "no-referrer").redirect(303, address);
    } catch (error) {
      if (!isDown(error)) throw error;
      await showElsewhere(req, res.status(503), live, engines);
    }
  });
}

/** The page of a class that runs on another engine, or could not begin there. */
export async function showElsewhere(req: Request, res: Response, live: Granted<"join", LiveRow>, engines: Engines): Promise<void> {
  const { db, actor } = req;
  const staff = isStaff(actor, live);
  const [people, clicked, room, floor] = await Promise.all([
    staff ? peopleOf(db, live, req.now) : [],
    staff && live.engine === "link" ? listLinkOpens(db, live) : new Set<string>(),
    findEngineRoom(db, live.id),
    live.engine === "livekit" ? listFloor(db, live.id) : undefined,
  ]);
  const isGone = !engines.kinds.includes(live.engine);
  const known = { live, teaches: may(actor, "teach", live), staff, people, clicked, floor: floor && new Set(floor.map((one) => one.id)), invited: isInvited(actor, live), down: isGone || (room?.down_since ?? null) !== null, at: req.now } as const;
  res.page("live/elsewhere", elsewherePage(known, req), { title: live.title, crumbs: crumbsHere(req, live) });
}

function addMoves(routes: FeatureRoutes, signals: Signals): void {
  routes.get("/live-classes/:id/engine", "signed_in", async (req, res) => {
    const live = await openLiveClass(req.db, req.actor, idOf(req.params["id"]), "teach");
    showMove(req, res, live, blankForm());
  });

  routes.post("/live-classes/:id/engine", "signed_in", async (req, res) => {
    const live = await openLiveClass(req.db, req.actor, idOf(req.params["id"]), "teach");
    const form = readForm(MoveForm, req.body);
    if (!form.ok) return showMove(req, res.status(422), live, form);
    const { engine, link } = form.value;
    const problem = engine === "link" ? linkProblem(link, req.config.engines.linkHosts) : undefined;
    if (problem) return showMove(req, res.status(422), live, { errors: [{ field: "link", code: problem, params: {} }], typed: typedOf(form.value) });
    const to = { engine, engine_link: engine === "link" ? link : null };
    await saveEngine(req.db, live, to, byOf(req));
    signals.tell(LIVE_CHANGED, live.id);
    flash(req, req.t.live_engines.move.done(roomName(to, req.t)));
    res.redirect(303, `/live-classes/${live.id}`);
  });
}

function showMove(req: Request, res: Response, live: LiveRow, state: FormState): void {
  if (live.state !== "open" && live.state !== "scheduled") throw conflict("live_over");
  res.page("shell/form", movePage(live, state, req.t), { title: req.t.live_engines.move.title, crumbs: [{ href: `/live-classes/${live.id}`, label: live.title }, { label: req.t.live_engines.move.title }] });
}

function addDeclaration(routes: FeatureRoutes): void {
  routes.get("/live-classes/:id/declaration", "signed_in", async (req, res) => {
    const live = await openLiveClass(req.db, req.actor, idOf(req.params["id"]), "teach");
    await showDeclaration(req, res, live, blankForm());
  });

  routes.post("/live-classes/:id/declaration", "signed_in", async (req, res) => {
    const live = await openLiveClass(req.db, req.actor, idOf(req.params["id"]), "teach");
    const form = readForm(DeclarationForm, req.body);
    if (!form.ok) return showDeclaration(req, res.status(422), live, form);
    const { present, proof_url: proofUrl } = form.value;
    await saveDeclaration(req.db, live, { present, proofUrl, reason: req.t.live_engines.declare.reason }, byOf(req));
    flash(req, req.t.live_engines.declare.done);
    res.redirect(303, `/live-classes/${live.id}`);
  });
}

async function showDeclaration(req: Request, res: Response, live: LiveRow, state: FormState): Promise<void> {
  if (live.state !== "ended" || live.engine !== "link") throw conflict("live_not_ended");
  if (await findDeclaration(req.db, live.id)) throw conflict("engine_declared");
  const page = declarationPage(live, await listRoster(req.db, live), await listLinkOpens(req.db, live), state, req);
  res.page("shell/form", page, { title: req.t.live_engines.declare.title, crumbs: [{ href: `/live-classes/${live.id}`, label: live.title }, { label: req.t.live_engines.declare.title }] });
}

/** The floor, by form, on an engine that leaves to the class who may speak. */
function addFloor(routes: FeatureRoutes, engines: Engines): void {
  routes.post("/live-classes/:id/floor", "signed_in", async (req, res) => {
    const live = await openLiveClass(req.db, req.actor, idOf(req.params["id"]), "teach");
    const form = readForm(FloorForm, req.body);
    if (!form.ok) throw notFound();
    const { person, given } = form.value;
    const pupil = (await listRoster(req.db, live)).find((one) => one.person_id === person);
    if (live.engine !== "livekit" || !pupil) throw notFound();
    if (given === "yes") await giveFloor(req.db, live, person, byOf(req));
    else await takeFloor(req.db, live, person);
    try {
      await askEngine(req.db, live, req.now, async () => engines.of(live).floor?.(live, person, given === "yes" ? await sentWithFloor(req.db, live) : []));
    } catch (error) {
      const joined = isDown(error) ? alsoGranted(req.actor, "join", live) : undefined;
      if (!joined) throw error;
      return showElsewhere(req, res.status(503), joined, engines);
    }
    flash(req, (given === "yes" ? req.t.live_engines.room.given : req.t.live_engines.room.taken)(pupil.name));
    res.redirect(303, `/live-classes/${live.id}`);
  });
}

/** Calls prove themselves by their signature over what arrived, letter for letter, so the body is read as bytes. */
function addCalls(routes: FeatureRoutes, engines: Engines): void {
  const raw = express.raw({ type: () => true, limit: CALL_BYTES_MAX });
  for (const [path, engine] of [[BBB_CALLS, "bbb"], [LIVEKIT_CALLS, "livekit"]] as const) {
    routes.post(path, "public", raw, async (req, res) => {
      const hearing = engines.kinds.includes(engine) ? engines.of({ engine }) : undefined;
      if (!hearing?.hear) throw notFound();
      if (!Buffer.isBuffer(req.body)) throw unsigned();
      const report = await hearing.hear({ query: req.originalUrl.split("?")[1] ?? "", authorization: req.headers.authorization, body: req.body });
      const live = report && isId(report.liveId) ? await classOfCall(req.db, report.liveId) : undefined;
      if (report && live?.engine === engine) await saveReport(req.db, live, report, req.now);
      res.status(200).type("text").send("ok");
    });
  }
}

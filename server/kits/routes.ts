import { pipeline } from "node:stream/promises";
import { Readable } from "node:stream";
import { createGzip } from "node:zlib";
import type { Request, Response } from "express";
import { z } from "zod";
import { alsoGranted, isPupil, openLiveClass } from "../live/access.ts";
import { crumbsOf } from "../live/routes/crumbs.ts";
import { byOf } from "../live/routes/schedule.ts";
import { findRecording, listTakenBack } from "../live/recording/store.ts";
import { taughtBy, type LiveRow } from "../live/store/classes.ts";
import { listQuestions } from "../live/store/questions.ts";
import type { QuestionRow } from "../live/store/tables.ts";
import { choicesOf } from "../live/tool-rules.ts";
import { recordLooks } from "../platform/audit.ts";
import { addDays, dayOf, instantOf } from "../platform/clock.ts";
import { notFound } from "../platform/errors.ts";
import { dayField } from "../platform/web/day-field.ts";
import { blankForm, readForm, typedOf, type FieldError } from "../platform/web/form.ts";
import { featureRoutes, idOf, type FeatureRoutes } from "../platform/web/router.ts";
import { dispositionOf, sendBlob } from "../platform/web/send-blob.ts";
import type { FormState } from "../shell/form-fields.ts";
import { flash } from "../shell/layout.ts";
import { isReady, mayHear, openHeard, openKit, openMade, openToFinish, type Opened } from "./access.ts";
import { kitFile } from "./file.ts";
import { answerName, kitPage, stretchesOf, type KitKnowledge } from "./pages.ts";
import { DUE_DAYS } from "./rules.ts";
import * as store from "./store.ts";

const GiveForm = z.strictObject({ due_on: dayField, with_sound: z.literal("yes").optional() });
/** Whether a recording's sound can go along, now or once it is joined. */
const SOUNDING = ["on", "off", "joining", "kept"];

/** What pupils who missed a live class study afterwards: given by its teacher, gone through here or offline, finished here. */
export function kitRoutes(): FeatureRoutes {
  const routes = featureRoutes();
  const path = "/live-classes/:id/kit";

  routes.get(path, "signed_in", async (req, res) => showKit(req, res, await openKit(req.db, req.actor, idOf(req.params["id"]))));

  routes.post(path, "signed_in", async (req, res) => {
    const live = await openLiveClass(req.db, req.actor, idOf(req.params["id"]), "teach");
    const refuse = async (errors: readonly FieldError[]): Promise<void> => showKit(req, res.status(422), await openKit(req.db, req.actor, live.id), { give: { errors, typed: typedOf(req.body as object) } });
    const form = readForm(GiveForm, req.body);
    const today = dayOf(req.now);
    if (!form.ok || form.value.due_on < today || form.value.due_on > addDays(today, DUE_DAYS.max)) {
      return refuse(form.ok ? [{ field: "due_on", code: "invited_until", params: { days: DUE_DAYS.max } }] : form.errors);
    }
    const { due_on, with_sound } = form.value;
    const takenBack = with_sound === "yes" ? await listTakenBack(req.db, live) : [];
    if (takenBack.length > 0) return refuse([{ field: "with_sound", code: "consent_taken_back", params: { names: takenBack.join(", ") } }]);
    await store.saveGiven(req.db, live, { due_at: instantOf(addDays(due_on, 1)), with_sound: with_sound === "yes" }, byOf(req));
    flash(req, req.t.kits.give.saved);
    res.redirect(303, `/live-classes/${live.id}/kit`);
  });

  routes.post(`${path}/removal`, "signed_in", async (req, res) => {
    const live = await openLiveClass(req.db, req.actor, idOf(req.params["id"]), "teach");
    await store.saveWithdrawn(req.db, req.blobs, live, byOf(req));
    flash(req, req.t.kits.give.withdrawn);
    res.redirect(303, `/live-classes/${live.id}/kit`);
  });

  routes.post(`${path}/completion`, "signed_in", async (req, res) => {
    const opened = await openToFinish(req.db, req.actor, idOf(req.params["id"]));
    const exit = await exitOf(req, opened.live);
    const form = readForm(answersTo(exit), req.body);
    if (!form.ok) return showKit(req, res.status(422), opened, { finish: form });
    const answers = Object.fromEntries(exit.map((question) => [question.id, String(form.value[answerName(question.id)] ?? "")]));
    await store.saveDone(req.db, opened.live.id, req.actor.personId, answers, req.now);
    flash(req, req.t.kits.finish.saved);
    res.redirect(303, `/live-classes/${opened.live.id}/kit#kit-done`);
  });

  routes.get(`${path}/pages/:number`, "signed_in", async (req, res) => sendFile(req, res, "page", /^-?\d{1,4}$/));
  routes.get(`${path}/sounds/:number`, "signed_in", async (req, res) => sendFile(req, res, "sound", /^\d{1,4}$/));

  routes.get(`${path}/file`, "signed_in", async (req, res) => {
    const { live, kit: made } = await openHeard(req.db, req.actor, idOf(req.params["id"]));
    await noteServed(req, live);
    const [kit, files] = await Promise.all([store.withoutRemoved(req.db, made), store.listFiles(req.db, live.id)]);
    const day = dayOf(live.opened_at ?? live.starts_at);
    const html = kitFile({ blobs: req.blobs, files, stretches: stretchesOf(kit, files, req), notes: kit.content.notes, title: live.title, by: req.t.kits.file.lead(taughtBy(live).name, req.f.day(day)), href: `${req.config.baseUrl}/live-classes/${live.id}/kit`, lang: req.lang, t: req.t });
    res.set({ "Content-Type": "text/html; charset=utf-8", "Content-Disposition": dispositionOf("attachment", `${req.t.kits.file.name}-${day}.html`), "Content-Security-Policy": "sandbox; default-src 'none'", "Cache-Control": "private, no-store", Vary: "Accept-Encoding" });
    if (!req.acceptsEncodings("gzip")) return void (await pipeline(Readable.from(html), res));
    res.set("Content-Encoding", "gzip"); // what base64 adds, this takes away again on the line
    await pipeline(Readable.from(html), createGzip({ level: 4 }), res);
  });

  return routes;
}

async function sendFile(req: Request, res: Response, kind: "page" | "sound", fits: RegExp): Promise<void> {
  const { live } = await (kind === "sound" ? openHeard : openMade)(req.db, req.actor, idOf(req.params["id"]));
  const number = String(req.params["number"]);
  const file = fits.test(number) ? await store.findFile(req.db, live.id, kind, Number(number)) : undefined;
  if (!file) throw notFound();
  await sendBlob(req, res, req.blobs, { hash: file.blob_hash, size: file.size_bytes, mime: file.mime, name: kind === "page" ? "trang.svg" : "tieng.weba", show: "inline" });
}

/** Serving the kit to a pupil of the class is what the server observes. */
async function noteServed(req: Request, live: LiveRow): Promise<void> {
  if (isPupil(req.actor, live)) await store.saveOpened(req.db, live.id, req.actor.personId, req.now);
}

async function exitOf(req: Request, live: LiveRow): Promise<QuestionRow[]> {
  return (await listQuestions(req.db, live)).filter((question) => question.is_exit);
}

/** The exit ticket as a form: each question is answered. */
function answersTo(exit: readonly QuestionRow[]) {
  const shape: Record<string, z.ZodType<string>> = {};
  for (const question of exit) {
    const choices = choicesOf(question);
    shape[answerName(question.id)] = choices ? z.enum(choices as [string, ...string[]], { error: "required" }) : z.string({ error: "required" }).trim().min(1).max(300);
  }
  return z.strictObject(shape);
}

function partOf(req: Request, live: LiveRow): KitKnowledge["part"] {
  if (alsoGranted(req.actor, "teach", live)) return "teacher";
  if (isPupil(req.actor, live)) return "pupil";
  return alsoGranted(req.actor, "results", live) ? "staff" : "parent";
}

async function showKit(req: Request, res: Response, { live, kit }: Opened, typed: { give?: FormState; finish?: FormState } = {}): Promise<void> {
  const { db, actor } = req;
  const results = alsoGranted(actor, "results", live);
  const ready = kit !== undefined && isReady(kit);
  if (ready) await noteServed(req, live);
  const [said, files, exit, own, pupils, recording] = await Promise.all([
    ready ? store.withoutRemoved(db, kit) : kit,
    ready ? store.listFiles(db, live.id, mayHear(actor, live) ? undefined : "page") : [],
    exitOf(req, live),
    isPupil(actor, live) ? store.findOwn(db, live.id, actor.personId) : undefined,
    results && kit ? store.listPupils(db, results) : [],
    findRecording(db, live.id),
  ]);
  if (pupils.length > 0) await recordLooks(db, pupils.map((pupil) => pupil.id), { at: req.now, actorId: actor.personId, what: "live_kit" });
  const known: KitKnowledge = { live, kit: said, ready, files, exit, own, part: partOf(req, live), pupils, recorded: SOUNDING.includes(recording?.state ?? ""), give: typed.give ?? blankForm(), finish: typed.finish ?? blankForm() };
  res.page("kits/kit", kitPage(known, req.now, req), { title: `${req.t.kits.title}: ${live.title}`, crumbs: [...crumbsOf(req, live), { label: req.t.kits.title }], scripts: ["js/kit-player.js"] });
}

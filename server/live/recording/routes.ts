import type { Request, Response } from "express";
import { z } from "zod";
import type { Granted } from "../../access/policy.ts";
import { aroundFiles, openShownVersion } from "../../materials/access.ts";
import { viewerOfFile } from "../../materials/pages/viewer.ts";
import { roomOf } from "../../materials/store/quota.ts";
import { conflict, notFound, Refusal } from "../../platform/errors.ts";
import { msOfClock } from "../../platform/media-time.ts";
import { blankForm, readForm, typedOf, type FieldError } from "../../platform/web/form.ts";
import { asksForJson, idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import type { Signals } from "../../platform/signals.ts";
import type { FormState } from "../../shell/form-fields.ts";
import { flash } from "../../shell/layout.ts";
import { alsoGranted, may, openLiveClass } from "../access.ts";
import type { MediaEngine } from "../media/engine.ts";
import { crumbsOf } from "../routes/crumbs.ts";
import { byOf } from "../routes/schedule.ts";
import { LIVE_CHANGED, LIVE_ROOM } from "../socket.ts";
import { findSettings } from "../store/after.ts";
import type { LiveRow } from "../store/classes.ts";
import { addConsents } from "./consent-routes.ts";
import { eraseRecording } from "./jobs.ts";
import { LEAST_BYTES, LIVE_RECORDING } from "./keeper.ts";
import { recording as words } from "./messages.ts";
import { outField, recordingPage, type RecordingFacts } from "./pages.ts";
import { CUT_MIN_MS, keptWindows, OUT_MAX, type Window } from "./rules.ts";
import { findRecording, findVersion, listShownTo, saveCutAsked, saveShown, saveStart, saveStop, sayInChat } from "./store.ts";

type Teach = Granted<"teach", LiveRow>;

/** A place in the recording: `2:05` or `1:02:05`. */
const clock = z
  .string()
  .trim()
  .regex(/^(\d{1,2}:)?\d{1,3}:[0-5]\d$/, { error: "bad_media_time" })
  .transform(msOfClock);
const maybeClock = z.union([z.string().trim().length(0).transform(() => undefined), clock], { error: "bad_media_time" }).optional();
const outRows = Array.from({ length: OUT_MAX }, (_, i) => i);
const CutForm = z.strictObject({ version: z.string().length(26), from: clock, to: clock, ...Object.fromEntries(outRows.flatMap((i) => [[outField("from", i), maybeClock], [outField("to", i), maybeClock]])) });

interface Cutting {
  version: string;
  kept: Window[];
  /** Nothing of it is cut away. */
  isWhole: boolean;
}

/** What the form asks to keep of a recording of some length, or what is wrong with it at which field. */
function readCut(body: unknown, lengthMs: number): Cutting | FormState {
  const form = readForm(CutForm, body);
  if (!form.ok) return form;
  const said: Readonly<Record<string, unknown>> = form.value;
  const { version, from, to } = form.value;
  const errors: FieldError[] = [];
  const wrong = (field: string, code: string): void => void errors.push({ field, code, params: {} });
  const out = outRows.flatMap((i): { fromMs: number; toMs: number }[] => {
    const [fromMs, toMs] = [said[outField("from", i)], said[outField("to", i)]];
    if (fromMs === undefined && toMs === undefined) return [];
    if (typeof fromMs !== "number") wrong(outField("from", i), "required");
    else if (typeof toMs !== "number") wrong(outField("to", i), "required");
    else if (toMs <= fromMs) wrong(outField("to", i), "cut_backwards");
    else return [{ fromMs, toMs }];
    return [];
  });
  const toMs = Math.min(to, lengthMs);
  const atEnd = to >= Math.floor(lengthMs / 1000) * 1000; // the page says whole seconds
  const kept = keptWindows({ fromMs: from, toMs: atEnd ? lengthMs : toMs }, out.map((one) => ({ ...one, toMs: one.toMs >= Math.floor(lengthMs / 1000) * 1000 ? lengthMs : one.toMs })));
  if (errors.length === 0 && kept.reduce((sum, one) => sum + one.lengthMs, 0) < CUT_MIN_MS) wrong("to", "cut_too_short");
  return errors.length > 0 ? { errors, typed: typedOf(body as object) } : { version, kept, isWhole: kept[0]?.lengthMs === lengthMs };
}

/** The recording of a class: begun and stopped in the room, and what becomes of it afterwards. */
export function addRecording(routes: FeatureRoutes, { signals, media }: { signals: Signals; media: MediaEngine }): void {
  addConsents(routes);
  const teach = (req: Request): Promise<Teach> => openLiveClass(req.db, req.actor, idOf(req.params["id"]), "teach");
  /** The class is told: in the chat, by the mark in its room, and whoever records. */
  const done = async (req: Request, res: Response, live: LiveRow, said: string): Promise<void> => {
    const joined = alsoGranted(req.actor, "join", live);
    if (joined && live.state === "open") await sayInChat(req.db, joined, said, byOf(req));
    for (const topic of [LIVE_RECORDING, LIVE_ROOM, LIVE_CHANGED]) signals.tell(topic, live.id);
    if (asksForJson(req)) res.json({ ok: true });
    else res.redirect(303, `/live-classes/${live.id}`);
  };

  routes.post("/live-classes/:id/recording", "signed_in", async (req, res) => {
    const live = await teach(req);
    if (!(await findSettings(req.db, live.school.id)).recording) throw conflict("recording_off");
    if (!media.recording) throw conflict("recording_elsewhere");
    if ((await roomOf(req.db, live.school.id, req.config.schoolQuotaBytes)).left < LEAST_BYTES) throw conflict("recording_no_room");
    await saveStart(req.db, live, byOf(req));
    await done(req, res, live, words.vi.said_start);
  });

  routes.post("/live-classes/:id/recording-removal", "signed_in", async (req, res) => {
    const live = await teach(req);
    await saveStop(req.db, live, byOf(req));
    await done(req, res, live, words.vi.said_stop);
  });

  routes.get("/live-classes/:id/recording", "signed_in", async (req, res) => showRecording(req, res, await teach(req), blankForm()));

  routes.post("/live-classes/:id/recording/cut", "signed_in", async (req, res) => {
    const live = await teach(req);
    const { row, materialId } = await keptOf(req, live);
    const cut = readCut(req.body, row.length_ms ?? 0);
    if ("errors" in cut) return showRecording(req, res.status(422), live, cut);
    if ((await findVersion(req.db, materialId))?.id !== cut.version) throw conflict("recording_moved_on");
    if (cut.isWhole) return res.redirect(303, `/live-classes/${live.id}/recording`);
    if (!(await saveCutAsked(req.db, live, cut.kept, byOf(req)))) throw conflict("recording_moved_on");
    flash(req, req.t.recording.cut_asked);
    res.redirect(303, `/live-classes/${live.id}/recording`);
  });

  routes.post("/live-classes/:id/recording/showing", "signed_in", async (req, res) => {
    const live = await teach(req);
    const { materialId } = await keptOf(req, live);
    await saveShown(req.db, live, materialId, byOf(req));
    flash(req, req.t.recording.is_shown);
    res.redirect(303, `/live-classes/${live.id}/recording`);
  });

  routes.post("/live-classes/:id/recording/erasure", "signed_in", async (req, res) => {
    const live = await teach(req);
    await keptOf(req, live);
    await eraseRecording(req.db, req.blobs, live.id, words.vi.erased_by_teacher, byOf(req));
    flash(req, req.t.recording.erased);
    res.redirect(303, `/live-classes/${live.id}/recording`);
  });
}

/** What the room shows of it. */
export async function recordingFacts(req: Request, live: LiveRow): Promise<RecordingFacts> {
  const [row, settings] = await Promise.all([findRecording(req.db, live.id), findSettings(req.db, live.school.id)]);
  return { row, allowed: settings.recording };
}

/** Where a person finds the recording after the class: its teacher its own page, whoever may watch it the material. */
export async function recordingHref(req: Request, live: LiveRow): Promise<string | undefined> {
  const row = await findRecording(req.db, live.id);
  if (!row) return undefined;
  if (may(req.actor, "teach", live)) return `/live-classes/${live.id}/recording`;
  const watched = row.state === "kept" && row.material_id !== null ? await shownFile(req, row.material_id) : undefined;
  return watched && `/materials/${watched.material.id}`;
}

async function keptOf(req: Request, live: Teach): Promise<{ row: NonNullable<Awaited<ReturnType<typeof findRecording>>>; materialId: string }> {
  const row = await findRecording(req.db, live.id);
  if (!row) throw notFound();
  if (row.state !== "kept" || row.material_id === null) throw conflict("recording_moved_on");
  return { row, materialId: row.material_id };
}

async function showRecording(req: Request, res: Response, live: Teach, cut: FormState): Promise<void> {
  const row = await findRecording(req.db, live.id);
  if (!row) throw notFound();
  const opened = row.state === "kept" && row.material_id !== null ? await shownFile(req, row.material_id) : undefined;
  const around = opened && (await aroundFiles(req.db, [opened.version])).get(opened.version.id);
  const page = recordingPage(
    {
      ...{ live, row, cut },
      version: row.material_id === null ? undefined : await findVersion(req.db, row.material_id),
      viewer: opened && viewerOfFile({ t: req.t, f: req.f, lang: req.lang }, opened.material.id, opened.material.title, opened.version, around),
      isShown: row.material_id !== null && (await listShownTo(req.db, live, row.material_id)).length === live.courses.length,
      days: (await findSettings(req.db, live.school.id)).recording_days,
    },
    req,
  );
  const crumbs = [...crumbsOf(req, live), { label: req.t.recording.title }];
  res.page("live/recorded", page, { title: req.t.recording.title, crumbs, scripts: ["js/file-viewer.js", "js/recording-cut.js"] });
}

/** A material that was taken over or out of use may be out of the teacher's sight. */
async function shownFile(req: Request, materialId: string): Promise<Awaited<ReturnType<typeof openShownVersion>> | undefined> {
  return openShownVersion(req.db, req.actor, materialId, req.now).catch((error: unknown) => {
    if (error instanceof Refusal) return undefined;
    throw error;
  });
}

import type { Request, Response } from "express";
import { z } from "zod";
import type { Granted } from "../../access/policy.ts";
import { aroundFiles, openShownVersion } from "../../materials/access.ts";
import { viewerOfFile } from "../../materials/pages/viewer.ts";
import { roomOf } from "../../materials/store/quota.ts";
import { conflict, notFound, Refusal } from "../../platform/errors.ts";
import { msOfClock } from "../../platform/media-time.ts";
import { blankForm, readForm, typedOf } from "../../platform/web/form.ts";
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
import { recordingPage, type RecordingFacts } from "./pages.ts";
import { CUT_MIN_MS } from "./rules.ts";
import { findRecording, findVersion, listShownTo, saveCutAsked, saveShown, saveStart, saveStop, sayInChat } from "./store.ts";

type Teach = Granted<"teach", LiveRow>;

/** A place in the recording: `2:05` or `1:02:05`. */
const clock = z
  .string()
  .trim()
  .regex(/^(\d{1,2}:)?\d{1,3}:[0-5]\d$/, { error: "bad_media_time" })
  .transform(msOfClock);
const CutForm = z.strictObject({ version: z.string().length(26), from: clock, to: clock });

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
    const form = readForm(CutForm, req.body);
    if (!form.ok) return showRecording(req, res.status(422), live, form);
    const { from: fromMs, to, version } = form.value;
    const length = row.length_ms ?? 0;
    const toMs = Math.min(to, length);
    if (toMs - fromMs < CUT_MIN_MS) return showRecording(req, res.status(422), live, { errors: [{ field: "to", code: "cut_too_short", params: {} }], typed: typedOf(req.body as object) });
    if ((await findVersion(req.db, materialId))?.id !== version) throw conflict("recording_moved_on");
    if (fromMs === 0 && to >= Math.floor(length / 1000) * 1000) return res.redirect(303, `/live-classes/${live.id}/recording`); // all of it: nothing is cut
    if (!(await saveCutAsked(req.db, live, { fromMs, toMs }, byOf(req)))) throw conflict("recording_moved_on");
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
  res.page("live/recorded", page, { title: req.t.recording.title, crumbs, scripts: ["js/file-viewer.js"] });
}

/** A material that was taken over or out of use may be out of the teacher's sight. */
async function shownFile(req: Request, materialId: string): Promise<Awaited<ReturnType<typeof openShownVersion>> | undefined> {
  return openShownVersion(req.db, req.actor, materialId, req.now).catch((error: unknown) => {
    if (error instanceof Refusal) return undefined;
    throw error;
  });
}

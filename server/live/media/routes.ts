import { conflict, tooMany } from "../../platform/errors.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { openRoom } from "../access.ts";
import { stillListens } from "./access.ts";
import type { MediaEngine } from "./engine.ts";
import { SoundLinks } from "./links.ts";

/** Whether the listener still may listen is asked this often (ms). */
const AGAIN_MS = 5_000;

/** The class as a stream of sound, for browsers without WebRTC. */
export function addSound(routes: FeatureRoutes, media: MediaEngine): void {
  const links = new SoundLinks(media);

  routes.get("/live-classes/:id/sound", "guest", async (req, res) => {
    const live = await openRoom(req.db, req.actor, idOf(req.params["id"]));
    if (live.state !== "open") throw conflict("live_not_open");
    const head = { "Content-Type": "audio/webm", "X-Accel-Buffering": "no", "Accept-Ranges": "none" };
    if (req.method === "HEAD") return void res.set(head).end();
    // Heard before anything is waited for: a reader may go at any time.
    res.once("close", () => void links.remove(live.id, res));
    if (!(await links.add(live.id, res))) throw tooMany();
    if (res.destroyed) return void links.remove(live.id, res);
    res.set(head);
    links.begin(live.id, res);
    const again = setInterval(() => void stillListens(req, live.id).then((still) => still || res.destroy()), AGAIN_MS);
    res.once("close", () => clearInterval(again));
  });
}

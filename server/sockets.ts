import type { Server } from "node:http";
import { loadActor } from "./access/store.ts";
import { standingSessions } from "./access/sessions.ts";
import type { Actor } from "./access/actor.ts";
import { accessChanged } from "./accounts/events.ts";
import type { App } from "./app.ts";
import type { TurnSettings } from "./live/media/ice.ts";
import { liveClassEnded } from "./live/events.ts";
import { mediaSocket } from "./live/media/socket.ts";
import { LIVE_CHANGED, liveSocket } from "./live/socket.ts";
import type { Bus } from "./platform/bus.ts";
import { now, type Instant } from "./platform/clock.ts";
import type { Db } from "./platform/db.ts";
import { on, type Listener } from "./platform/jobs/queue.ts";
import type { Log } from "./platform/log.ts";
import { peopleMoved } from "./people/events.ts";
import { makeRealtime, type Realtime } from "./platform/realtime.ts";

/** The facts of rights are heard by one process; the sockets of a person may be on any. */
const RIGHTS_CHANGED = "rights_changed";

export interface Sockets {
  realtime: Realtime<Actor>;
  /** What the sockets hear of: rights that changed, classes that ended. Added to the listeners of the worker of this process. */
  listeners: readonly Listener[];
  close(): void;
}

/** Puts the sockets on a web server, with the sessions of its pages: one line a feature. */
export function makeSockets(server: Server, app: App, deps: { db: Db; log: Log; clock?: () => Instant; turn?: TurnSettings; bus?: Bus | undefined }): Sockets {
  const clock = deps.clock ?? now;
  const realtime = makeRealtime<Actor>(server, {
    session: app.session,
    whoIs: (personId) => loadActor(deps.db, personId, clock()),
    // Sessions end by the machine's own time, as they do for pages.
    standing: (hashes) => standingSessions(deps.db, hashes, now()),
    // A clock that is handed in may leap ahead: what was to be waited for has then been waited for.
    ticks: () => performance.now() + (deps.clock ? Date.parse(deps.clock()) : 0),
    log: deps.log,
    adapter: deps.bus?.adapter,
  });
  const recheck = async (personId: string): Promise<void> => {
    await realtime.recheck(personId);
    app.signals.tell(RIGHTS_CHANGED, personId);
  };
  app.signals.listen(RIGHTS_CHANGED, (personId, from) => {
    if (from === "elsewhere") realtime.recheck(personId).catch((error: unknown) => deps.log.error({ error: String(error) }, "rights were not checked again"));
  });
  liveSocket(realtime, { db: deps.db, clock, signals: app.signals });
  mediaSocket(realtime, { db: deps.db, clock, signals: app.signals, media: app.media, turn: deps.turn ?? { urls: [], secret: undefined } });
  return {
    realtime,
    listeners: [
      on(accessChanged, "closes sockets of people whose rights ended", ({ personId }) => recheck(personId)),
      on(peopleMoved, "takes people who changed class out of rooms they may no longer hear", async ({ personIds }) => {
        for (const personId of personIds) await recheck(personId);
      }),
      // Also of classes that nobody ended by hand: the sockets may be on any process.
      on(liveClassEnded, "lets the room of a class that ended fall silent", ({ liveClassId }) => Promise.resolve(app.signals.tell(LIVE_CHANGED, liveClassId))),
    ],
    close() {
      realtime.close();
      void app.media.close();
    },
  };
}

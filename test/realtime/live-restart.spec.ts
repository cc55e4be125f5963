import { expect } from "chai";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createApp } from "../../server/app.ts";
import { addMinutes } from "../../server/platform/clock.ts";
import { makeLog } from "../../server/platform/log.ts";
import { makeSockets, type Sockets } from "../../server/sockets.ts";
import { startApp, type Running } from "../support/app.ts";
import { Client } from "../support/client.ts";
import { NOW, W } from "../support/world.ts";
import { ask, closeAll, connect, heard, liveClass, type Answered } from "./room.ts";

describe("a server that restarts in the middle of a class", () => {
  let app: Running;
  let server: Server;
  let sockets: Sockets;
  before(async () => {
    app = await startApp();
  });
  after(async () => {
    closeAll();
    stop();
    await app.stop();
  });

  /** Another process on the same database: nothing of the first one's memory is left. */
  const start = async (port: number): Promise<string> => {
    const log = makeLog("silent");
    const clock = (): string => app.time.now;
    const again = createApp({ config: app.config, db: app.db, log, mail: () => Promise.resolve(), sessionSecret: "for tests only", clock });
    server = createServer(again.express);
    sockets = makeSockets(server, again, { db: app.db, log, clock });
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const stop = (): void => {
    sockets.close();
    server.closeAllConnections();
    server.close();
  };

  it("keeps presence, chat, hands and the slide; browsers come back by themselves", async () => {
    const base = await start(0);
    const live = await liveClass(app);
    const [huong, minh] = [await new Client(base).signIn("huong"), await new Client(base).signIn("minh")];
    const [teacher, pupil] = [connect({ base }, huong), connect({ base }, minh)];
    await Promise.all([heard(teacher, "connect"), heard(pupil, "connect")]);
    for (const socket of [teacher, pupil]) await ask(socket, "live:enter", { id: live, since: 0 });
    await ask(pupil, "live:say", { key: "minh-0001", text: "Em nghe rõ" });
    await ask(pupil, "live:hand", { up: true });
    await ask(teacher, "live:slide", { page: 4 });
    app.time.now = addMinutes(NOW, 0.5);
    await ask(pupil, "live:here", { away: false });

    const lost = [heard(teacher, "disconnect"), heard(pupil, "disconnect")];
    stop();
    await Promise.all(lost);
    app.time.now = addMinutes(NOW, 3);
    const back = [heard(teacher, "connect"), heard(pupil, "connect")];
    await start(Number(new URL(base).port));
    await Promise.all(back);

    const state: Answered = await ask(pupil, "live:enter", { id: live, since: 0 });
    expect(state).to.include({ ok: true, state: "open", slide: 4, seq: 1 });
    expect(state.messages?.map((message) => message.text)).to.deep.equal(["Em nghe rõ"]);
    expect(state.hands?.map((hand) => hand.id)).to.deep.equal([W.minh]);
    app.time.now = addMinutes(NOW, 3.5);
    await ask(pupil, "live:here", { away: false });
    app.time.now = addMinutes(NOW, 4);
    expect((await huong.post(`/live-classes/${live}/closing`)).status).to.equal(303);
    const page = await huong.get(`/live-classes/${live}`);
    expect(page.text).to.contain("mất kết nối 9:01–9:03");
    // Half a minute and its time to live before the restart, a minute after it: two whole minutes.
    expect(await app.db("attendances").where({ live_class_id: live, person_id: W.minh }).first("present_minutes")).to.deep.equal({ present_minutes: 2 });
  });
});

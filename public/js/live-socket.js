// @ts-check
const HEARTBEAT_MS = 15_000;
const ANSWER_MS = 8_000;
/** After changes the state is asked for once in so many milliseconds, and not by all browsers at the same moment. */
const ASK_AGAIN_MS = 2_500;
const SPREAD_MS = 600;

/**
 * @typedef {object} Line What the parts of the room may do with the connection.
 * @property {(event: string, payload: object) => Promise<any>} ask Sends and waits for the answer; `{ ok: false }` when none comes.
 * @property {(event: string, hear: (payload: any) => void) => void} on
 * @property {(hear: (state: any) => void) => void} onState Called with everything known after each (re)connection, and with each heartbeat.
 * @property {(hear: (room: any) => void) => void} onRoom Called with the state of the room whenever something of it changed.
 * @property {() => void} leave
 * @property {() => void} drop Breaks the line, as a network does; it comes back by itself.
 * @property {() => void} catchUp Asks for everything since the last message that is here.
 * @property {{ seq: number }} known The last message that this page has.
 */

/**
 * One connection for as long as the page is open. It comes back by itself, spread over a few seconds, and then asks for
 * what it missed; a server that closed it (signed out, moved) is not asked again.
 *
 * @param {HTMLElement} host
 * @param {{ status: (state: "connecting" | "connected" | "lost" | "closed") => void, changed: () => void }} tell
 * @returns {Line}
 */
export function connectLive(host, tell) {
  const id = host.dataset["id"] ?? "";
  const known = { seq: Number(host.dataset["seq"] ?? 0) };
  /** @type {((state: any) => void)[]} */
  const heard = [];
  /** @type {((room: any) => void)[]} */
  const heardRoom = [];
  /** @type {[string, (payload: any) => void][]} */
  const waiting = [];
  /** @type {any} */
  let socket;
  let beat = 0;
  tell.status("connecting");

  /** @param {string} event @param {object} payload */
  const ask = async (event, payload) => {
    if (!socket?.connected) return { ok: false, code: "lost" };
    try {
      return await socket.timeout(ANSWER_MS).emitWithAck(event, payload);
    } catch {
      return { ok: false, code: "lost" };
    }
  };

  /** @param {any} state */
  const take = (state) => {
    if (!state.ok) return false;
    if (state.state !== host.dataset["state"]) tell.changed();
    else {
      for (const hear of heard) hear(state);
      if (state.room) for (const hear of heardRoom) hear(state.room);
    }
    return true;
  };

  const enter = async () => {
    const state = await ask("live:enter", { id, since: known.seq, away: document.hidden });
    if (!take(state)) {
      if (state.code === "live_over") tell.changed();
      else tell.status(state.code === "lost" ? "lost" : "closed");
      return;
    }
    tell.status("connected");
    // More was said than fits into one answer: ask for the rest, page after page.
    if (state.messages.length >= 200) await enter();
  };

  const here = async () => {
    const state = await ask("live:here", { away: document.hidden });
    if (take(state) && state.seq > known.seq) await enter();
  };

  let [asked, changing] = [-Infinity, 0];
  const changed = () => {
    if (changing) return;
    const wait = Math.max(Math.random() * SPREAD_MS, asked + ASK_AGAIN_MS - performance.now());
    changing = window.setTimeout(() => {
      [asked, changing] = [performance.now(), 0];
      void here();
    }, wait);
  };

  void import(host.dataset["io"] ?? "").then(({ io }) => {
    socket = io({ transports: ["websocket", "polling"], tryAllTransports: true, reconnectionDelay: 1000, reconnectionDelayMax: 5000, randomizationFactor: 0.7 });
    socket.on("connect", () => void enter());
    socket.on("connect_error", (/** @type {Error} */ error) => {
      if (error.message !== "not_signed_in") return tell.status("lost");
      socket.disconnect();
      tell.status("closed");
    });
    socket.on("disconnect", (/** @type {string} */ reason) => tell.status(reason === "io server disconnect" ? "closed" : "lost"));
    socket.on("live:changed", changed);
    socket.on("live:reload", () => tell.changed());
    socket.on("live:regroup", () => void enter());
    socket.on("live:room", (/** @type {any} */ room) => {
      for (const hear of heardRoom) hear(room);
    });
    for (const [event, hear] of waiting) socket.on(event, hear);
    beat = window.setInterval(() => void here(), HEARTBEAT_MS);
  });
  document.addEventListener("visibilitychange", () => void here());
  const leave = () => {
    window.clearInterval(beat);
    window.clearTimeout(changing);
    socket?.disconnect();
  };
  // A page that is closed has left; one that only sleeps loses its line and is shown as lost.
  window.addEventListener("pagehide", (event) => {
    if (!event.persisted) leave();
  });

  return {
    ask,
    known,
    leave,
    catchUp: () => void enter(),
    drop: () => void socket?.io.engine.close(),
    on: (event, hear) => void (socket ? socket.on(event, hear) : waiting.push([event, hear])),
    onState: (hear) => void heard.push(hear),
    onRoom: (hear) => void heardRoom.push(hear),
  };
}

/** The number of a group as people say it: keys are never used again (`server/live/tool-rules.ts`). @param {number} key */
export function groupNumber(key) {
  return ((key - 1) % 12) + 1;
}

/** @param {string} text @param {Record<string, string | number>} values */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

// @ts-check
/** A line that broke is given this long to come back by itself before another connection is made. */
const PATIENCE_MS = 2_000;
/** The server says something every second; a line that is silent for so many seconds leads nowhere any more. */
const SILENT_MAX = 3;
const SPREAD_MS = 400;
const AGAIN_MS = 2_000;

/** What each kind is sent as; `height` 0 leaves the picture as it is. @type {Record<string, { height: number, bitrate: number, frames: number }>} */
const SENT = {
  low: { height: 180, bitrate: 120_000, frames: 15 },
  high: { height: 360, bitrate: 450_000, frames: 20 },
  screen: { height: 0, bitrate: 400_000, frames: 5 },
};

/**
 * One connection with the media server, made anew whenever it breaks: after a change of network, a restart of the server or
 * of its media process. The server offers, the browser answers with its keys only.
 */
class Wire {
  /** @type {RTCPeerConnection | undefined} */
  connection;
  session = "";
  isWanted = false;
  bytes = 0;
  /** What earlier connections have moved. */
  bytesBefore = 0;
  attempt = 0;
  timer = 0;
  received = 0;
  silent = 0;

  /**
   * @param {import("./live-socket.js").Line} line
   * @param {(state: "connecting" | "connected" | "lost" | "refused", code?: string) => void} tell
   * @param {() => number} where The group that is visited, 0 for the class.
   */
  constructor(line, tell, where) {
    this.line = line;
    this.tell = tell;
    this.where = where;
    line.on("live:media-gone", (news) => {
      if (news.session === this.session) this.again(Math.random() * SPREAD_MS);
    });
    window.addEventListener("online", () => this.check());
    window.setInterval(() => void this.count(), 1_000);
    /** @type {any} */ (navigator).connection?.addEventListener?.("change", () => this.check());
  }

  /** What to ask the server for. @returns {Promise<any>} */
  request() {
    return Promise.resolve({ ok: false });
  }

  /** What is done with the connection between the offer and the answer. @param {RTCPeerConnection} _connection */
  async prepare(_connection) {}

  async ready() {}

  async start() {
    this.isWanted = true;
    await this.connect();
  }

  stop() {
    this.isWanted = false;
    this.attempt += 1;
    window.clearTimeout(this.timer);
    if (this.session) void this.line.ask("live:media-leave", { session: this.session });
    this.drop();
  }

  drop() {
    this.bytesBefore += this.bytes;
    this.bytes = 0;
    this.session = "";
    const old = this.connection;
    this.connection = undefined;
    if (old) old.onconnectionstatechange = null;
    old?.close();
  }

  /** @param {number} waitMs */
  again(waitMs) {
    if (!this.isWanted) return;
    this.tell("lost");
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.connect(), waitMs);
  }

  /** The network changed: if the connection does not follow at once, another is made. */
  check() {
    window.setTimeout(() => {
      if (this.isWanted && this.connection?.connectionState !== "connected") this.again(0);
    }, 1_000);
  }

  async connect() {
    const attempt = ++this.attempt;
    window.clearTimeout(this.timer);
    if (this.session) void this.line.ask("live:media-leave", { session: this.session });
    this.drop();
    this.tell("connecting");
    const offered = await this.request();
    if (attempt !== this.attempt) return;
    if (!offered.ok) return this.refused(offered.code);
    try {
      await this.accept(offered, attempt);
    } catch {
      if (attempt === this.attempt) this.again(AGAIN_MS);
    }
  }

  /** @param {any} offered @param {number} attempt */
  async accept(offered, attempt) {
    const connection = new RTCPeerConnection({ iceServers: offered.ice, bundlePolicy: "max-bundle" });
    this.connection = connection;
    this.session = offered.session;
    connection.onconnectionstatechange = () => this.watch(connection);
    await connection.setRemoteDescription({ type: "offer", sdp: offered.offer });
    await this.prepare(connection);
    await connection.setLocalDescription(await connection.createAnswer());
    const answer = keysOf(connection.localDescription?.sdp ?? "");
    const told = await this.line.ask("live:media-answer", { session: offered.session, answer });
    if (attempt !== this.attempt) return;
    if (!told.ok) return this.again(AGAIN_MS);
    await this.ready();
  }

  /** @param {string} code */
  refused(code) {
    if (code === "lost" || code === "media_down" || code === "too_many") return this.again(AGAIN_MS + Math.random() * SPREAD_MS);
    this.isWanted = false;
    this.tell("refused", code);
  }

  /** @param {RTCPeerConnection} connection */
  watch(connection) {
    if (connection !== this.connection) return;
    const state = connection.connectionState;
    if (state === "connected") this.tell("connected");
    if (state === "failed" || state === "closed") this.again(0);
    if (state === "disconnected") {
      this.tell("lost");
      window.setTimeout(() => {
        if (connection === this.connection && connection.connectionState !== "connected") this.again(0);
      }, PATIENCE_MS);
    }
  }

  /** Measures the line. */
  async count() {
    const connection = this.connection;
    if (connection) {
      const stats = await connection.getStats();
      const [transport] = [...stats.values()].filter((one) => one.type === "transport");
      if (transport && connection === this.connection) this.notice(transport, connection);
    }
  }

  /** After a change of network both ends may believe in a connection on which nothing arrives. @param {any} transport @param {RTCPeerConnection} connection */
  notice(transport, connection) {
    this.bytes = transport.bytesReceived + transport.bytesSent;
    this.silent = transport.bytesReceived === this.received && connection.connectionState === "connected" ? this.silent + 1 : 0;
    this.received = transport.bytesReceived;
    if (this.silent < SILENT_MAX) return;
    this.silent = 0;
    this.again(0);
  }

  get used() {
    return this.bytesBefore + this.bytes;
  }
}

/** What others send. */
export class Ears extends Wire {
  wish = "auto";
  /** What the line carries: `sound`, `low` or `high`. */
  level = "low";
  /** By line of the offer. @type {Map<string, MediaStreamTrack>} */
  tracks = new Map();

  /** @param {import("./live-socket.js").Line} line @param {Wire["tell"]} tell @param {Wire["where"]} where @param {(slots: any[] | undefined, group?: number) => void} heard */
  constructor(line, tell, where, heard) {
    super(line, tell, where);
    this.heard = heard;
    line.on("live:media-level", (news) => {
      if (news.session !== this.session) return;
      this.level = news.level;
      heard(undefined);
    });
  }

  async request() {
    const offered = await this.line.ask("live:media-listen", { wish: this.wish, group: this.where() });
    if (offered.ok) [this.slots, this.level, this.group] = [offered.slots, offered.level, offered.group];
    return offered;
  }

  /** @param {RTCPeerConnection} connection */
  async prepare(connection) {
    this.tracks = new Map(connection.getTransceivers().map((one) => [one.mid ?? "", one.receiver.track]));
    for (const { receiver, mid } of connection.getTransceivers()) {
      // Sound may wait a little for what is sent again; a gap is worse than a quarter of a second.
      if (mid?.startsWith("a") && "jitterBufferTarget" in receiver) /** @type {any} */ (receiver).jitterBufferTarget = 80;
    }
    this.heard(this.slots, this.group);
  }

  /** @param {string} wish */
  async want(wish) {
    this.wish = wish;
    if (this.session) await this.line.ask("live:media-want", { session: this.session, wish });
  }
}

/** What this browser sends. */
export class Voice extends Wire {
  /** By kind. @type {Map<string, MediaStreamTrack>} */
  tracks = new Map();
  /** Whether anybody's line carries the large picture. */
  high = true;

  /** @param {import("./live-socket.js").Line} line @param {Wire["tell"]} tell @param {Wire["where"]} where */
  constructor(line, tell, where) {
    super(line, tell, where);
    line.on("live:media-wanted", (news) => {
      this.high = news.high;
      void this.shape();
    });
  }

  request() {
    return this.line.ask("live:media-speak", { group: this.where() });
  }

  /** @param {RTCPeerConnection} connection */
  async prepare(connection) {
    for (const one of connection.getTransceivers()) one.direction = "sendonly";
    this.high = true;
    await this.put(connection);
  }

  async ready() {
    await this.shape();
    await this.declare();
  }

  /** @param {RTCPeerConnection} connection */
  async put(connection) {
    for (const { mid, sender } of connection.getTransceivers()) {
      const kind = mid === "low" || mid === "high" ? "camera" : (mid ?? "");
      const track = this.tracks.get(kind) ?? null;
      if (sender.track !== track) await sender.replaceTrack(track);
    }
  }

  /** Sets sizes and rates; the sound goes before every picture. */
  async shape() {
    for (const { mid, sender } of this.connection?.getTransceivers() ?? []) {
      const how = SENT[mid ?? ""];
      const parameters = sender.getParameters();
      const [encoding] = parameters.encodings ?? [];
      if (!encoding) continue;
      if (how) {
        const height = sender.track?.getSettings().height ?? 360;
        encoding.maxBitrate = how.bitrate;
        encoding.maxFramerate = how.frames;
        if (how.height > 0) encoding.scaleResolutionDownBy = Math.max(1, height / how.height);
        encoding.active = mid !== "high" || this.high;
        encoding.priority = mid === "high" ? "very-low" : "low";
      } else encoding.priority = "high";
      await sender.setParameters(parameters).catch(() => undefined);
    }
  }

  /** Starts or ends sending one kind. @param {string} kind @param {MediaStreamTrack | undefined} track @returns {Promise<any>} */
  async send(kind, track) {
    if (track) this.tracks.set(kind, track);
    else this.tracks.delete(kind);
    if (!this.isWanted) return this.start();
    if (!this.connection || this.connection.signalingState !== "stable") return undefined; // told when it stands
    await this.put(this.connection);
    await this.shape();
    return this.declare();
  }

  async declare() {
    const answer = await this.line.ask("live:media-sending", { session: this.session, kinds: [...this.tracks.keys()] });
    if (!answer.ok && answer.code !== "lost") this.tell("refused", answer.code);
    return answer;
  }
}

/** What the server needs to know of our description. @param {string} sdp */
function keysOf(sdp) {
  const one = (/** @type {RegExp} */ pattern) => pattern.exec(sdp)?.[1] ?? "";
  /** @type {Record<string, number>} */
  const ssrcs = {};
  for (const part of sdp.split(/^m=/m).slice(1)) {
    const mid = /^a=mid:(\S+)/m.exec(part)?.[1];
    const ssrc = /^a=ssrc:(\d+)/m.exec(part)?.[1];
    if (mid && ssrc && /^(mic|low|high|screen)$/.test(mid)) ssrcs[mid] = Number(ssrc);
  }
  return { ufrag: one(/^a=ice-ufrag:(\S+)/m), pwd: one(/^a=ice-pwd:(\S+)/m), fingerprint: one(/^a=fingerprint:sha-256 (\S+)/im), ssrcs };
}

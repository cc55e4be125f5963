// @ts-check
import { Devices, echo, keep, kept, Meter, reasonOf } from "./live-media-devices.js";
import { nameItem } from "./live-hands.js";
import { Ears, Voice } from "./live-media-wire.js";
import { fill } from "./live-socket.js";

/**
 * @typedef {{ mid: string, kind: "mic" | "camera" | "screen", person: string }} Slot
 * @typedef {{ id: string, name: string }} Person
 */

const COUNT_MS = 2_000;
/** Speech for so many measures in a row while the microphone is off: the person is told. */
const MUTED_MEASURES = 8;

/** Sound and picture of the room: listening with one tap, speaking with the floor, and what the line carries. */
export class LiveMedia {
  /** @param {import("./live-chat.js").Place} place */
  constructor(place) {
    this.place = place;
    const root = place.root.querySelector("[data-media]");
    if (!(root instanceof HTMLElement)) return;
    this.root = root;
    /** @type {Record<string, string>} */
    this.words = JSON.parse(root.dataset["words"] ?? "{}");
    this.part = /** @type {<T extends Element = HTMLElement>(name: string) => T} */ ((name) => /** @type {any} */ (root.querySelector(`[data-media-${name}]`)));
    if (!("RTCPeerConnection" in window)) return this.onlyLink();
    this.devices = new Devices();
    this.meter = new Meter((level, speaks) => this.measure(level, speaks));
    /** @type {Slot[]} */
    this.slots = [];
    /** @type {Set<string>} */
    this.may = new Set();
    /** Whether the school lets pupils be seen. */
    this.video = true;
    /** @type {Map<string, string>} */
    this.lines = new Map();
    this.spoken = 0;
    /** The group in which this person hears and is heard, as the server said it last; 0 is the whole class. */
    this.group = 0;
    const where = () => (place.isTeacher ? Number(place.root.dataset["group"] ?? 0) : 0);
    this.where = where;
    this.ears = new Ears(place.line, (state, code) => this.showState(state, code), where, (slots, group) => this.heard(slots, group));
    this.voice = new Voice(place.line, (state, code) => state === "refused" && this.silenced(code === "media_no_floor" ? undefined : code), where); // whatever ended the turn says so itself
    this.ears.wish = kept("live-wish") ?? firstWish();
    this.bind();
    this.hear();
  }

  /** A browser without WebRTC listens by an address. */
  onlyLink() {
    this.part("bar").hidden = true;
    this.part("link").hidden = false;
    this.note("no_webrtc");
  }

  bind() {
    this.part("join").addEventListener("click", () => void this.join());
    for (const kind of /** @type {const} */ (["mic", "camera", "screen"])) this.part(kind)?.addEventListener("click", () => void this.toggle(kind));
    this.part("settings").addEventListener("click", () => void this.openSettings());
    const wish = /** @type {HTMLSelectElement} */ (this.part("wish"));
    wish.value = this.ears?.wish ?? "auto";
    wish.addEventListener("change", () => this.want(wish.value));
    for (const kind of /** @type {const} */ (["mic", "camera"])) {
      this.part(`choose-${kind}`)?.addEventListener("change", (event) => void this.change(kind, /** @type {HTMLSelectElement} */ (event.target).value));
    }
    this.part("echo")?.addEventListener("click", () => void this.tryEcho());
    const dialog = /** @type {HTMLDialogElement} */ (this.part("dialog"));
    dialog.addEventListener("close", () => this.closeSettings());
    window.setInterval(() => this.showData(), COUNT_MS);
  }

  hear() {
    const { line } = this.place;
    line.onState((state) => {
      if (state.people) void this.entered();
    });
    line.onRoom((room) => (this.video = room.video));
    line.on("live:media-map", (news) => news.group === this.group && this.showSlots(news.slots));
    this.place.root.addEventListener("live-visit", () => void this.entered());
    line.on("live:media-floor", (news) => this.showFloor(news.people));
    line.on("live:media-lines", (news) => this.showLines(news.lines));
    line.on("live:person", () => this.showLines([]));
    // Who is called to answer may speak; no second press is needed.
    if (this.place.isTeacher) line.on("live:called", (news) => void line.ask("live:media-floor", { person: news.id, given: true }));
  }

  /** In the room, in it again, or in another group of it: what stood before leads there no more. */
  async entered() {
    const before = this.group ?? 0; // hearing may be back, where it is now, before the answer is here
    const state = await this.place.line.ask("live:media-state", { group: this.where?.() ?? 0 });
    if (!state.ok) return;
    this.group = state.group;
    this.may = new Set(state.may);
    this.showSlots(state.slots);
    this.showFloor(state.people, true);
    if (this.ears?.isWanted) void this.ears.connect();
    if ((this.voice?.isWanted || before > 0) && !this.may.has("mic")) this.silenced(before > 0 ? "group_over" : "floor_taken");
    else if (this.voice?.isWanted) void this.voice.connect();
    if (!this.place.isTeacher && state.group > 0 && state.group !== before && this.ears?.isWanted) this.note("group_begun");
  }

  /** @param {Slot[] | undefined} slots @param {number} [group] */
  heard(slots, group) {
    this.group = group ?? this.group;
    this.showSlots(slots ?? this.slots ?? []);
  }

  async join() {
    this.part("join").hidden = true;
    this.part("inside").hidden = false;
    const started = this.ears?.start();
    this.showButtons();
    await started;
  }

  /** @param {"mic" | "camera" | "screen"} kind */
  async toggle(kind) {
    const button = this.part(kind);
    if (!this.voice || !this.devices || button.hasAttribute("aria-busy")) return;
    this.note(undefined);
    if (this.voice.tracks.has(kind)) return this.turnOff(kind);
    button.setAttribute("aria-busy", "true");
    try {
      const track = await this.devices.take(kind);
      track.onended = () => void this.turnOff(kind);
      if (kind === "mic") this.meter?.watch(track);
      await this.voice.send(kind, track);
    } catch (error) {
      // Whoever closes the question about the screen has changed their mind.
      if (kind !== "screen" || reasonOf(error) !== "denied") this.note(`${reasonOf(error)}_${kind}`, reasonOf(error));
    } finally {
      button.removeAttribute("aria-busy");
    }
    this.showButtons();
  }

  /** The microphone stays open for the meter, which tells people who speak to nobody; nothing of it is sent. @param {"mic" | "camera" | "screen"} kind */
  async turnOff(kind) {
    if (kind !== "mic") this.devices?.release(kind);
    this.showOwn(kind === "camera" ? undefined : this.voice?.tracks.get("camera"));
    await this.voice?.send(kind, undefined);
    this.showButtons();
  }

  /** @param {string | undefined} code */
  silenced(code) {
    this.voice?.tracks.clear();
    this.voice?.stop();
    this.devices?.releaseAll();
    this.meter?.stop();
    this.showOwn(undefined);
    this.showButtons();
    if (code) this.note(code);
  }

  showButtons() {
    const inside = this.ears?.isWanted ?? false;
    for (const kind of ["mic", "camera", "screen"]) {
      const button = this.part(kind);
      const on = this.voice?.tracks.has(kind) ?? false;
      button.hidden = !inside || !this.may?.has(kind);
      button.setAttribute("aria-pressed", String(on));
      const label = button.querySelector("[data-label]");
      if (label) label.textContent = this.words?.[`${kind}_${on ? "off" : "on"}`] ?? "";
      for (const icon of button.querySelectorAll("[data-icon]")) icon.toggleAttribute("hidden", (icon.getAttribute("data-icon") === "on") !== on);
    }
    this.showOwn(this.voice?.tracks.get("camera"));
  }

  /** @param {MediaStreamTrack | undefined} track */
  showOwn(track) {
    const tiles = this.part("tiles");
    const tile = tiles.querySelector("[data-own]");
    if (!track) tile?.remove();
    else if (!tile) {
      const own = this.tile("own", this.words?.["you"] ?? "", track);
      own.dataset["own"] = "";
      tiles.append(own);
    }
    tiles.hidden = tiles.childElementCount === 0;
  }

  /** @param {Slot[]} slots */
  showSlots(slots) {
    this.slots = slots;
    const tracks = this.ears?.tracks;
    if (!tracks || !this.root) return;
    const sounds = this.part("sounds");
    for (const [mid, track] of tracks) {
      if (track.kind !== "audio") continue;
      const player = /** @type {HTMLAudioElement} */ (sounds.querySelector(`[data-mid="${mid}"]`) ?? sounds.appendChild(Object.assign(document.createElement("audio"), { autoplay: true })));
      player.dataset["mid"] = mid;
      if (/** @type {MediaStream | null} */ (player.srcObject)?.getTracks()[0] === track) continue;
      player.srcObject = new MediaStream([track]);
      void player.play().catch(() => undefined);
    }
    this.showTiles();
    this.showSpeakers();
  }

  showTiles() {
    const tiles = this.part("tiles");
    const shown = (this.slots ?? []).filter((slot) => slot.kind !== "mic" && slot.person !== this.place.me);
    for (const tile of tiles.querySelectorAll("[data-mid]")) if (!shown.some((slot) => `${slot.mid} ${slot.person}` === tile.getAttribute("data-slot"))) tile.remove();
    for (const slot of shown) {
      const track = this.ears?.tracks.get(slot.mid);
      if (!track) continue;
      const had = /** @type {HTMLElement | null} */ (tiles.querySelector(`[data-mid="${slot.mid}"]`));
      const tile = had ?? this.tile(slot.mid, this.nameOf(slot.person), track);
      tile.dataset["slot"] = `${slot.mid} ${slot.person}`;
      tile.dataset["kind"] = slot.kind;
      const video = /** @type {HTMLVideoElement} */ (tile.querySelector("video"));
      if (/** @type {MediaStream | null} */ (video.srcObject)?.getTracks()[0] !== track) video.srcObject = new MediaStream([track]);
      tile.toggleAttribute("data-still", this.isStill(slot));
      if (!had) tiles[slot.kind === "screen" ? "prepend" : "append"](tile);
    }
    tiles.hidden = tiles.childElementCount === 0;
  }

  /** Whether the line carries no picture of it now; the shared screen comes before faces. @param {Slot} slot */
  isStill(slot) {
    const level = this.ears?.level;
    return level === "sound" || (level === "low" && slot.kind === "camera" && (this.slots ?? []).some((one) => one.kind === "screen" && one.person !== this.place.me));
  }

  /** @param {string} mid @param {string} name @param {MediaStreamTrack} track */
  tile(mid, name, track) {
    const tile = document.createElement("figure");
    tile.className = "live-tile";
    if (mid !== "own") tile.dataset["mid"] = mid;
    const video = Object.assign(document.createElement("video"), { autoplay: true, muted: true, playsInline: true });
    video.srcObject = new MediaStream([track]);
    const caption = document.createElement("figcaption");
    caption.textContent = name;
    const still = document.createElement("p");
    still.className = "live-tile__still";
    still.textContent = this.words?.["still"] ?? "";
    tile.append(video, still, caption);
    return tile;
  }

  showSpeakers() {
    const names = [...new Set((this.slots ?? []).filter((slot) => slot.kind === "mic" && slot.person !== this.place.me).map((slot) => this.nameOf(slot.person)))];
    this.part("speakers").textContent = names.length === 0 ? (this.words?.["nobody"] ?? "") : fill(this.words?.["speaking"] ?? "", { names: names.join(", ") });
  }

  /** @param {string} id */
  nameOf(id) {
    return this.place.root.querySelector(`[data-person="${id}"] .presence__name > :first-child`)?.textContent ?? "";
  }

  /** @param {Person[]} people @param {boolean} [quiet] */
  showFloor(people, quiet = false) {
    // In a group everybody speaks.
    const mine = (this.group ?? 0) > 0 || people.some((person) => person.id === this.place.me);
    this.place.root.dispatchEvent(new CustomEvent("live-floor", { detail: people.map((person) => person.id) }));
    const list = this.part("floor");
    list.replaceChildren(...people.map((person) => this.floorItem(person)));
    this.part("floor-frame").hidden = people.length === 0;
    if (this.place.isTeacher) return this.showButtons();
    const had = this.may?.has("mic") ?? false;
    if (mine === had) return this.showButtons();
    this.may = new Set(mine ? (this.video ? ["mic", "camera"] : ["mic"]) : []);
    if (!mine) this.silenced(quiet ? undefined : "floor_taken");
    else this.note("floor_given");
    this.showButtons();
    if (mine && !this.ears?.isWanted) void this.join();
  }

  /** @param {Person} person */
  floorItem(person) {
    const { line, isTeacher } = this.place;
    return nameItem(person.name, isTeacher ? { label: this.words?.["take"] ?? "", of: this.words?.["take_of"] ?? "", press: () => void line.ask("live:media-floor", { person: person.id, given: false }) } : undefined);
  }

  /** How each pupil's line is, beside their name. @param {{ person: string, state: string }[]} news */
  showLines(news) {
    for (const one of news) this.lines?.set(one.person, one.state);
    for (const [id, state] of this.lines ?? []) {
      const item = this.place.root.querySelector(`[data-person="${id}"]`);
      if (!item || item.getAttribute("data-line") === state) continue;
      item.setAttribute("data-line", state);
      const detail = item.querySelector(".presence__name");
      const mark = detail?.querySelector(".live-line") ?? detail?.appendChild(Object.assign(document.createElement("span"), { className: "live-line" }));
      if (mark) mark.textContent = state === "good" ? "" : (this.words?.[`line_${state}`] ?? "");
    }
  }

  /** @param {string} state @param {string} [code] */
  showState(state, code) {
    const place = this.part("state");
    place.textContent = this.words?.[state] ?? "";
    place.setAttribute("data-state", state);
    if (state === "refused") {
      this.part("join").hidden = false;
      this.note(code && this.words?.[code] ? code : "refused");
    }
  }

  /** @param {string | undefined} key @param {string} [otherwise] */
  note(key, otherwise = "device_failed") {
    const place = this.part("note");
    place.textContent = key === undefined ? "" : (this.words?.[key] ?? this.words?.[otherwise] ?? "");
    place.hidden = key === undefined;
  }

  /** @param {string} wish */
  want(wish) {
    keep("live-wish", wish);
    void this.ears?.want(wish);
  }

  showData() {
    if (!this.ears || !this.voice) return;
    const bytes = this.ears.used + this.voice.used;
    if (bytes === 0) return;
    const n = new Intl.NumberFormat(document.documentElement.lang, { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(bytes / 1_000_000);
    this.part("data").textContent = fill(this.words?.["used"] ?? "", { n });
  }

  /** @param {number} level @param {boolean} speaks */
  measure(level, speaks) {
    const meter = /** @type {HTMLMeterElement | null} */ (this.part("level"));
    if (meter) meter.value = level;
    const muted = !this.voice?.tracks.has("mic") && !(/** @type {HTMLDialogElement} */ (this.part("dialog")).open);
    this.spoken = muted && speaks ? (this.spoken ?? 0) + 1 : 0;
    if (this.spoken === MUTED_MEASURES) this.note("muted");
  }

  async openSettings() {
    /** @type {HTMLDialogElement} */ (this.part("dialog")).showModal();
    if (!this.may?.has("mic") && !this.place.isTeacher) return;
    try {
      const track = await this.devices?.take("mic");
      if (track) this.meter?.watch(track);
    } catch (error) {
      this.part("dialog-note").textContent = this.words?.[`${reasonOf(error)}_mic`] ?? this.words?.[reasonOf(error)] ?? "";
    }
    await this.listDevices();
  }

  async listDevices() {
    const all = await this.devices?.list();
    for (const kind of /** @type {const} */ (["mic", "camera"])) {
      const select = /** @type {HTMLSelectElement | null} */ (this.part(`choose-${kind}`));
      const chosen = this.devices?.open.get(kind)?.getSettings().deviceId ?? kept(`live-${kind}`);
      select?.replaceChildren(...(all?.[kind] ?? []).map((one, i) => new Option(one.label || fill(this.words?.["device"] ?? "", { n: i + 1 }), one.deviceId, false, one.deviceId === chosen)));
    }
  }

  /** @param {"mic" | "camera"} kind @param {string} id */
  async change(kind, id) {
    this.devices?.choose(kind, id);
    const isSent = this.voice?.tracks.has(kind) ?? false;
    this.devices?.release(kind);
    try {
      const track = await this.devices?.take(kind);
      if (!track) return;
      if (kind === "mic") this.meter?.watch(track);
      if (isSent) await this.voice?.send(kind, track);
      else if (kind === "camera") this.devices?.release(kind);
    } catch (error) {
      this.part("dialog-note").textContent = this.words?.[`${reasonOf(error)}_${kind}`] ?? this.words?.[reasonOf(error)] ?? "";
    }
  }

  async tryEcho() {
    const note = this.part("dialog-note");
    try {
      const track = await this.devices?.take("mic");
      if (!track) return;
      note.textContent = this.words?.["echo_speak"] ?? "";
      await echo(track, /** @type {HTMLAudioElement} */ (this.part("echo-player")));
      note.textContent = this.words?.["echo_heard"] ?? "";
    } catch (error) {
      note.textContent = this.words?.[`${reasonOf(error)}_mic`] ?? this.words?.[reasonOf(error)] ?? "";
    }
  }

  closeSettings() {
    this.part("dialog-note").textContent = "";
    if (this.voice?.isWanted) return;
    this.meter?.stop();
    this.devices?.releaseAll();
  }
}

/** A line that says itself that it is poor is not asked for pictures. */
function firstWish() {
  const line = /** @type {{ saveData?: boolean, effectiveType?: string } | undefined} */ (/** @type {any} */ (navigator).connection);
  if (line?.saveData || line?.effectiveType === "slow-2g" || line?.effectiveType === "2g") return "sound";
  return line?.effectiveType === "3g" ? "low" : "auto";
}

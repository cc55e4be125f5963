// @ts-check
import { inkOf, inkPath, shapeOf } from "./board-shapes.js";
import { readInk } from "./live-ink.js";
import { fill } from "./live-socket.js";

const SVG = "http://www.w3.org/2000/svg";
const BLANK_RATIO = 16 / 9;
/** How high letters are, by the pen with which they were typed, in thousandths of the board's width. */
const TEXT_SIZES = [24, 24, 34, 50];

/**
 * @typedef {{ page: number, kind: string, body: any, on: [number, number][], tookMs: number, shape?: SVGElement, drawn?: number, dots?: import("./live-ink.js").Dot[] }} Item
 * @typedef {{ lengthMs: number, turns: { timeMs: number, page: number }[], items: Item[], ratios: Record<string, number>, pictures: Record<string, number> }} Replay
 */

/**
 * The slides and the board beside the recording of a class: at each moment the page that stood then, and on it the ink as
 * far as it was written. It follows the player wherever that goes, and is fetched when something is played.
 */
class SlideReplay extends HTMLElement {
  connectedCallback() {
    const media = /** @type {HTMLMediaElement | null} */ (this.closest("media-player")?.querySelector("video, audio") ?? null);
    if (!media || this.media) return;
    this.media = media;
    this.board = /** @type {HTMLElement} */ (this.querySelector(".live-board"));
    this.note = /** @type {HTMLElement} */ (this.querySelector("[data-note]"));
    this.label = /** @type {HTMLElement} */ (this.querySelector("[data-label]"));
    this.words = JSON.parse(this.dataset["words"] ?? "{}");
    this.slide = document.createElement("img");
    this.slide.className = "replay__slide";
    this.slide.alt = "";
    this.slide.hidden = true;
    this.slide.addEventListener("error", () => this.lost());
    this.layer = document.createElementNS(SVG, "svg");
    this.layer.classList.add("live-board__ink");
    this.board.prepend(this.slide, this.layer);
    /** @type {Replay | undefined} */
    this.replay = undefined;
    /** Slides that are no longer to be had. @type {Set<number>} */
    this.gone = new Set();
    this.hidden = false;
    for (const name of ["play", "seeking", "seeked", "loadedmetadata"]) media.addEventListener(name, () => void this.follow());
    media.addEventListener("timeupdate", () => void this.follow());
  }

  async follow() {
    this.loading ??= this.load();
    await this.loading;
    this.paint();
    if (this.media && !this.media.paused && !this.frame) this.run();
  }

  async load() {
    try {
      const [answer, strokes] = await Promise.all([fetch(this.dataset["src"] ?? ""), import(this.dataset["strokes"] ?? "")]);
      if (!answer.ok || !answer.body) throw new Error(String(answer.status));
      this.getStroke = strokes.getStroke ?? strokes.default;
      this.replay = /** @type {Replay} */ (await new Response(answer.body.pipeThrough(new DecompressionStream("gzip"))).json());
    } catch {
      this.say(this.words.failed);
    }
  }

  /** As long as it plays, at every picture of the screen: a stroke grows as it was written. */
  run() {
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.paint();
      if (this.media && !this.media.paused && !this.media.ended) this.run();
    });
  }

  paint() {
    const { replay, media } = this;
    if (!replay || !media) return;
    const now = media.currentTime * 1000;
    const page = replay.turns.findLast((turn) => turn.timeMs <= now)?.page ?? 0;
    if (page !== this.page) this.turn(page);
    const shapes = [];
    for (const item of this.here ?? []) {
      const stands = item.on.find(([from, to]) => from <= now && now < to);
      if (stands) shapes.push(this.drawn(item, stands === item.on[0] && item.tookMs > 0 ? Math.min(1, (now - stands[0]) / item.tookMs) : 1));
    }
    const same = shapes.length === this.layer?.childElementCount && shapes.every((shape, i) => this.layer?.children[i] === shape);
    if (!same) this.layer?.replaceChildren(...shapes);
    this.dataset["count"] = String(shapes.length);
  }

  /** @param {number} page */
  turn(page) {
    const { replay } = this;
    if (!replay) return;
    this.page = page;
    this.dataset["page"] = String(page);
    // Pictures lie below what was written, whatever came first.
    const here = replay.items.filter((item) => item.page === page);
    this.here = [...here.filter((item) => item.kind === "picture"), ...here.filter((item) => item.kind !== "picture")];
    const ratio = page > 0 ? (replay.ratios[page] ?? BLANK_RATIO) : BLANK_RATIO;
    this.board?.style.setProperty("--ratio", String(ratio));
    this.layer?.setAttribute("viewBox", `0 0 1000 ${Math.round(1000 / ratio)}`);
    const name = page === 0 ? "" : fill(page > 0 ? this.words.slide : this.words.blank, { n: Math.abs(page) });
    if (this.label) this.label.textContent = name;
    this.say(page === 0 ? this.words.none : this.gone.has(page) ? this.words.gone : "");
    if (!this.slide) return;
    const isSlide = page > 0 && replay.ratios[page] !== undefined && !this.gone.has(page);
    this.slide.hidden = !isSlide;
    this.slide.alt = name;
    if (isSlide) this.slide.src = `${this.dataset["pages"]}${page}`;
    this.fetchNext();
  }

  /** The slide after this one is fetched while this one stands. */
  fetchNext() {
    const { replay } = this;
    const now = (this.media?.currentTime ?? 0) * 1000;
    const next = replay?.turns.find((turn) => turn.timeMs > now && turn.page > 0 && turn.page !== this.page);
    if (next && replay?.ratios[next.page] !== undefined) new Image().src = `${this.dataset["pages"]}${next.page}`;
  }

  lost() {
    if (this.page === undefined || !this.slide) return;
    this.gone.add(this.page);
    this.slide.hidden = true;
    this.say(this.words.gone);
  }

  /** @param {string} text */
  say(text) {
    if (!this.note) return;
    this.note.textContent = text;
    this.note.hidden = text === "";
  }

  /** The shape of something, as far as it was written. @param {Item} item @param {number} part of it, 0 to 1 */
  drawn(item, part) {
    const { kind, body } = item;
    if (kind !== "ink") return (item.shape ??= kind === "picture" ? this.pictureOf(body) : kind === "text" || kind === "formula" ? textOf(body) : /** @type {SVGElement} */ (shapeOf(kind, body, this.getStroke)));
    item.dots ??= readInk(body.d);
    const dots = Math.max(2, Math.ceil(item.dots.length * part));
    item.shape ??= inkOf([], body.c, body.w, this.getStroke);
    if (item.drawn !== dots) {
      item.drawn = dots;
      item.shape.setAttribute("d", inkPath(item.dots.slice(0, dots), body.w, this.getStroke));
    }
    return item.shape;
  }

  /** @param {any} body */
  pictureOf(body) {
    const image = document.createElementNS(SVG, "image");
    const number = this.replay?.pictures[body.m];
    if (number !== undefined) image.setAttribute("href", `${this.dataset["pages"]}b${number}`);
    for (const [name, value] of Object.entries({ x: body.x, y: body.y, width: Math.max(1, body.x2 - body.x) })) image.setAttribute(name, String(value));
    return image;
  }
}

/** @param {any} body */
function textOf(body) {
  const text = document.createElementNS(SVG, "text");
  const size = TEXT_SIZES[body.w ?? 2] ?? 34;
  text.setAttribute("data-ink", String(body.c ?? 0));
  text.setAttribute("font-size", String(size));
  for (const [i, line] of String(body.t).split("\n").entries()) {
    const span = document.createElementNS(SVG, "tspan");
    span.setAttribute("x", String(body.x));
    span.setAttribute("y", String(Math.round(body.y + size + i * size * 1.3)));
    span.textContent = line;
    text.append(span);
  }
  return text;
}

customElements.define("slide-replay", SlideReplay);

// @ts-check
import { inkOf, shapeOf } from "./board-shapes.js";
import { isNews, readInk, writeInk } from "./live-ink.js";
import { fill } from "./live-socket.js";

const SVG = "http://www.w3.org/2000/svg";
/** What is being written is sent this often. */
const SEND_MS = 100;
/** A stroke that became this long is cut, and goes on as the next one. */
const STROKE_LETTERS_MAX = 4000;
/** What was not taken by the server is sent again after this time. */
const AGAIN_MS = 4000;

/**
 * @typedef {{ seq: number, by: string, page: number, kind: string, key: string, body: any, html?: string }} Drawn
 * @typedef {import("./live-ink.js").Dot} Dot
 */

/**
 * The board over the slides and on blank pages. What the server has numbered is the board; a stroke of one's own stands at
 * once and is sent until the server has it. What others write shows while they write.
 */
export class LiveBoard {
  /** @param {import("./live-chat.js").Place} place @param {import("./live-slides.js").LiveSlides} slides */
  constructor(place, slides) {
    this.place = place;
    this.slides = slides;
    this.frame = /** @type {HTMLElement} */ (place.root.querySelector("[data-board]"));
    this.bar = /** @type {HTMLElement} */ (place.root.querySelector("[data-ink-tools]"));
    this.put = /** @type {HTMLFormElement} */ (place.root.querySelector("[data-put]"));
    this.layer = /** @type {SVGSVGElement} */ (document.createElementNS(SVG, "svg"));
    this.layer.classList.add("live-board__ink");
    this.layer.setAttribute("role", "img");
    this.texts = document.createElement("div");
    this.texts.className = "live-board__texts";
    this.dot = document.createElement("span");
    this.dot.className = "live-board__pointer";
    this.dot.hidden = true;
    this.frame.append(this.layer, this.texts, this.dot);
    /** @type {Map<number, Drawn>} everything by its number, hidden things too */
    this.drawn = new Map();
    /** @type {Set<number>} */
    this.hidden = new Set();
    /** @type {Map<string, { page: number, drawn: { kind: string, body: any } }>} sent and not yet numbered */
    this.waiting = new Map();
    /** @type {Map<string, { page: number, c: number, w: number, dots: Dot[], at: number }>} what others write right now */
    this.writing = new Map();
    /** @type {number[]} what undo took away, to bring back */
    this.undone = [];
    this.known = 0;
    this.tool = "hand";
    this.mayDraw = place.isTeacher;
    /** @type {any} */
    this.getStroke = undefined;
    void import(place.root.dataset["strokes"] ?? "").then((module) => {
      this.getStroke = module.getStroke ?? module.default;
      this.show();
    });
    place.line.on("live:drawn", (news) => this.take(news));
    place.line.on("live:ink", (news) => this.follow(news));
    place.line.on("live:point", (news) => this.point(news));
    place.line.onRoom((room) => this.order(room));
    place.line.onState((state) => {
      if (state.room) void this.catchUp();
    });
    place.root.addEventListener("live-page", () => this.show());
    for (const button of this.bar.querySelectorAll("[data-tool]")) button.addEventListener("click", () => this.choose(button.getAttribute("data-tool") ?? "hand"));
    this.bar.querySelector("[data-undo]")?.addEventListener("click", () => this.undo());
    this.bar.querySelector("[data-redo]")?.addEventListener("click", () => this.redo());
    this.put.addEventListener("submit", (event) => this.putText(event));
    this.frame.addEventListener("pointerdown", (event) => this.begin(event));
    this.frame.addEventListener("pointermove", (event) => this.move(event));
    this.frame.addEventListener("pointerup", () => this.end());
    this.frame.addEventListener("pointercancel", () => this.end());
    document.addEventListener("keydown", (event) => this.key(event));
    window.setInterval(() => this.flush(), SEND_MS);
    window.setInterval(() => this.sendAgain(), AGAIN_MS);
    this.choose(place.isTeacher ? "pen" : "hand");
  }

  get page() {
    return this.slides.shown;
  }

  /** Thousandths of the board's width from its top left corner. @param {PointerEvent} event @returns {Dot} */
  dotOf(event) {
    const box = this.frame.getBoundingClientRect();
    const pressure = event.pointerType === "pen" ? event.pressure : 0.5;
    return { x: Math.round(((event.clientX - box.left) / box.width) * 1000), y: Math.round(((event.clientY - box.top) / box.width) * 1000), p: Math.round(pressure * 31) };
  }

  /** What the room allows. @param {any} room */
  order(room) {
    const { me, isTeacher } = this.place;
    const group = room.groups.of[me] ?? 0;
    this.mayDraw = isTeacher || room.drawAll || room.draws.includes(me) || (group > 0 && this.page === -1000 - group);
    this.bar.hidden = !this.mayDraw;
    if (!this.mayDraw) this.choose("hand");
    if (room.drawn > this.known) void this.catchUp();
  }

  /** Everything that was drawn since what is here, page after page. */
  async catchUp() {
    const answer = await this.place.line.ask("live:board", { since: this.known });
    if (!answer.ok) return;
    for (const one of answer.drawn) this.keep(one);
    this.known = Math.max(this.known, answer.seq);
    this.show();
    if (answer.more) await this.catchUp();
    else void this.sendAgain();
  }

  /** @param {Drawn} news */
  take(news) {
    if (news.seq <= this.known) return;
    if (news.seq > this.known + 1) return void this.catchUp(); // something was missed
    this.known = news.seq;
    this.keep(news);
    this.show();
  }

  /** @param {Drawn} one */
  keep(one) {
    if (one.kind === undefined) return; // of another group
    this.writing.delete(`${one.by} ${one.key}`);
    if (one.by === this.place.me) this.waiting.delete(one.key);
    if (one.kind === "hide") for (const seq of one.body.of) this.hidden.add(seq);
    else if (one.kind === "show") for (const seq of one.body.of) this.hidden.delete(seq);
    else this.drawn.set(one.seq, one);
  }

  /** @param {{ by: string, key: string, page: number, c: number, w: number, d: string }} ink */
  follow(ink) {
    if (ink.by === this.place.me) return;
    const key = `${ink.by} ${ink.key}`;
    const stroke = this.writing.get(key) ?? { page: ink.page, c: ink.c, w: ink.w, dots: [], at: 0 };
    stroke.dots.push(...readInk(ink.d, stroke.dots.at(-1)));
    stroke.at = performance.now();
    this.writing.set(key, stroke);
    for (const [other, { at }] of this.writing) if (performance.now() - at > 10_000) this.writing.delete(other);
    this.show();
  }

  /** @param {{ page: number, x: number, y: number, on: boolean }} news */
  point(news) {
    this.dot.hidden = !news.on || news.page !== this.page;
    this.dot.style.setProperty("--x", `${news.x / 10}%`);
    this.dot.style.setProperty("--y", String(news.y / 1000));
  }

  /** @param {string} tool */
  choose(tool) {
    this.tool = tool;
    this.frame.dataset["tool"] = tool;
    for (const button of this.bar.querySelectorAll("[data-tool]")) button.setAttribute("aria-pressed", String(button.getAttribute("data-tool") === tool));
    const picture = /** @type {HTMLElement | null} */ (this.put.querySelector("[data-put-picture]"));
    const text = /** @type {HTMLElement} */ (this.put.querySelector("[data-put-text]"));
    this.put.hidden = !["text", "formula", "picture"].includes(tool);
    if (picture) picture.hidden = tool !== "picture";
    text.hidden = tool === "picture";
    const label = this.put.querySelector("[data-put-label]");
    if (label) label.textContent = this.place.words[tool === "formula" ? "board_type_formula" : "board_type_text"] ?? "";
    if (!this.put.hidden && tool !== "picture") text.focus();
  }

  /** @param {PointerEvent} event */
  begin(event) {
    if (this.tool === "hand" || !this.mayDraw || event.button !== 0) return;
    event.preventDefault();
    this.frame.setPointerCapture(event.pointerId);
    const dot = this.dotOf(event);
    if (this.tool === "text" || this.tool === "formula" || this.tool === "picture") {
      this.at = dot;
      return void this.place.root.querySelector(this.tool === "picture" ? "[data-put-picture]" : "[data-put-text]")?.dispatchEvent(new Event("focus"));
    }
    this.stroke = { key: newKey(), page: this.page, dots: [dot], sent: 0, since: performance.now(), c: this.number("color"), w: this.number("width") };
    if (this.tool === "eraser") this.erase(event);
  }

  /** @param {PointerEvent} event */
  move(event) {
    if (this.tool === "pointer") return this.aim(event);
    if (!this.stroke) return;
    if (this.tool === "eraser") return this.erase(event);
    const events = event.getCoalescedEvents?.() ?? [event];
    for (const one of events.length > 0 ? events : [event]) {
      const dot = this.dotOf(one);
      if (this.tool !== "pen") this.stroke.dots = [this.stroke.dots[0], dot];
      else if (isNews(this.stroke.dots.at(-1), dot)) this.stroke.dots.push(dot);
    }
    this.show();
    if (this.tool === "pen" && writeInk(this.stroke.dots).length > STROKE_LETTERS_MAX) {
      const last = /** @type {Dot} */ (this.stroke.dots.at(-1));
      this.end();
      this.stroke = { key: newKey(), page: this.page, dots: [last], sent: 0, since: performance.now(), c: this.number("color"), w: this.number("width") };
    }
  }

  end() {
    const stroke = this.stroke;
    this.stroke = undefined;
    if (!stroke || this.tool === "eraser") return;
    const [first, last] = [stroke.dots[0], /** @type {Dot} */ (stroke.dots.at(-1))];
    const { c, w } = stroke;
    if (this.tool === "pen") this.add({ kind: "ink", body: { c, w, d: writeInk(stroke.dots), ms: Math.min(60_000, Math.round(performance.now() - stroke.since)) } }, stroke.key);
    else if (first !== last) this.add({ kind: this.tool, body: { c, w, x: first.x, y: first.y, x2: last.x, y2: last.y } }, stroke.key);
  }

  /** What was written since the last time, for those who look on. */
  flush() {
    const stroke = this.stroke;
    if (!stroke || this.tool !== "pen" || stroke.dots.length === stroke.sent) return;
    const fresh = stroke.dots.slice(stroke.sent, stroke.sent + 120);
    void this.place.line.ask("live:ink", { key: stroke.key, page: stroke.page, c: stroke.c, w: stroke.w, d: writeInk(fresh, stroke.dots[stroke.sent - 1]) });
    stroke.sent += fresh.length;
  }

  /** @param {PointerEvent} event */
  aim(event) {
    const now = performance.now();
    if (now - (this.aimed ?? 0) < SEND_MS) return;
    this.aimed = now;
    const { x, y } = this.dotOf(event);
    if (x < 0 || x > 1000 || y < 0) return;
    void this.place.line.ask("live:point", { page: this.page, x, y: Math.min(4000, y), on: true });
    window.clearTimeout(this.aimEnd);
    this.aimEnd = window.setTimeout(() => void this.place.line.ask("live:point", { page: this.page, x, y: Math.min(4000, y), on: false }), 1500);
  }

  /** Takes away what the eraser touches: one's own; a teacher takes away everybody's. @param {PointerEvent} event */
  erase(event) {
    for (const target of document.elementsFromPoint(event.clientX, event.clientY)) {
      const seq = Number(target.closest("[data-seq]")?.getAttribute("data-seq") ?? 0);
      const one = this.drawn.get(seq);
      if (!one || this.hidden.has(seq) || !(this.place.isTeacher || one.by === this.place.me)) continue;
      this.hidden.add(seq);
      this.undone = [];
      this.add({ kind: "hide", body: { of: [seq] } });
    }
    this.show();
  }

  undo() {
    const own = [...this.drawn.values()].filter((one) => one.by === this.place.me && one.page === this.page && !this.hidden.has(one.seq));
    const last = own.sort((a, b) => a.seq - b.seq).at(-1);
    if (!last) return;
    this.undone.push(last.seq);
    this.hidden.add(last.seq);
    this.add({ kind: "hide", body: { of: [last.seq] } });
    this.show();
  }

  redo() {
    const seq = this.undone.pop();
    if (seq === undefined) return;
    this.hidden.delete(seq);
    this.add({ kind: "show", body: { of: [seq] } });
    this.show();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (!(event.ctrlKey || event.metaKey) || event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement || !this.mayDraw) return;
    if (event.key === "z" && !event.shiftKey) this.undo();
    else if (event.key === "y" || (event.key === "z" && event.shiftKey)) this.redo();
    else return;
    event.preventDefault();
  }

  /** @param {SubmitEvent} event */
  putText(event) {
    event.preventDefault();
    const text = /** @type {HTMLInputElement} */ (this.put.querySelector("[data-put-text]"));
    const picture = /** @type {HTMLSelectElement | null} */ (this.put.querySelector("[data-put-picture]"));
    const { x, y } = this.at ?? { x: 60, y: 60 };
    this.at = { x, y: y + 60, p: 0 };
    if (this.tool === "picture") {
      if (picture?.value) this.add({ kind: "picture", body: { x, y, x2: x + 320, y2: y + 240, m: picture.value } });
      return;
    }
    const t = text.value.trim();
    if (t === "") return text.focus();
    this.add({ kind: this.tool, body: { c: this.number("color"), w: this.number("width"), x, y, t } });
    text.value = "";
    text.focus();
  }

  /** Shows it at once and sends it. @param {{ kind: string, body: any }} drawn */
  add(drawn, key = newKey()) {
    if (drawn.kind !== "hide" && drawn.kind !== "show") this.undone = [];
    this.waiting.set(key, { page: this.page, drawn });
    void this.send(key);
    this.show();
  }

  /** @param {string} key */
  async send(key) {
    const one = this.waiting.get(key);
    if (!one) return;
    const answer = await this.place.line.ask("live:draw", { key, page: one.page, drawn: one.drawn });
    // Refused for good: it goes. Without a line, or too fast, it is sent again.
    if (!answer.ok && answer.code !== "lost" && answer.code !== "too_many" && answer.code !== "live_not_entered") this.waiting.delete(key);
    if (!answer.ok) this.slides.say(this.waiting.has(key) ? (this.place.words["not_drawn"] ?? "") : "");
    this.show();
  }

  async sendAgain() {
    for (const key of [...this.waiting.keys()]) await this.send(key);
  }

  /** @param {string} name */
  number(name) {
    return Number(/** @type {HTMLSelectElement | null} */ (this.bar.querySelector(`[data-${name}]`))?.value ?? 0);
  }

  show() {
    if (this.planned) return;
    this.planned = requestAnimationFrame(() => {
      this.planned = 0;
      this.paint();
    });
  }

  paint() {
    const box = this.frame.getBoundingClientRect();
    if (box.width === 0) return;
    this.layer.setAttribute("viewBox", `0 0 1000 ${Math.round((box.height / box.width) * 1000)}`);
    const here = [...this.drawn.values()].filter((one) => one.page === this.page && !this.hidden.has(one.seq)).sort((a, b) => a.seq - b.seq);
    const mine = [...this.waiting].filter(([, one]) => one.page === this.page && "c" in one.drawn.body).map(([key, one]) => ({ seq: 0, key, by: this.place.me, page: one.page, ...one.drawn }));
    const shapes = [];
    const texts = [];
    for (const one of [...here, ...mine]) {
      if (one.kind === "text" || one.kind === "formula" || one.kind === "picture") texts.push(this.textOf(one));
      else shapes.push(this.shapeOf(one.kind, one.body, one.seq));
    }
    for (const one of this.writing.values()) if (one.page === this.page) shapes.push(this.inkOf(one.dots, one.c, one.w));
    if (this.stroke && this.tool !== "eraser") {
      const { dots, c, w } = this.stroke;
      const [first, last] = [dots[0], /** @type {Dot} */ (dots.at(-1))];
      shapes.push(this.tool === "pen" ? this.inkOf(dots, c, w) : this.shapeOf(this.tool, { c, w, x: first.x, y: first.y, x2: last.x, y2: last.y }, 0));
    }
    this.layer.replaceChildren(...shapes);
    this.texts.replaceChildren(...texts);
    this.layer.setAttribute("aria-label", fill(this.place.words["board_label"] ?? "", { n: here.length }));
    this.frame.dataset["count"] = String(here.length);
  }

  /** @param {string} kind @param {any} body @param {number} seq */
  shapeOf(kind, body, seq) {
    const shape = shapeOf(kind, body, this.getStroke);
    if (seq > 0) shape.setAttribute("data-seq", String(seq));
    return shape;
  }

  /** @param {Dot[]} dots @param {number} c @param {number} w */
  inkOf(dots, c, w) {
    return inkOf(dots, c, w, this.getStroke);
  }

  /** @param {Drawn} one */
  textOf(one) {
    const { body } = one;
    const item = document.createElement(one.kind === "picture" ? "img" : "span");
    item.className = "live-board__text";
    item.dataset["seq"] = String(one.seq);
    item.dataset["text"] = String(body.c ?? 0);
    item.dataset["size"] = String(body.w ?? 2);
    item.style.setProperty("--x", `${body.x / 10}%`);
    item.style.setProperty("--y", String(body.y / 1000));
    if (item instanceof HTMLImageElement) {
      item.src = `/live-classes/${this.place.root.dataset["id"]}/files/${body.m}`;
      item.alt = this.place.words["board_picture"] ?? "";
      item.style.setProperty("--w", `${(body.x2 - body.x) / 10}%`);
    } else if (one.kind === "formula" && one.html) {
      // MathML that the server made of the formula; of what was typed nothing is markup.
      item.append(...new DOMParser().parseFromString(one.html, "text/html").body.childNodes);
    } else item.textContent = body.t;
    return item;
  }
}

function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(6)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// @ts-check
import { fill } from "./live-socket.js";

/** A stretch chosen by hand is at least so long, ms. */
const STRETCH_MIN_MS = 1000;

/**
 * The form of a cut with the recording's bar of time: stretches are drawn on it, taken from the moment that plays, and tried
 * by ear before anything is cut. What is sent are the fields, which work without it as well.
 */
class RecordingCut extends HTMLElement {
  connectedCallback() {
    this.length = Number(this.dataset["length"]);
    this.words = JSON.parse(this.dataset["words"] ?? "{}");
    this.form = /** @type {HTMLFormElement} */ (this.querySelector("form"));
    this.bar = /** @type {HTMLElement} */ (this.querySelector("[data-bar]"));
    this.sum = /** @type {HTMLElement} */ (this.querySelector("[data-sum]"));
    this.media = /** @type {HTMLMediaElement | null} */ (document.querySelector("media-player video, media-player audio"));
    /** @type {HTMLElement} */ (this.querySelector("[data-tools]")).hidden = false;
    this.head = document.createElement("span");
    this.head.className = "cut__head";
    for (const button of this.querySelectorAll("[data-now]")) {
      /** @type {HTMLElement} */ (button).hidden = false;
      button.addEventListener("click", () => this.take(button.getAttribute("data-now") ?? ""));
    }
    this.form.addEventListener("input", () => this.draw());
    this.bar.addEventListener("pointerdown", (event) => this.begin(event));
    this.bar.addEventListener("pointermove", (event) => this.move(event));
    this.bar.addEventListener("pointerup", (event) => this.end(event));
    this.bar.addEventListener("pointercancel", () => this.drop());
    this.media?.addEventListener("timeupdate", () => this.follow());
    this.draw();
  }

  /** @param {string} name */
  field(name) {
    return /** @type {HTMLInputElement} */ (this.form?.elements.namedItem(name));
  }

  /** @param {string} name */
  take(name) {
    this.field(name).value = clockOf((this.media?.currentTime ?? 0) * 1000);
    this.draw();
  }

  /** What is to be left out, in order, ends included; overlapping ones are one. @returns {{ fromMs: number, toMs: number }[]} */
  outs() {
    const length = this.length ?? 0;
    const found = [{ fromMs: 0, toMs: msOf(this.field("from").value) ?? 0 }, { fromMs: msOf(this.field("to").value) ?? length, toMs: length }];
    // The page says whole seconds: the last of them is the end.
    if (found[1].fromMs >= Math.floor(length / 1000) * 1000) found.pop();
    for (let i = 0; this.field(`out_from.${i}`); i += 1) {
      const [fromMs, toMs] = [msOf(this.field(`out_from.${i}`).value), msOf(this.field(`out_to.${i}`).value)];
      if (fromMs !== undefined && toMs !== undefined && toMs > fromMs) found.push({ fromMs, toMs: Math.min(toMs, length) });
    }
    /** @type {{ fromMs: number, toMs: number }[]} */
    const joined = [];
    for (const one of found.filter(({ fromMs, toMs }) => toMs > fromMs).sort((a, b) => a.fromMs - b.fromMs)) {
      const last = joined.at(-1);
      if (last && one.fromMs <= last.toMs) last.toMs = Math.max(last.toMs, one.toMs);
      else joined.push({ ...one });
    }
    return joined;
  }

  draw() {
    const length = this.length ?? 0;
    const outs = this.outs();
    const out = outs.reduce((sum, one) => sum + one.toMs - one.fromMs, 0);
    if (this.sum) this.sum.textContent = out === 0 ? this.words.none : fill(this.words.sum, { kept: clockOf(length - out), out: clockOf(out) });
    this.bar?.replaceChildren(...outs.map((one) => this.piece("cut__out", one)), ...(this.drawn ? [this.piece("cut__new", this.drawn)] : []), ...(this.head ? [this.head] : []));
  }

  /** @param {string} kind @param {{ fromMs: number, toMs: number }} one */
  piece(kind, one) {
    const piece = document.createElement("span");
    piece.className = kind;
    piece.style.setProperty("--from", String(one.fromMs / (this.length || 1)));
    piece.style.setProperty("--part", String((one.toMs - one.fromMs) / (this.length || 1)));
    return piece;
  }

  /** @param {PointerEvent} event */
  timeAt(event) {
    const box = /** @type {HTMLElement} */ (this.bar).getBoundingClientRect();
    return Math.round(Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) * (this.length ?? 0));
  }

  /** @param {PointerEvent} event */
  begin(event) {
    if (event.button !== 0) return;
    event.preventDefault();
    this.bar?.setPointerCapture(event.pointerId);
    this.start = this.timeAt(event);
  }

  /** @param {PointerEvent} event */
  move(event) {
    if (this.start === undefined) return;
    const now = this.timeAt(event);
    this.drawn = { fromMs: Math.min(this.start, now), toMs: Math.max(this.start, now) };
    this.draw();
  }

  /** @param {PointerEvent} event */
  end(event) {
    const drawn = this.drawn;
    const now = this.timeAt(event);
    this.drop();
    if (drawn && drawn.toMs - drawn.fromMs >= STRETCH_MIN_MS) this.put(drawn);
    else if (this.media) this.media.currentTime = now / 1000;
  }

  drop() {
    this.start = undefined;
    this.drawn = undefined;
    this.draw();
  }

  /** Into the first row that is empty. @param {{ fromMs: number, toMs: number }} one */
  put(one) {
    for (let i = 0; this.field(`out_from.${i}`); i += 1) {
      const [from, to] = [this.field(`out_from.${i}`), this.field(`out_to.${i}`)];
      if (from.value !== "" || to.value !== "") continue;
      from.value = clockOf(Math.floor(one.fromMs / 1000) * 1000);
      to.value = clockOf(Math.ceil(one.toMs / 1000) * 1000);
      const folded = from.closest("details");
      if (folded) folded.open = true;
      return this.draw();
    }
    if (this.sum) this.sum.textContent = this.words.full;
  }

  /** Where it plays; while it is tried, what is cut is skipped. */
  follow() {
    const now = (this.media?.currentTime ?? 0) * 1000;
    this.head?.style.setProperty("--from", String(now / (this.length || 1)));
    const tries = /** @type {HTMLInputElement | null} */ (this.querySelector("[data-try]"))?.checked;
    const inside = tries ? this.outs().find(({ fromMs, toMs }) => fromMs <= now && now < toMs - 50) : undefined;
    if (inside && this.media && !this.media.seeking) this.media.currentTime = inside.toMs / 1000;
  }
}

/** The place that was typed as `2:05` or `1:02:05`, ms. @param {string} typed */
function msOf(typed) {
  return /^\s*(\d{1,2}:)?\d{1,3}:[0-5]\d\s*$/.test(typed) ? typed.split(":").reduce((sum, part) => sum * 60 + Number(part), 0) * 1000 : undefined;
}

/** @param {number} ms */
function clockOf(ms) {
  const seconds = Math.floor(ms / 1000);
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

customElements.define("recording-cut", RecordingCut);

// @ts-check

const ALIVE_MS = 5 * 60_000;
const FRAME_MIN = 320;

/**
 * Plays an interactive package in a frame that can reach nothing of this page: it only sends messages, which are believed when
 * they come from this very frame and carry the word agreed with it. What they report is saved here.
 */
class PackagePlayer extends HTMLElement {
  connectedCallback() {
    if (this.base) return;
    this.base = this.dataset["start"] ?? "";
    const open = /** @type {HTMLElement} */ (this.querySelector("[data-open]"));
    open.addEventListener("click", (event) => {
      event.preventDefault();
      open.setAttribute("aria-disabled", "true");
      void this.begin().catch(() => this.fail(open));
    });
    this.onMessage = (/** @type {MessageEvent} */ event) => this.hear(event);
    this.onLeave = () => this.flush(true);
    window.addEventListener("message", this.onMessage);
    window.addEventListener("pagehide", this.onLeave);
  }

  disconnectedCallback() {
    if (this.onMessage) window.removeEventListener("message", this.onMessage);
    if (this.onLeave) window.removeEventListener("pagehide", this.onLeave);
    clearInterval(this.alive);
  }

  /** @param {HTMLElement} open */
  fail(open) {
    open.removeAttribute("aria-disabled");
    const note = this.querySelector("[data-note]");
    if (note) note.textContent = this.dataset["failed"] ?? "";
  }

  /** @param {string} noun @param {object} body @param {boolean} [leaving] */
  async post(noun, body, leaving = false) {
    const text = JSON.stringify(body);
    // Browsers send at most 64 KB of a page that is being left.
    const answer = await fetch(`${this.base}/${noun}`, { method: "POST", headers: { "content-type": "application/json", accept: "application/json" }, body: text, keepalive: leaving && text.length < 60_000 });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.status === 204 ? undefined : answer.json();
  }

  async begin() {
    this.play = await this.post("plays", {});
    this.states = new Map(this.play.items.map((/** @type {any} */ item) => [item.id, item]));
    /** @type {Map<string, any>} */
    this.waiting = new Map();
    const template = /** @type {HTMLTemplateElement} */ (this.querySelector("template"));
    this.replaceChildren(template.content.cloneNode(true));
    this.frame = /** @type {HTMLIFrameElement} */ (this.querySelector("iframe"));
    this.frame.setAttribute("sandbox", this.play.apart ? "allow-scripts allow-forms allow-same-origin" : "allow-scripts allow-forms");
    this.frame.title = this.play.title;
    this.list();
    this.querySelector("[data-full]")?.addEventListener("click", () => this.full());
    this.alive = setInterval(() => void this.post("signs-of-life", { play: this.play.token }).catch(() => this.say(this.play.words.lost)), ALIVE_MS);
    const first = this.play.items.find((/** @type {any} */ item) => !item.completed) ?? this.play.items[0];
    this.start(first.id);
  }

  /** The parts of a package that has several. */
  list() {
    const list = /** @type {HTMLElement} */ (this.querySelector("[data-items]"));
    if (this.play.items.length < 2) return;
    list.hidden = false;
    for (const item of this.play.items) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button";
      button.dataset["kind"] = "quiet";
      button.dataset["item"] = item.id;
      button.addEventListener("click", () => this.start(item.id));
      const row = document.createElement("li");
      row.append(button);
      list.append(row);
    }
  }

  /** @param {string} id */
  start(id) {
    const item = this.states?.get(id);
    if (!item || !this.frame) return;
    this.nonce = crypto.randomUUID();
    this.item = id;
    this.frame.style.removeProperty("block-size");
    const given = { nonce: this.nonce, app: location.origin, standard: this.play.standard, item: id, state: item.state, turn: item.turn ?? 0, seconds: item.seconds, mastery: item.mastery, launchData: item.launchData, around: { previous: this.beside(-1) !== undefined, next: this.beside(1) !== undefined }, language: document.documentElement.lang };
    // A new frame each time: the name is read by the page that is loaded into it, and by nobody before.
    const next = /** @type {HTMLIFrameElement} */ (this.frame.cloneNode());
    next.name = JSON.stringify(given);
    next.src = this.play.files + item.href;
    this.frame.replaceWith(next);
    this.frame = next;
    this.show();
  }

  /** The part before or after the one that is played. @param {number} step */
  beside(step) {
    const items = this.play.items;
    return items[items.findIndex((/** @type {any} */ item) => item.id === this.item) + step]?.id;
  }

  /** @param {MessageEvent} event */
  hear(event) {
    const { data } = event;
    const from = this.frame && event.source === this.frame.contentWindow && event.origin === (this.play.apart ?? "null");
    if (!from || typeof data !== "object" || data?.kind !== "hoc-lieu-package" || data.nonce !== this.nonce || data.item !== this.item) return;
    if (typeof data.height === "number") {
      if (this.frame && this.play.standard === "h5p") this.frame.style.blockSize = `${Math.min(Math.max(FRAME_MIN, data.height), 3000)}px`;
      return;
    }
    if (typeof data.go === "string") {
      const part = data.go === "part" ? data.part : this.beside(data.go === "next" ? 1 : -1);
      if (part !== undefined && part !== this.item) this.start(part);
      return;
    }
    const { turn, completed, success, raw, min, max, scaled, seconds, state } = data;
    const item = this.states?.get(data.item);
    Object.assign(item, { state: state ?? item.state, turn, seconds });
    this.waiting?.set(data.item, { play: this.play.token, item: data.item, turn, completed: completed === true, success: success ?? null, raw: numberOf(raw), min: numberOf(min), max: numberOf(max), scaled: numberOf(scaled), seconds: numberOf(seconds) ?? 0, state });
    void this.flush(false);
  }

  /** Saves what waits, one after the other; the newest of a part replaces what it overtook. @param {boolean} leaving */
  async flush(leaving) {
    if (!this.waiting || (this.saving && !leaving)) return;
    this.saving = true;
    try {
      for (const [id, report] of [...this.waiting]) {
        this.waiting.delete(id);
        Object.assign(this.states?.get(id), await this.post("results", report, leaving));
        this.show();
      }
    } catch {
      this.say(this.play.words.lost);
    } finally {
      this.saving = false;
    }
    if (this.waiting.size > 0 && !leaving) void this.flush(false);
  }

  show() {
    const item = this.states?.get(this.item ?? "");
    this.say(item?.text ?? "");
    for (const button of this.querySelectorAll("[data-item]")) {
      const one = this.states?.get(button.getAttribute("data-item") ?? "");
      button.textContent = one.completed ? `${one.title} ✓` : one.title;
      button.toggleAttribute("aria-current", one === item);
    }
  }

  /** @param {string} text */
  say(text) {
    const place = this.querySelector("[data-status]");
    if (place) place.textContent = text;
  }

  full() {
    const box = this.querySelector("[data-box]");
    if (document.fullscreenElement) void document.exitFullscreen();
    else if (box?.requestFullscreen) void box.requestFullscreen();
    else this.toggleAttribute("data-wide");
  }
}

/** @param {unknown} value */
function numberOf(value) {
  const number = typeof value === "string" && value !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : null;
}

customElements.define("package-player", PackagePlayer);

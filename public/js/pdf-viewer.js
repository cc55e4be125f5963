// @ts-check
import { bytes, savesData } from "./data-saver.js";
import { drawPage, openPdf } from "./pdf-file.js";

const ZOOMS = [0.5, 0.67, 0.8, 1, 1.25, 1.5, 2, 3, 4];
/** Pages drawn at once; those further away give their memory back. */
const DRAWN_MAX = 12;
/** From here on a slow line is asked first. */
const LIGHT_BYTES = 500_000;

/**
 * A PDF as pages in the page: drawn as they come into sight, with selectable text, zoom, page number and search. Wraps the
 * buttons that the server wrote; without scripts the browser's own viewer stands here instead.
 */
class PdfViewer extends HTMLElement {
  connectedCallback() {
    if (this.stage) return;
    this.stage = /** @type {HTMLElement} */ (this.querySelector("[data-pages]"));
    /** @type {HTMLElement[]} */
    this.pages = [];
    /** @type {HTMLElement[]} */
    this.drawn = [];
    this.zoom = 1;
    this.at = 1;
    this.bar = /** @type {HTMLElement} */ (this.querySelector("[data-bar]"));
    const ask = /** @type {HTMLElement} */ (this.querySelector("[data-ask]"));
    ask.querySelector("button")?.addEventListener("click", () => this.begin(ask));
    if (savesData() && Number(this.dataset["bytes"]) > LIGHT_BYTES) ask.hidden = false;
    else void this.begin(ask);
  }

  /** @param {HTMLElement} ask */
  async begin(ask) {
    ask.hidden = true;
    this.say(this.dataset["loading"] ?? "");
    try {
      const { library = "", worker = "", src = "" } = this.dataset;
      const onBytes = (/** @type {number} */ loaded) => this.count(loaded);
      Object.assign(this, await openPdf({ library, worker, src, onBytes }));
      await this.layOut();
    } catch {
      this.say(this.dataset["failed"] ?? "");
      return;
    }
    this.say("");
    this.bar.hidden = false;
    this.listen();
  }

  /** How much of the file has come so far. @param {number} loaded */
  count(loaded) {
    const text = this.querySelector("[data-loaded]");
    if (text) text.textContent = (this.dataset["loaded"] ?? "").replace("{loaded}", bytes(Math.min(loaded, Number(this.dataset["bytes"])))).replace("{all}", bytes(Number(this.dataset["bytes"])));
  }

  /** @param {string} text */
  say(text) {
    const note = this.querySelector("[data-note]");
    if (note) note.textContent = text;
  }

  /** A sheet for each page, of the size of the first until its own is known. */
  async layOut() {
    const file = /** @type {any} */ (this).file;
    const { width, height } = (await file.getPage(1)).getViewport({ scale: 1 });
    this.sight = new IntersectionObserver((entries) => entries.forEach((entry) => entry.isIntersecting && void this.draw(/** @type {HTMLElement} */ (entry.target))), { root: this.stage, rootMargin: "60% 0px" });
    for (let n = 1; n <= file.numPages; n += 1) {
      const sheet = document.createElement("div");
      sheet.className = "pdf__page";
      sheet.dataset["number"] = String(n);
      sheet.setAttribute("role", "region");
      sheet.setAttribute("aria-label", (this.dataset["pageLabel"] ?? "").replace("{page}", String(n)).replace("{pages}", file.numPages));
      sheet.style.aspectRatio = `${width} / ${height}`;
      this.pages.push(sheet);
      this.sight.observe(sheet);
    }
    this.stage.append(...this.pages);
    this.stage.hidden = false;
    this.put("[data-count]", `/ ${file.numPages}`);
    this.fit(1);
  }

  /** @param {string} selector @param {string} text */
  put(selector, text) {
    const place = this.querySelector(selector);
    if (place) place.textContent = text;
  }

  /** Width of a page in CSS pixels at the zoom of now. */
  get width() {
    return Math.max(120, Math.round((this.stage.clientWidth - 24) * this.zoom));
  }

  /** Keeps the reader at the same place of the same page. @param {number} zoom 1: the width of the window */
  fit(zoom) {
    const sheet = this.pages[this.at - 1];
    const part = sheet && sheet.offsetHeight > 0 ? (this.stage.scrollTop - sheet.offsetTop) / sheet.offsetHeight : 0;
    this.zoom = zoom;
    this.stage.style.setProperty("--pdf-width", `${this.width}px`);
    this.put("[data-zoom-text]", `${Math.round(zoom * 100)} %`);
    for (const page of this.pages) page.dataset["stale"] = "";
    if (sheet) this.stage.scrollTop = sheet.offsetTop + part * sheet.offsetHeight;
    for (const page of this.inSight()) void this.draw(page);
  }

  inSight() {
    const top = this.stage.scrollTop - this.stage.clientHeight / 2;
    const end = top + this.stage.clientHeight * 2;
    return this.pages.filter((page) => page.offsetTop < end && page.offsetTop + page.offsetHeight > top);
  }

  /** @param {HTMLElement} sheet */
  async draw(sheet) {
    const self = /** @type {any} */ (this);
    const width = this.width;
    if (sheet.dataset["width"] === String(width)) return;
    sheet.dataset["width"] = String(width);
    const page = await self.file.getPage(Number(sheet.dataset["number"]));
    const plain = page.getViewport({ scale: 1 });
    sheet.style.aspectRatio = `${plain.width} / ${plain.height}`;
    const canvas = document.createElement("canvas");
    canvas.setAttribute("aria-hidden", "true");
    await drawPage(page, width, canvas).promise;
    if (sheet.dataset["width"] !== String(width)) return;
    const viewport = page.getViewport({ scale: width / plain.width });
    const text = document.createElement("div");
    text.className = "pdf__text";
    text.style.setProperty("--total-scale-factor", String(viewport.scale));
    sheet.replaceChildren(canvas, text);
    delete sheet.dataset["stale"];
    this.forget(sheet);
    await new self.pdf.TextLayer({ textContentSource: page.streamTextContent(), container: text, viewport }).render();
    this.mark(sheet);
  }

  /** Pages far away lose their picture, so that a book of 500 pages fits into a phone. @param {HTMLElement} newest */
  forget(newest) {
    this.drawn = [...this.drawn.filter((page) => page !== newest), newest];
    const seen = new Set(this.inSight());
    while (this.drawn.length > DRAWN_MAX) {
      const old = this.drawn.find((page) => !seen.has(page) && page !== newest);
      if (!old) return;
      this.drawn = this.drawn.filter((page) => page !== old);
      old.replaceChildren();
      delete old.dataset["width"];
      this.sight?.unobserve(old);
      this.sight?.observe(old);
    }
  }

  listen() {
    const field = /** @type {HTMLInputElement} */ (this.querySelector("[name=page]"));
    this.stage.addEventListener("scroll", () => this.follow(field), { passive: true });
    field.addEventListener("change", () => this.go(Number(field.value)));
    for (const button of this.querySelectorAll("[data-turn]")) button.addEventListener("click", () => this.go(this.at + Number(button.getAttribute("data-turn"))));
    for (const button of this.querySelectorAll("[data-zoom]")) button.addEventListener("click", () => this.step(Number(button.getAttribute("data-zoom"))));
    this.querySelector("[data-find]")?.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.find(new FormData(/** @type {HTMLFormElement} */ (event.target)).get("find"));
    });
    this.addEventListener("keydown", (event) => this.key(event));
    let before = this.stage.clientWidth;
    new ResizeObserver(() => {
      if (this.stage.clientWidth === before || this.stage.clientWidth === 0) return;
      before = this.stage.clientWidth;
      this.fit(this.zoom);
    }).observe(this.stage);
  }

  /** @param {HTMLInputElement} field */
  follow(field) {
    const middle = this.stage.scrollTop + this.stage.clientHeight / 2;
    const sheet = this.pages.findLast((page) => page.offsetTop <= middle) ?? this.pages[0];
    this.at = Number(sheet?.dataset["number"] ?? 1);
    if (document.activeElement !== field) field.value = String(this.at);
  }

  /** @param {number} page */
  go(page) {
    const sheet = this.pages[Math.min(this.pages.length, Math.max(1, Math.round(page) || 1)) - 1];
    if (sheet) this.stage.scrollTop = sheet.offsetTop - 8;
  }

  /** @param {number} step 0: fit the width */
  step(step) {
    const next = step > 0 ? ZOOMS.find((zoom) => zoom > this.zoom + 0.01) : ZOOMS.findLast((zoom) => zoom < this.zoom - 0.01);
    this.fit(step === 0 ? 1 : (next ?? this.zoom));
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.target instanceof HTMLInputElement || event.altKey || event.metaKey) return;
    if ((event.key === "f" && event.ctrlKey) || event.key === "/") {
      event.preventDefault();
      /** @type {HTMLInputElement | null} */ (this.querySelector("[name=find]"))?.focus();
      return;
    }
    if (event.ctrlKey) return;
    const does = { ArrowRight: () => this.go(this.at + 1), ArrowLeft: () => this.go(this.at - 1), "+": () => this.step(1), "=": () => this.step(1), "-": () => this.step(-1), 0: () => this.step(0) }[event.key];
    if (!does) return;
    event.preventDefault();
    does();
  }

  /** The next page that holds the words, with or without their marks. @param {unknown} asked */
  async find(asked) {
    const wanted = fold(typeof asked === "string" ? asked : "");
    const again = wanted === this.wanted;
    this.wanted = wanted;
    if (wanted === "") return this.pages.forEach((page) => this.mark(page));
    const file = /** @type {any} */ (this).file;
    this.texts ??= new Map();
    const start = again ? this.at : this.at - 1;
    for (let i = 0; i < file.numPages; i += 1) {
      const n = ((start + i) % file.numPages) + 1;
      const text = this.texts.get(n) ?? fold((await (await file.getPage(n)).getTextContent()).items.map((/** @type {any} */ item) => item.str).join(" "));
      this.texts.set(n, text);
      if (!text.includes(wanted)) continue;
      this.put("[data-found]", (this.dataset["found"] ?? "").replace("{page}", String(n)));
      this.at = n;
      this.go(n);
      this.pages.forEach((page) => this.mark(page));
      return;
    }
    this.put("[data-found]", this.dataset["notFound"] ?? "");
  }

  /** Marks the lines of a drawn page that hold the words. @param {HTMLElement} sheet */
  mark(sheet) {
    for (const line of sheet.querySelectorAll(".pdf__text span")) {
      line.toggleAttribute("data-hit", Boolean(this.wanted) && fold(line.textContent ?? "").includes(this.wanted ?? ""));
    }
  }
}

/** Lower case without marks, as the server folds. @param {string} text */
function fold(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[\u0111\u0110]/g, "d").toLowerCase().replace(/\s+/g, " ").trim();
}

customElements.define("pdf-viewer", PdfViewer);

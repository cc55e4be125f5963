// @ts-check
import { savesData } from "./data-saver.js";
import { fill } from "./live-socket.js";
import { drawPage, openPdf } from "./pdf-file.js";

/**
 * The slides of the lesson's PDF. The teacher turns them for everybody; a pupil may look back and return. The reader of PDF
 * files is some hundred kilobytes: on a line that saves data it is loaded when asked for. The file itself is always linked.
 */
export class LiveSlides {
  /** @param {import("./live-chat.js").Place} place */
  constructor(place) {
    this.place = place;
    this.frame = /** @type {HTMLElement | null} */ (place.root.querySelector("[data-slides]"));
    if (!this.frame) return;
    this.teacherAt = Number(place.root.dataset["slide"] ?? 1);
    this.shown = this.teacherAt;
    this.pages = 0;
    /** @type {any} */
    this.file = undefined;
    place.line.on("live:slide", (news) => this.follow(news.page));
    place.line.onState((state) => this.follow(state.slide));
    for (const button of this.frame.querySelectorAll("[data-turn]")) {
      button.addEventListener("click", () => this.turn(this.shown + Number(button.getAttribute("data-turn"))));
    }
    this.find("to-teacher")?.addEventListener("click", () => this.turn(this.teacherAt));
    this.frame.querySelector("[data-go]")?.addEventListener("submit", (event) => this.go(event));
    document.addEventListener("keydown", (event) => this.key(event));
    const load = this.find("load-slides");
    load?.addEventListener("click", () => void this.load());
    if (savesData() && load) load.hidden = false;
    else void this.load();
  }

  /** @param {string} name */
  find(name) {
    return /** @type {HTMLElement | null} */ (this.frame?.querySelector(`[data-${name}]`) ?? null);
  }

  /** @param {string} text */
  say(text) {
    const note = this.find("slide-note");
    if (note) note.textContent = text;
  }

  async load() {
    const { root, words } = this.place;
    const button = this.find("load-slides");
    if (button) button.hidden = true;
    this.say(words["slides_loading"] ?? "");
    try {
      this.file = (await openPdf({ library: root.dataset["pdf"] ?? "", worker: root.dataset["pdfWorker"] ?? "", src: this.frame?.dataset["slides"] ?? "" })).file;
    } catch {
      this.say(words["slides_failed"] ?? "");
      return;
    }
    this.pages = this.file.numPages;
    const buttons = this.find("slide-buttons");
    if (buttons) buttons.hidden = false;
    new ResizeObserver(() => void this.draw()).observe(/** @type {HTMLElement} */ (this.find("canvas")));
    await this.draw();
  }

  /** The teacher is on another page. @param {number | undefined} page */
  follow(page) {
    if (page === undefined || !this.frame) return;
    const followed = this.shown === this.teacherAt;
    this.teacherAt = page;
    if (followed || this.place.isTeacher) this.shown = page;
    void this.draw();
  }

  /** @param {number} page */
  turn(page) {
    if (page < 1 || page > this.pages) return;
    this.shown = page;
    if (this.place.isTeacher && page !== this.teacherAt) {
      this.teacherAt = page;
      void this.place.line.ask("live:slide", { page });
    }
    void this.draw();
  }

  /** @param {Event} event */
  go(event) {
    if (this.pages === 0) return;
    event.preventDefault();
    const field = /** @type {HTMLInputElement} */ (/** @type {HTMLFormElement} */ (event.target).elements.namedItem("page"));
    this.turn(Math.min(this.pages, Math.max(1, Number(field.value))));
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.target instanceof HTMLInputElement || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "ArrowRight" || event.key === "PageDown") this.turn(this.shown + 1);
    else if (event.key === "ArrowLeft" || event.key === "PageUp") this.turn(this.shown - 1);
  }

  async draw() {
    const { words, isTeacher } = this.place;
    const behind = !isTeacher && this.shown !== this.teacherAt;
    const back = this.find("to-teacher");
    if (back) back.hidden = !behind;
    const holder = this.find("canvas");
    if (!this.file || !holder) return;
    this.say(behind ? fill(words["behind"] ?? "", { page: this.teacherAt }) : "");
    const label = fill(words["page"] ?? "", { page: this.shown, pages: this.pages });
    const count = this.find("slide-count");
    if (count) count.textContent = label;
    const field = /** @type {HTMLInputElement | null} */ (this.frame?.querySelector("[name=page]"));
    if (field && field !== document.activeElement) field.value = String(this.shown);
    const page = await this.file.getPage(Math.min(this.shown, this.pages));
    const { width: wide, height: high } = page.getViewport({ scale: 1 });
    holder.parentElement?.style.setProperty("--ratio", String(wide / high));
    const width = holder.clientWidth;
    const wanted = `${this.shown} ${width}`;
    if (width === 0 || this.drawn === wanted) return;
    this.drawn = wanted;
    const canvas = document.createElement("canvas");
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", label);
    await drawPage(page, width, canvas).promise;
    if (this.drawn === wanted) holder.replaceChildren(canvas);
  }
}

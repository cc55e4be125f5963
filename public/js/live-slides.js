// @ts-check
import { savesData } from "./data-saver.js";
import { fill, groupNumber } from "./live-socket.js";
import { drawPage, openPdf } from "./pdf-file.js";

/**
 * The slides of the lesson's PDF. The teacher turns them for everybody; a pupil may look back and return. The reader of PDF
 * files is some hundred kilobytes: on a line that saves data it is loaded when asked for. The file itself is always linked.
 */
export class LiveSlides {
  /** @param {import("./live-chat.js").Place} place */
  constructor(place) {
    this.place = place;
    this.frame = /** @type {HTMLElement} */ (place.root.querySelector("[data-frame]"));
    this.teacherAt = Number(place.root.dataset["slide"] ?? 1);
    this.shown = this.teacherAt;
    this.pages = 0;
    this.blanks = 0;
    /** Where the slides and the blank pages were left. */
    this.left = { slide: Math.max(1, this.teacherAt), blank: -1 };
    /** @type {any} */
    this.file = undefined;
    place.line.on("live:slide", (news) => this.follow(news.page));
    place.line.onState((state) => this.follow(state.slide));
    place.line.onRoom((room) => this.setBlanks(room.blanks, room.slide));
    for (const button of this.frame.querySelectorAll("[data-turn]")) button.addEventListener("click", () => this.step(Number(button.getAttribute("data-turn"))));
    this.find("to-teacher")?.addEventListener("click", () => this.turn(this.teacherAt));
    this.find("to-blank")?.addEventListener("click", () => this.turn(this.left.blank));
    this.find("to-slides")?.addEventListener("click", () => this.turn(this.left.slide));
    this.frame.querySelector("[data-go]")?.addEventListener("submit", (event) => this.go(event));
    document.addEventListener("keydown", (event) => this.key(event));
    this.hasSlides = this.frame.dataset["slides"] !== undefined;
    const load = this.find("load-slides");
    load?.addEventListener("click", () => void this.load());
    const holder = /** @type {HTMLElement} */ (this.find("canvas"));
    new ResizeObserver(() => void this.draw()).observe(holder);
    if (!this.hasSlides) void this.draw();
    else if (savesData() && load) load.hidden = false;
    else void this.load();
  }

  /** @param {number} blanks @param {number} page */
  setBlanks(blanks, page) {
    this.blanks = blanks;
    this.follow(page);
  }

  /** Forward and back: within the slides, and within the blank pages. @param {number} by */
  step(by) {
    this.turn(this.shown > 0 ? this.shown + by : this.shown - by);
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
    await this.draw();
  }

  /** The teacher is on another page. @param {number | undefined} page */
  follow(page) {
    if (page === undefined || page === this.teacherAt) return;
    const followed = this.shown === this.teacherAt;
    this.teacherAt = page;
    if (followed || (this.place.isTeacher && this.shown > -1000)) this.shown = page;
    void this.draw();
  }

  /** @param {number} page */
  turn(page) {
    if (page === 0 || page > this.pages || (page < -this.blanks && page > -1000)) return;
    this.shown = page;
    if (this.place.isTeacher && page !== this.teacherAt && page > -1000) {
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
    if (event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement || event.target instanceof HTMLSelectElement || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "ArrowRight" || event.key === "PageDown") this.step(1);
    else if (event.key === "ArrowLeft" || event.key === "PageUp") this.step(-1);
  }

  async draw() {
    const { words, isTeacher, root } = this.place;
    const inGroup = this.shown < -1000;
    const behind = !isTeacher && this.shown !== this.teacherAt && !inGroup;
    const blank = this.shown < 0;
    if (this.shown > 0) this.left.slide = this.shown;
    else if (!inGroup) this.left.blank = this.shown;
    this.toggle("to-teacher", behind);
    this.toggle("to-blank", !blank && this.blanks > 0);
    this.toggle("to-slides", blank && this.hasSlides);
    this.toggle("slide-buttons", !inGroup && (this.pages > 0 || this.blanks > 0));
    const name = inGroup ? fill(words["board_group_page"] ?? "", { n: groupNumber(-1000 - this.shown) }) : fill(words["board_blank_page"] ?? "", { n: -this.shown });
    const label = blank ? name : fill(words["page"] ?? "", { page: this.shown, pages: this.pages });
    this.say(behind ? fill(words[this.teacherAt < 0 ? "behind_blank" : "behind"] ?? "", { page: this.teacherAt }) : "");
    const count = this.find("slide-count");
    if (count) count.textContent = label;
    const field = /** @type {HTMLInputElement | null} */ (this.frame.querySelector("[name=page]"));
    if (field && field !== document.activeElement) field.value = String(this.left.slide);
    root.dispatchEvent(new CustomEvent("live-page", { detail: this.shown }));
    const holder = this.find("canvas");
    if (!holder) return;
    if (blank || !this.file) {
      this.drawn = "";
      holder.parentElement?.toggleAttribute("data-blank", true);
      if (blank || !this.hasSlides) holder.replaceChildren();
      return;
    }
    holder.parentElement?.toggleAttribute("data-blank", false);
    const page = await this.file.getPage(Math.min(this.shown, this.pages));
    const { width: wide, height: high } = page.getViewport({ scale: 1 });
    holder.parentElement?.style.setProperty("--ratio", String(wide / high));
    const width = holder.clientWidth;
    const wanted = `${this.shown} ${width}`;
    if (width === 0 || this.drawn === wanted || this.shown < 0) return;
    this.drawn = wanted;
    const canvas = document.createElement("canvas");
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", label);
    await drawPage(page, width, canvas).promise;
    if (this.drawn === wanted) holder.replaceChildren(canvas);
    root.dispatchEvent(new CustomEvent("live-page", { detail: this.shown }));
  }

  /** @param {string} name @param {boolean} shown */
  toggle(name, shown) {
    const part = this.find(name);
    if (part) part.hidden = !shown;
  }
}

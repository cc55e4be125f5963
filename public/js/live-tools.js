// @ts-check
import { tellCalled } from "./live-hands.js";
import { fill, groupNumber } from "./live-socket.js";

/**
 * The tools of the room. Each is a form that works by itself; here it is sent without leaving the page, and what changes
 * comes back over the line: questions, timer, notes, groups, who was called, who waits.
 */
export class LiveTools {
  /** @param {import("./live-chat.js").Place} place @param {import("./live-slides.js").LiveSlides} slides */
  constructor(place, slides) {
    this.place = place;
    this.slides = slides;
    this.base = `/live-classes/${place.root.dataset["id"]}`;
    this.question = "";
    this.group = 0;
    /** Milliseconds that this device's clock is ahead of the server's. */
    this.ahead = 0;
    /** @type {any} */
    this.room = undefined;
    /** @type {Map<string, { names: Set<string>, timer: number }>} */
    this.reactions = new Map();
    place.root.addEventListener("submit", (event) => this.submit(event));
    place.root.addEventListener("click", (event) => this.click(event));
    place.root.addEventListener("live-choose-person", (event) => this.choosePerson(/** @type {CustomEvent<string>} */ (event).detail));
    place.root.addEventListener("live-person-act", (event) => void this.actOn(/** @type {CustomEvent<{ person: string, act: string }>} */ (event).detail));
    place.line.onRoom((room) => this.order(room));
    place.line.onState((state) => {
      if (state.staff) this.staff(state.staff);
    });
    place.line.on("live:staff", (staff) => this.staff(staff));
    place.line.on("live:react", (news) => this.react(news));
    window.setInterval(() => this.tick(), 1000);
  }

  /** @param {string} name */
  find(name) {
    return /** @type {HTMLElement | null} */ (this.place.root.querySelector(`[data-${name}]`));
  }

  /** @param {SubmitEvent} event */
  submit(event) {
    const form = event.target;
    if (event.defaultPrevented || !(form instanceof HTMLFormElement)) return;
    if (!form.matches("[data-tool-form], [data-tool-forms] form, [data-check]")) return;
    event.preventDefault();
    void this.send(form, event.submitter);
  }

  /** @param {HTMLFormElement} form @param {HTMLElement | null} button */
  async send(form, button) {
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form, button instanceof HTMLButtonElement ? button : null)) body.append(name, String(value));
    const error = this.find("tool-error");
    if (error) error.textContent = "";
    const done = form.querySelector("[data-said]");
    if (done) done.textContent = "";
    try {
      await this.post(form.action, body);
      if (form.hasAttribute("data-clears")) form.reset();
      if (done) done.textContent = this.place.words["saved"] ?? "";
      if (form.hasAttribute("data-check")) form.hidden = true;
      if (form.closest("[data-question-card]")) await this.fetchQuestion();
    } catch (problem) {
      const text = this.why(problem);
      if (error) error.textContent = text;
      else this.slides.say(text);
      if (this.place.isTeacher && error) error.scrollIntoView({ block: "nearest" });
    }
  }

  /** @param {MouseEvent} event */
  click(event) {
    const target = event.target instanceof Element ? event.target.closest("[data-react], [data-visit]") : null;
    if (!target) return;
    const what = target.getAttribute("data-react");
    if (what) return void this.place.line.ask("live:react", { what });
    const group = Number(target.getAttribute("data-visit") ?? 0);
    if (group > 0) this.visit(this.visited === group ? 0 : group);
  }

  /** The group at which the teacher looks; 0 is the whole class. */
  get visited() {
    return Number(this.place.root.dataset["group"] ?? 0);
  }

  /** The teacher looks at a group's board, writes and speaks to the group and hears it; 0 goes back to all. @param {number} group */
  visit(group) {
    this.place.root.dataset["group"] = String(group);
    this.slides.turn(group > 0 ? -1000 - group : this.slides.teacherAt);
    this.place.root.dispatchEvent(new Event("live-visit"));
    this.showVisits();
    this.tick();
  }

  /** Each group's button says what pressing it does. */
  showVisits() {
    const { words, root } = this.place;
    const { visited } = this;
    for (const button of root.querySelectorAll("[data-visit]")) {
      const group = Number(button.getAttribute("data-visit"));
      button.textContent = (group === visited ? words["visit_end"] : words["visit"]) ?? "";
      button.setAttribute("aria-label", group === visited ? (words["visit_end"] ?? "") : fill(words["visit_of"] ?? "", { n: groupNumber(group) }));
    }
  }

  /** What a button of the list does is the form about one pupil. @param {{ person: string, act: string }} what */
  async actOn(what) {
    try {
      await this.post(`${this.base}/people`, new URLSearchParams(what));
    } catch (problem) {
      this.slides.say(this.why(problem));
    }
  }

  /** Sends what a form says; throws the server's words where they refuse it. @param {string} action @param {URLSearchParams} body */
  async post(action, body) {
    const answer = await fetch(action, { method: "POST", body, headers: { accept: "application/json" } });
    const said = await answer.json();
    if (!answer.ok) throw new Error(said.message);
  }

  /** What to tell when that failed: a line that is gone has no words of its own. @param {unknown} problem */
  why(problem) {
    return problem instanceof TypeError ? (this.place.words["failed"] ?? "") : String(problem instanceof Error ? problem.message : problem);
  }

  /** The forms about one pupil, filled in. @param {string} id */
  choosePerson(id) {
    const frame = /** @type {HTMLDetailsElement | null} */ (this.find("person-form"));
    if (!frame) return;
    frame.open = true;
    for (const select of frame.querySelectorAll("select[name=person]")) /** @type {HTMLSelectElement} */ (select).value = id;
    /** @type {HTMLButtonElement | null} */ (this.place.root.querySelector("[data-mode-to=tools]"))?.click();
    frame.scrollIntoView({ block: "nearest" });
    /** @type {HTMLElement | null} */ (frame.querySelector("input[name=reason]"))?.focus();
  }

  /** @param {any} room */
  order(room) {
    const { me, words, isTeacher } = this.place;
    this.ahead = Date.now() - Date.parse(room.now);
    const before = this.room;
    this.room = room;
    const notes = this.find("notes");
    if (notes && notes.textContent !== room.notes) {
      notes.textContent = room.notes;
      const news = this.find("tools-news");
      if (before && news && this.place.root.dataset["mode"] !== "tools") news.hidden = false;
    }
    if (room.question !== this.question) {
      this.question = room.question;
      void this.fetchQuestion();
    }
    if (room.called && before && room.called.at !== before.called?.at) tellCalled(this.place, room.called);
    const check = this.find("check");
    if (check && !isTeacher && (!before || (room.check !== null) !== (before.check !== null))) check.hidden = room.check === null;
    const group = room.groups.of[me] ?? 0;
    if (!isTeacher && group !== this.group) {
      this.group = group;
      this.slides.turn(group > 0 ? -1000 - group : this.slides.teacherAt);
    }
    const { visited } = this;
    if (visited > 0 && !(visited >= room.groups.first && visited < room.groups.first + room.groups.count)) this.visit(0);
    const note = this.find("chat-note");
    const text = room.muted.includes(me) ? words["muted"] : room.chat === "off" ? words["chat_off"] : room.chat === "private" ? words["chat_private"] : "";
    if (note && !isTeacher) {
      note.textContent = text ?? "";
      note.hidden = !text;
    }
    this.tick();
  }

  /** The time that is left, of the timer and of the groups. */
  tick() {
    const now = this.find("now");
    if (!now || !this.room) return;
    const { words, isTeacher } = this.place;
    const { timer, groups } = this.room;
    const parts = [];
    const { visited } = this;
    if (groups.count > 0 && this.group > 0) parts.push(fill(words["group"] ?? "", { n: groupNumber(this.group), time: this.left(groups.until) }));
    if (isTeacher && visited > 0) parts.push(fill(words["visiting"] ?? "", { n: groupNumber(visited) }));
    if (timer) parts.push(this.left(timer) === "0:00" ? (words["timer_over"] ?? "") : fill(words["timer"] ?? "", { time: this.left(timer) }));
    const text = parts.join(" · ");
    // A screen reader is not told every second.
    now.setAttribute("aria-live", "off");
    if (now.textContent !== text) now.textContent = text;
    now.hidden = text === "";
  }

  /** @param {string} until */
  left(until) {
    const seconds = Math.max(0, Math.round((Date.parse(until) - (Date.now() - this.ahead)) / 1000));
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }

  /** The card of the question as the server shows it to this person; what is being typed stays. */
  async fetchQuestion() {
    const card = this.find("question-card");
    if (!card) return;
    const typed = /** @type {HTMLInputElement | null} */ (card.querySelector("input[name=answer]"))?.value;
    const html = await this.fetchPart("question");
    if (html === undefined) return;
    const before = card.querySelector("[data-question]")?.getAttribute("data-question");
    card.replaceChildren(...html);
    const same = card.querySelector("[data-question]")?.getAttribute("data-question") === before;
    const field = /** @type {HTMLInputElement | null} */ (card.querySelector("input[name=answer]"));
    if (same && field && typed) field.value = typed;
  }

  /** @param {any} staff */
  staff(staff) {
    const now = this.find("tools-now");
    if (!this.place.isTeacher || !now) return;
    const news = this.find("tools-news");
    if (news && staff.waiting.length > 0 && this.place.root.dataset["mode"] !== "tools") news.hidden = false;
    this.tellWaiting(staff.waiting.length > 0);
    void this.fetchPart("tools-now").then((html) => {
      if (html) now.replaceChildren(...html);
      for (const part of now.querySelectorAll("[data-script-only]")) part.removeAttribute("hidden");
      this.showVisits();
    });
    if (this.question !== "") void this.fetchQuestion();
  }

  /** Beside the state of the line: somebody stands at the door. @param {boolean} waits */
  tellWaiting(waits) {
    const status = this.find("status");
    const { waiting_one: said = "", connected = "" } = this.place.words;
    if (!status || (!waits && status.textContent !== said)) return;
    status.textContent = waits ? said : connected;
  }

  /** A part of the page from our own server, the same that it shows without script. @param {string} part */
  async fetchPart(part) {
    try {
      const answer = await fetch(`${this.base}/${part}`, { headers: { accept: "text/html" } });
      if (!answer.ok) return undefined;
      return [...new DOMParser().parseFromString(await answer.text(), "text/html").body.childNodes];
    } catch {
      return undefined; // the line is gone; the next state asks again
    }
  }

  /** @param {{ what: string, name: string }} news */
  react(news) {
    const place = this.find("reactions");
    const mark = this.place.root.querySelector(`[data-react="${news.what}"]`)?.getAttribute("aria-label") ?? "";
    if (!place) return;
    const one = this.reactions.get(mark) ?? { names: new Set(), timer: 0 };
    one.names.add(news.name);
    window.clearTimeout(one.timer);
    const show = () => (place.textContent = [...this.reactions].map(([sign, { names }]) => `${sign}: ${names.size > 2 ? names.size : [...names].join(", ")}`).join(" · "));
    one.timer = window.setTimeout(() => {
      this.reactions.delete(mark);
      show();
    }, 6000);
    this.reactions.set(mark, one);
    show();
  }
}

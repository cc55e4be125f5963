// @ts-check
import { fill, groupNumber } from "./live-socket.js";

const timeOf = new Intl.DateTimeFormat("vi-VN", { hour: "numeric", minute: "2-digit", hourCycle: "h23", timeZone: "Asia/Ho_Chi_Minh" });

/**
 * @typedef {{ seq: number, at: string, name: string, person: string, text?: string, removed?: boolean, hidden?: boolean, kind?: string, answered?: boolean, audience?: string, file?: { id: string, title: string } }} Message
 * @typedef {{ root: HTMLElement, words: Record<string, string>, line: import("./live-socket.js").Line, me: string, isTeacher: boolean }} Place
 */

/** The chat: what the server has, in its order, each message once. */
export class LiveChat {
  /** @param {Place} place */
  constructor(place) {
    this.place = place;
    this.log = /** @type {HTMLElement} */ (place.root.querySelector(".chat"));
    this.list = /** @type {HTMLElement} */ (this.log.querySelector(".chat__list"));
    this.form = /** @type {HTMLFormElement} */ (place.root.querySelector("[data-say]"));
    this.error = /** @type {HTMLElement} */ (place.root.querySelector("[data-say-error]"));
    this.older = /** @type {HTMLAnchorElement | null} */ (place.root.querySelector("[data-older]"));
    this.firstSeq = Number(new URL(this.older?.href ?? "/", location.href).searchParams.get("before") ?? 1);
    this.form.addEventListener("submit", (event) => void this.send(event));
    this.older?.addEventListener("click", (event) => void this.showOlder(event));
    // What the page came with is asked for again, so that each message has its number.
    this.fresh = true;
    place.line.known.seq -= this.list.childElementCount;
    place.line.on("live:message", (/** @type {Message} */ message) => this.take(message));
    place.line.onState((state) => {
      if (state.messages) this.takeAll(state.messages);
    });
    this.toEnd();
  }

  /** @param {Message[]} messages */
  takeAll(messages) {
    if (this.fresh) this.list.replaceChildren();
    const atFirst = this.fresh;
    this.fresh = false;
    for (const message of messages) this.take(message);
    if (atFirst) this.toEnd();
  }

  /** @param {Message} message */
  take(message) {
    const shown = this.list.querySelector(`[data-seq="${message.seq}"]`);
    if (message.removed && shown) return this.blank(shown);
    if (message.answered && shown && message.text === undefined) return this.markAnswered(shown);
    const { known } = this.place.line;
    if (shown || this.fresh || message.seq <= known.seq) return;
    if (message.seq > known.seq + 1) return this.place.line.catchUp(); // one was missed
    known.seq = message.seq;
    if (message.hidden || message.name === undefined) return; // for others
    const atEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 80;
    this.log.querySelector(".chat__empty")?.remove();
    this.list.append(this.item(message));
    if (atEnd || message.person === this.place.me) this.toEnd();
  }

  /** @param {Message} message */
  item(message) {
    const item = document.createElement("li");
    item.className = "chat__message";
    item.dataset["seq"] = String(message.seq);
    if (message.person === this.place.me) item.dataset["own"] = "";
    const who = document.createElement("span");
    who.className = "chat__who";
    const name = document.createElement("b");
    name.textContent = message.name;
    const time = document.createElement("time");
    time.dateTime = message.at;
    time.textContent = timeOf.format(new Date(message.at));
    who.append(name, " ", time);
    const about = this.about(message);
    if (about !== "") {
      const note = document.createElement("span");
      note.dataset["about"] = "";
      note.textContent = `(${about})`;
      who.append(" ", note);
    }
    if (message.kind === "question" && !message.answered && !message.removed) item.dataset["pinned"] = "";
    const text = document.createElement("span");
    text.className = "chat__text";
    text.textContent = message.removed ? (this.place.words["removed"] ?? "") : (message.text ?? "");
    item.append(who, " ", text);
    if (message.file && !message.removed) {
      const link = document.createElement("a");
      link.href = `/live-classes/${this.place.root.dataset["id"]}/files/${message.file.id}`;
      link.target = "_blank";
      link.rel = "noopener";
      link.textContent = message.file.title;
      item.append(document.createElement("br"), link);
    }
    if (this.place.isTeacher && message.kind === "question" && !message.answered && !message.removed) who.append(this.answerer(message));
    if (this.place.isTeacher && !message.removed) who.append(this.remover(message));
    return item;
  }

  /** To whom it goes, and whether it asks. @param {Message} message */
  about(message) {
    const { words } = this.place;
    const parts = [];
    if (message.audience === "staff") parts.push(words["private"]);
    else if (message.audience?.startsWith("g")) parts.push(fill(words["in_group"] ?? "", { n: groupNumber(Number(message.audience.slice(1))) }));
    if (message.kind === "question") parts.push(message.answered ? words["answered"] : words["question_mark"]);
    return parts.join(", ");
  }

  /** @param {Element} item */
  markAnswered(item) {
    item.removeAttribute("data-pinned");
    item.querySelector("[data-answer]")?.remove();
    const note = item.querySelector("[data-about]");
    if (note) note.textContent = `(${this.place.words["answered"] ?? ""})`;
  }

  /** @param {Message} message */
  answerer(message) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "live-remove";
    button.dataset["answer"] = "";
    button.textContent = this.place.words["mark_answered"] ?? "";
    button.addEventListener("click", () => void this.place.line.ask("live:answered", { seq: message.seq }));
    return button;
  }

  /** @param {Message} message */
  remover(message) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "live-remove";
    button.textContent = this.place.words["remove"] ?? "";
    button.setAttribute("aria-label", fill(this.place.words["remove_of"] ?? "", { name: message.name }));
    button.addEventListener("click", () => void this.place.line.ask("live:remove", { seq: message.seq }));
    return button;
  }

  /** @param {Element} item */
  blank(item) {
    const text = item.querySelector(".chat__text");
    if (text) text.textContent = this.place.words["removed"] ?? "";
    for (const button of item.querySelectorAll(".live-remove")) button.remove();
    item.removeAttribute("data-pinned");
  }

  /** Sends by the line; without a line the text stays in its field, and is sent again under the same key. @param {SubmitEvent} event */
  async send(event) {
    event.preventDefault();
    const field = /** @type {HTMLInputElement} */ (this.form.elements.namedItem("text"));
    const key = /** @type {HTMLInputElement} */ (this.form.elements.namedItem("key"));
    const text = field.value.trim();
    if (text === "") return field.focus();
    const question = /** @type {HTMLInputElement | null} */ (this.form.elements.namedItem("question"));
    const file = /** @type {HTMLSelectElement | null} */ (this.form.elements.namedItem("file"));
    const group = Number(this.place.root.dataset["group"] ?? 0);
    const answer = await this.place.line.ask("live:say", { key: key.value, text, question: question?.checked ?? false, group, file: file?.value || null });
    /** @type {Record<string, string>} */
    const because = { too_many: "too_fast", invalid: "too_long", live_muted: "muted", live_chat_off: "chat_off", live_group_over: "group_over" };
    this.error.textContent = answer.ok ? "" : (this.place.words[because[answer.code] ?? "not_sent"] ?? "");
    if (!answer.ok) return;
    if (field.value.trim() === text) field.value = "";
    if (question) question.checked = false;
    if (file) file.value = "";
    key.value = Array.from(crypto.getRandomValues(new Uint8Array(13)), (byte) => byte.toString(16).padStart(2, "0")).join("");
    field.focus();
  }

  /** @param {MouseEvent} event */
  async showOlder(event) {
    event.preventDefault();
    const answer = await this.place.line.ask("live:older", { before: this.firstSeq });
    if (!answer.ok) return;
    const height = this.log.scrollHeight;
    this.list.prepend(...answer.messages.filter((/** @type {Message} */ message) => !message.hidden).map((/** @type {Message} */ message) => this.item(message)));
    this.log.scrollTop += this.log.scrollHeight - height;
    this.firstSeq = answer.messages[0]?.seq ?? 1;
    if (this.firstSeq <= 1) this.older?.parentElement?.remove();
  }

  toEnd() {
    this.log.scrollTop = this.log.scrollHeight;
  }
}

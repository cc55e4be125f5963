// @ts-check
import { guess, timeFrom } from "./upload-figures.js";
import { contentHash, markOf } from "./upload-content.js";

/** Files sent at the same time: enough to use the line, few enough to see them move. */
const AT_ONCE = 3;
/** A piece, in bytes. What of it arrived before a line broke is kept all the same. */
const PIECE_BYTES = 4_000_000;
/** A line on which nothing moved for so long, in milliseconds, is taken for dead. */
const SILENCE_MS = 45_000;
/** Waits between two tries, in seconds; the last one again and again. A network that comes back ends the wait. */
const WAITS = [1, 2, 4, 8, 15, 30];

/**
 * Files in a queue around a plain form that uploads by itself. Each file goes in pieces by the tus protocol: it can pause,
 * lose the line, the page or the server, and goes on from the last byte that arrived. What the school has already is known
 * by its content and not sent again. Unfinished files of this place stand in the list from the beginning.
 */
class UploadQueue extends HTMLElement {
  connectedCallback() {
    const form = this.querySelector("form");
    const input = this.querySelector("input[type=file]");
    if (!(form instanceof HTMLFormElement) || !(input instanceof HTMLInputElement) || this.list) return;
    this.form = form;
    this.input = input;
    /** @type {Record<string, string>} */
    this.words = JSON.parse(this.dataset["words"] ?? "{}");
    /** @type {Set<FileRow>} */
    this.rows = new Set();
    /** @type {FileRow[]} */
    this.waiting = [];
    this.running = 0;
    this.buildList();
    input.required = false;
    form.querySelector("button:not([type=button])")?.remove(); // files start when they are chosen
    const hint = this.querySelector("#files-hint");
    if (hint) hint.textContent = this.word("hint");
    input.addEventListener("change", () => {
      const files = [...(input.files ?? [])];
      input.value = "";
      void this.take(files);
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      input.click();
    });
    this.listenForDrops(this.querySelector(".drop") ?? form);
    addEventListener("beforeunload", (event) => {
      if (this.running > 0) event.preventDefault();
    });
    void this.showUnfinished();
  }

  buildList() {
    this.total = document.createElement("div");
    this.total.className = "progress";
    this.total.hidden = true;
    this.totalText = document.createElement("p");
    this.totalText.className = "progress__head figures";
    this.totalBar = document.createElement("progress");
    this.totalBar.className = "progress__bar";
    this.totalBar.setAttribute("aria-label", this.word("list"));
    this.total.append(this.totalText, this.totalBar);
    this.list = document.createElement("ul");
    this.list.className = "stack";
    this.list.setAttribute("role", "list");
    this.list.setAttribute("aria-label", this.word("list"));
    this.status = document.createElement("p");
    this.status.setAttribute("role", "status");
    this.append(this.total, this.list, this.status);
    this.speed = guess();
  }

  /** @param {Element} place */
  listenForDrops(place) {
    for (const name of ["dragenter", "dragover"]) {
      place.addEventListener(name, (event) => {
        event.preventDefault();
        place.setAttribute("data-over", "");
      });
    }
    for (const name of ["dragleave", "drop"]) place.addEventListener(name, () => place.removeAttribute("data-over"));
    place.addEventListener("drop", (event) => {
      event.preventDefault();
      if (event instanceof DragEvent && event.dataTransfer) void this.take([...event.dataTransfer.files]);
    });
  }

  /** What was begun here before, in this browser or another, and not finished. */
  async showUnfinished() {
    const answer = await fetch("/uploads", { headers: { accept: "application/json" } }).catch(() => undefined);
    if (!answer?.ok || answer.redirected) return; // signed out: said when something is sent
    /** @type {{ uploads: Begun[] }} */
    const { uploads } = await answer.json();
    for (const begun of uploads) {
      if (begun.place !== this.dataset["place"] || begun.state !== "receiving") continue;
      if ([...(this.rows ?? [])].some((row) => row.url === begun.url)) continue;
      this.add(new FileRow(this, begun.name, begun.size)).showBegun(begun);
    }
  }

  /** @param {FileRow} row */
  add(row) {
    this.rows?.add(row);
    this.list?.append(row.element);
    return row;
  }

  /** @param {File[]} files */
  async take(files) {
    // An element around the queue may put several files together into one first.
    const bundle = /** @type {{ bundle?: (files: File[]) => Promise<File[]> } | null} */ (this.parentElement)?.bundle;
    const chosen = bundle ? await bundle.call(this.parentElement, files) : files;
    const few = this.input?.multiple ? chosen : chosen.slice(0, 1);
    for (const file of few) {
      const mark = await markOf(file);
      const begun = [...(this.rows ?? [])].find((row) => row.awaits(file, mark));
      const row = begun ?? this.add(new FileRow(this, file.name, file.size));
      row.give(file, mark);
      if (file.size > Number(this.dataset["max"])) row.refuse(this.word("tooLarge"));
      else if (file.size === 0) row.refuse(this.word("empty"));
      else if (!begun && file.size > this.left()) row.refuse(this.word("noRoom"));
      else this.enqueue(row);
    }
  }

  /** What the school can still take besides what waits here, in bytes. */
  left() {
    const promised = [...(this.rows ?? [])].reduce((sum, row) => sum + (row.isOnItsWay() ? row.size - row.sent : 0), 0);
    return Number(this.dataset["left"]) - promised;
  }

  /** @param {FileRow} row */
  enqueue(row) {
    row.wait();
    this.waiting?.push(row);
    this.startNext();
  }

  startNext() {
    while ((this.running ?? 0) < AT_ONCE) {
      const row = this.waiting?.shift();
      if (row === undefined) break;
      if (row.state !== "waiting") continue;
      this.running = (this.running ?? 0) + 1;
      void row.run().finally(() => this.finishOne());
    }
    this.showTotal();
  }

  finishOne() {
    this.running = (this.running ?? 1) - 1;
    this.startNext();
    if (this.running > 0 || !this.status) return;
    const rows = [...(this.rows ?? [])];
    if (rows.some((row) => row.isOnItsWay())) return;
    this.status.textContent = this.word("done");
    const kept = rows.filter((row) => row.isKept());
    if (this.parentElement?.hasAttribute("data-opens") && rows.length === 1 && kept[0]?.href) return location.assign(kept[0].href);
    if (this.input?.multiple) void this.refreshPage();
    else if (rows.some((row) => row.isKept())) location.reload();
  }

  /** Overall progress and the time that is left, of the files that are on their way. */
  showTotal() {
    const rows = [...(this.rows ?? [])].filter((row) => row.isOnItsWay());
    if (!this.total || !this.totalBar || !this.totalText) return;
    this.total.hidden = rows.length === 0;
    if (rows.length === 0) return this.speed?.forget();
    const whole = rows.reduce((sum, row) => sum + row.size, 0);
    const part = rows.reduce((sum, row) => sum + row.sent, 0);
    this.totalBar.max = whole;
    this.totalBar.value = part;
    const seconds = this.speed?.secondsFor(whole - part);
    const rest = seconds === undefined ? "" : this.say("remaining", { time: timeFrom(seconds, (key, values) => this.say(key, values)) });
    this.totalText.textContent = [this.say("total", { part: this.bytes(part), whole: this.bytes(whole) }), rest].filter(Boolean).join(" · ");
  }

  /** Shows what was saved in the list of the page, where the page has one; the queue itself stays as it is. */
  async refreshPage() {
    const here = document.querySelector("[data-uploads]");
    if (!here || ![...(this.rows ?? [])].some((row) => row.isKept())) return;
    const answer = await fetch(location.href, { headers: { accept: "text/html" } }).catch(() => undefined);
    if (!answer?.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-uploads]");
    if (!fresh) return;
    here.replaceWith(document.importNode(fresh, true));
    for (const row of [...(this.rows ?? [])]) if (row.state === "saved") row.leave();
    document.querySelector("[data-uploads]")?.scrollIntoView({ block: "nearest" });
  }

  /** @param {string} key */
  word(key) {
    return this.words?.[key] ?? key;
  }

  /** @param {string} key @param {Record<string, string | number>} values */
  say(key, values) {
    return this.word(key).replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
  }

  /** @param {number} size */
  bytes(size) {
    const lang = document.documentElement.lang === "en" ? "en-GB" : "vi-VN";
    const write = (/** @type {number} */ n, /** @type {string} */ unit) => `${new Intl.NumberFormat(lang, { maximumFractionDigits: 1 }).format(n)} ${unit}`;
    if (size < 1_000_000) return write(Math.round(size / 1000), "KB");
    return size < 1_000_000_000 ? write(size / 1_000_000, "MB") : write(size / 1_000_000_000, "GB");
  }

  /** What stands beside the files in the form. */
  details() {
    const fields = this.form ? [...new FormData(this.form)] : [];
    return Object.fromEntries(fields.flatMap(([name, value]) => (typeof value === "string" && value !== "" ? [[name, value]] : [])));
  }
}

/** @typedef {{ url: string, name: string, size: number, received: number, mark: string, place: string, state: string, expires: string }} Begun */

/**
 * One file of the queue. `waiting` for its turn → `sending` → `finishing` → `saved`, `known`, `linked` or `refused`;
 * `waits` for the network; `paused` by its owner; `stopped` until somebody tries again; `unfinished` until it is chosen again.
 */
class FileRow {
  /** @param {UploadQueue} queue @param {string} name @param {number} size */
  constructor(queue, name, size) {
    this.queue = queue;
    this.name = name;
    this.size = size;
    this.sent = 0;
    this.state = "new";
    this.url = "";
    this.href = "";
    this.mark = "";
    this.tries = 0;
    this.element = document.createElement("li");
    this.element.className = "file";
    const text = document.createElement("div");
    text.className = "file__text";
    const title = document.createElement("strong");
    title.textContent = name;
    this.detail = document.createElement("span");
    this.detail.className = "file__detail";
    this.bar = document.createElement("progress");
    this.bar.className = "progress__bar";
    this.bar.max = Math.max(size, 1);
    this.bar.setAttribute("aria-label", name);
    this.acts = document.createElement("div");
    this.acts.className = "file__actions";
    text.append(title, this.detail, this.bar);
    this.element.append(text, this.acts);
  }

  /** @param {Begun} begun */
  showBegun(begun) {
    this.url = begun.url;
    this.mark = begun.mark;
    this.setSent(begun.received);
    this.show("unfinished", this.queue.say("unfinished", { ...this.figures(), until: begun.expires }), ["choose", "remove"]);
  }

  /** Whether this unfinished upload is of that file. @param {File} file @param {string} mark */
  awaits(file, mark) {
    return this.state === "unfinished" && this.size === file.size && this.mark === mark;
  }

  /** @param {File} file @param {string} mark */
  give(file, mark) {
    this.file = file;
    this.mark = mark;
  }

  isOnItsWay() {
    return ["waiting", "checking", "sending", "waits", "finishing"].includes(this.state);
  }

  isKept() {
    return ["saved", "known", "linked"].includes(this.state);
  }

  wait() {
    this.show("waiting", this.queue.word("waiting"), ["pause", "remove"]);
  }

  /** Until the file is saved, or its turn ends some other way. */
  async run() {
    for (this.tries = 0; ; this.tries += 1) {
      const lost = await this.attempt();
      if (lost === undefined) return;
      if (lost === "moved") this.tries = 0;
      if (!(await this.waitForNetwork())) return;
    }
  }

  /** One go. Answers what was lost, if it is worth another. @returns {Promise<"line" | "moved" | undefined>} */
  async attempt() {
    const before = this.sent;
    try {
      if (this.url === "" && (await this.isKnown())) return undefined;
      await this.send();
      return this.state === "finishing" ? await this.finish() : undefined;
    } catch (error) {
      if (this.state !== "sending" && this.state !== "checking" && this.state !== "finishing") return undefined; // paused or removed
      const problem = /** @type {{ status?: number, message?: string }} */ (error);
      if (problem.status === undefined || problem.status >= 500 || problem.status === 409 || problem.status === 423) {
        if (problem.status === 507) this.stop(problem.message ?? "");
        else return this.sent > before ? "moved" : "line";
      } else if (problem.status === 401) this.stop(this.queue.word("signed_out"));
      else this.stop(problem.message || this.queue.word("failed"));
      return undefined;
    }
  }

  /** Asks for the content before sending it; a file too large to be hashed here is known by the server afterwards. */
  async isKnown() {
    if (!this.file) return false;
    this.show("checking", this.queue.word("checking"), ["pause", "remove"]);
    const hash = await contentHash(this.file);
    if (hash === undefined || this.state !== "checking") return false;
    const answer = await ask(`${this.queue.dataset["place"]}/known-files`, { ...this.queue.details(), hash, size: String(this.size), name: this.name });
    if (answer.status === "unknown") return false;
    this.keep(answer);
    return true;
  }

  async send() {
    const { file } = this;
    if (!file || (this.state !== "checking" && this.state !== "waiting" && this.state !== "sending" && this.state !== "waits")) return;
    await loadTus(this.queue.dataset["library"] ?? "");
    this.show("sending", this.queue.say("sending", this.figures()), ["pause", "remove"]);
    await new Promise((resolve, reject) => {
      this.leaveSending = resolve;
      this.upload = new window.tus.Upload(file, {
        endpoint: `${this.queue.dataset["place"]}/uploads`,
        uploadUrl: this.url || null,
        chunkSize: PIECE_BYTES,
        retryDelays: null, // the row waits by itself, and says so
        storeFingerprintForResuming: false, // the server keeps the list
        headers: { Accept: "application/json" },
        metadata: { ...this.queue.details(), name: this.name, mark: this.mark },
        onUploadUrlAvailable: () => {
          this.url = new URL(this.upload?.url ?? "", location.href).pathname;
        },
        onProgress: (/** @type {number} */ sent) => this.progress(sent),
        onSuccess: () => {
          this.setSent(this.size);
          this.show("finishing", this.queue.word("finishing"), []);
          resolve(undefined);
        },
        onError: (/** @type {any} */ error) => reject(problemOf(error)),
      });
      this.upload.start();
      this.watchLine(() => reject({}));
    }).finally(() => this.unwatch?.());
  }

  /** Gives a line up that is gone or silent: browsers wait for minutes. @param {() => void} lost */
  watchLine(lost) {
    const giveUp = () => {
      void this.upload?.abort();
      lost();
    };
    this.movedAt = performance.now();
    const timer = setInterval(() => {
      if (performance.now() - (this.movedAt ?? 0) > SILENCE_MS) giveUp();
    }, 5000);
    addEventListener("offline", giveUp);
    this.unwatch = () => {
      clearInterval(timer);
      removeEventListener("offline", giveUp);
    };
  }

  /** @returns {Promise<"line" | undefined>} */
  async finish() {
    const answer = await ask(`${this.url}/completion`, {});
    if (answer.status === "refused") this.refuse(answer.reason ?? "");
    else this.keep(answer);
    return undefined;
  }

  /** Says that it waits; true once it is worth another go, false where its owner decided otherwise. @returns {Promise<boolean>} */
  waitForNetwork() {
    const seconds = WAITS[Math.min(this.tries, WAITS.length - 1)] ?? 30;
    const text = navigator.onLine ? this.queue.say("again", { seconds }) : this.queue.say("offline", this.figures());
    this.show("waits", text, ["pause", "remove"]);
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        removeEventListener("online", wake);
        resolve(this.state === "waits");
      };
      const timer = setTimeout(wake, seconds * 1000);
      addEventListener("online", wake);
      this.leaveSending = wake;
    });
  }

  /** @param {number} sent */
  progress(sent) {
    if (this.state !== "sending") return;
    this.movedAt = performance.now();
    this.queue.speed?.add(sent - this.sent);
    this.setSent(sent);
    this.detail.textContent = this.queue.say("sending", this.figures());
    this.queue.showTotal();
  }

  /** @param {number} sent */
  setSent(sent) {
    this.sent = sent;
    this.bar.value = sent;
  }

  figures() {
    return { part: this.queue.bytes(this.sent), whole: this.queue.bytes(this.size) };
  }

  pause() {
    this.show("paused", this.queue.say("paused", this.figures()), ["resume", "remove"]);
    void this.upload?.abort();
    this.leaveSending?.(undefined);
    this.queue.showTotal();
  }

  resume() {
    this.queue.enqueue(this);
  }

  choose() {
    this.queue.input?.click();
  }

  /** Takes the file out of the queue, and what arrived of it from the server. */
  async remove() {
    this.state = "removed";
    await this.upload?.abort();
    this.leaveSending?.(undefined);
    if (this.url !== "") await fetch(`${this.url}/removal`, { method: "POST", headers: { accept: "application/json" } }).catch(() => undefined);
    this.leave();
  }

  leave() {
    this.element.remove();
    this.queue.rows?.delete(this);
    this.queue.showTotal();
  }

  /** @param {{ status: string, href?: string }} answer */
  keep({ status, href = "" }) {
    this.url = "";
    this.href = href;
    this.setSent(this.size);
    this.show(status, this.queue.word(status), []);
    const open = document.createElement("a");
    open.className = "button";
    open.dataset["kind"] = "quiet";
    open.href = href;
    open.textContent = this.queue.word("open");
    this.acts.replaceChildren(open);
  }

  /** The file itself is no good: another go would end the same. @param {string} reason */
  refuse(reason) {
    this.show("refused", reason, ["remove"]);
  }

  /** It can go on once somebody has done something about it. @param {string} reason */
  stop(reason) {
    this.show("stopped", reason, ["retry", "remove"]);
  }

  /** @param {string} state @param {string} text @param {string[]} acts */
  show(state, text, acts) {
    const focused = this.acts.contains(document.activeElement) ? document.activeElement?.getAttribute("data-act") : undefined;
    this.state = state;
    this.element.dataset["status"] = state === "stopped" ? "refused" : state;
    this.element.toggleAttribute("data-state", false);
    if (state === "refused" || state === "stopped") this.element.setAttribute("data-state", "bad");
    this.detail.textContent = text;
    this.bar.hidden = state === "refused" || this.isKept();
    this.acts.replaceChildren(...acts.map((act) => this.button(act)));
    const swap = focused === "pause" ? "resume" : focused === "resume" ? "pause" : focused;
    if (focused) /** @type {HTMLElement | null} */ (this.acts.querySelector(`[data-act=${swap}]`))?.focus();
    this.queue.showTotal();
  }

  /** @param {string} act */
  button(act) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button";
    button.dataset["kind"] = "quiet";
    button.dataset["act"] = act;
    button.textContent = this.queue.word(act);
    button.setAttribute("aria-label", this.queue.say("of_file", { act: this.queue.word(act), name: this.name }));
    button.addEventListener("click", () => {
      if (act === "pause") this.pause();
      else if (act === "resume" || act === "retry") this.resume();
      else if (act === "choose") this.choose();
      else void this.remove();
    });
    return button;
  }
}

/** Sends a small form and reads the answer. Throws `{ status, message }`, without a status where nobody answered. */
async function ask(/** @type {string} */ url, /** @type {Record<string, string>} */ fields) {
  const answer = await fetch(url, { method: "POST", headers: { accept: "application/json" }, body: new URLSearchParams(fields) }).catch(() => undefined);
  if (answer === undefined) throw {};
  /** @type {{ status?: string, href?: string, reason?: string, message?: string }} */
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok && said.status !== "refused") throw { status: answer.status, message: said.message };
  return { status: said.status ?? "", href: said.href ?? "", reason: said.reason ?? "" };
}

/** @param {any} error as the tus library throws it @returns {{ status?: number, message?: string }} */
function problemOf(error) {
  const answer = error.originalResponse;
  const status = answer?.getStatus();
  if (!status) return {};
  try {
    return { status, message: JSON.parse(answer.getBody()).message };
  } catch {
    return { status };
  }
}

/** @type {Promise<unknown> | undefined} */
let library;

/** The tus library, when the first file is sent; a line lost meanwhile is tried again. @param {string} url */
async function loadTus(url) {
  library ??= import(url);
  await library.catch(() => {
    library = undefined;
    throw {};
  });
}

customElements.define("upload-queue", UploadQueue);

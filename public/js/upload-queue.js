// @ts-check

/**
 * Files in a queue with progress, around a plain form that uploads by itself. Each file is one request, so a lost line
 * or a refusal concerns that file alone; a file that was not sent stays in the queue and can be sent again.
 */
class UploadQueue extends HTMLElement {
  connectedCallback() {
    const form = this.querySelector("form");
    const input = this.querySelector("input[type=file]");
    if (!(form instanceof HTMLFormElement) || !(input instanceof HTMLInputElement)) return;
    this.form = form;
    this.input = input;
    /** @type {Record<string, string>} */
    this.words = JSON.parse(this.dataset["words"] ?? "{}");
    if (!input.multiple) return; // a single file goes as the form sends it
    this.list = document.createElement("ul");
    this.list.className = "stack";
    this.list.setAttribute("role", "list");
    this.list.setAttribute("aria-label", this.word("list"));
    this.status = document.createElement("p");
    this.status.setAttribute("role", "status");
    this.append(this.list, this.status);
    this.running = 0;
    /** @type {(() => void)[]} */
    this.waiting = [];
    input.required = false;
    const button = form.querySelector("button:not([type=button])");
    button?.remove(); // files start when they are chosen
    input.addEventListener("change", () => {
      if (input.files) this.take([...input.files]);
      input.value = "";
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      input.click();
    });
    this.listenForDrops(this.querySelector(".drop") ?? form);
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
      if (event instanceof DragEvent && event.dataTransfer) this.take([...event.dataTransfer.files]);
    });
  }

  /** @param {File[]} files */
  take(files) {
    for (const file of files) {
      const row = new FileRow(this, file);
      this.list?.append(row.element);
      if (file.size > Number(this.dataset["max"])) row.refuse(this.word("tooLarge"));
      else if (file.size === 0) row.refuse(this.word("empty"));
      else this.enqueue(row);
    }
  }

  /** Two at a time: enough to use the line, few enough to see them move. @param {FileRow} row */
  enqueue(row) {
    row.wait();
    this.waiting?.push(() => row.send());
    this.startNext();
  }

  startNext() {
    while ((this.running ?? 0) < 2) {
      const start = this.waiting?.shift();
      if (start === undefined) break;
      this.running = (this.running ?? 0) + 1;
      start();
    }
  }

  finishOne() {
    this.running = (this.running ?? 1) - 1;
    this.startNext();
    if (this.running > 0 || !this.status) return;
    this.status.textContent = this.word("done");
    void this.refreshPage();
  }

  /** Shows what was saved in the list of the page, where the page has one; the queue itself stays as it is. */
  async refreshPage() {
    const here = document.querySelector("[data-uploads]");
    if (!here || !this.list?.querySelector("[data-status=saved]")) return;
    const answer = await fetch(location.href, { headers: { accept: "text/html" } }).catch(() => undefined);
    if (!answer?.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-uploads]");
    if (!fresh) return;
    here.replaceWith(document.importNode(fresh, true));
    for (const saved of this.list.querySelectorAll("[data-status=saved]")) saved.remove();
    document.querySelector("[data-uploads]")?.scrollIntoView({ block: "nearest" });
  }

  /** @param {string} key */
  word(key) {
    return this.words?.[key] ?? key;
  }
}

/** One file of the queue. */
class FileRow {
  /** @param {UploadQueue} queue @param {File} file */
  constructor(queue, file) {
    this.queue = queue;
    this.file = file;
    this.element = document.createElement("li");
    this.element.className = "file";
    const text = document.createElement("div");
    text.className = "file__text";
    const name = document.createElement("strong");
    name.textContent = file.name;
    this.detail = document.createElement("span");
    this.detail.className = "file__detail";
    this.bar = document.createElement("progress");
    this.bar.className = "progress__bar";
    this.bar.max = 100;
    this.bar.setAttribute("aria-label", file.name);
    this.acts = document.createElement("div");
    this.acts.className = "file__actions";
    text.append(name, this.detail, this.bar);
    this.element.append(text, this.acts);
  }

  wait() {
    this.say("waiting", this.queue.word("waiting"));
    this.bar.hidden = false;
    this.bar.value = 0;
    this.acts.replaceChildren(this.button("remove", () => this.remove()));
  }

  remove() {
    this.request?.abort();
    this.gone = true;
    this.element.remove();
  }

  send() {
    if (this.gone || !this.queue.form) return this.queue.finishOne();
    const body = new FormData(this.queue.form);
    body.delete("files");
    body.append("files", this.file);
    const request = new XMLHttpRequest();
    this.request = request;
    request.open("POST", this.queue.form.action);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) this.bar.value = Math.round((100 * event.loaded) / event.total);
    });
    request.addEventListener("load", () => this.hear(request));
    for (const lost of ["error", "timeout"]) request.addEventListener(lost, () => this.fail(this.queue.word("lost")));
    request.addEventListener("loadend", () => this.queue.finishOne());
    this.say("sending", this.queue.word("sending"));
    request.send(body);
  }

  /** @param {XMLHttpRequest} request */
  hear(request) {
    if (request.status === 401) return this.fail(this.queue.word("signed_out"));
    /** @type {{ status: string, reason?: string, href?: string } | undefined} */
    const answer = request.status === 201 || request.status === 422 ? JSON.parse(request.responseText).files?.[0] : undefined;
    if (answer === undefined) return this.fail(this.queue.word("failed"));
    if (answer.status === "refused") return this.refuse(answer.reason ?? "");
    this.bar.hidden = true;
    this.say(answer.status, this.queue.word(answer.status));
    const open = document.createElement("a");
    open.className = "button";
    open.dataset["kind"] = "quiet";
    open.href = answer.href ?? "";
    open.textContent = this.queue.word("open");
    this.acts.replaceChildren(open);
  }

  /** @param {string} reason */
  refuse(reason) {
    this.bar.hidden = true;
    this.say("refused", reason);
    this.acts.replaceChildren(this.button("remove", () => this.remove()));
  }

  /** @param {string} reason */
  fail(reason) {
    this.refuse(reason);
    this.acts.prepend(this.button("retry", () => this.queue.enqueue(this)));
  }

  /** @param {string} status @param {string} text */
  say(status, text) {
    this.element.dataset["status"] = status;
    this.detail.textContent = text;
    if (status === "refused") this.element.setAttribute("data-state", "bad");
    else this.element.removeAttribute("data-state");
  }

  /** @param {string} word @param {() => void} act */
  button(word, act) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button";
    button.dataset["kind"] = "quiet";
    button.textContent = this.queue.word(word);
    button.addEventListener("click", act);
    return button;
  }
}

customElements.define("upload-queue", UploadQueue);

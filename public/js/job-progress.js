// @ts-check
/**
 * `<job-progress data-src>` around a progress bar: asks how far the file is and shows it; when it is done the page is
 * loaded anew, unless something is being typed. Without script the page shows how far it was when it was loaded. With
 * `data-quick` it asks more often, where somebody sits and waits for it.
 */
const FIRST_MS = 2_000;
const LAST_MS = 15_000;
const QUICK = { first: 600, last: 3_000 };

class JobProgress extends HTMLElement {
  #wait = this.hasAttribute("data-quick") ? QUICK.first : FIRST_MS;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  connectedCallback() {
    this.#later();
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
  }

  #later() {
    this.#timer = setTimeout(() => void this.#ask(), this.#wait);
    this.#wait = Math.min(this.hasAttribute("data-quick") ? QUICK.last : LAST_MS, this.#wait * 1.3);
  }

  async #ask() {
    if (document.hidden) return this.#later();
    const answer = await fetch(this.dataset["src"] ?? "", { headers: { accept: "application/json" } }).catch(() => undefined);
    if (!answer?.ok) return answer === undefined || answer.status >= 500 ? this.#later() : undefined;
    /** @type {{ running: boolean, label: string, value: number, text: string }} */
    const told = await answer.json();
    this.#show(told);
    if (told.running) this.#later();
    else if (!this.#isBusy()) location.reload();
  }

  /** @param {{ label: string, value: number, text: string }} told */
  #show({ label, value, text }) {
    const [name, share] = this.querySelectorAll(".progress__head span");
    if (name) name.textContent = label;
    if (share) share.textContent = text;
    const bar = this.querySelector("progress");
    if (bar) bar.value = value;
  }

  /** Whether a reload would lose what somebody typed, chose or plays. */
  #isBusy() {
    const fields = [...document.querySelectorAll("form :is(input[type=text], input:not([type]), textarea, input[type=file])")];
    const typed = fields.some((field) => (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) && (field instanceof HTMLInputElement && field.type === "file" ? (field.files?.length ?? 0) > 0 : field.value !== field.defaultValue));
    const plays = [...document.querySelectorAll("video, audio")].some((media) => media instanceof HTMLMediaElement && !media.paused);
    return typed || plays || document.querySelector("upload-queue [data-status=sending], dialog[open], .photo") !== null;
  }
}

customElements.define("job-progress", JobProgress);

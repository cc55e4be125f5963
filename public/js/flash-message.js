// @ts-check
/**
 * `<flash-message data-kind data-close>`: gets a button to close it, and good news leaves by itself after a while; never
 * while it is pointed at or focused. Warnings and faults stay until they are closed. Without script it simply stays.
 */
const GOOD_NEWS_MS = 8000;

class FlashMessage extends HTMLElement {
  #timer = 0;

  connectedCallback() {
    if (this.querySelector("button")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "flash__close button";
    button.dataset["kind"] = "quiet";
    button.textContent = this.dataset["close"] ?? "×";
    button.addEventListener("click", () => this.leave());
    this.append(button);
    if (this.dataset["kind"] !== "good") return;
    this.wait();
    for (const type of ["pointerenter", "focusin"]) this.addEventListener(type, () => clearTimeout(this.#timer));
    for (const type of ["pointerleave", "focusout"]) this.addEventListener(type, () => this.wait());
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
  }

  wait() {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.leave(), GOOD_NEWS_MS);
  }

  leave() {
    this.dataset["leaving"] = "";
    const gone = Promise.allSettled(this.getAnimations().map((animation) => animation.finished));
    void gone.then(() => this.remove());
  }
}

customElements.define("flash-message", FlashMessage);

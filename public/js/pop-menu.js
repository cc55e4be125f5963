// @ts-check
/**
 * `<pop-menu>` around a `<details class="menu">`: closes on Escape (the focus goes back to the button), on a click
 * elsewhere, and when the focus leaves. Without script it is a details element that opens and closes by its button.
 */
class PopMenu extends HTMLElement {
  #leaving = new AbortController();

  connectedCallback() {
    this.#leaving = new AbortController();
    const { signal } = this.#leaving;
    this.addEventListener("keydown", (event) => this.#onKey(event), { signal });
    this.addEventListener("focusout", (event) => this.#closeOutside(event.relatedTarget), { signal });
    document.addEventListener("pointerdown", (event) => this.#closeOutside(event.target), { signal });
  }

  disconnectedCallback() {
    this.#leaving.abort();
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const details = this.querySelector("details");
    if (!details?.open) return;
    if (event.key === "Escape") {
      details.open = false;
      details.querySelector("summary")?.focus();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      this.#move(event.key === "ArrowDown" ? 1 : -1);
    }
  }

  /** @param {number} by */
  #move(by) {
    const items = /** @type {HTMLElement[]} */ ([...this.querySelectorAll(".menu__panel :is(a, button)")]);
    const at = items.findIndex((item) => item === document.activeElement);
    items.at(at === -1 && by < 0 ? -1 : (at + by) % items.length)?.focus();
  }

  /** @param {EventTarget | null} target */
  #closeOutside(target) {
    const details = this.querySelector("details");
    if (details && target instanceof Node && !this.contains(target)) details.open = false;
  }
}

customElements.define("pop-menu", PopMenu);

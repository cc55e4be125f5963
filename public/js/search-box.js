// @ts-check
/**
 * `<search-box data-suggestions data-label>` around a search form: offers titles while a person types, reached by the
 * arrow keys, chosen by Enter or a tap. Without script the form just searches.
 */
const WAIT_MS = 150;

class SearchBox extends HTMLElement {
  #leaving = new AbortController();
  /** @type {AbortController | undefined} */
  #asking;
  #waiting = 0;
  #at = -1;
  #typed = "";

  connectedCallback() {
    const input = this.#input;
    if (!input) return;
    this.#leaving = new AbortController();
    const { signal } = this.#leaving;
    const list = document.createElement("ul");
    list.className = "search-box__list";
    list.id = `${input.id}-list`;
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", this.dataset["label"] ?? "");
    const says = document.createElement("p");
    says.className = "visually-hidden";
    says.setAttribute("role", "status");
    this.append(list, says);
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", list.id);
    input.setAttribute("aria-autocomplete", "list");
    input.addEventListener("input", () => this.#soon(), { signal });
    input.addEventListener("keydown", (event) => this.#onKey(event), { signal });
    this.addEventListener("focusout", (event) => {
      if (!(event.relatedTarget instanceof Node && this.contains(event.relatedTarget))) this.#close();
    }, { signal });
    // Before the input loses the focus, which closes the list.
    list.addEventListener("pointerdown", (event) => event.preventDefault(), { signal });
    list.addEventListener("click", (event) => {
      const item = event.target instanceof Element ? event.target.closest("[role=option]") : null;
      if (item) this.#choose(item.textContent ?? "");
    }, { signal });
  }

  disconnectedCallback() {
    this.#leaving.abort();
    this.#asking?.abort();
    clearTimeout(this.#waiting);
    this.querySelectorAll(".search-box__list, [role=status]").forEach((part) => part.remove());
  }

  get #input() {
    return /** @type {HTMLInputElement | null} */ (this.querySelector("input[name=q]"));
  }

  get #list() {
    return /** @type {HTMLElement | null} */ (this.querySelector(".search-box__list"));
  }

  get #options() {
    return /** @type {HTMLElement[]} */ ([...this.querySelectorAll("[role=option]")]);
  }

  #soon() {
    clearTimeout(this.#waiting);
    this.#waiting = window.setTimeout(() => void this.#ask(), WAIT_MS);
  }

  async #ask() {
    this.#asking?.abort();
    const text = this.#input?.value.trim() ?? "";
    if (text.length < 2) return this.#close();
    this.#asking = new AbortController();
    try {
      const answer = await fetch(`${this.dataset["suggestions"]}?q=${encodeURIComponent(text)}`, { signal: this.#asking.signal, headers: { accept: "application/json" } });
      if (!answer.ok) return;
      /** @type {{ items: string[], says: string }} */
      const { items, says } = await answer.json();
      this.#show(items, says);
    } catch {
      // Offline or typed on: the form still searches.
    }
  }

  /** @param {string[]} items @param {string} says */
  #show(items, says) {
    const [list, input] = [this.#list, this.#input];
    if (!list || !input || document.activeElement !== input) return;
    this.#at = -1;
    this.#typed = input.value;
    list.replaceChildren(
      ...items.map((text, i) => {
        const item = document.createElement("li");
        item.id = `${list.id}-${i}`;
        item.setAttribute("role", "option");
        item.setAttribute("aria-selected", "false");
        item.textContent = text;
        return item;
      }),
    );
    list.hidden = items.length === 0;
    input.setAttribute("aria-expanded", String(items.length > 0));
    const status = this.querySelector("[role=status]");
    if (status) status.textContent = says;
  }

  #close() {
    const [list, input] = [this.#list, this.#input];
    if (list) list.hidden = true;
    input?.setAttribute("aria-expanded", "false");
    input?.removeAttribute("aria-activedescendant");
    this.#at = -1;
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.isComposing) return;
    const open = this.#list?.hidden === false;
    if (event.key === "Escape" && open) {
      event.preventDefault();
      if (this.#at >= 0 && this.#input) this.#input.value = this.#typed;
      this.#close();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && open) {
      event.preventDefault();
      this.#move(event.key === "ArrowDown" ? 1 : -1);
    }
  }

  /** From the box through the list and back to the box, where what was typed stands again. @param {number} by */
  #move(by) {
    const [input, options] = [this.#input, this.#options];
    if (!input) return;
    const places = options.length + 1;
    this.#at = ((this.#at + 1 + by + places) % places) - 1;
    options.forEach((option, i) => option.setAttribute("aria-selected", String(i === this.#at)));
    const current = options[this.#at];
    input.value = current?.textContent ?? this.#typed;
    if (current) input.setAttribute("aria-activedescendant", current.id);
    else input.removeAttribute("aria-activedescendant");
    current?.scrollIntoView({ block: "nearest" });
  }

  /** @param {string} text */
  #choose(text) {
    const input = this.#input;
    if (!input) return;
    input.value = text;
    this.#close();
    input.form?.requestSubmit();
  }
}

customElements.define("search-box", SearchBox);

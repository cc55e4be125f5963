// @ts-check
/**
 * Around the form of a plan's rows: rows move by dragging or by their buttons without leaving the page, running numbers
 * and the sum follow while one types, and leaving with unsaved changes asks first. Without it every button is a request.
 */
class PlanEditor extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.body = this.querySelector("tbody");
    if (!this.form || !this.body) return;
    this.dirty = false;
    this.form.addEventListener("input", () => this.changed());
    this.form.addEventListener("change", () => this.changed());
    this.form.addEventListener("submit", () => (this.dirty = false));
    this.addEventListener("click", (event) => this.move(event));
    this.addEventListener("pointerdown", (event) => this.drag(event));
    this.addEventListener("keydown", (event) => this.enter(event));
    this.leave = (/** @type {BeforeUnloadEvent} */ event) => {
      if (this.dirty) event.preventDefault();
    };
    window.addEventListener("beforeunload", this.leave);
    this.number();
  }

  disconnectedCallback() {
    if (this.leave) window.removeEventListener("beforeunload", this.leave);
  }

  changed() {
    this.dirty = true;
    this.number();
    const status = this.querySelector("[data-status]");
    if (status) status.textContent = this.dataset.unsaved ?? "";
  }

  /** Numbers the periods of the rows that are taken, from the top. */
  number() {
    let next = 1;
    for (const row of this.rows()) {
      const input = /** @type {HTMLInputElement | null} */ (row.querySelector("[data-periods]"));
      const take = /** @type {HTMLInputElement | null} */ (row.querySelector("input[name^='include.']"));
      const periods = take && !take.checked ? 0 : Number(input?.value.trim() ?? 0) || 0;
      const place = row.querySelector("[data-numbers]");
      if (place) place.textContent = periods < 1 ? "" : periods === 1 ? String(next) : `${next}–${next + periods - 1}`;
      next += periods;
    }
    const total = this.querySelector("[data-total]");
    if (total) total.textContent = (total.textContent ?? "").replace(/[\d.,]+/, String(next - 1));
  }

  /** @returns {HTMLTableRowElement[]} */
  rows() {
    return /** @type {HTMLTableRowElement[]} */ ([...(this.body?.children ?? [])]);
  }

  /** @param {Event} event */
  move(event) {
    const button = event.target instanceof Element ? event.target.closest("[data-move]") : null;
    const row = button?.closest("tr");
    if (!(button instanceof HTMLElement) || !row) return;
    event.preventDefault();
    if (button.dataset.move === "up") row.previousElementSibling?.before(row);
    else row.nextElementSibling?.after(row);
    this.changed();
    button.focus();
    row.scrollIntoView({ block: "nearest" });
  }

  /** Enter in a field does not press the first button of the form. @param {KeyboardEvent} event */
  enter(event) {
    if (event.key === "Enter" && event.target instanceof HTMLInputElement) event.preventDefault();
  }

  /** @param {PointerEvent} event */
  drag(event) {
    const handle = event.target instanceof Element ? event.target.closest("[data-handle]") : null;
    const row = handle?.closest("tr");
    if (!handle || !row || event.button !== 0) return;
    event.preventDefault();
    row.dataset.moving = "";
    // On the window, not on the handle: a row that moves in the document loses the pointer it had captured.
    const over = (/** @type {PointerEvent} */ moved) => this.place(row, moved.clientY);
    const end = () => {
      delete row.dataset.moving;
      window.removeEventListener("pointermove", over);
      this.changed();
    };
    window.addEventListener("pointermove", over);
    window.addEventListener("pointerup", end, { once: true });
    window.addEventListener("pointercancel", end, { once: true });
  }

  /** Puts the row where the pointer is. @param {HTMLTableRowElement} row @param {number} y */
  place(row, y) {
    if (y < 80) window.scrollBy(0, -16);
    if (y > window.innerHeight - 80) window.scrollBy(0, 16);
    const target = this.rows().find((own) => own !== row && y < own.getBoundingClientRect().top + own.offsetHeight / 2);
    if (target) target.before(row);
    else this.body?.append(row);
  }
}

customElements.define("plan-editor", PlanEditor);

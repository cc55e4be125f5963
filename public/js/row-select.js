// @ts-check
/**
 * `<row-select>` around a table (or list) whose rows have a checkbox, with a checkbox `data-all` in its head and an
 * `<output data-count>`: ticks all, counts what is ticked, ticks a range with Shift, and shows the acts `data-acts` only
 * when there is something to act on; a checkbox among the acts is no row. Without script every checkbox works by itself and the acts are always there.
 */
class RowSelect extends HTMLElement {
  /** @type {HTMLInputElement | undefined} */
  #last;

  connectedCallback() {
    this.addEventListener("click", (event) => this.#onClick(event));
    this.addEventListener("change", () => this.#show());
    this.#show();
  }

  /** @returns {HTMLInputElement[]} */
  get boxes() {
    return [...this.querySelectorAll("input[type=checkbox]:not([data-all])")].filter((box) => box instanceof HTMLInputElement && box.closest("[data-acts]") === null);
  }

  /** @param {MouseEvent} event */
  #onClick(event) {
    const box = event.target;
    if (!(box instanceof HTMLInputElement) || box.type !== "checkbox") return;
    const boxes = this.boxes;
    if (box.matches("[data-all]")) {
      for (const each of boxes) each.checked = box.checked;
    } else {
      if (event.shiftKey && this.#last) this.#range(boxes, boxes.indexOf(this.#last), boxes.indexOf(box), box.checked);
      this.#last = box;
    }
    this.#show();
  }

  /**
   * @param {HTMLInputElement[]} boxes
   * @param {number} from
   * @param {number} to
   * @param {boolean} checked
   */
  #range(boxes, from, to, checked) {
    for (const box of boxes.slice(Math.min(from, to), Math.max(from, to) + 1)) box.checked = checked;
  }

  #show() {
    const boxes = this.boxes;
    const ticked = boxes.filter((box) => box.checked).length;
    const all = this.querySelector("input[data-all]");
    if (all instanceof HTMLInputElement) {
      all.checked = ticked > 0 && ticked === boxes.length;
      all.indeterminate = ticked > 0 && ticked < boxes.length;
    }
    for (const count of this.querySelectorAll("[data-count]")) count.textContent = String(ticked);
    for (const acts of this.querySelectorAll("[data-acts]")) acts.toggleAttribute("hidden", ticked === 0);
  }
}

customElements.define("row-select", RowSelect);

// @ts-check
/**
 * `<sort-items data-action>` around a list whose items carry `data-item`: they can be dragged to another place, and the new
 * order is sent at once. Without scripts, and by keyboard, the buttons of each item do the same.
 */
class SortItems extends HTMLElement {
  connectedCallback() {
    const list = this.querySelector("ol");
    if (!list) return;
    for (const item of this.items()) item.draggable = true;
    /** @type {HTMLElement | undefined} */
    let dragged;
    let before = "";
    list.addEventListener("dragstart", (event) => {
      dragged = itemOf(event.target);
      before = this.order();
      dragged?.setAttribute("data-dragged", "");
      if (event.dataTransfer) event.dataTransfer.effectAllowed = "move";
    });
    list.addEventListener("dragover", (event) => {
      const over = itemOf(event.target);
      if (!dragged || !over) return;
      event.preventDefault();
      const box = over.getBoundingClientRect();
      if (over !== dragged) list.insertBefore(dragged, event.clientY < box.top + box.height / 2 ? over : over.nextSibling);
    });
    list.addEventListener("dragend", () => {
      dragged?.removeAttribute("data-dragged");
      dragged = undefined;
      if (this.order() !== before) void this.send();
    });
  }

  /** @returns {HTMLElement[]} */
  items() {
    return [...this.querySelectorAll("[data-item]")].filter((item) => item instanceof HTMLElement);
  }

  order() {
    return this.items().map((item) => item.dataset["item"] ?? "").join(" ");
  }

  /** Sends the order; the page is loaded again, so that the buttons of each item fit its new place. */
  async send() {
    await fetch(this.dataset["action"] ?? "", { method: "POST", headers: { accept: "application/json" }, body: new URLSearchParams({ order: this.order() }) }).catch(() => undefined);
    location.reload();
  }
}

/** @param {EventTarget | null} target @returns {HTMLElement | undefined} */
function itemOf(target) {
  const found = target instanceof Element ? target.closest("[data-item]") : null;
  return found instanceof HTMLElement ? found : undefined;
}

customElements.define("sort-items", SortItems);

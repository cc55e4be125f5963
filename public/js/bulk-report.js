// @ts-check
/**
 * The report of a bulk import. A changed subject or grade fetches that subject's lessons at once, and coming back finds the
 * row again; leaving with unsaved corrections asks first. Without script the buttons below do the same.
 */
class BulkReport extends HTMLElement {
  connectedCallback() {
    const form = this.querySelector("form");
    if (!form) return;
    let dirty = false;
    form.addEventListener("input", () => (dirty = true));
    form.addEventListener("submit", () => (dirty = false));
    form.addEventListener("change", (event) => {
      const field = /** @type {HTMLElement} */ (event.target);
      if (!field.matches("[data-reload]")) return;
      sessionStorage.setItem("bulk row", field.closest("tr")?.id ?? "");
      form.requestSubmit();
    });
    window.addEventListener("beforeunload", (event) => {
      if (dirty) event.preventDefault();
    });
    const row = sessionStorage.getItem("bulk row");
    sessionStorage.removeItem("bulk row");
    if (row) document.getElementById(row)?.scrollIntoView({ block: "center" });
  }
}

customElements.define("bulk-report", BulkReport);

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

/** The progress of an import, asked for every second until it is over. */
class BulkProgress extends HTMLElement {
  connectedCallback() {
    this.timer = setInterval(() => void this.ask(), 1000);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  async ask() {
    const answer = await fetch(this.dataset.href ?? "", { headers: { accept: "application/json" } }).catch(() => undefined);
    if (!answer?.ok) return;
    const { state, done, all, text } = await answer.json();
    if (state !== "running") return location.reload();
    const bar = this.querySelector("progress");
    if (bar) {
      bar.max = Math.max(1, all);
      bar.value = done;
    }
    const words = this.querySelector(".progress__head .figures");
    if (words) words.textContent = text;
  }
}

customElements.define("bulk-report", BulkReport);
customElements.define("bulk-progress", BulkProgress);

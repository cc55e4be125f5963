// @ts-check
/** Two PDFs whose pages turn together: the one that is not scrolled follows the page of the other. */
class VersionCompare extends HTMLElement {
  connectedCallback() {
    const choice = this.querySelector("[data-together]");
    if (!(choice instanceof HTMLElement)) return;
    choice.hidden = false;
    const box = /** @type {HTMLInputElement} */ (choice.querySelector("input"));
    /** @type {any} */
    let leads;
    for (const name of ["pointerenter", "focusin", "touchstart"]) {
      this.addEventListener(name, (event) => {
        const viewer = event.target instanceof Element ? event.target.closest("pdf-viewer") : null;
        if (viewer) leads = viewer;
      }, true);
    }
    let before = 0;
    // Scrolling does not bubble, so it is heard on the way down.
    this.addEventListener("scroll", (event) => {
      const viewer = event.target instanceof Element ? event.target.closest("pdf-viewer") : null;
      if (!box.checked || viewer === null || viewer !== leads) return;
      requestAnimationFrame(() => {
        const at = leads.at;
        if (at === before) return;
        before = at;
        for (const other of this.querySelectorAll("pdf-viewer")) if (other !== leads) /** @type {any} */ (other).go(at);
      });
    }, true);
  }
}

customElements.define("version-compare", VersionCompare);

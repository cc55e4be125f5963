// @ts-check
/**
 * `<auto-submit>` around a form of filters: sends it when a choice changes, so that the URL follows. Typing waits for
 * Enter. Without script the form's own button sends it.
 */
class AutoSubmit extends HTMLElement {
  connectedCallback() {
    this.addEventListener("change", (event) => {
      const field = event.target;
      if (field instanceof HTMLSelectElement || (field instanceof HTMLInputElement && /^(checkbox|radio)$/.test(field.type))) {
        field.form?.requestSubmit();
      }
    });
  }
}

customElements.define("auto-submit", AutoSubmit);

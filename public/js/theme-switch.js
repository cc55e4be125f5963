// @ts-check
/**
 * `<theme-switch>` around the form that saves the theme: changes the page at once and saves it behind, without a reload.
 * Without script the form is sent and the page comes back in the new theme.
 */
class ThemeSwitch extends HTMLElement {
  connectedCallback() {
    this.addEventListener("submit", (event) => {
      const button = event instanceof SubmitEvent ? event.submitter : null;
      const form = event.target;
      if (!(button instanceof HTMLButtonElement) || !(form instanceof HTMLFormElement)) return;
      event.preventDefault();
      this.show(button);
      const body = new URLSearchParams();
      for (const [name, value] of new FormData(form, button)) body.append(name, String(value));
      void fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => form.submit());
    });
  }

  /** @param {HTMLButtonElement} chosen */
  show(chosen) {
    const root = document.documentElement;
    if (chosen.value === "auto") delete root.dataset["theme"];
    else root.dataset["theme"] = chosen.value;
    for (const button of this.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button === chosen));
    }
  }
}

customElements.define("theme-switch", ThemeSwitch);

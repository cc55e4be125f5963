// @ts-check
/**
 * `<confirm-submit data-text data-cancel>` around a form: asks once, in a dialog that names the thing, before the form is
 * sent. The button that sends is a copy of the one that was pressed. Without script the form goes straight to the server,
 * which either can undo the act or shows its own page of confirmation.
 */
class ConfirmSubmit extends HTMLElement {
  #asked = false;

  connectedCallback() {
    this.addEventListener("submit", (event) => {
      const form = event.target;
      if (this.#asked || !(event instanceof SubmitEvent) || !(form instanceof HTMLFormElement)) return;
      event.preventDefault();
      this.ask(form, event.submitter instanceof HTMLButtonElement ? event.submitter : null);
    });
  }

  /**
   * @param {HTMLFormElement} form
   * @param {HTMLButtonElement | null} button
   */
  ask(form, button) {
    const dialog = document.createElement("dialog");
    dialog.className = "dialog";
    const body = document.createElement("form");
    body.method = "dialog";
    body.className = "dialog__body";
    const text = document.createElement("p");
    text.id = "confirm-text";
    text.textContent = this.dataset["text"] ?? "";
    dialog.setAttribute("aria-labelledby", text.id);
    const row = document.createElement("div");
    row.className = "button-row";
    row.append(
      this.choice("yes", button?.textContent?.trim() ?? "", button?.dataset["kind"] ?? "primary"),
      this.choice("no", this.dataset["cancel"] ?? "", "quiet"),
    );
    body.append(text, row);
    dialog.append(body);
    // Sent at the press itself: the dialog's own "close" may come late where the browser is busy drawing.
    body.addEventListener("submit", (event) => {
      event.preventDefault();
      dialog.close(event.submitter instanceof HTMLButtonElement ? event.submitter.value : "no");
      dialog.remove();
      if (dialog.returnValue !== "yes") return button?.focus();
      this.#asked = true;
      form.requestSubmit(button);
      this.#asked = false;
    });
    dialog.addEventListener("cancel", () => {
      dialog.remove();
      button?.focus();
    });
    document.body.append(dialog);
    dialog.showModal();
    /** @type {HTMLElement | null} */ (row.lastElementChild)?.focus();
  }

  /**
   * @param {string} value
   * @param {string} label
   * @param {string} kind
   */
  choice(value, label, kind) {
    const button = document.createElement("button");
    button.className = "button";
    button.value = value;
    button.dataset["kind"] = kind;
    button.textContent = label;
    return button;
  }
}

customElements.define("confirm-submit", ConfirmSubmit);

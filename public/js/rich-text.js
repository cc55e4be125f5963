// @ts-check
/**
 * Around the form of a lesson's text: buttons that put in marks, a preview made by the server, and a draft kept on this
 * device until it is saved. Without script the form works as it is.
 */
class RichText extends HTMLElement {
  connectedCallback() {
    const field = this.querySelector("textarea");
    const form = this.querySelector("form");
    if (!field || !form) return;
    this.key = `draft ${this.dataset.key ?? ""}`;
    const bar = document.createElement("div");
    bar.className = "button-row";
    bar.append(
      this.button(this.dataset.heading, () => this.wrap(field, "\n### ", "\n")),
      this.button(this.dataset.bold, () => this.wrap(field, "**", "**")),
      this.button(this.dataset.list, () => this.wrap(field, "\n- ", "")),
      this.button(this.dataset.formula, () => this.wrap(field, "$", "$")),
      this.button(this.dataset.preview, () => this.preview(form)),
    );
    field.before(bar);
    this.restore(field);
    field.addEventListener("input", () => this.keep(field.value));
    form.addEventListener("submit", () => this.drop());
  }

  /** @param {string | undefined} label @param {() => void} act */
  button(label, act) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button";
    button.dataset.kind = "quiet";
    button.textContent = label ?? "";
    button.addEventListener("click", act);
    return button;
  }

  /** @param {HTMLTextAreaElement} field @param {string} before @param {string} after */
  wrap(field, before, after) {
    const { selectionStart, selectionEnd, value } = field;
    field.setRangeText(before + value.slice(selectionStart, selectionEnd) + after, selectionStart, selectionEnd, "end");
    field.selectionStart = field.selectionEnd = selectionEnd + before.length;
    field.focus();
    this.keep(field.value);
  }

  /** @param {HTMLFormElement} form */
  preview(form) {
    const action = form.action;
    form.action = this.dataset.previewAction ?? action;
    form.submit();
    form.action = action;
  }

  /** @param {HTMLTextAreaElement} field */
  restore(field) {
    const draft = read(this.key ?? "");
    if (draft !== null && field.defaultValue.trim() === "") field.value = draft;
  }

  /** @param {string} text */
  keep(text) {
    try {
      localStorage.setItem(this.key ?? "", text);
    } catch {
      // A full or forbidden store keeps no draft; the form itself is not touched.
    }
  }

  drop() {
    localStorage.removeItem(this.key ?? "");
  }
}

/** @param {string} key */
function read(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

customElements.define("rich-text", RichText);

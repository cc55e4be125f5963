// @ts-check
/**
 * `<word-fixer>` around the words of a page: a tapped word becomes a field of the form, filled in and chosen. Without script
 * the unsure words are fields already, and a link makes fields of all.
 */
class WordFixer extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => {
      const word = event.target instanceof HTMLElement ? event.target.closest("[data-word]") : null;
      if (word instanceof HTMLElement) this.#open(word);
    });
    this.addEventListener("keydown", (event) => {
      const field = event.target;
      if (event.key !== "Escape" || !(field instanceof HTMLInputElement)) return;
      field.value = field.defaultValue;
    });
  }

  /** @param {HTMLElement} word */
  #open(word) {
    const field = document.createElement("input");
    field.className = "reading__word";
    field.name = `word.${word.dataset["word"]}`;
    field.defaultValue = word.textContent ?? "";
    field.size = Math.min(24, Math.max(3, field.value.length + 1));
    field.maxLength = 200;
    field.autocomplete = "off";
    field.setAttribute("aria-label", word.dataset["label"] ?? "");
    word.replaceWith(field);
    field.focus();
    field.select();
  }
}

customElements.define("word-fixer", WordFixer);

// @ts-check

const OFF = "review-keys-off";

/**
 * Keys for the review queue: j next, k previous, a or p pass or approve, r write why it is returned, ? what the keys are. The page works without,
 * and the keys can be switched off (WCAG 2.1.4: single letters disturb those who dictate).
 */
class ReviewQueue extends HTMLElement {
  connectedCallback() {
    for (const part of this.querySelectorAll("[data-scripted]")) part.removeAttribute("hidden");
    const choice = this.querySelector("input[data-keys]");
    if (choice instanceof HTMLInputElement) {
      choice.checked = localStorage.getItem(OFF) === null;
      choice.addEventListener("change", () => (choice.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "yes")));
    }
    /** @param {KeyboardEvent} event */
    this.hear = (event) => {
      if (localStorage.getItem(OFF) !== null || event.ctrlKey || event.metaKey || event.altKey || event.repeat || isTyping(event.target)) return;
      const act = { j: () => this.follow("[data-next]"), k: () => this.follow("[data-previous]"), a: () => this.focusOn("[data-decide]"), p: () => this.focusOn("[data-decide]"), "?": () => this.help(), r: () => this.focusOn("[data-decision] textarea") }[event.key];
      if (act === undefined) return;
      event.preventDefault();
      act();
    };
    document.addEventListener("keydown", this.hear);
  }

  disconnectedCallback() {
    if (this.hear) document.removeEventListener("keydown", this.hear);
  }

  help() {
    const list = this.querySelector("[data-help]");
    if (list instanceof HTMLDetailsElement) list.open = !list.open;
  }

  /** @param {string} selector */
  follow(selector) {
    const link = this.querySelector(selector);
    if (link instanceof HTMLElement) link.click();
  }

  /** `a` goes to the button, and once more (or Enter) presses it: no approval by a slip of one finger. @param {string} selector */
  focusOn(selector) {
    const target = this.querySelector(selector);
    if (!(target instanceof HTMLElement)) return;
    if (document.activeElement === target) target.click();
    else target.focus();
  }
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) && !(target instanceof HTMLInputElement && target.type === "checkbox");
}

customElements.define("review-queue", ReviewQueue);

// @ts-check

/**
 * Which part of the room is in sight: on a phone one of board, chat, people and tools, chosen in a bar below one's thumb;
 * on a wide screen the board always, and beside it the class or the tools. Without script all stands one below the other.
 */
export class LiveModes {
  /** @param {import("./live-chat.js").Place} place */
  constructor(place) {
    this.root = place.root;
    this.news = /** @type {HTMLElement | null} */ (place.root.querySelector("[data-chat-news]"));
    for (const button of this.buttons()) button.addEventListener("click", () => this.show(button.dataset["modeTo"] ?? "stage"));
    place.line.on("live:message", (message) => this.tell(message.person !== place.me && !message.removed));
    // A wide screen shows the class beside the board; a link to a part of the page goes to its panel.
    const wide = window.matchMedia("(width >= 75rem)").matches;
    this.show(location.hash === "#live-tools" ? "tools" : location.hash === "#live-say" || wide ? "chat" : "stage");
  }

  buttons() {
    return /** @type {NodeListOf<HTMLButtonElement>} */ (this.root.querySelectorAll("[data-mode-to]"));
  }

  /** @param {string} mode */
  show(mode) {
    this.root.dataset["mode"] = mode;
    for (const button of this.buttons()) button.setAttribute("aria-pressed", String(button.dataset["modeTo"] === mode));
    if (mode === "chat" && this.news) this.news.hidden = true;
    const tools = /** @type {HTMLElement | null} */ (this.root.querySelector("[data-tools-news]"));
    if (mode === "tools" && tools) tools.hidden = true;
    this.root.dispatchEvent(new CustomEvent("live-mode", { detail: mode }));
  }

  /** A dot on the chat's button: something was said while something else was in sight. @param {boolean} isNews */
  tell(isNews) {
    if (isNews && this.news && this.root.dataset["mode"] !== "chat") this.news.hidden = false;
  }
}

// @ts-check
import { fill } from "./live-socket.js";

/** Raised hands in their order. The server's list is the list; a button only asks. */
export class LiveHands {
  /** @param {import("./live-chat.js").Place} place */
  constructor(place) {
    this.place = place;
    this.list = /** @type {HTMLElement} */ (place.root.querySelector("[data-hands]"));
    this.none = /** @type {HTMLElement} */ (place.root.querySelector("[data-no-hands]"));
    this.called = /** @type {HTMLElement} */ (place.root.querySelector("[data-called]"));
    this.button = /** @type {HTMLButtonElement | null} */ (place.root.querySelector("[data-hand]"));
    place.root.querySelector("[data-hand-form]")?.addEventListener("submit", (event) => this.toggle(event));
    place.root.querySelector("[data-next]")?.addEventListener("click", () => void place.line.ask("live:next", {}));
    place.root.querySelector("[data-lower-all]")?.addEventListener("click", () => void place.line.ask("live:lower", { person: "all" }));
    place.line.on("live:hands", (news) => this.show(news.hands));
    place.line.on("live:called", (news) => tellCalled(place, news));
    place.line.onState((state) => this.show(state.hands ?? []));
  }

  /** @param {Event} event */
  toggle(event) {
    event.preventDefault();
    void this.place.line.ask("live:hand", { up: this.button?.getAttribute("aria-pressed") !== "true" });
  }

  /** @param {{ id: string, name: string }[]} hands */
  show(hands) {
    const { words, me, isTeacher, root } = this.place;
    this.list.replaceChildren(...hands.map((hand) => this.item(hand)));
    this.none.hidden = hands.length > 0;
    const ids = new Set(hands.map((hand) => hand.id));
    for (const person of root.querySelectorAll("[data-person]")) person.toggleAttribute("data-hand", ids.has(person.getAttribute("data-person") ?? ""));
    if (isTeacher || !this.button) return;
    const place = hands.findIndex((hand) => hand.id === me) + 1;
    this.button.setAttribute("aria-pressed", String(place > 0));
    const label = this.button.querySelector("[data-hand-label]");
    if (label) label.textContent = words[place > 0 ? "lower" : "raise"] ?? "";
    if (place > 0) this.called.textContent = fill(words["place"] ?? "", { n: place });
    else if (!this.called.hasAttribute("data-turn")) this.called.textContent = "";
  }

  /** @param {{ id: string, name: string }} hand */
  item(hand) {
    const { words, line, isTeacher } = this.place;
    return nameItem(hand.name, isTeacher ? { label: words["lower"] ?? "", of: words["lower_of"] ?? "", press: () => void line.ask("live:lower", { person: hand.id }) } : undefined);
  }
}

/**
 * A name in a list, with the teacher's button about this person.
 *
 * @param {string} name
 * @param {{ label: string, of: string, press: () => void } | undefined} act `of`: the label with the name, for those who do not see the list
 */
export function nameItem(name, act) {
  const item = document.createElement("li");
  item.textContent = name;
  if (!act) return item;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "live-remove";
  button.textContent = act.label;
  button.setAttribute("aria-label", fill(act.of, { name }));
  button.addEventListener("click", act.press);
  item.append(" ", button);
  return item;
}

/** Says who was called. @param {import("./live-chat.js").Place} place @param {{ id: string, name: string }} person */
export function tellCalled({ root, words, me }, person) {
  const called = root.querySelector("[data-called]");
  if (!called) return;
  called.toggleAttribute("data-turn", person.id === me);
  called.textContent = person.id === me ? (words["called_you"] ?? "") : fill(words["called"] ?? "", { name: person.name });
}

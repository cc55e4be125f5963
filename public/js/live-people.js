// @ts-check
import { fill, groupNumber } from "./live-socket.js";

/**
 * @typedef {{ id: string, name: string, initials: string, role: string, state: string }} Person
 */

/** Who is here, away, lost or not here; the whole list after each connection, one change at a time in between. */
export class LivePeople {
  /** @param {import("./live-chat.js").Place} place */
  constructor(place) {
    this.place = place;
    this.list = /** @type {HTMLElement} */ (place.root.querySelector(".presence"));
    this.count = place.root.querySelector("[data-count]");
    /** @type {Map<string, Person>} */
    this.people = new Map();
    /** @type {any} */
    this.room = undefined;
    /** Who may speak. @type {Set<string>} */
    this.floor = new Set();
    /** Whose buttons stand open, for the teacher. */
    this.open = "";
    place.root.addEventListener("live-floor", (event) => {
      this.floor = new Set(/** @type {CustomEvent<string[]>} */ (event).detail);
      const all = /** @type {HTMLElement | null} */ (place.root.querySelector("[data-mute-all]"));
      if (all) all.hidden = this.floor.size === 0;
      this.rebuild();
    });
    this.list.addEventListener("click", (event) => this.press(event));
    place.root.querySelector("[data-mute-all]")?.addEventListener("click", () => void place.line.ask("live:media-floor", { person: "all", given: false }));
    place.line.on("live:person", (news) => this.change(news));
    place.line.onRoom((room) => {
      this.room = room;
      this.rebuild();
    });
    place.line.onState((state) => {
      if (state.people) this.showAll(state.people);
    });
  }

  /** @param {Person[]} people */
  showAll(people) {
    this.people = new Map(people.map((person) => [person.id, person]));
    this.rebuild();
    this.tellCount();
  }

  /** @param {{ id: string, name?: string, role?: string, state: string }} news */
  change(news) {
    const before = this.people.get(news.id);
    const name = news.name ?? before?.name;
    if (name === undefined) return;
    const words = name.replace(/\([^)]*\)\s*$/, "").trim().split(/\s+/);
    const initials = before?.initials ?? [words[0]?.[0], words.length > 1 ? words.at(-1)?.[0] : ""].join("").toUpperCase();
    const person = { id: news.id, name, initials, role: before?.role ?? news.role ?? "observer", state: news.state };
    this.people.set(person.id, person);
    const shown = this.list.querySelector(`[data-person="${person.id}"]`);
    const item = this.kept(person);
    if (shown) shown.replaceWith(item);
    else this.list.append(item);
    this.tellCount();
  }

  /** All lines anew; whoever was about to press a button still is. */
  rebuild() {
    const focused = document.activeElement instanceof HTMLElement && this.list.contains(document.activeElement) ? document.activeElement : undefined;
    const [act, id] = [focused?.dataset["act"], focused?.closest("[data-person]")?.getAttribute("data-person")];
    this.list.replaceChildren(...[...this.people.values()].map((person) => this.kept(person)));
    if (act && id) /** @type {HTMLElement | null} */ (this.list.querySelector(`[data-person="${id}"] [data-act="${act}"]`) ?? this.list.querySelector(`[data-person="${id}"] [data-act="open"]`))?.focus();
  }

  /** A button of the list: the person's buttons, or one of them. @param {MouseEvent} event */
  press(event) {
    const button = event.target instanceof Element ? event.target.closest("[data-act]") : null;
    const id = button?.closest("[data-person]")?.getAttribute("data-person");
    if (!(button instanceof HTMLElement) || !id) return;
    const { line, root } = this.place;
    switch (button.dataset["act"]) {
      case "open":
        this.open = this.open === id ? "" : id;
        this.rebuild();
        return this.list.querySelector(`[data-person="${id}"]`)?.scrollIntoView({ block: "nearest" });
      case "floor":
        return void line.ask("live:media-floor", { person: id, given: !this.floor.has(id) });
      case "lower":
        return void line.ask("live:lower", { person: id });
      case "send":
        return void root.dispatchEvent(new CustomEvent("live-choose-person", { detail: id }));
      default:
        return void root.dispatchEvent(new CustomEvent("live-person-act", { detail: { person: id, act: button.dataset["act"] } }));
    }
  }

  /** What the teacher can do about one person, each with one press. @param {Person} person */
  acts(person) {
    const { words } = this.place;
    const [draws, muted] = [this.room?.draws.includes(person.id) ?? false, this.room?.muted.includes(person.id) ?? false];
    const acts = document.createElement("div");
    acts.className = "live-person-acts";
    const add = (/** @type {string} */ act, /** @type {string} */ word) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button";
      button.dataset["act"] = act;
      button.textContent = words[word] ?? "";
      acts.append(button);
    };
    add("floor", this.floor.has(person.id) ? "act_floor_take" : "act_floor_give");
    if (this.list.querySelector(`[data-person="${person.id}"]`)?.hasAttribute("data-hand")) add("lower", "lower");
    add(draws ? "no_draw" : "draw", draws ? "act_no_draw" : "act_draw");
    add(muted ? "unmute" : "mute", muted ? "act_unmute" : "act_mute");
    add("send", "act_remove");
    return acts;
  }

  /** The person's line anew, with the hand that is up. @param {Person} person */
  kept(person) {
    const shown = this.list.querySelector(`[data-person="${person.id}"]`);
    const item = this.item(person);
    item.toggleAttribute("data-hand", shown?.hasAttribute("data-hand") ?? false);
    return item;
  }

  /** What holds for this person and not for the others. @param {string} id */
  rights(id) {
    const { words } = this.place;
    if (!this.room) return [];
    const group = this.room.groups.of[id] ?? 0;
    return [
      ...(this.floor.has(id) ? [words["speaks"] ?? ""] : []),
      ...(group > 0 ? [fill(words["in_group"] ?? "", { n: groupNumber(group) })] : []),
      ...(this.room.draws.includes(id) ? [words["drawn"] ?? ""] : []),
      ...(this.room.muted.includes(id) ? [words["no_chat"] ?? ""] : []),
    ];
  }

  /** @param {Person} person */
  item(person) {
    const { words } = this.place;
    const item = document.createElement("li");
    item.className = "presence__person";
    item.dataset["person"] = person.id;
    item.dataset["state"] = person.state === "away" ? "here" : person.state;
    const avatar = document.createElement("span");
    avatar.className = "avatar";
    avatar.setAttribute("aria-hidden", "true");
    avatar.textContent = person.initials;
    const text = document.createElement("span");
    text.className = "presence__name";
    const acts = this.place.isTeacher && (person.role === "pupil" || person.role === "guest");
    const name = document.createElement(acts ? "button" : "span");
    name.textContent = person.name;
    if (name instanceof HTMLButtonElement) {
      name.type = "button";
      name.className = "live-person";
      name.dataset["act"] = "open";
      name.setAttribute("aria-expanded", String(this.open === person.id));
    }
    const detail = document.createElement("span");
    detail.className = "presence__detail";
    const role = person.role === "pupil" ? [] : [words[person.role] ?? ""];
    detail.textContent = [...role, words[person.state === "lost" ? "lost_person" : person.state] ?? "", ...this.rights(person.id)].join(", ");
    text.append(name, detail);
    item.append(avatar, text);
    if (acts && this.open === person.id) item.append(this.acts(person));
    return item;
  }

  tellCount() {
    const pupils = [...this.people.values()].filter((person) => person.role === "pupil");
    const here = pupils.filter((person) => person.state === "here" || person.state === "away").length;
    if (this.count) this.count.textContent = fill(this.place.words["count"] ?? "", { here, all: pupils.length });
  }
}

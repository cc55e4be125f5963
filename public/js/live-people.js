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
    place.line.on("live:person", (news) => this.change(news));
    place.line.onRoom((room) => {
      this.room = room;
      this.list.replaceChildren(...[...this.people.values()].map((person) => this.kept(person)));
    });
    place.line.onState((state) => {
      if (state.people) this.showAll(state.people);
    });
  }

  /** @param {Person[]} people */
  showAll(people) {
    this.people = new Map(people.map((person) => [person.id, person]));
    this.list.replaceChildren(...people.map((person) => this.item(person)));
    this.tellCount();
  }

  /** @param {{ id: string, name?: string, role?: string, state: string }} news */
  change(news) {
    const before = this.people.get(news.id);
    const name = news.name ?? before?.name;
    if (name === undefined) return;
    const initials = before?.initials ?? [name.trim()[0], name.trim().split(/\s+/).at(-1)?.[0]].join("").toUpperCase();
    const person = { id: news.id, name, initials, role: before?.role ?? news.role ?? "observer", state: news.state };
    this.people.set(person.id, person);
    const shown = this.list.querySelector(`[data-person="${person.id}"]`);
    const item = this.kept(person);
    if (shown) shown.replaceWith(item);
    else this.list.append(item);
    this.tellCount();
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
      name.dataset["personOf"] = person.id;
    }
    const detail = document.createElement("span");
    detail.className = "presence__detail";
    const role = person.role === "pupil" ? [] : [words[person.role] ?? ""];
    detail.textContent = [...role, words[person.state === "lost" ? "lost_person" : person.state] ?? "", ...this.rights(person.id)].join(", ");
    text.append(name, detail);
    item.append(avatar, text);
    return item;
  }

  tellCount() {
    const pupils = [...this.people.values()].filter((person) => person.role === "pupil");
    const here = pupils.filter((person) => person.state === "here" || person.state === "away").length;
    if (this.count) this.count.textContent = fill(this.place.words["count"] ?? "", { here, all: pupils.length });
  }
}

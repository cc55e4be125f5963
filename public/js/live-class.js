// @ts-check
import { connectLive, fill } from "./live-socket.js";
import { LiveBoard } from "./live-board.js";
import { LiveChat } from "./live-chat.js";
import { LiveMedia } from "./live-media.js";
import { LiveHands } from "./live-hands.js";
import { LiveModes } from "./live-modes.js";
import { LivePeople } from "./live-people.js";
import { LiveRecording } from "./live-recording.js";
import { LiveSlides } from "./live-slides.js";
import { LiveTools } from "./live-tools.js";

/** A page that was left this long ago and is still here was not left after all. */
const LEAVING_MS = 8_000;

/**
 * `<live-class>` around the lobby or the room of a live class. The page works by reload without it; with it the page says
 * every few seconds that the person is here, and shows what happens as it happens. The truth is on the server: after a lost
 * line everything is asked anew.
 */
class LiveClass extends HTMLElement {
  leftAt = -Infinity;

  connectedCallback() {
    window.addEventListener("beforeunload", () => (this.leftAt = performance.now()));
    /** @type {Record<string, string>} */
    this.words = JSON.parse(this.dataset["words"] ?? "{}");
    this.isLobby = this.dataset["state"] !== "open";
    for (const part of this.querySelectorAll("[data-script-only]")) part.removeAttribute("hidden");
    this.line = connectLive(this, {
      status: (state) => this.showStatus(state),
      changed: () => this.reload(),
    });
    const place = { root: this, words: this.words, line: this.line, me: this.dataset["me"] ?? "", isTeacher: this.dataset["part"] === "teacher" };
    if (this.isLobby) return this.countLobby();
    const slides = new LiveSlides(place);
    this.parts = [new LiveModes(place), new LivePeople(place), new LiveChat(place), new LiveHands(place), slides, new LiveBoard(place, slides), new LiveTools(place, slides), new LiveMedia(place), new LiveRecording(place)];
  }

  disconnectedCallback() {
    this.line?.leave();
  }

  /** Once: another reload, or one while a form of this page is on its way, would cut that off. */
  reload() {
    if (performance.now() - this.leftAt < LEAVING_MS) return;
    this.leftAt = performance.now();
    location.reload();
  }

  /** How many pupils wait, for the teacher. */
  countLobby() {
    const place = this.querySelector("[data-inside]");
    if (!place || !this.line) return;
    /** @type {Set<string>} */
    const pupils = new Set();
    /** @type {Map<string, string>} */
    const states = new Map();
    const tell = () => {
      const n = [...pupils].filter((id) => states.get(id) === "here" || states.get(id) === "away").length;
      place.textContent = fill(this.words?.[n === 0 ? "inside_none" : "inside"] ?? "", { n });
    };
    this.line.onState((state) => {
      for (const person of state.people ?? []) {
        states.set(person.id, person.state);
        if (person.role === "pupil") pupils.add(person.id);
      }
      if (state.people) tell();
    });
    this.line.on("live:person", (news) => {
      states.set(news.id, news.state);
      tell();
    });
  }

  /** @param {"connecting" | "connected" | "lost" | "closed"} state */
  showStatus(state) {
    const status = this.querySelector("[data-status]");
    if (!status) return;
    const lobby = this.dataset["part"] === "teacher" ? "ready" : "waiting";
    const key = state === "connected" && this.isLobby ? lobby : state;
    status.textContent = this.words?.[key] ?? "";
    status.setAttribute("data-state", state);
  }
}

customElements.define("live-class", LiveClass);

// @ts-check
import { connectLive } from "./live-socket.js";
import { LiveChat } from "./live-chat.js";
import { LiveHands } from "./live-hands.js";
import { LivePeople } from "./live-people.js";
import { LiveSlides } from "./live-slides.js";

/**
 * `<live-class>` around the lobby or the room of a live class. The page works by reload without it; with it the page says
 * every few seconds that the person is here, and shows what happens as it happens. The truth is on the server: after a lost
 * line everything is asked anew.
 */
class LiveClass extends HTMLElement {
  connectedCallback() {
    /** @type {Record<string, string>} */
    this.words = JSON.parse(this.dataset["words"] ?? "{}");
    this.isLobby = this.dataset["state"] === "scheduled";
    for (const part of this.querySelectorAll("[data-script-only]")) part.removeAttribute("hidden");
    this.line = connectLive(this, {
      status: (state) => this.showStatus(state),
      changed: () => location.reload(),
    });
    const place = { root: this, words: this.words, line: this.line, me: this.dataset["me"] ?? "", isTeacher: this.dataset["part"] === "teacher" };
    if (this.isLobby) return;
    this.parts = [new LivePeople(place), new LiveChat(place), new LiveHands(place), new LiveSlides(place)];
  }

  disconnectedCallback() {
    this.line?.leave();
  }

  /** @param {"connecting" | "connected" | "lost" | "closed"} state */
  showStatus(state) {
    const status = this.querySelector("[data-status]");
    if (!status) return;
    const key = state === "connected" && this.isLobby ? "waiting" : state;
    status.textContent = this.words?.[key] ?? "";
    status.setAttribute("data-state", state);
  }
}

customElements.define("live-class", LiveClass);

// @ts-check
import { chooseSaving, savesData } from "./data-saver.js";

/**
 * Video and sound with a choice of quality. Nothing is fetched before somebody presses play, and each choice says what it
 * weighs. The switch to spare data is kept on this device.
 */
class MediaPlayer extends HTMLElement {
  connectedCallback() {
    if (this.media) return;
    this.media = /** @type {HTMLMediaElement} */ (this.querySelector("video, audio"));
    this.start = /** @type {HTMLButtonElement} */ (this.querySelector("[data-start]"));
    this.choice = /** @type {HTMLSelectElement} */ (this.querySelector("[data-qualities]"));
    this.views = /** @type {HTMLSelectElement | null} */ (this.querySelector("[data-views]"));
    const saver = /** @type {HTMLInputElement} */ (this.querySelector("input[type=checkbox]"));
    this.started = false;
    this.media.controls = false;
    this.media.removeAttribute("src");
    this.media.load();
    this.start.hidden = false;
    /** @type {HTMLElement} */ (this.querySelector("[data-tools]")).hidden = false;
    saver.checked = savesData();
    saver.addEventListener("change", () => {
      chooseSaving(saver.checked);
      this.suit(saver.checked);
    });
    this.choice.addEventListener("change", () => this.choose());
    this.start.addEventListener("click", () => void this.begin());
    this.suit(saver.checked);
    this.views?.addEventListener("change", () => this.show());
    this.followMoments();
    if (this.querySelector("slide-replay")) void import("./slide-replay.js");
  }

  /** The picture, the slides, or both. Without the picture its sound alone is fetched, where there is a file of it. */
  show() {
    const view = this.views?.value ?? "both";
    const before = this.dataset["view"];
    this.dataset["view"] = view;
    const sound = [...this.choice.options].find((option) => option.dataset["sound"] !== undefined);
    if (sound && view === "slides" && this.choice.value !== sound.value) {
      this.withPicture = this.choice.value;
      this.choice.value = sound.value;
      this.choose();
    } else if (before === "slides" && this.withPicture !== undefined) {
      this.choice.value = this.withPicture;
      this.withPicture = undefined;
      this.choose();
    }
  }

  /** Pressing a moment plays from there; the one that is playing is marked. */
  followMoments() {
    const links = /** @type {HTMLAnchorElement[]} */ ([...this.querySelectorAll("[data-moment]")]);
    const { media } = this;
    for (const link of links) {
      link.addEventListener("click", (event) => {
        event.preventDefault();
        void this.goTo(Number(link.dataset["moment"]));
      });
    }
    media?.addEventListener("timeupdate", () => {
      const now = links.findLast((link) => Number(link.dataset["moment"]) <= media.currentTime + 0.3);
      for (const link of links) link === now ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current");
    });
  }

  /** @param {number} seconds */
  async goTo(seconds) {
    const { media } = this;
    if (!media) return;
    if (!this.started) await this.begin();
    if (media.readyState === 0) await new Promise((done) => media.addEventListener("loadedmetadata", done, { once: true }));
    media.currentTime = seconds;
    await media.play().catch(() => undefined);
  }

  /** What suits the line: the lightest to spare it, else the first that this browser can play. @param {boolean} saves */
  suit(saves) {
    const options = [...this.choice.options].filter((option) => option.dataset["stream"] !== undefined || this.media.canPlayType(option.dataset["type"] ?? "") !== "");
    const light = [...options].sort((a, b) => Number(a.dataset["bytes"]) - Number(b.dataset["bytes"]))[0];
    const chosen = saves ? light : options[0];
    if (chosen) this.choice.value = chosen.value;
    this.choose();
  }

  choose() {
    const option = this.choice.selectedOptions[0];
    const text = this.start.querySelector("[data-weight]");
    if (text) text.textContent = option?.textContent ?? "";
    if (this.started) void this.play();
  }

  async begin() {
    this.started = true;
    this.start.hidden = true;
    this.media.controls = true;
    await this.play();
    this.media.focus();
  }

  /** Plays the chosen quality from the moment where the other one was. */
  async play() {
    const { media } = this;
    const option = this.choice.selectedOptions[0];
    if (!option || this.playing === option) return;
    const at = media.currentTime;
    const ran = this.playing === undefined || !media.paused;
    this.playing = option;
    this.stream?.destroy();
    this.stream = undefined;
    this.toggleAttribute("data-sound", option.dataset["sound"] !== undefined);
    await this.load(option);
    if (at > 0) media.addEventListener("loadedmetadata", () => (media.currentTime = at), { once: true });
    if (ran) await media.play().catch(() => undefined);
  }

  /** A list of pieces where the browser knows how, else by hls.js, else the same file as a whole. @param {HTMLOptionElement} option */
  async load(option) {
    const { src = "", stream } = option.dataset;
    const { media } = this;
    if (stream === undefined) return void (media.src = src);
    if (!("MediaSource" in window || "ManagedMediaSource" in window)) return void (media.src = media.canPlayType("application/vnd.apple.mpegurl") ? stream : src);
    const { default: Hls } = await import(this.dataset["library"] ?? "");
    if (this.playing !== option) return;
    this.stream = new Hls({ enableWorker: false, maxBufferLength: 20, maxMaxBufferLength: 40 });
    this.stream.on(Hls.Events.ERROR, (/** @type {unknown} */ _event, /** @type {{ fatal: boolean }} */ data) => {
      if (!data.fatal) return;
      this.stream?.destroy();
      this.stream = undefined;
      media.src = src;
      void media.play().catch(() => undefined);
    });
    this.stream.loadSource(stream);
    this.stream.attachMedia(media);
  }
}

customElements.define("media-player", MediaPlayer);

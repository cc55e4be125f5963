// @ts-check
/**
 * Slides one at a time: arrows, space, Home and End, swipe, F for the full screen, N for notes, Escape for all of them.
 * Without script the slides stand one below the other, and each has an address.
 */
class SlideDeck extends HTMLElement {
  connectedCallback() {
    this.slides = /** @type {HTMLElement[]} */ ([...this.querySelectorAll(".slide")]);
    if (this.slides.length === 0) return;
    const words = /** @type {Record<string, string>} */ (JSON.parse(this.dataset.words ?? "{}"));
    this.at = Math.max(0, this.slides.findIndex((slide) => `#${slide.id}` === location.hash));
    const bar = document.createElement("div");
    bar.className = "deck__bar screen-only";
    this.bar = document.createElement("progress");
    this.bar.max = this.slides.length;
    this.bar.setAttribute("aria-label", words.start ?? "");
    this.toggle = button(words.start, () => (this.hasAttribute("data-showing") ? this.all() : this.show(this.at)));
    bar.append(this.toggle, button(words.previous, () => this.show(this.at - 1)), button(words.next, () => this.show(this.at + 1)), this.bar, button(words.fullscreen, () => this.full()));
    this.words = words;
    this.append(bar);
    document.addEventListener("keydown", this.onKey);
    let start = 0;
    this.addEventListener("touchstart", (event) => (start = event.touches[0]?.clientX ?? 0), { passive: true });
    this.addEventListener("touchend", (event) => {
      const moved = (event.changedTouches[0]?.clientX ?? 0) - start;
      if (this.hasAttribute("data-showing") && Math.abs(moved) > 60) this.show(this.at + (moved < 0 ? 1 : -1));
    });
    if (location.hash.startsWith("#slide-")) this.show(this.at);
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.onKey);
  }

  onKey = (/** @type {KeyboardEvent} */ event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.ctrlKey || event.metaKey || event.altKey || target.closest("input, select, textarea, summary, button, a")) return;
    const steps = /** @type {Record<string, number>} */ ({ ArrowRight: 1, PageDown: 1, " ": 1, ArrowLeft: -1, PageUp: -1 });
    const showing = this.hasAttribute("data-showing");
    if (event.key === "f") this.full();
    else if (!showing) return;
    else if (event.key in steps) this.show(this.at + (steps[event.key] ?? 0));
    else if (event.key === "Home") this.show(0);
    else if (event.key === "End") this.show((this.slides?.length ?? 1) - 1);
    else if (event.key === "n") this.slides?.[this.at]?.querySelector("details")?.toggleAttribute("open");
    else if (event.key === "Escape") this.all();
    else return;
    event.preventDefault();
  };

  at = 0;

  /** @param {number} to */
  show(to) {
    const slides = this.slides ?? [];
    this.at = Math.min(Math.max(0, to), slides.length - 1);
    this.setAttribute("data-showing", "");
    slides.forEach((slide, i) => slide.toggleAttribute("data-current", i === this.at));
    const current = slides[this.at];
    history.replaceState(null, "", `#${current?.id ?? ""}`);
    current?.focus({ preventScroll: true });
    if (this.bar) this.bar.value = this.at + 1;
    if (this.toggle) this.toggle.textContent = this.words?.all ?? "";
  }

  all() {
    this.removeAttribute("data-showing");
    if (this.toggle) this.toggle.textContent = this.words?.start ?? "";
    this.slides?.[this.at]?.scrollIntoView({ block: "center" });
  }

  full() {
    if (document.fullscreenElement) void document.exitFullscreen();
    else {
      this.show(this.at);
      void this.requestFullscreen?.().catch(() => undefined);
    }
  }
}

/** @param {string | undefined} label @param {() => void} act */
function button(label, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button";
  made.textContent = label ?? "";
  made.addEventListener("click", act);
  return made;
}

customElements.define("slide-deck", SlideDeck);

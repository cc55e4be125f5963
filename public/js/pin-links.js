// @ts-check
/**
 * Comments pinned to a place of the file: pressing a pin takes the viewer there, and a comment begun beside the viewer
 * is pinned to where the viewer stands. Without scripts the place is typed and read.
 */
class PinLinks extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => {
      const pin = event.target instanceof Element ? event.target.closest("[data-page], [data-seconds]") : null;
      if (pin instanceof HTMLElement) goTo(pin);
    });
    const place = document.querySelector("#comment-place");
    const body = document.querySelector("#comment-body");
    if (!(place instanceof HTMLInputElement) || !body) return;
    body.addEventListener("focus", () => {
      if (place.value === "") place.value = whereNow(place.name);
    }, { once: true });
  }
}

/** @returns {any} */
const pdf = () => document.querySelector("pdf-viewer");
/** @returns {HTMLMediaElement | null} */
const media = () => document.querySelector(".viewer video, .viewer audio");

/** @param {HTMLElement} pin */
function goTo(pin) {
  const { page, seconds } = pin.dataset;
  if (page !== undefined) pdf()?.go(Number(page));
  const player = media();
  if (seconds !== undefined && player) player.currentTime = Number(seconds);
  document.querySelector(".viewer")?.scrollIntoView({ block: "nearest" });
}

/** @param {string} kind @returns {string} */
function whereNow(kind) {
  if (kind === "page") return String(pdf()?.at ?? "");
  const at = Math.floor(media()?.currentTime ?? 0);
  return at === 0 ? "" : `${Math.floor(at / 60)}:${String(at % 60).padStart(2, "0")}`;
}

customElements.define("pin-links", PinLinks);

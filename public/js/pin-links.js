// @ts-check
/**
 * Comments pinned to a place of the file: pressing a pin takes the viewer there, and a comment begun beside the viewer
 * is pinned to where the viewer stands. Without scripts the place is typed and read.
 */
class PinLinks extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => {
      const pin = event.target instanceof Element ? event.target.closest(".thread__pin") : null;
      if (pin instanceof HTMLElement) goTo(pin);
    });
    const form = document.querySelector("[data-point]");
    if (form instanceof HTMLElement) choosePoint(form);
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
  unmark();
  if (pin.dataset["x"] !== undefined) mark(page === undefined ? 0 : Number(page), Number(pin.dataset["x"]) / 1000, Number(pin.dataset["y"]) / 1000);
  const player = media();
  if (seconds !== undefined && player) player.currentTime = Number(seconds);
  document.querySelector(".viewer")?.scrollIntoView({ block: "nearest" });
}

/** The pages of a document lie in one window that scrolls; a picture has a window of its own. */
const stage = () => /** @type {HTMLElement | null} */ (document.querySelector("pdf-viewer [data-pages], .viewer__picture"));

/** @param {number} page 0: a picture @returns {HTMLElement | null} */
function sheetOf(page) {
  return page === 0 ? document.querySelector(".viewer__picture img") : document.querySelector(`.pdf__page[data-number="${page}"]`);
}

function unmark() {
  document.querySelector(".viewer__mark")?.remove();
}

/** Shows a point, until the next one or another zoom. @param {number} page @param {number} x @param {number} y parts of the sheet's sides */
function mark(page, x, y) {
  const sheet = sheetOf(page);
  const window = stage();
  if (!sheet || !window) return;
  if (page === 0) /** @type {any} */ (document.querySelector("image-viewer"))?.to(1);
  const dot = document.createElement("span");
  dot.className = "viewer__mark";
  dot.style.insetInlineStart = `${sheet.offsetLeft + x * sheet.offsetWidth}px`;
  dot.style.insetBlockStart = `${sheet.offsetTop + y * sheet.offsetHeight}px`;
  unmark();
  window.append(dot);
  if (page > 0) window.scrollTop = sheet.offsetTop + y * sheet.offsetHeight - window.clientHeight / 2;
  for (const button of document.querySelectorAll(".viewer [data-zoom]")) button.addEventListener("click", unmark, { once: true });
}

/** The next press on a page or picture is the point of the comment. @param {HTMLElement} form */
function choosePoint(form) {
  const [x, y] = /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll("input")]);
  const [choose, drop] = /** @type {HTMLButtonElement[]} */ ([...form.querySelectorAll("button")]);
  const status = form.querySelector("[role=status]");
  const say = (/** @type {string | undefined} */ text) => status && (status.textContent = text ?? "");
  if (!x || !y || !choose || !drop) return;
  form.hidden = false;
  drop.hidden = x.value === "";
  choose.addEventListener("click", () => {
    const viewer = stage();
    if (!viewer) return;
    say(form.dataset["ask"]);
    viewer.toggleAttribute("data-pointing", true);
    viewer.scrollIntoView({ block: "nearest" });
    viewer.addEventListener("click", (event) => {
      viewer.toggleAttribute("data-pointing", false);
      const picture = viewer.querySelector("img");
      const sheet = picture ?? (event.target instanceof Element ? event.target.closest(".pdf__page") : null);
      if (!(sheet instanceof HTMLElement)) return say("");
      const box = sheet.getBoundingClientRect();
      const part = (/** @type {number} */ at, /** @type {number} */ size) => Math.min(1000, Math.max(0, Math.round((at / size) * 1000)));
      x.value = String(part(event.clientX - box.left, box.width));
      y.value = String(part(event.clientY - box.top, box.height));
      const page = Number(sheet.dataset["number"] ?? 0);
      const place = document.querySelector("#comment-place");
      if (page > 0 && place instanceof HTMLInputElement) place.value = String(page);
      mark(page, Number(x.value) / 1000, Number(y.value) / 1000);
      drop.hidden = false;
      say(form.dataset["set"]);
      /** @type {HTMLElement | null} */ (document.querySelector("#comment-body"))?.focus({ preventScroll: true });
    }, { once: true });
  });
  drop.addEventListener("click", () => {
    x.value = y.value = "";
    drop.hidden = true;
    unmark();
    say("");
  });
}

/** @param {string} kind @returns {string} */
function whereNow(kind) {
  if (kind === "page") return String(pdf()?.at ?? "");
  const at = Math.floor(media()?.currentTime ?? 0);
  return at === 0 ? "" : `${Math.floor(at / 60)}:${String(at % 60).padStart(2, "0")}`;
}

customElements.define("pin-links", PinLinks);

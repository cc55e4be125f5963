// @ts-check

const ZOOM_MAX = 8;

/** A picture that can be drawn near: two fingers or Ctrl and wheel, double tap, buttons, keys; drag to move. */
class ImageViewer extends HTMLElement {
  connectedCallback() {
    if (this.box) return;
    this.box = /** @type {HTMLElement} */ (this.querySelector("[data-stage]"));
    this.image = /** @type {HTMLImageElement} */ (this.querySelector("img"));
    this.zoom = 1;
    this.x = 0;
    this.y = 0;
    /** @type {Map<number, PointerEvent>} */
    this.fingers = new Map();
    const bar = /** @type {HTMLElement} */ (this.querySelector("[data-bar]"));
    bar.hidden = false;
    for (const button of bar.querySelectorAll("[data-zoom]")) button.addEventListener("click", () => this.step(Number(button.getAttribute("data-zoom"))));
    const { box } = this;
    box.tabIndex = 0;
    box.addEventListener("keydown", (event) => this.key(event));
    box.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    box.addEventListener("dblclick", (event) => this.to(this.zoom > 1 ? 1 : 2.5, event));
    box.addEventListener("pointerdown", (event) => this.down(event));
    box.addEventListener("pointermove", (event) => this.drag(event));
    for (const end of ["pointerup", "pointercancel"]) box.addEventListener(end, (event) => this.fingers.delete(/** @type {PointerEvent} */ (event).pointerId));
  }

  /** @param {number} step 0: the whole picture */
  step(step) {
    this.to(step === 0 ? 1 : this.zoom * (step > 0 ? 1.5 : 1 / 1.5));
  }

  /** Draws near towards a point, which stays where it is. @param {number} zoom @param {{ clientX: number, clientY: number }} [point] */
  to(zoom, point) {
    const next = Math.min(ZOOM_MAX, Math.max(1, zoom));
    const frame = this.box.getBoundingClientRect();
    const px = point ? point.clientX - frame.left - frame.width / 2 : 0;
    const py = point ? point.clientY - frame.top - frame.height / 2 : 0;
    const grown = next / this.zoom;
    this.zoom = next;
    this.place(px - (px - this.x) * grown, py - (py - this.y) * grown);
  }

  /** @param {number} x @param {number} y */
  place(x, y) {
    const roomX = (this.image.clientWidth * (this.zoom - 1)) / 2;
    const roomY = (this.image.clientHeight * (this.zoom - 1)) / 2;
    this.x = Math.min(roomX, Math.max(-roomX, x));
    this.y = Math.min(roomY, Math.max(-roomY, y));
    this.image.style.transform = `translate(${this.x}px, ${this.y}px) scale(${this.zoom})`;
    this.toggleAttribute("data-near", this.zoom > 1);
    const text = this.querySelector("[data-zoom-text]");
    if (text) text.textContent = `${Math.round(this.zoom * 100)} %`;
  }

  /** @param {WheelEvent} event */
  wheel(event) {
    if (!event.ctrlKey) return; // a plain wheel scrolls the page
    event.preventDefault();
    this.to(this.zoom * Math.exp(-event.deltaY / 300), event);
  }

  /** @param {PointerEvent} event */
  down(event) {
    if (this.zoom === 1 && event.pointerType === "mouse") return;
    this.fingers.set(event.pointerId, event);
    if (this.zoom > 1) this.box.setPointerCapture(event.pointerId);
  }

  /** @param {PointerEvent} event */
  drag(event) {
    const before = this.fingers.get(event.pointerId);
    if (!before) return;
    const other = [...this.fingers.values()].find((finger) => finger.pointerId !== event.pointerId);
    this.fingers.set(event.pointerId, event);
    if (other) {
      const gap = (/** @type {PointerEvent} */ finger) => Math.hypot(finger.clientX - other.clientX, finger.clientY - other.clientY);
      this.to((this.zoom * gap(event)) / Math.max(1, gap(before)), { clientX: (event.clientX + other.clientX) / 2, clientY: (event.clientY + other.clientY) / 2 });
    } else if (this.zoom > 1) {
      this.place(this.x + event.clientX - before.clientX, this.y + event.clientY - before.clientY);
    }
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const far = 60;
    const does = {
      "+": () => this.step(1), "=": () => this.step(1), "-": () => this.step(-1), 0: () => this.step(0),
      ArrowLeft: () => this.place(this.x + far, this.y), ArrowRight: () => this.place(this.x - far, this.y),
      ArrowUp: () => this.place(this.x, this.y + far), ArrowDown: () => this.place(this.x, this.y - far),
    }[event.key];
    if (!does || event.ctrlKey || event.altKey || event.metaKey || (this.zoom === 1 && event.key.startsWith("Arrow"))) return;
    event.preventDefault();
    does();
  }
}

customElements.define("image-viewer", ImageViewer);

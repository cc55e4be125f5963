// @ts-check
/**
 * `<page-photos data-words>` around a form with a file field `photos`: photos of paper pages are shown in their order, and can
 * be turned, cropped by four corners (a leaning page becomes straight), made black and white, moved and removed before they
 * are sent as one document. Everything happens on canvases here; what is sent is much smaller than what the camera took.
 * Without script the form sends the photos as they are, in the order in which they were chosen.
 */
const SENT_SIDE = 2_400;
const SHOWN_SIDE = 320;
const CROP_SIDE = 900;
const QUALITY = 0.85;
const STEP = 0.01;

/** @typedef {{ x: number, y: number }} Point share of the picture, 0 to 1 */
/** @typedef {{ bitmap: ImageBitmap, turns: number, corners: Point[], white: boolean, item: HTMLLIElement, cropping: boolean }} Photo */

/** @returns {Point[]} */
const wholePage = () => [{ x: 0, y: 0 }, { x: 1, y: 0 }, { x: 1, y: 1 }, { x: 0, y: 1 }];

class PagePhotos extends HTMLElement {
  /** @type {Photo[]} */
  #photos = [];
  /** @type {Record<string, string>} */
  #words = {};
  #list = document.createElement("ol");
  #note = document.createElement("p");
  /** @type {Photo | undefined} */
  #dragged;

  connectedCallback() {
    this.#words = JSON.parse(this.dataset["words"] ?? "{}");
    const form = this.querySelector("form");
    const field = this.querySelector("input[type=file]");
    if (!(form instanceof HTMLFormElement) || !(field instanceof HTMLInputElement)) return;
    this.#list.className = "photos";
    this.#note.className = "small";
    this.#note.setAttribute("role", "status");
    field.after(this.#list, this.#note);
    field.addEventListener("change", () => void this.#take(field));
    this.#offerShelf(field);
    form.addEventListener("submit", (event) => {
      if (this.#photos.length === 0) return;
      event.preventDefault();
      void this.#send(form, field);
    });
  }

  /** @param {string} key @param {number | string} [n] */
  #say(key, n = "") {
    return (this.#words[key] ?? "").replace("{n}", String(n));
  }

  /** Pictures that lie on the shelf already come from there. @param {HTMLInputElement} field */
  #offerShelf(field) {
    const shelf = this.querySelector("[data-shelf]");
    if (!(shelf instanceof HTMLElement)) return;
    shelf.hidden = false;
    shelf.addEventListener("click", async (event) => {
      const button = event.target instanceof Element ? event.target.closest("button") : null;
      if (!button?.dataset["src"]) return;
      button.disabled = true;
      const answer = await fetch(button.dataset["src"]).catch(() => undefined);
      const bytes = answer?.ok ? await answer.blob().catch(() => undefined) : undefined;
      if (bytes) await this.#take(field, [bytes]);
      else this.#note.textContent = this.#say("unreachable");
      button.disabled = false;
    });
  }

  /** @param {HTMLInputElement} field @param {Iterable<Blob>} files */
  async #take(field, files = field.files ?? []) {
    let place = 0;
    for (const file of files) {
      place += 1;
      const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => undefined);
      if (!bitmap) {
        this.#note.textContent = this.#say("unreadable", place);
        continue;
      }
      /** @type {Photo} */
      const photo = { bitmap, turns: 0, corners: wholePage(), white: false, cropping: false, item: document.createElement("li") };
      photo.item.className = "photo";
      this.#photos.push(photo);
      this.#list.append(photo.item);
      this.#makeDraggable(photo);
    }
    field.value = "";
    field.required = this.#photos.length === 0;
    this.#showAll();
  }

  #showAll() {
    for (const photo of this.#photos) this.#show(photo);
  }

  /** @param {Photo} photo */
  #show(photo) {
    const place = this.#photos.indexOf(photo);
    const stage = document.createElement("div");
    stage.className = "photo__stage";
    stage.append(photo.cropping ? turned(photo, CROP_SIDE) : straightened(photo, SHOWN_SIDE));
    if (photo.cropping) for (const [i] of photo.corners.entries()) stage.append(this.#corner(photo, i, stage));
    const title = document.createElement("strong");
    title.textContent = this.#say("page", place + 1);
    const acts = document.createElement("div");
    acts.className = "photo__acts";
    const act = (/** @type {string} */ key, /** @type {() => void} */ run, disabled = false) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button";
      button.dataset["kind"] = "quiet";
      button.dataset["act"] = key;
      button.textContent = this.#say(key);
      button.disabled = disabled;
      button.addEventListener("click", () => {
        run();
        this.#showAll();
        const again = photo.item.querySelector(`[data-act=${key}]:not(:disabled)`) ?? photo.item.querySelector("button");
        if (again instanceof HTMLElement) again.focus();
      });
      acts.append(button);
      return button;
    };
    act(photo.cropping ? "done" : "crop", () => void (photo.cropping = !photo.cropping));
    act("left", () => this.#turn(photo, 3));
    act("right", () => this.#turn(photo, 1));
    act("white", () => void (photo.white = !photo.white)).setAttribute("aria-pressed", String(photo.white));
    act("up", () => this.#move(photo, place - 1), place === 0);
    act("down", () => this.#move(photo, place + 1), place === this.#photos.length - 1);
    act("remove", () => this.#remove(photo));
    photo.item.toggleAttribute("data-cropping", photo.cropping);
    photo.item.draggable = !photo.cropping;
    photo.item.replaceChildren(title, stage, acts);
  }

  /** @param {Photo} photo @param {number} quarter */
  #turn(photo, quarter) {
    photo.turns = (photo.turns + quarter) % 4;
    photo.corners = wholePage();
  }

  /** @param {Photo} photo @param {number} to */
  #move(photo, to) {
    this.#photos.splice(this.#photos.indexOf(photo), 1);
    this.#photos.splice(to, 0, photo);
    this.#list.replaceChildren(...this.#photos.map(({ item }) => item));
  }

  /** @param {Photo} photo */
  #remove(photo) {
    this.#photos.splice(this.#photos.indexOf(photo), 1);
    photo.item.remove();
    photo.bitmap.close();
    const field = this.querySelector("input[type=file]");
    if (field instanceof HTMLInputElement) field.required = this.#photos.length === 0;
  }

  /** A corner that finger, mouse and arrow keys move. @param {Photo} photo @param {number} i @param {HTMLElement} stage */
  #corner(photo, i, stage) {
    const handle = document.createElement("button");
    handle.type = "button";
    handle.className = "photo__corner";
    handle.setAttribute("aria-label", this.#say("corner", i + 1));
    const place = () => {
      const canvas = stage.querySelector("canvas");
      const corner = photo.corners[i];
      if (!canvas || !corner) return;
      const left = canvas.offsetLeft + corner.x * canvas.offsetWidth;
      const top = canvas.offsetTop + corner.y * canvas.offsetHeight;
      handle.style.setProperty("left", `${left}px`);
      handle.style.setProperty("top", `${top}px`);
    };
    const set = (/** @type {number} */ x, /** @type {number} */ y) => {
      photo.corners[i] = { x: Math.min(1, Math.max(0, x)), y: Math.min(1, Math.max(0, y)) };
      place();
      outline(photo, stage);
    };
    handle.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      handle.focus();
      handle.setPointerCapture(event.pointerId);
    });
    handle.addEventListener("pointermove", (event) => {
      const canvas = stage.querySelector("canvas");
      if (!handle.hasPointerCapture(event.pointerId) || !canvas) return;
      const box = canvas.getBoundingClientRect();
      set((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
    });
    handle.addEventListener("keydown", (event) => {
      const corner = photo.corners[i];
      const by = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] }[event.key];
      if (!by || !corner) return;
      event.preventDefault();
      set(corner.x + (by[0] ?? 0), corner.y + (by[1] ?? 0));
    });
    requestAnimationFrame(() => {
      place();
      outline(photo, stage);
    });
    return handle;
  }

  /** @param {Photo} photo */
  #makeDraggable({ item }) {
    const photoOf = (/** @type {EventTarget | null} */ target) => this.#photos.find((one) => target instanceof Node && one.item.contains(target));
    item.addEventListener("dragstart", (event) => void (this.#dragged = photoOf(event.target)));
    item.addEventListener("dragover", (event) => {
      event.preventDefault();
      item.dataset["over"] = "";
    });
    item.addEventListener("dragleave", () => delete item.dataset["over"]);
    item.addEventListener("drop", (event) => {
      event.preventDefault();
      delete item.dataset["over"];
      const onto = photoOf(event.target);
      if (this.#dragged && onto) this.#move(this.#dragged, this.#photos.indexOf(onto));
      this.#showAll();
    });
  }

  /** @param {HTMLFormElement} form @param {HTMLInputElement} field */
  async #send(form, field) {
    const button = form.querySelector("button:not([type=button])");
    if (button instanceof HTMLButtonElement) button.disabled = true;
    this.#note.textContent = this.#say("sending", this.#photos.length);
    try {
      const body = new FormData(form);
      body.delete(field.name);
      for (const [i, photo] of this.#photos.entries()) {
        const canvas = straightened(photo, SENT_SIDE);
        const bytes = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
        if (bytes instanceof Blob) body.append(field.name, bytes, `trang-${i + 1}.jpg`);
      }
      const answer = await fetch(form.action, { method: "POST", body, headers: { accept: "application/json" } });
      const told = await answer.json();
      if (typeof told.href === "string") return location.assign(told.href);
      this.#note.textContent = told.reason ?? this.#say("failed");
    } catch {
      this.#note.textContent = this.#say("failed");
    }
    if (button instanceof HTMLButtonElement) button.disabled = false;
  }
}

/** The photo turned by its quarters, as large as a side. @param {Photo} photo @param {number} side */
function turned({ bitmap, turns, white }, side) {
  const lying = turns % 2 === 1;
  const [width, height] = lying ? [bitmap.height, bitmap.width] : [bitmap.width, bitmap.height];
  const scale = Math.min(1, side / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const pen = canvas.getContext("2d");
  if (!pen) return canvas;
  pen.filter = white ? "grayscale(1) contrast(1.5) brightness(1.15)" : "none";
  pen.translate(canvas.width / 2, canvas.height / 2);
  pen.rotate((turns * Math.PI) / 2);
  pen.drawImage(bitmap, (-bitmap.width * scale) / 2, (-bitmap.height * scale) / 2, bitmap.width * scale, bitmap.height * scale);
  pen.setTransform(1, 0, 0, 1, 0, 0); // the frame is drawn on it next
  pen.filter = "none";
  return canvas;
}

/** What lies between the four corners, as an upright sheet. @param {Photo} photo @param {number} side */
function straightened(photo, side) {
  const page = turned(photo, side);
  const whole = wholePage();
  if (photo.corners.every((corner, i) => corner.x === whole[i]?.x && corner.y === whole[i]?.y)) return page;
  const at = photo.corners.map(({ x, y }) => ({ x: x * page.width, y: y * page.height }));
  const [a, b, c, d] = at;
  if (!a || !b || !c || !d) return page;
  const sheet = document.createElement("canvas");
  sheet.width = Math.max(1, Math.round(Math.max(far(a, b), far(d, c))));
  sheet.height = Math.max(1, Math.round(Math.max(far(a, d), far(b, c))));
  const from = page.getContext("2d")?.getImageData(0, 0, page.width, page.height);
  const pen = sheet.getContext("2d");
  if (!from || !pen) return page;
  const to = pen.createImageData(sheet.width, sheet.height);
  const warp = mapping(a, b, c, d);
  const source = new Uint32Array(from.data.buffer);
  const target = new Uint32Array(to.data.buffer);
  for (let y = 0; y < sheet.height; y += 1) {
    for (let x = 0; x < sheet.width; x += 1) {
      const [sx, sy] = warp((x + 0.5) / sheet.width, (y + 0.5) / sheet.height);
      const px = Math.min(page.width - 1, Math.max(0, Math.round(sx)));
      const py = Math.min(page.height - 1, Math.max(0, Math.round(sy)));
      target[y * sheet.width + x] = source[py * page.width + px] ?? 0;
    }
  }
  pen.putImageData(to, 0, 0);
  return sheet;
}

/** @param {Point} a @param {Point} b */
function far(a, b) {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

/**
 * From the unit square onto four corners, as a camera sees a sheet. Source: P. Heckbert, "Fundamentals of Texture Mapping and
 * Image Warping" (1989), 2.2.3.
 *
 * @param {Point} a @param {Point} b @param {Point} c @param {Point} d
 * @returns {(u: number, v: number) => [number, number]}
 */
function mapping(a, b, c, d) {
  const sx = a.x - b.x + c.x - d.x;
  const sy = a.y - b.y + c.y - d.y;
  const dx1 = b.x - c.x;
  const dx2 = d.x - c.x;
  const dy1 = b.y - c.y;
  const dy2 = d.y - c.y;
  const area = dx1 * dy2 - dx2 * dy1 || 1;
  const g = (sx * dy2 - dx2 * sy) / area;
  const h = (dx1 * sy - sx * dy1) / area;
  const p = [b.x - a.x + g * b.x, d.x - a.x + h * d.x, b.y - a.y + g * b.y, d.y - a.y + h * d.y];
  return (u, v) => {
    const w = g * u + h * v + 1;
    return [((p[0] ?? 0) * u + (p[1] ?? 0) * v + a.x) / w, ((p[2] ?? 0) * u + (p[3] ?? 0) * v + a.y) / w];
  };
}

/** Draws the frame between the corners. @param {Photo} photo @param {HTMLElement} stage */
function outline(photo, stage) {
  const canvas = stage.querySelector("canvas");
  if (!canvas) return;
  const fresh = turned(photo, CROP_SIDE);
  const pen = canvas.getContext("2d");
  if (!pen) return;
  pen.drawImage(fresh, 0, 0);
  pen.strokeStyle = getComputedStyle(stage).getPropertyValue("--accent") || "currentColor";
  pen.lineWidth = 4;
  pen.beginPath();
  for (const { x, y } of photo.corners) pen.lineTo(x * canvas.width, y * canvas.height);
  pen.closePath();
  pen.stroke();
}

customElements.define("page-photos", PagePhotos);

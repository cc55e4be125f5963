// @ts-check
/**
 * Beside the form of a bulk import: chooses a whole folder and sends it as one ZIP that is put together here, without
 * compressing and without reading more than one file at a time. Without script a ZIP or several files are sent as they are.
 */
class BulkFolder extends HTMLElement {
  connectedCallback() {
    this.words = /** @type {Record<string, string>} */ (JSON.parse(this.dataset.words ?? "{}"));
    this.form = this.querySelector("form");
    const button = /** @type {HTMLButtonElement | null} */ (this.querySelector("[data-folder]"));
    const input = document.createElement("input");
    if (!this.form || !button || !("webkitdirectory" in input)) return;
    input.type = "file";
    input.multiple = true;
    input.hidden = true;
    input.webkitdirectory = true;
    button.after(input);
    button.hidden = false;
    button.addEventListener("click", () => input.click());
    input.addEventListener("change", () => void this.send([...(input.files ?? [])], button).finally(() => (input.value = "")));
  }

  /** @param {File[]} files @param {HTMLButtonElement} button */
  async send(files, button) {
    if (files.length === 0 || !this.form) return;
    if (files.reduce((sum, file) => sum + file.size, 0) > Number(this.dataset.max)) return this.say(this.words?.too_big);
    button.disabled = true;
    const folder = files[0]?.webkitRelativePath.split("/")[0] || "folder";
    try {
      this.say(this.words?.packing);
      const zip = await pack(files, (part) => this.show(part / 2));
      const body = new FormData(this.form);
      body.delete("files");
      body.append("files", zip, `${folder}.zip`);
      this.say(this.words?.sending);
      const answer = await post(this.form.action, body, (part) => this.show(0.5 + part / 2));
      if (answer.href) location.assign(answer.href);
      else this.say(answer.problem ?? this.words?.failed);
    } catch {
      this.say(this.words?.failed);
    } finally {
      button.disabled = false;
      this.show(0);
    }
  }

  /** @param {string | undefined} text */
  say(text) {
    const state = this.querySelector("[data-folder-state]");
    if (state) state.textContent = text ?? "";
  }

  /** @param {number} part */
  show(part) {
    const bar = /** @type {HTMLProgressElement | null} */ (this.querySelector("[data-folder-progress]"));
    if (!bar) return;
    bar.hidden = part === 0;
    bar.value = part;
  }
}

/**
 * @param {string} action @param {FormData} body @param {(part: number) => void} onProgress
 * @returns {Promise<{ href?: string, problem?: string }>}
 */
function post(action, body, onProgress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", action);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => event.lengthComputable && onProgress(event.loaded / event.total));
    request.addEventListener("load", () => {
      try {
        resolve(JSON.parse(request.responseText));
      } catch (error) {
        reject(error);
      }
    });
    request.addEventListener("error", reject);
    request.send(body);
  });
}

const CRC = new Uint32Array(256).map((_, i) => {
  let value = i;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value >>> 0;
});

/** @param {File} file */
async function crcOf(file) {
  let crc = 0xffffffff;
  const reader = file.stream().getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return (crc ^ 0xffffffff) >>> 0;
    for (let i = 0; i < value.length; i += 1) crc = (CRC[(crc ^ (value[i] ?? 0)) & 0xff] ?? 0) ^ (crc >>> 8);
  }
}

/**
 * A ZIP of stored entries with names in UTF-8 (APPNOTE 4.3.7, 4.3.12); files go in by reference.
 * @param {File[]} files @param {(part: number) => void} onProgress
 */
async function pack(files, onProgress) {
  /** @type {BlobPart[]} */ const parts = [];
  /** @type {Uint8Array<ArrayBuffer>[]} */ const directory = [];
  const encoder = new TextEncoder();
  let offset = 0;
  for (const [i, file] of files.entries()) {
    const name = encoder.encode((file.webkitRelativePath || file.name).normalize("NFC"));
    const common = fields([[20, 2], [0x800, 2], [0, 2], [0, 2], [0x21, 2], [await crcOf(file), 4], [file.size, 4], [file.size, 4], [name.length, 2], [0, 2]]);
    const local = join([fields([[0x04034b50, 4]]), common, name]);
    directory.push(join([fields([[0x02014b50, 4], [20, 2]]), common, fields([[0, 2], [0, 2], [0, 2], [0, 4], [offset, 4]]), name]));
    parts.push(local, file);
    offset += local.length + file.size;
    onProgress((i + 1) / files.length);
  }
  const list = join(directory);
  const end = fields([[0x06054b50, 4], [0, 2], [0, 2], [files.length, 2], [files.length, 2], [list.length, 4], [offset, 4], [0, 2]]);
  return new Blob([...parts, list, end], { type: "application/zip" });
}

/** @param {[value: number, bytes: 2 | 4][]} list */
function fields(list) {
  const bytes = new Uint8Array(list.reduce((sum, [, length]) => sum + length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [value, length] of list) {
    if (length === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += length;
  }
  return bytes;
}

/** @param {Uint8Array[]} list */
function join(list) {
  const all = new Uint8Array(list.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of list) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

customElements.define("bulk-folder", BulkFolder);

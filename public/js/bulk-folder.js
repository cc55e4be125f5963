// @ts-check
/**
 * Around the upload queue of a bulk import: chooses a whole folder, and puts a folder or several files together into one
 * ZIP that then goes in pieces like any other. The ZIP is made without compressing and without reading more than one file
 * at a time, and always the same of the same files: chosen again after a break, it goes on where it stopped. Without
 * script a ZIP or several files are sent by the form as they are.
 */
class BulkFolder extends HTMLElement {
  connectedCallback() {
    this.words = /** @type {Record<string, string>} */ (JSON.parse(this.dataset["words"] ?? "{}"));
    this.toggleAttribute("data-opens", true); // one file that was sent leads to its page
    const button = /** @type {HTMLButtonElement | null} */ (this.querySelector("[data-folder]"));
    const input = document.createElement("input");
    if (!button || !("webkitdirectory" in input)) return;
    input.type = "file";
    input.multiple = true;
    input.hidden = true;
    input.webkitdirectory = true;
    button.after(input);
    button.hidden = false;
    button.addEventListener("click", () => input.click());
    input.addEventListener("change", () => {
      const files = [...(input.files ?? [])];
      input.value = ""; // the same folder can be chosen again
      const queue = /** @type {(HTMLElement & { take(files: File[]): Promise<void> }) | null} */ (this.querySelector("upload-queue"));
      if (files.length === 0) this.say(this.word("empty"));
      else void queue?.take(files);
    });
  }

  /**
   * What the queue sends: ZIPs as they are, anything else as one ZIP.
   * @param {File[]} files @returns {Promise<File[]>}
   */
  async bundle(files) {
    this.say("");
    const isZip = (/** @type {File} */ file) => file.name.toLowerCase().endsWith(".zip") && !file.webkitRelativePath;
    if (files.every(isZip)) return files;
    if (files.some(isZip)) return this.refuse("list");
    if (files.length > Number(this.dataset["files"])) return this.refuse("too_many");
    const folder = files[0]?.webkitRelativePath.split("/")[0];
    const inOrder = [...files].sort((a, b) => (pathOf(a) < pathOf(b) ? -1 : 1));
    try {
      const zip = await pack(inOrder, (part) => this.say(this.word("packing").replace("{part}", String(part)).replace("{whole}", String(files.length))));
      this.say("");
      const name = folder || (files.length === 1 ? files[0]?.name : this.word("several").replace("{count}", String(files.length)));
      return [new File([zip], `${name}.zip`, { type: "application/zip", lastModified: Math.max(...files.map((file) => file.lastModified)) })];
    } catch {
      return this.refuse("failed"); // a file that was moved or locked meanwhile
    }
  }

  /** @param {string} key @returns {File[]} */
  refuse(key) {
    this.say(this.word(key));
    return [];
  }

  /** @param {string} key */
  word(key) {
    return this.words?.[key] ?? key;
  }

  /** @param {string} text */
  say(text) {
    const state = this.querySelector("[data-folder-state]");
    if (state) state.textContent = text;
  }
}

/** @param {File} file */
function pathOf(file) {
  return (file.webkitRelativePath || file.name).normalize("NFC");
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
 * @param {File[]} files @param {(part: number) => void} onProgress told how many files are in
 */
async function pack(files, onProgress) {
  /** @type {BlobPart[]} */ const parts = [];
  /** @type {Uint8Array<ArrayBuffer>[]} */ const directory = [];
  const encoder = new TextEncoder();
  let offset = 0;
  for (const [i, file] of files.entries()) {
    const name = encoder.encode(pathOf(file));
    const common = fields([[20, 2], [0x800, 2], [0, 2], [0, 2], [0x21, 2], [await crcOf(file), 4], [file.size, 4], [file.size, 4], [name.length, 2], [0, 2]]);
    const local = join([fields([[0x04034b50, 4]]), common, name]);
    directory.push(join([fields([[0x02014b50, 4], [20, 2]]), common, fields([[0, 2], [0, 2], [0, 2], [0, 4], [offset, 4]]), name]));
    parts.push(local, file);
    offset += local.length + file.size;
    onProgress(i + 1);
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

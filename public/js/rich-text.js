// @ts-check
/**
 * Around the form of a lesson's text: a toolbar, maths symbols, a table to fill in, pictures by choosing, pasting and
 * dropping, a preview beside that follows the typing, and a draft kept on the server every few seconds. What is shown is
 * made by the server. Without script the form works as it is.
 */
const SYMBOLS = [
  ["\\frac{a}{b}", "a⁄b"], ["x^{2}", "x²"], ["x_{1}", "x₁"], ["\\sqrt{x}", "√"], ["\\sqrt[3]{x}", "∛"], ["\\times", "×"], ["\\div", ":"], ["\\pm", "±"], ["\\le", "≤"], ["\\ge", "≥"], ["\\ne", "≠"], ["\\approx", "≈"],
  ["\\in", "∈"], ["\\notin", "∉"], ["\\subset", "⊂"], ["\\cap", "∩"], ["\\cup", "∪"], ["\\varnothing", "∅"], ["\\mathbb{N}", "ℕ"], ["\\mathbb{Z}", "ℤ"], ["\\mathbb{Q}", "ℚ"], ["\\mathbb{R}", "ℝ"],
  ["\\widehat{ABC}", "∠"], ["\\overrightarrow{AB}", "→"], ["\\parallel", "∥"], ["\\perp", "⊥"], ["\\triangle ABC", "△"], ["\\pi", "π"], ["\\Delta", "Δ"], ["^\\circ", "°"], ["\\Rightarrow", "⇒"], ["\\Leftrightarrow", "⇔"],
  ["\\xrightarrow{t^\\circ}", "⟶"], ["\\mathrm{H_2O}", "H₂O"], ["\\begin{cases} x+y=1 \\\\ x-y=3 \\end{cases}", "{"],
];
const SAVE_AFTER_MS = 2000;
const PREVIEW_AFTER_MS = 700;

class RichText extends HTMLElement {
  connectedCallback() {
    const field = this.querySelector("textarea");
    const form = this.querySelector("form");
    if (!field || !form) return;
    this.field = field;
    this.form = form;
    this.words = /** @type {Record<string, string>} */ (JSON.parse(this.dataset.words ?? "{}"));
    field.before(this.toolbar());
    field.addEventListener("input", () => this.changed());
    field.addEventListener("paste", (event) => this.takeFrom(event, event.clipboardData));
    field.addEventListener("dragover", (event) => {
      if (![...(event.dataTransfer?.items ?? [])].some((item) => item.kind === "file")) return;
      event.preventDefault();
      field.toggleAttribute("data-over", true);
    });
    field.addEventListener("dragleave", () => field.removeAttribute("data-over"));
    field.addEventListener("drop", (event) => {
      field.removeAttribute("data-over");
      this.takeFrom(event, event.dataTransfer);
    });
    field.addEventListener("keydown", (event) => {
      if (!(event.ctrlKey || event.metaKey) || !["b", "i"].includes(event.key)) return;
      event.preventDefault();
      this.wrap(event.key === "b" ? "**" : "*", event.key === "b" ? "**" : "*");
    });
    for (const one of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll("button[data-insert]"))) {
      one.hidden = false;
      one.addEventListener("click", () => this.insertBlock(one.dataset.insert ?? ""));
    }
    form.addEventListener("submit", () => clearTimeout(this.saving));
  }

  disconnectedCallback() {
    clearTimeout(this.saving);
    clearTimeout(this.showing);
  }

  toolbar() {
    const w = this.words ?? {};
    const bar = document.createElement("div");
    bar.className = "editor__bar";
    bar.setAttribute("role", "group");
    bar.setAttribute("aria-label", w.toolbar ?? "");
    const symbols = document.createElement("div");
    symbols.className = "editor__symbols";
    symbols.setAttribute("role", "group");
    symbols.setAttribute("aria-label", w.symbols ?? "");
    symbols.hidden = true;
    for (const [tex = "", face = ""] of SYMBOLS) {
      const one = this.button(face, () => this.formula(tex));
      one.title = tex;
      one.setAttribute("aria-label", tex);
      symbols.append(one);
    }
    const formula = this.button(w.formula, () => {
      symbols.hidden = !symbols.hidden;
      formula.setAttribute("aria-expanded", String(!symbols.hidden));
    });
    formula.setAttribute("aria-expanded", "false");
    bar.append(
      this.button(w.slide, () => this.insertBlock("## ")),
      this.button(w.heading, () => this.insertBlock("### ")),
      this.button(w.bold, () => this.wrap("**", "**")),
      this.button(w.italic, () => this.wrap("*", "*")),
      this.button(w.list, () => this.lines("- ")),
      this.button(w.numbers, () => this.lines("1. ")),
      this.button(w.callout, () => this.insertBlock("> [!remember] ")),
      this.button(w.table, () => this.table()),
      formula,
      this.button(w.image, () => this.pick()),
      this.button(w.link, () => this.wrap("[", "](https://)")),
      this.button(w.preview, () => this.togglePreview()),
      symbols,
    );
    return bar;
  }

  /** @param {string | undefined} label @param {() => void} act */
  button(label, act) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button";
    button.dataset.kind = "quiet";
    button.textContent = label ?? "";
    button.addEventListener("click", act);
    return button;
  }

  /** @param {string} before @param {string} after */
  wrap(before, after) {
    const field = this.field;
    if (!field) return;
    const { selectionStart, selectionEnd, value } = field;
    field.setRangeText(before + value.slice(selectionStart, selectionEnd) + after, selectionStart, selectionEnd, "end");
    field.selectionStart = field.selectionEnd = selectionEnd + before.length;
    field.focus();
    this.changed();
  }

  /** A symbol goes into the formula the cursor stands in, else into one of its own. @param {string} tex */
  formula(tex) {
    const before = this.field?.value.slice(0, this.field.selectionStart).split("\n").at(-1) ?? "";
    if ((before.match(/\$/g) ?? []).length % 2 === 1) this.wrap(`${tex} `, "");
    else this.wrap(`$${tex}`, "$ ");
  }

  /** Something on lines of its own. @param {string} text */
  insertBlock(text) {
    const field = this.field;
    if (!field) return;
    const before = field.value.slice(0, field.selectionStart).replace(/\s+$/, "");
    const gap = before === "" ? "" : "\n\n";
    field.setRangeText(`${gap}${text}`, before.length, field.selectionStart, "end");
    field.focus();
    this.changed();
  }

  /** Begins each chosen line with a mark. @param {string} mark */
  lines(mark) {
    const field = this.field;
    if (!field) return;
    const chosen = field.value.slice(field.selectionStart, field.selectionEnd);
    if (chosen === "") return this.insertBlock(mark);
    field.setRangeText(chosen.split("\n").map((line) => mark + line).join("\n"), field.selectionStart, field.selectionEnd, "end");
    field.focus();
    this.changed();
  }

  /** A grid to fill in, which becomes a table of Markdown. */
  table() {
    const w = this.words ?? {};
    const dialog = document.createElement("dialog");
    dialog.className = "dialog";
    dialog.setAttribute("aria-label", w.table ?? "");
    const form = document.createElement("form");
    form.method = "dialog";
    form.className = "dialog__body form";
    const sizes = document.createElement("div");
    sizes.className = "form__row";
    const number = (/** @type {string | undefined} */ label, /** @type {number} */ value) => {
      const box = document.createElement("label");
      box.className = "field";
      const input = document.createElement("input");
      Object.assign(input, { type: "number", min: "1", max: "12", value: String(value) });
      box.append(label ?? "", input);
      sizes.append(box);
      return input;
    };
    const rows = number(w.rows, 3);
    const columns = number(w.columns, 3);
    const grid = document.createElement("table");
    grid.className = "table";
    const draw = () => {
      const old = [...grid.rows].map((row) => [...row.cells].map((cell) => cell.querySelector("input")?.value ?? ""));
      grid.replaceChildren();
      for (let r = 0; r < clamp(rows.value); r += 1) {
        const row = grid.insertRow();
        for (let c = 0; c < clamp(columns.value); c += 1) {
          const input = document.createElement("input");
          input.value = old[r]?.[c] ?? "";
          input.setAttribute("aria-label", `${r + 1}, ${c + 1}`);
          row.insertCell().append(input);
        }
      }
    };
    rows.addEventListener("input", draw);
    columns.addEventListener("input", draw);
    draw();
    const frame = document.createElement("div");
    frame.className = "table-frame";
    frame.append(grid);
    const acts = document.createElement("div");
    acts.className = "form__actions";
    const insert = this.button(w.insert, () => {
      dialog.close();
      const cells = [...grid.rows].map((row) => [...row.cells].map((cell) => (cell.querySelector("input")?.value ?? "").replaceAll("|", "\\|").trim() || " "));
      const line = (/** @type {string[]} */ row) => `| ${row.join(" | ")} |`;
      const [head = [], ...body] = cells;
      this.insertBlock([line(head), line(head.map(() => "---")), ...body.map(line)].join("\n") + "\n\n");
    });
    insert.dataset.kind = "primary";
    acts.append(insert, this.button(w.cancel, () => dialog.close()));
    form.append(sizes, frame, acts);
    dialog.append(form);
    dialog.addEventListener("close", () => dialog.remove());
    this.append(dialog);
    dialog.showModal();
  }

  pick() {
    const input = document.createElement("input");
    input.type = "file";
    input.accept = "image/*";
    input.addEventListener("change", () => void this.upload(input.files?.[0]));
    input.click();
  }

  /** @param {Event} event @param {DataTransfer | null} data */
  takeFrom(event, data) {
    const file = [...(data?.files ?? [])].find((one) => one.type.startsWith("image/"));
    if (!file) return;
    event.preventDefault();
    void this.upload(file);
  }

  /** @param {File | undefined} file */
  async upload(file) {
    if (!file) return;
    const alt = prompt(this.words?.alt ?? "", "")?.trim();
    if (!alt) return;
    this.say(this.words?.uploading);
    const body = new FormData();
    body.append("alt", alt);
    body.append("image", file, file.name || "image.png");
    const answer = await fetch(this.dataset.images ?? "", { method: "POST", body, headers: { accept: "application/json" } })
      .then((response) => response.json())
      .catch(() => undefined);
    if (!answer?.markdown) return this.say(answer?.problem ?? this.words?.failed);
    this.say("");
    this.insertBlock(`${answer.markdown}\n\n`);
  }

  changed() {
    clearTimeout(this.saving);
    this.saving = setTimeout(() => void this.keep(), SAVE_AFTER_MS);
    if (!this.preview?.hidden) {
      clearTimeout(this.showing);
      this.showing = setTimeout(() => void this.show(), PREVIEW_AFTER_MS);
    }
  }

  fields() {
    const revision = /** @type {HTMLInputElement | null} */ (this.querySelector("input[name=revision]"))?.value ?? "0";
    return new URLSearchParams({ body: this.field?.value ?? "", revision });
  }

  async keep() {
    const answer = await fetch(this.dataset.draft ?? "", { method: "POST", body: this.fields(), headers: { accept: "application/json" } })
      .then((response) => (response.ok ? response.json() : undefined))
      .catch(() => undefined);
    this.say(answer === undefined ? this.words?.offline : answer.moved ? `${answer.saved}. ${this.words?.conflict ?? ""}` : answer.saved);
  }

  /** @param {string | undefined} text */
  say(text) {
    const state = this.querySelector("[data-draft-state]");
    if (state) state.textContent = text ?? "";
  }

  get preview() {
    return /** @type {HTMLElement | null} */ (this.querySelector("[data-preview-section]"));
  }

  togglePreview() {
    if (!this.preview) return;
    this.preview.hidden = !this.preview.hidden;
    if (!this.preview.hidden) void this.show();
  }

  async show() {
    const answer = await fetch(this.dataset.preview ?? "", { method: "POST", body: this.fields(), headers: { accept: "application/json" } })
      .then((response) => (response.ok ? response.json() : undefined))
      .catch(() => undefined);
    const place = this.querySelector("[data-preview-place]");
    // Made and cleaned by the server, as the page itself would show it.
    if (place && typeof answer?.html === "string") place.innerHTML = answer.html;
  }
}

/** @param {string} value */
function clamp(value) {
  return Math.min(12, Math.max(1, Number(value) || 1));
}

customElements.define("rich-text", RichText);

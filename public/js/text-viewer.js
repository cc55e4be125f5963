// @ts-check

/** More than this of a text nobody reads in a frame; the file itself is linked. */
const BYTES_MAX = 300_000;

/** A text file in the page's own letters; without scripts a frame shows it. */
class TextViewer extends HTMLElement {
  async connectedCallback() {
    const box = this.querySelector("pre");
    if (!box || box.textContent !== "") return;
    const answer = await fetch(this.dataset["src"] ?? "", { headers: { Range: `bytes=0-${BYTES_MAX - 1}` } }).catch(() => undefined);
    box.hidden = false;
    if (!answer?.ok) box.textContent = this.dataset["failed"] ?? "";
    else box.textContent = (await answer.text()).replace(/\uFFFD+$/, "") + (Number(this.dataset["bytes"]) > BYTES_MAX ? "\n…" : "");
  }
}

customElements.define("text-viewer", TextViewer);

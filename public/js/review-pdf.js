// @ts-check

const PAGES_AT_ONCE = 3;

/**
 * A PDF as pages in the page, for browsers that have no viewer of their own inside a frame (phones). Elsewhere the frame
 * stays. Pages are drawn as they come into sight.
 */
class PdfPreview extends HTMLElement {
  connectedCallback() {
    if (navigator.pdfViewerEnabled || this.drawn) return;
    this.drawn = true;
    const frame = this.firstElementChild;
    void this.draw(frame?.getAttribute("title") ?? "").catch(() => {
      if (frame) this.replaceChildren(frame);
    });
  }

  /** @param {string} title */
  async draw(title) {
    const { getDocument, GlobalWorkerOptions } = await import(this.dataset["library"] ?? "");
    GlobalWorkerOptions.workerSrc = this.dataset["worker"];
    const pdf = await getDocument({ url: this.dataset["src"], isEvalSupported: false }).promise;
    const box = document.createElement("div");
    box.className = "preview__frame preview__pages";
    box.tabIndex = 0;
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", title);
    const sight = new IntersectionObserver((entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        sight.unobserve(entry.target);
        void drawPage(pdf, /** @type {HTMLCanvasElement} */ (entry.target), box.clientWidth);
      }
    }, { root: box, rootMargin: `${PAGES_AT_ONCE * 100}%` });
    this.replaceChildren(box);
    for (let n = 1; n <= pdf.numPages; n += 1) {
      const canvas = document.createElement("canvas");
      canvas.className = "preview__media";
      canvas.dataset["page"] = String(n);
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", `${title} ${n}/${pdf.numPages}`);
      box.append(canvas);
      sight.observe(canvas);
    }
  }
}

/** @param {any} pdf @param {HTMLCanvasElement} canvas @param {number} width */
async function drawPage(pdf, canvas, width) {
  const page = await pdf.getPage(Number(canvas.dataset["page"]));
  const scale = (width / page.getViewport({ scale: 1 }).width) * Math.min(devicePixelRatio, 2);
  const viewport = page.getViewport({ scale });
  canvas.width = viewport.width;
  canvas.height = viewport.height;
  await page.render({ canvas, canvasContext: canvas.getContext("2d"), viewport }).promise;
}

customElements.define("pdf-preview", PdfPreview);

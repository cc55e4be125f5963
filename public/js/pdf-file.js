// @ts-check

/**
 * Opens a PDF piece by piece: only what the pages in sight need is fetched, so that the first page stands there long before
 * the file has arrived. The reader itself is loaded here, once, when it is first wanted.
 *
 * @param {{ library: string, worker: string, src: string, onBytes?: (loaded: number) => void }} options
 * @returns {Promise<{ pdf: any, file: any }>} the library, and the opened file
 */
export async function openPdf({ library, worker, src, onBytes }) {
  const pdf = await import(library);
  pdf.GlobalWorkerOptions.workerSrc = worker;
  const task = pdf.getDocument({
    url: src,
    isEvalSupported: false,
    useWasm: false, // the pages' rules forbid compiled code; pictures in JPEG 2000 are read by the script beside the library
    wasmUrl: new URL("./", new URL(library, location.href)).href,
    disableAutoFetch: true,
    disableStream: true,
    rangeChunkSize: 65536,
  });
  if (onBytes) task.onProgress = (/** @type {{ loaded: number }} */ { loaded }) => onBytes(loaded);
  return { pdf, file: await task.promise };
}

/** More dots than this a phone does not show and its memory does not hold. */
const DOTS_MAX = 16_000_000;

/**
 * Draws a page in the width given, sharp on fine screens.
 *
 * @param {any} page @param {number} width in CSS pixels @param {HTMLCanvasElement} canvas
 * @returns {any} the drawing, whose `promise` ends with it
 */
export function drawPage(page, width, canvas) {
  const plain = page.getViewport({ scale: 1 });
  const sharp = Math.min(2, window.devicePixelRatio || 1);
  const wanted = (width / plain.width) * sharp;
  const scale = Math.min(wanted, Math.sqrt(DOTS_MAX / (plain.width * plain.height)));
  const viewport = page.getViewport({ scale });
  canvas.width = Math.round(viewport.width);
  canvas.height = Math.round(viewport.height);
  return page.render({ canvas, viewport });
}

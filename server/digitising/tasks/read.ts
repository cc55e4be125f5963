import { createRequire } from "node:module";
import { writeFile } from "node:fs/promises";
import { createWorker, OEM } from "tesseract.js";

const require = createRequire(import.meta.url);

/** Reads pictures of pages with Tesseract as it comes from npm, offline: its Vietnamese data is a package. Writes TSV beside each. */
export async function readPages({ files }: { files: string[] }): Promise<{ read: number }> {
  const { langPath } = require("@tesseract.js-data/vie") as { langPath: string };
  const worker = await createWorker("vie", OEM.LSTM_ONLY, { langPath, gzip: true, cacheMethod: "none" });
  await worker.setParameters({ user_defined_dpi: "300" }); // pictures come at the size of a page at 300 dpi
  for (const file of files) {
    const { data } = await worker.recognize(file, {}, { text: false, tsv: true });
    await writeFile(`${file}.tsv`, data.tsv ?? "");
  }
  await worker.terminate();
  return { read: files.length };
}

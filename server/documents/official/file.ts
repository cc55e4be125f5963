import { officialDocx } from "./docx.ts";
import type { OfficialDocument } from "./model.ts";
import { officialPdf } from "./pdf.ts";

/** A document in the format that an address names; undefined where there is no such format. */
export function officialFile(document: OfficialDocument, format: string): Promise<Buffer> | undefined {
  if (format === "docx") return officialDocx(document);
  return format === "pdf" ? officialPdf(document) : undefined;
}

import { officialDocx, recipientsWord, wordOf } from "../../documents/official/docx.ts";
import { placeAndDay, type Block, type OfficialDocument } from "../../documents/official/model.ts";
import { official } from "../../documents/official/messages.ts";
import { readFiles, writeFiles } from "../../platform/office-zip.ts";
import { reports } from "../messages.ts";
import { fill, type BlockField } from "./fields.ts";

const words = reports.vi.paper;
const field = (name: string): string => `{{${name}}}`;

/** The built-in layout with the fields in their places: what the department begins with. */
export async function builtIn(): Promise<Buffer> {
  const alone = (name: BlockField): Block => ({ kind: "paragraph", text: field(name) });
  const file = await officialDocx({
    ...{ parent: field("cap_tren"), issuer: field("don_vi"), number: field("so"), place: "", on: undefined, place_and_day: field("dia_danh_ngay"), kind: field("ten_loai"), title: field("trich_yeu") },
    blocks: [
      { kind: "paragraph", text: field("ban_thao") },
      ...[{ kind: "heading" as const, text: words.results }, alone("ket_qua")],
      ...[{ kind: "heading" as const, text: words.assessment }, alone("danh_gia")],
      ...[{ kind: "heading" as const, text: words.next_steps }, alone("nhiem_vu")],
      alone("phu_luc"),
    ],
    ...{ recipients: [], signatory_title: field("chuc_vu"), signatory: field("nguoi_ki"), draft: false },
  });
  const parts = new Map<string, Buffer | string>(await readFiles(file));
  const body = String(parts.get("word/document.xml")).replace(`- ${official.vi.archive}`, field("noi_nhan")); // the field brings that line
  return writeFiles(parts.set("word/document.xml", body));
}

/** A report as the department's template shows it. */
export async function fromTemplate(template: Buffer, document: OfficialDocument, period: string): Promise<Buffer> {
  const parts = partsOf(document.blocks);
  const filled = fill(await readFiles(template), {
    lines: {
      ...{ cap_tren: document.parent, don_vi: document.issuer, so: document.number === "" ? "......" : document.number, dia_danh_ngay: placeAndDay(document.place, document.on) },
      ...{ ten_loai: document.kind, trich_yeu: document.title, ki_bao_cao: period, chuc_vu: document.signatory_title.toLocaleUpperCase("vi"), nguoi_ki: document.signatory, ban_thao: document.draft ? official.vi.draft : "" },
    },
    blocks: {
      ...{ ket_qua: await wordOf(parts.results), danh_gia: await wordOf(parts.assessment), nhiem_vu: await wordOf(parts.next_steps), phu_luc: await wordOf(parts.annex) },
      noi_nhan: await recipientsWord(document.recipients),
    },
  });
  return writeFiles(filled);
}

/** The parts of a report's body between its headings, which the template writes itself. */
function partsOf(blocks: readonly Block[]) {
  const at = (heading: string): number => blocks.findIndex((block) => block.kind === "heading" && block.text === heading);
  const [assessment, next] = [at(words.assessment), at(words.next_steps)];
  const rest = blocks.slice(next + 1);
  const annex = rest.findIndex((block) => block.kind === "table");
  const end = annex === -1 ? rest.length : annex;
  return {
    results: blocks.slice(0, assessment).filter((block) => block.kind !== "heading"),
    assessment: blocks.slice(assessment + 1, next),
    next_steps: rest.slice(0, end),
    annex: rest.slice(end),
  };
}

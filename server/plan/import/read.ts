import type { Understood } from "./draft.ts";
import { readExcel } from "./excel.ts";
import { understand } from "./understand.ts";
import { readWord } from "./word.ts";
import { officeKind } from "../../platform/office-zip.ts";

/**
 * Reads a plan file and understands it. What the bytes are decides, not the name.
 *
 * @throws Refusal with `file_empty`, `file_broken`, `file_old_office`, `file_locked`, `file_not_office`, `file_bomb`
 */
export async function readPlanFile(bytes: Buffer, name: string): Promise<Understood & { kind: "word" | "excel" }> {
  const kind = await officeKind(bytes);
  const file = kind === "word" ? await readWord(bytes, name) : await readExcel(bytes, name);
  return { kind, ...understand(file) };
}

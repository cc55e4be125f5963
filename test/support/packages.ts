import { h5pParts, scorm12Parts, scorm2004Parts, type Question } from "../../server/demo/media/packages.ts";
import { zip, type ZipPart } from "../../server/demo/media/zip.ts";

export { zip, type ZipPart };

const QUESTIONS: readonly Question[] = [
  { ask: "2³ bằng bao nhiêu?", answers: ["8", "6", "9"] },
  { ask: "Cơ số của 5² là số nào?", answers: ["5", "2", "25"] },
  { ask: "10⁴ có mấy chữ số 0?", answers: ["4", "3", "5"] },
];

/** The same small packages that the demonstration holds. */
export const scorm12 = (): ZipPart[] => scorm12Parts("Luỹ thừa: ba câu hỏi", QUESTIONS);
export const scorm2004 = (): ZipPart[] => scorm2004Parts("Luỹ thừa: đọc và tự kiểm tra", ["Luỹ thừa bậc n của a là tích của n thừa số a."], QUESTIONS.slice(0, 2));
export const h5p = (): ZipPart[] => h5pParts("Luỹ thừa: đúng hay sai", [{ text: "2³ = 8", isTrue: true }, { text: "3² = 6", isTrue: false }]);

/** A package as a browser would send it. */
export function packageFile(name: string, parts: readonly ZipPart[]): { field: string; name: string; type: string; bytes: Buffer } {
  return { field: "files", name, type: "application/zip", bytes: zip(parts) };
}

/** The SCORM package with some of its parts replaced or added. */
export function scormWith(...changed: ZipPart[]): ZipPart[] {
  const names = new Set(changed.map((part) => String(part.name)));
  return [...scorm12().filter((part) => !names.has(String(part.name))), ...changed];
}

/** The manifest of the SCORM package with a text in it replaced. */
export function manifestWith(from: string | RegExp, to: string): ZipPart {
  const manifest = scorm12().find((part) => part.name === "imsmanifest.xml");
  return { name: "imsmanifest.xml", bytes: String(manifest?.bytes).replace(from, to) };
}

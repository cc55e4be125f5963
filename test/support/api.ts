import type { Running } from "./app.ts";

export interface Reader {
  get(path: string): Promise<{ status: number; text: string }>;
}

/** A program with a token of one person. */
export async function programOf(app: Running, login: string): Promise<Reader> {
  const person = await app.as(login);
  await person.post("/api-tokens", { name: "Phần mềm thống kê" });
  const token = /hl_[\w-]{20,}/.exec((await person.get("/api-tokens")).text)?.[0] ?? "";
  const program = app.visitor();
  return { get: (path) => program.get(path, { authorization: `Bearer ${token}`, accept: "application/json" }) };
}

/** The lines of a CSV file, its head first, as a spreadsheet reads them. */
export function csvOf(text: string): string[][] {
  const lines = text.replace("\uFEFF", "").split("\r\n").filter((line) => line !== "");
  return lines.map((line) => [...`${line},`.matchAll(/(?:"((?:[^"]|"")*)"|([^,]*)),/g)].map(([, quoted, plain = ""]) => quoted?.replaceAll('""', '"') ?? plain));
}

/** The same without the head. */
export const rowsOf = (csv: string): string[][] => csvOf(csv).slice(1);

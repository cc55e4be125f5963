import { fold } from "../../platform/text.ts";

/** What a column of the list beside the files can say. */
export const COLUMNS = ["file", "title", "description", "subject", "grade", "lesson", "period", "week", "kind", "author", "licence", "source", "keywords", "year", "accessibility"] as const;
export type Column = (typeof COLUMNS)[number];

/** Headers, folded and without punctuation, Vietnamese and English. */
const HEADERS: Record<Column, readonly string[]> = {
  file: ["tep", "ten tep", "tep tin", "ten tep tin", "file", "ten file", "file name", "filename", "duong dan", "path"],
  title: ["tieu de", "ten hoc lieu", "ten bai giang", "ten tai lieu", "nhan de", "title", "ten"],
  description: ["mo ta", "tom tat", "noi dung", "gioi thieu", "description", "summary"],
  subject: ["mon", "mon hoc", "subject"],
  grade: ["khoi", "lop", "khoi lop", "grade"],
  lesson: ["bai", "bai hoc", "ten bai", "ten bai hoc", "bai day", "lesson"],
  period: ["tiet", "tiet ppct", "tiet thu", "so tiet ppct", "ppct", "period"],
  week: ["tuan", "week"],
  kind: ["loai", "loai hoc lieu", "kieu", "kind", "type"],
  author: ["tac gia", "nguoi soan", "nguoi thuc hien", "giao vien", "author", "creator"],
  licence: ["giay phep", "ban quyen", "licence", "license", "rights"],
  source: ["nguon", "xuat xu", "source"],
  keywords: ["tu khoa", "the", "keywords", "keyword", "tags"],
  year: ["nam", "nam bien soan", "nam xuat ban", "year"],
  accessibility: ["ho tro tiep can", "tiep can", "accessibility"],
};

export type ListedFile = Partial<Record<Column, string>> & { file: string };

const HEADER_ROWS_LOOKED_AT = 12;

/** The lines of a list of files, or undefined where a sheet is none: it needs a column of files and one thing more. */
export function readList(rows: readonly (readonly string[])[]): ListedFile[] | undefined {
  for (const [at, row] of rows.slice(0, HEADER_ROWS_LOOKED_AT).entries()) {
    const columns = row.map(columnOf);
    if (!columns.includes("file") || new Set(columns.filter(Boolean)).size < 2) continue;
    return rows.slice(at + 1).flatMap((cells) => {
      const line: Partial<Record<Column, string>> = {};
      columns.forEach((column, i) => {
        const text = (cells[i] ?? "").trim();
        if (column !== undefined && text !== "" && line[column] === undefined) line[column] = text;
      });
      return line.file === undefined ? [] : [{ ...line, file: line.file }];
    });
  }
  return undefined;
}

function columnOf(header: string): Column | undefined {
  const key = fold(header).replace(/\([^)]*\)/g, " ").replace(/[^a-z0-9]+/g, " ").trim();
  return COLUMNS.find((column) => HEADERS[column].includes(key));
}

/** Finds the line of a file: by its whole path, else by its name, with or without the ending; in any form of letters. */
export function listIndex(lines: readonly ListedFile[]): (path: string) => ListedFile | undefined {
  const byKey = new Map<string, ListedFile>();
  for (const line of lines) if (!byKey.has(fileKey(line.file))) byKey.set(fileKey(line.file), line);
  return (path) => {
    const whole = fileKey(path);
    const name = whole.split("/").at(-1) ?? "";
    const inside = whole.split("/").slice(1).join("/");
    return [whole, inside, name, name.replace(/\.[^.]+$/, "")].map((key) => byKey.get(key)).find(Boolean);
  };
}

function fileKey(text: string): string {
  return text.normalize("NFC").replaceAll("\\", "/").replace(/^\.?\/+/, "").trim().toLowerCase();
}

/** The kind or licence that a cell names, among names in both languages; undefined where it names none. */
export function codeNamed(text: string, names: readonly Record<string, string>[]): string | undefined {
  const said = fold(text);
  const codes = Object.keys(names[0] ?? {});
  return codes.find((code) => fold(code) === said || names.some((by) => fold(by[code] ?? "") === said)) ?? codes.find((code) => names.some((by) => said.length > 3 && fold(by[code] ?? "").startsWith(said)));
}

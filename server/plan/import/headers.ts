import { cellsOf, loose, oneLine, type Cell, type Grid } from "./grid.ts";

/** What a column of a plan table says. */
export type Column =
  | "order" // STT
  | "title" // bài học
  | "chapter" // chủ đề / mạch nội dung
  | "periods" // số tiết
  | "numbers" // tiết theo PPCT
  | "either" // "Tiết": a count or running numbers; its content decides
  | "minutes" // thời gian of a test
  | "week" // tuần, thời điểm
  | "term" // học kì
  | "mode" // hình thức tổ chức dạy học
  | "digital" // nội dung chuyển đổi số
  | "ai" // nội dung giáo dục AI
  | "notes" // ghi chú, nội dung điều chỉnh
  | "other"; // yêu cầu cần đạt, thiết bị, địa điểm

/** What the rows of a table are: the lessons, the study topics (chuyên đề), or the tests of Appendix I. */
export type TableRole = "lessons" | "topics" | "tests";

export interface Header {
  role: TableRole;
  /** The first row below the header. */
  dataRow: number;
  columns: Column[];
}

/**
 * How headers are worded, tried from the top on text folded by `loose`. Layouts: Official Letter 5512/BGDĐT-GDTrH,
 * Appendices I and III; Official Letter 2345/BGDĐT-GDTH, Appendix 2; and what schools make of them.
 */
const WORDINGS: readonly (readonly [RegExp, Column])[] = [
  [/^(stt|tt|so tt|so thu tu|thu tu)$/, "order"],
  [/dieu chinh|bo sung|^ghi chu|^luu i\b/, "notes"],
  [/chuien doi so|\bcds\b|nang luc so|\bnls\b/, "digital"],
  [/^(noi dung )?(giao duc )?(ai|tri tue nhan tao)\b|tich hop ai\b/, "ai"],
  [/hinh thuc|phuong thuc/, "mode"],
  [/iou cau|ieu cau|can dat|muc tieu|thiet bi|dia diem|hoc lieu|phuong phap|pham vi|so luong|chuan bi/, "other"],
  [/ppct|theo (phan phoi )?chuong trinh|tiet thu|thu tu tiet|tiet ct\b/, "numbers"],
  [/tiet hoc ?\/ ?thoi luong/, "either"],
  [/so tiet|thoi luong|tong tiet/, "periods"],
  [/^tiet( hoc)?$/, "either"],
  [/^thoi gian/, "minutes"],
  [/tuan|thoi diem|^thang/, "week"],
  [/^(hoc )?ki$|^hoc ki\b|^hk$/, "term"],
  [/^(chuong|phan|mach|chu diem|chu de ?\/ ?mach|mach noi dung|chuong ?[/,] ?(phan|chu de))/, "chapter"],
  [/^chu de$/, "chapter"],
  [/ten bai|bai hoc|bai dai|bai kiem tra|^bai\b|ten chu de|^chuien de|noi dung (day|dai) hoc|ten (tiet|noi dung)|^noi dung$/, "title"],
];

const WORDING_MAX = 100;

/** The header that begins at this row, or undefined where the row is none. */
export function headerAt(grid: Grid, row: number): Header | undefined {
  const first = grid.rows[row];
  if (first === undefined || !isWordy(grid, row, 3)) return undefined;
  const depth = depthAt(grid, row);
  const width = Math.max(...grid.rows.map((cells) => cells.length));
  const columns: Column[] = [];
  for (let c = 0; c < width; c += 1) columns.push(columnOf(grid, row, depth, c));
  const settled = settle(columns);
  const role = roleOf(grid, row, settled);
  const has = (wanted: Column): boolean => settled.includes(wanted);
  const counted = has("periods") || has("numbers") || has("either") || (role === "tests" && has("minutes"));
  if (!has("title") || !(counted || has("week"))) return undefined;
  return { role, dataRow: skipIndexRow(grid, row + depth), columns: settled };
}

/** A header takes two or three rows where a cell above spans several columns ("Chương trình và sách giáo khoa"). */
function depthAt(grid: Grid, row: number): number {
  const cells = cellsOf(grid.rows[row] ?? []).filter((cell) => cell.text !== "");
  const tallest = Math.max(1, ...cells.map((cell) => cell.row + cell.rowSpan - row));
  const wide = cells.some((cell) => cell.colSpan > 1 && cell.rowSpan === 1);
  return Math.min(3, Math.max(tallest, wide && isWordy(grid, row + 1, 2) ? 2 : 1));
}

/** A header is short words in several cells; a number belongs to a lesson, not to a header. */
function isWordy(grid: Grid, row: number, least: number): boolean {
  const own = cellsOf(grid.rows[row] ?? []).filter((cell) => cell.row === row && cell.text !== "");
  return own.length >= least && own.every((cell) => cell.text.length <= WORDING_MAX && !/\d/.test(withoutMarks(oneLine(cell.text))));
}

/** The deepest wording that is known decides; "(1)", "(2)" below the words are references to notes. */
function columnOf(grid: Grid, row: number, depth: number, col: number): Column {
  for (let r = row + depth - 1; r >= row; r -= 1) {
    const cell = grid.rows[r]?.[col];
    const found = cell === undefined ? undefined : wordingOf(cell);
    if (found !== undefined) return found;
  }
  return "other";
}

function wordingOf(cell: Cell): Column | undefined {
  const text = loose(withoutMarks(oneLine(cell.text)));
  return WORDINGS.find(([pattern]) => pattern.test(text))?.[1];
}

function withoutMarks(text: string): string {
  return text.replace(/[([]\s*\d{1,2}\s*[)\]]/g, "").replace(/[:.*]+$/g, "").trim();
}

/** Each column that is read once stands once: the first title, the first count; without a title the chapter is it. */
function settle(columns: readonly Column[]): Column[] {
  const result = [...columns];
  if (!result.includes("title") && result.includes("chapter")) result[result.lastIndexOf("chapter")] = "title";
  const once: readonly Column[] = ["order", "title", "periods", "numbers", "either", "week", "term", "mode", "minutes"];
  const seen = new Set<Column>();
  return result.map((column) => {
    if (!once.includes(column)) return column;
    if (seen.has(column)) return "other";
    seen.add(column);
    return column;
  });
}

function roleOf(grid: Grid, row: number, columns: readonly Column[]): TableRole {
  const cell = grid.rows[row]?.[columns.indexOf("title")];
  const text = loose(oneLine(cell?.text ?? ""));
  if (/kiem tra/.test(text)) return "tests";
  return /^chuien de/.test(text) ? "topics" : "lessons";
}

/** Some files number the columns in a row of their own: (1) (2) (3). */
function skipIndexRow(grid: Grid, row: number): number {
  const texts = cellsOf(grid.rows[row] ?? []).map((cell) => cell.text).filter((text) => text !== "");
  const isIndex = texts.length >= 3 && texts.every((text, i) => text.replace(/[()\s]/g, "") === String(i + 1));
  return isIndex ? row + 1 : row;
}

import { fold } from "../../platform/text.ts";

/** What a column of a roster can be taken as. */
export const FIELDS = ["name", "family_name", "given_name", "born_on", "sex", "class_name", "status", "sector_code", "personal_code", "email"] as const;
export type Field = (typeof FIELDS)[number];

/** Columns that concern private life: recognised, named to the person, and left out before anything is kept. */
export const SENSITIVE = ["ethnicity", "religion", "disability", "health", "parents", "phone", "address", "birthplace", "hardship", "insurance", "bank", "salary", "contact"] as const;
export type Sensitive = (typeof SENSITIVE)[number];

export type Layout = "pupils" | "teachers";

/** What was made of a header: a field, something private, something known and not needed, or nothing. */
export type Meaning = { kind: "field"; field: Field } | { kind: "sensitive"; about: Sensitive } | { kind: "known" } | { kind: "unknown" };

/** Headers of C1/C2/C3-HocSinh, CSDL_GiaoVien, class lists and mark sheets, folded and without punctuation. */
const HEADERS: Record<Field, readonly string[]> = {
  name: ["ho ten", "ho va ten", "ho ten hoc sinh", "ho va ten hoc sinh", "ten hoc sinh", "ho ten giao vien", "ho va ten giao vien", "ho ten can bo", "ho ten cb gv nv", "full name", "name"],
  family_name: ["ho dem", "ho va ten dem", "ho va dem", "ho lot", "ho ten dem", "ho va chu lot", "ho"],
  given_name: ["ten"],
  born_on: ["ngay sinh", "ngay thang nam sinh", "ngay thang ns", "ns", "sinh ngay", "date of birth"],
  sex: ["gioi tinh", "gt", "phai", "sex"],
  class_name: ["lop", "ma lop", "lop hoc", "ten lop", "lop 2026 2027", "class"],
  status: ["trang thai hs", "trang thai hoc sinh", "trang thai", "trang thai cb", "trang thai can bo", "trang thai gv", "trang thai giao vien"],
  sector_code: ["ma hoc sinh", "ma hs", "ma dinh danh bo gd dt", "ma dinh danh bo gddt", "ma dinh danh bo", "ma so hoc sinh", "ma dinh danh cua bo gd dt", "ma giao vien", "ma gv", "ma can bo", "ma dinh danh bo gd va dt", "ma csdl", "ma dinh danh csdl"],
  personal_code: ["so dinh danh ca nhan", "ma dinh danh ca nhan", "dinh danh ca nhan", "so ddcn", "ddcn", "so cccd", "cccd", "so cmnd cccd", "so cmtnd cccd", "so dinh danh ca nhan cmnd", "so cmnd tcc ho chieu", "so can cuoc", "so the can cuoc", "so can cuoc cong dan", "ma so dinh danh ca nhan"],
  email: ["email", "e mail", "thu dien tu", "dia chi email"],
};

/** Needed by nobody here, and nothing private: not offered for mapping. */
const KNOWN = ["stt", "tt", "so tt", "so thu tu", "khoi", "khoi hoc", "khoi lop", "ngay nhap trang thai", "ngay trang thai", "ghi chu", "mon day", "mon giang day", "vi tri viec lam", "nhom chuc vu", "chuc vu", "ma truong", "ten truong", "diem truong"];

const PRIVATE: readonly [Sensitive, RegExp][] = [
  ["parents", /\b(cha|bo|me|phu huynh|nguoi giam ho|giam ho|ong ba|ba me)\b(?! gd)/],
  ["ethnicity", /\bdan toc\b/],
  ["religion", /\bton giao\b/],
  ["disability", /\b(khuyet tat|hoa nhap|tan tat)\b/],
  ["health", /\b(suc khoe|benh|nhom mau|chieu cao|can nang|tiem chung|bmi)\b/],
  ["phone", /\b(dien thoai|dt|sdt|di dong|phone)\b/],
  ["address", /\b(dia chi(?! email)|thuong tru|tam tru|noi o|cho o|ho khau|thon|ban|to dan pho|khu pho|xa|phuong|huyen|quan|tinh|thanh pho)\b/],
  ["birthplace", /\b(noi sinh|que quan|nguyen quan|quoc tich)\b/],
  ["hardship", /\b(chinh sach|ho ngheo|can ngheo|hoan canh|mo coi|con liet si|tro cap|mien giam|uu tien)\b/],
  ["insurance", /\b(bao hiem|bhyt|bhxh)\b/],
  ["bank", /\b(ngan hang|tai khoan|so tk)\b/],
  ["salary", /\b(luong|he so|ngach|phu cap|ma so thue|mst)\b/],
];

/** The form of a header by which columns are known: folded, without punctuation, units and stars. */
export function headerKey(header: string): string {
  return fold(header)
    .replace(/\([^)]*\)/g, " ")
    .replace(/[^a-z0-9]+/g, " ")
    .trim();
}

/** What a header means. Pupils' own e-mail is contact data and left out; teachers are invited by it. */
export function meaningOf(header: string, layout: Layout): Meaning {
  const key = headerKey(header);
  const field = FIELDS.find((name) => HEADERS[name].includes(key));
  if (field === "email" && layout === "pupils") return { kind: "sensitive", about: "contact" };
  if (field !== undefined) return { kind: "field", field };
  if (key === "" || KNOWN.includes(key)) return { kind: "known" };
  const found = PRIVATE.find(([, pattern]) => pattern.test(key));
  if (found) return { kind: "sensitive", about: found[0] };
  return /\be ?mail\b/.test(key) && layout === "pupils" ? { kind: "sensitive", about: "contact" } : { kind: "unknown" };
}

/** Whether these headers are those of a list of teachers: sure signs only, pupils otherwise. */
export function layoutOf(headers: readonly string[]): Layout {
  const keys = headers.map(headerKey);
  const teachers = ["mon day", "vi tri viec lam", "nhom chuc vu", "trang thai cb", "trang thai can bo", "ma giao vien", "ma gv", "ma can bo", "ho ten giao vien", "ho va ten giao vien"];
  return keys.some((key) => teachers.includes(key)) ? "teachers" : "pupils";
}

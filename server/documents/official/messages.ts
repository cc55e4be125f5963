import { messages } from "../../platform/i18n.ts";

const fixed = {
  nation: "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
  motto: "Độc lập - Tự do - Hạnh phúc",
  number: (number: string) => `Số: ${number === "" ? "......" : number}`,
  recipients: "Nơi nhận:",
  draft: "BẢN THẢO, CHƯA BAN HÀNH",
  archive: "Lưu: VT.",
  place_and_day: (place: string, day: string, month: string, year: string) => `${place}, ngày\u00a0${day} tháng\u00a0${month} năm\u00a0${year}`,
  committee: (unit: string) => `Ủy ban nhân dân ${unit}`,
  school: (name: string) => (/^(trung tâm|trường)/iu.test(name) ? name : `Trường ${name}`),
};

/** What every document carries by Decree 30/2020/NĐ-CP: the same in whatever language the page is read. */
export const official = messages({ vi: fixed, en: fixed });

/** Lines that stand as headings: `Chương I`, `I. Mục đích`, `Điều 3. Trách nhiệm`. */
export const HEADING = /^(?:(?:chương\s+[ivxlc]+|điều\s+\d+)(?=[.:\s]|$)|[IVXLC]+\.\s)/iu;
/** A number before what it counts, and a word before its number: neither is torn apart. */
export const UNITS_OF = /(\d) (?=%|tiết|bài|trường|môn)/gu;
export const NUMBERED = /(số|ngày|tháng|năm|Điều|khoản) (?=\d)/gu;
/** The kinds of places, before their names. */
export const UNIT_KINDS = /^(phường|xã|đặc khu|thị trấn|tỉnh|thành phố)\s+/iu;

declare global {
  interface Words {
    official: typeof official.vi;
  }
}

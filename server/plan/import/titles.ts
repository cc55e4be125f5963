import type { Kind } from "../rules.ts";
import { loose, oneLine } from "./grid.ts";

/** The kind of a row, as its Vietnamese title says it. */
export function kindOfTitle(title: string, role: "lessons" | "topics" | "tests" = "lessons"): Kind {
  if (role === "tests") return "test";
  const text = loose(oneLine(title)).replace(/^(bai|tiet)\s*\d+\s*[:.\-]?\s*/, "");
  if (/^(tra|chua) bai\b/.test(text)) return "review";
  if (/^on tap\b/.test(text)) return "review";
  if (/kiem tra|danh gia (giua|cuoi|dinh) ?(hoc )?ki|^khao sat|thi (giua|cuoi) ki/.test(text)) return "test";
  if (/^(on tap|tong ket|cung co|he thong (hoa )?kien thuc|bai tap (on|cuoi)|on lai|luien tap cuoi|em on lai)|\bon tap (chuong|chu de|giua|cuoi|hoc ki|chung|tong)/.test(text)) return "review";
  if (/trai nghiem|^hoat dong|^du an|sinh hoat|tham quan|^ngoai khoa|^stem\b/.test(text)) return "activity";
  if (/^(thuc hanh|luien tap|bai tap|thi nghiem|bai thuc hanh|thuc hanh tieng viet)|^thuc hanh\b|: thuc hanh\b/.test(text)) return "practice";
  if (role === "topics" || /^(chu de|chuien de)\b/.test(text)) return "topic";
  return "lesson";
}

/** Whether a text reads like the name of a chapter: "Chương I", "Chủ đề 2", "PHẦN MỘT", "BÀI 1. TÔI VÀ CÁC BẠN", "Học kì I". */
export function isChapterName(given: string): boolean {
  const text = loose(oneLine(given));
  if (/^(chuong|phan|chu de|chuien de|mach|mo ?dun|unit|hoc ki|noi dung)\b/.test(text)) return true;
  if (/^[ivx]{1,5}\s*[.)\-:]/.test(text) || /^[a-d]\s*[.)]\s/.test(text)) return true;
  const letters = oneLine(given).replace(/[^\p{L}]/gu, "");
  return letters.length >= 4 && letters === letters.toUpperCase();
}

/** A row of sums, and what it adds up. */
export interface TotalName {
  scope: "year" | "term1" | "term2" | "part";
}

/** "Tổng", "Cộng", "Tổng cộng cả năm: 140 tiết", "Cộng học kì I": undefined where the text is no name of a sum. */
export function totalName(given: string): TotalName | undefined {
  const text = loose(oneLine(given))
    .replace(/[\d=x*+:.()]+|\btiet\b|\btuan\b/g, " ")
    .replace(/\s+/g, " ")
    .trim();
  if (!/^(tong so|tong cong|tong|cong|ca nam|toan nam)( so| ca nam| toan nam| nam hoc| (hoc ki|hk|ki)( i| ii)?| (chuong|chu de|phan) \S{1,4})*$/.test(text)) return undefined;
  const spoken = loose(oneLine(given));
  if (/(hoc ki|hk|\bki) ?(ii|2)\b/.test(spoken)) return { scope: "term2" };
  if (/(hoc ki|hk|\bki) ?(i|1)\b/.test(spoken)) return { scope: "term1" };
  return { scope: /chuong|chu de|phan/.test(text) ? "part" : "year" };
}

/** The number of periods that a heading declares: "(16 tiết)", "18 tuần x 4 tiết = 72 tiết" (the result, not the factor). */
export function declaredPeriods(given: string): number | undefined {
  const text = loose(oneLine(given));
  const result = /=\s*(\d{1,3})\s*tiet/.exec(text);
  if (result) return Number(result[1]);
  const counts = [...text.matchAll(/(\d{1,3})\s*tiet(?!\s*\/)/g)].map((found) => Number(found[1]));
  return counts.length === 1 ? counts[0] : undefined;
}

/** Lines below a table that end it: place and date, signatures. */
export function isSignature(given: string): boolean {
  const text = loose(oneLine(given));
  if (/\bngai\b.{0,20}\bthang\b.{0,20}\bnam\b/.test(text)) return true;
  return /^(to truong|to pho|hieu truong|pho hieu truong|p\. ?hieu truong|nguoi lap|giao vien|duiet|nhom truong|to chuien mon|phe duiet|ban giam hieu|ki duiet)\b.{0,60}$/.test(text);
}

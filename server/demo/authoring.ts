import { z } from "zod";
import { col, maybeOne } from "../platform/db.ts";
import { pageDocument } from "../platform/page-document.ts";
import { richText } from "../platform/rich-text.ts";
import { PAGE_MIME } from "../platform/web/file-kinds.ts";
import type { Demo } from "./build.ts";
import { addMaterial, lessonRow, planLessons } from "./materials.ts";
import { demoId } from "./organisation.ts";
import { SCHOOLS } from "./schools.ts";
import { courseKey, lessonKey, teacherOfCourse } from "./teaching.ts";

/** The text of a lesson on powers, with a material in its place; notes are for who speaks. */
const textOf = (pdf: string | undefined, game: string): string =>
  [
    "# Tích của những thừa số bằng nhau",
    "Một tế bào cứ 20 phút lại tách thành hai. Sau một giờ từ một tế bào có mấy tế bào? Ta viết $2 \\cdot 2 \\cdot 2 = 2^3 = 8$.",
    "> [!remember] Luỹ thừa bậc $n$ của $a$ là tích của $n$ thừa số bằng nhau, mỗi thừa số bằng $a$:\n> $$a^n = \\underbrace{a \\cdot a \\cdots a}_{n \\text{ thừa số}} \\quad (n \\ne 0)$$",
    "???\nCho các em gấp tờ giấy ba lần rồi đếm số lớp.",
    "## Nhân và chia hai luỹ thừa cùng cơ số",
    "| Phép tính | Quy tắc | Ví dụ |\n|---|---|---|\n| Nhân | $a^m \\cdot a^n = a^{m+n}$ | $2^3 \\cdot 2^2 = 2^5$ |\n| Chia | $a^m : a^n = a^{m-n}$ | $7^5 : 7^2 = 7^3$ |",
    ...(pdf === undefined ? [] : ["Xem lại phần đã học:", `[Bài giảng của tổ Toán](material:${pdf})`]),
    "## Tự kiểm tra",
    "Làm trò chơi dưới đây, mỗi câu một phút.",
    `[Đúng hay sai](material:${game})`,
    "> [!exercise] Viết gọn $3 \\cdot 3 \\cdot 3 \\cdot 3$ và tính $10^4$, $5^3$.",
  ].join("\n\n");

/** A lesson of class 6A at THCS Trần Phú that its teacher wrote in place and saved as a material, which is in use. */
export async function buildAuthoring(demo: Demo): Promise<void> {
  const school = SCHOOLS.find((one) => one.key === "thcs-tran-phu");
  if (school === undefined) return;
  const { db } = demo;
  const lessonId = demoId(lessonKey(school, "TOAN", 6, 6));
  const course = demoId(courseKey(`${school.key} class 6A`, "TOAN"));
  const lesson = await maybeOne(lessonRow, planLessons(db).where("l.id", lessonId));
  if (lesson === undefined) return;
  const pdf = await maybeOne(
    z.object({ id: col.id() }),
    db("materials as m").join("material_versions as v", "v.id", "m.approved_version_id").where({ "m.school_id": demoId(school.key), "m.subject_code": "TOAN", "m.grade": 6, "v.mime": "application/pdf" }).orderBy("m.id").first("m.id"),
  );
  const body = textOf(pdf?.id, demoId(`${school.key} material ${lessonId} 902`));
  const teacher = demoId(teacherOfCourse(school, 0, "TOAN"));
  const row = { body, revision: 1, updated_by: teacher, updated_at: demo.before };
  await db("course_lessons").insert({ course_id: course, plan_lesson_id: lessonId, planned_mode: null, ...row }).onConflict(["course_id", "plan_lesson_id"]).merge(row);
  const written = body.replace(/\n\n\?\?\?\n[^\n]*/g, "").replace(/\n\n(Xem lại[^\n]*|\[[^\n]*\]\(material:[^\n]*)/g, "");
  const html = pageDocument({ lang: "vi", title: lesson.title, byline: `Toán 6 · ${school.name}`, body: richText(written), images: new Map(), baseUrl: "" });
  const given = { title: `${lesson.title} (trang bài học)`, name: `${lesson.title}.html`, mime: PAGE_MIME, kind: "slides" as const, bytes: Buffer.from(html, "utf8") };
  await addMaterial(demo, school, lesson, 950, "approved", given);
  await db("lesson_pages").insert({ course_id: course, plan_lesson_id: lessonId, material_id: demoId(`${school.key} material ${lessonId} 950`), revision: 1, saved_by: teacher, saved_at: demo.before });
}

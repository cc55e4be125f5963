import { createHash } from "node:crypto";
import { LOWER } from "../../server/demo/lessons-lower.ts";
import { PRIMARY } from "../../server/demo/lessons-primary.ts";
import { UPPER } from "../../server/demo/lessons-upper.ts";
import { seeded, type Random } from "../../server/demo/random.ts";
import { mergeTerms } from "../../server/library/store/terms.ts";
import { indexMaterials } from "../../server/library/store/write.ts";
import { insertAll, isPostgres, type Db } from "../../server/platform/db.ts";
import { fold, nameSortKey } from "../../server/platform/text.ts";
import { buildWorld, NOW, W } from "../support/world.ts";

/**
 * A province's library for the bench: lessons of the demonstration's plans, each again and again, with text of half a page
 * to three pages, one in ten taken over from an earlier one (a few are taken over hundreds of times).
 */

const SCHOOLS = 60;
const TEACHERS_OF_SCHOOL = 20;
const WORDS_OF_TEXT = [60, 100, 100, 200, 300, 600];
const ROWS_PER_BATCH = 2_000;
/** SQLite takes no more rows in one statement. */
const INDEXED_PER_BATCH = 500;

interface Lesson {
  subject: string;
  grade: number;
  title: string;
}

const LESSONS: readonly Lesson[] = Object.entries({ ...PRIMARY, ...LOWER, ...UPPER }).flatMap(([key, text]) => {
  const [subject = "", grade = "0"] = key.split("-");
  const titles = text.split("\n").filter((line) => !line.startsWith("#")).flatMap((line) => line.split("|"));
  return titles.map((title) => ({ subject, grade: Number(grade), title: title.trim() })).filter((lesson) => lesson.title !== "" && Number.isInteger(lesson.grade));
});
const AUTHORS = ["Nguyễn Thị Hương", "Trần Văn Nam", "Phạm Thu Hà", "Lê Đức Minh", "Vũ Thanh Sơn", "Đặng Minh Châu", "Hoàng Anh Tuấn", "Bùi Bảo An"];
const KINDS = ["slides", "slides", "worksheet", "worksheet", "video", "test_paper", "book", "image"];
const SCOPES = ["school", "school", "school", "school", "school", "cluster", "province", "province", "public", "public"];
const BEFORE = ["", "Bài giảng ", "Phiếu học tập ", "Giáo án ", "Ôn tập ", "Bài tập "];
const GLUE = "của và là các một trong cho với được khi thì này những có không ta em học sinh giáo viên hãy tính viết đọc quan sát trả lời câu hỏi ví dụ hoạt động nhóm thảo luận kết quả nhận xét".split(" ");

/** Writes the rows, then has the product's own writer make the index, as a rebuild does. */
export async function buildLibrary(db: Db, count: number, say: (line: string) => void): Promise<void> {
  await buildWorld(db);
  const random = seeded(42);
  const schools = [W.tranPhu, W.leLoi, ...(await addSchools(db))];
  const teachers = await addTeachers(db, random, schools);
  const subjects = [...new Set(LESSONS.map((lesson) => lesson.subject))].filter((code) => code !== "TOAN" && code !== "NGUVAN");
  await insertAll(db, "subjects", subjects.map((code, i) => ({ code, name_vi: code, name_en: code, position: 10 + i })));
  for (let i = 0; i < count; i += ROWS_PER_BATCH) await addBatch(db, random, schools, teachers, i, Math.min(ROWS_PER_BATCH, count - i));
  say(`${count} materials written`);
  await bulkLoading(db, async () => {
    for (let i = 0; i < count; i += INDEXED_PER_BATCH) {
      const ids = Array.from({ length: Math.min(INDEXED_PER_BATCH, count - i) }, (_, k) => benchId(i + k));
      await indexMaterials(db, ids, "renew", NOW, "count new");
      if ((i / INDEXED_PER_BATCH) % 40 === 39) say(`${i + INDEXED_PER_BATCH} indexed`);
    }
  });
  await mergeTerms(db); // as after a rebuild, and after every night
}

/** The id of the i-th material, from 0. */
export function benchId(i: number): string {
  return `m${String(i).padStart(25, "0")}`;
}

/** PostgreSQL makes the index over all terms in one go afterwards, as restoring a dump does; SQLite does not wait for the disk. */
async function bulkLoading(db: Db, work: () => Promise<void>): Promise<void> {
  if (!isPostgres(db)) return work();
  const { rows } = await db.raw<{ rows: { indexdef: string }[] }>("SELECT indexdef FROM pg_indexes WHERE indexname = 'library_terms_gin'");
  await db.raw("DROP INDEX library_terms_gin");
  await work();
  await db.raw("SET maintenance_work_mem = '512MB'");
  await db.raw(rows[0]?.indexdef ?? "");
}

async function addSchools(db: Db): Promise<string[]> {
  const ids = Array.from({ length: SCHOOLS - 2 }, (_, i) => `school${i}`.padEnd(26, "z").replace(/[oil]/g, "0"));
  await insertAll(db, "units", ids.map((id, i) => ({ id, kind: "school", name: `THCS số ${i}`, code: `S${i}`, level: "lower_secondary", parent_id: W.commune, path: `/${W.department}/${W.commune}/${id}/`, opened_on: "2020-09-01", search_text: `thcs so ${i}`, created_at: NOW })));
  return ids;
}

/** Those who uploaded: twenty of each school, Hương among those of hers. */
async function addTeachers(db: Db, random: Random, schools: readonly string[]): Promise<Map<string, string[]>> {
  const rows = schools.flatMap((school, s) =>
    Array.from({ length: TEACHERS_OF_SCHOOL }, (_, i) => {
      const name = random.pick(AUTHORS);
      return { school, person: { id: `t${s}x${i}`.padEnd(26, "z"), name, sort_key: nameSortKey(name), search_text: fold(name), username: `t${s}x${i}`, created_at: NOW } };
    }),
  );
  await insertAll(db, "persons", rows.map((row) => row.person));
  const found = new Map(schools.map((school) => [school, rows.filter((row) => row.school === school).map((row) => row.person.id)]));
  found.get(W.tranPhu)?.push(W.huong);
  return found;
}

async function addBatch(db: Db, random: Random, schools: readonly string[], teachers: ReadonlyMap<string, readonly string[]>, first: number, count: number): Promise<void> {
  const made = Array.from({ length: count }, (_, k) => {
    const i = first + k;
    const id = benchId(i);
    const version = `v${String(i).padStart(25, "0")}`;
    const hash = createHash("sha256").update(id).digest("hex");
    const lesson = random.pick(LESSONS);
    const state = random.chance(0.85) ? "approved" : "draft";
    const from = i > 1000 && random.chance(0.1) ? benchId(Math.floor(i * random.next() ** 6)) : null;
    const title = `${random.pick(BEFORE)}${lesson.title}`.slice(0, 300);
    const school = random.pick(schools);
    const teacher = random.pick(teachers.get(school) ?? []);
    const material = {
      id, school_id: school, uploaded_by: teacher, title, author: random.pick(AUTHORS), keywords: random.pick(LESSONS).title.slice(0, 100), description: random.chance(0.3) ? `Dùng cho ${lesson.title}` : "",
      subject_code: lesson.subject, grade: lesson.grade, kind: random.pick(KINDS), licence: random.chance(0.3) ? "CC BY-SA" : "school-only", year: 2020 + random.below(7), scope: random.pick(SCOPES), state, origin: from === null ? "own" : "adopted", from_material_id: from,
      latest_version_id: version, approved_version_id: state === "approved" ? version : null, search_text: fold(title), created_at: NOW, updated_at: NOW,
    };
    return {
      material,
      blob: { hash, size_bytes: 1000, mime: "application/pdf", created_at: NOW },
      version: { id: version, material_id: id, number: 1, state, blob_hash: hash, file_name: "tep.pdf", mime: "application/pdf", size_bytes: 1000, uploaded_by: teacher, uploaded_at: NOW },
      text: { blob_hash: hash, page: 1, source: "ocr", text: textOf(random, lesson) },
    };
  });
  await db.transaction(async (trx) => {
    await insertAll(trx, "blobs", made.map((one) => one.blob));
    await insertAll(trx, "materials", made.map((one) => one.material));
    await insertAll(trx, "material_versions", made.map((one) => one.version));
    await insertAll(trx, "file_texts", made.map((one) => one.text));
  });
}

/** Sentences of the lesson's own words, of those of other lessons, and of what stands in every text. */
function textOf(random: Random, lesson: Lesson): string {
  const words: string[] = [];
  const length = random.pick(WORDS_OF_TEXT);
  while (words.length < length) {
    const more = random.chance(0.15) ? lesson.title : random.chance(0.5) ? random.pick(LESSONS).title : [random.pick(GLUE), random.pick(GLUE), random.pick(GLUE)].join(" ");
    words.push(...more.split(" "));
  }
  return words.join(" ");
}

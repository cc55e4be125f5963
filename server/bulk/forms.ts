import { z } from "zod";
import { MATERIAL_KINDS, TITLE_LENGTH_MAX } from "../materials/rules.ts";
import { isId } from "../platform/ids.ts";
import type { Typed } from "../platform/web/form.ts";
import { FILTERS, type RowView } from "./store.ts";
import type { Correction } from "./store/stage.ts";

const code = z.string().trim().max(20).transform((value) => (value === "" ? null : value));
const grade = z.union([z.literal("").transform(() => null), z.coerce.number().int().min(1).max(12)], { error: "not_a_choice" });

/** Beside the files: what holds for those that do not say. */
export const UploadForm = z.object({ subject_code: code.catch(null).default(null), grade: grade.catch(null).default(null) });

export const ShownQuery = z.object({
  show: z.enum(FILTERS).catch("all").default("all"),
  from: z.coerce.number().int().min(1).max(100_000).catch(1).default(1),
});

/** Corrections are flat: `title.12`, `lesson.12`, …, and where to go on. */
export const CorrectionsForm = z.looseObject({
  revision: z.coerce.number().int().min(1),
  rows: z.string().max(1000).regex(/^(\d{1,6}(,\d{1,6})*)?$/).default(""),
  submits: z.enum(["yes", "no"]).catch("no").default("no"),
  go: z.string().max(20).default(""),
});

/**
 * The corrections of one page of rows. What makes no sense is left as the row was: a lesson of another subject is no lesson,
 * an empty title is the one before.
 *
 * @param rows those that the page showed and may still be corrected
 */
export function correctionsOf(typed: Typed, rows: readonly RowView[], known: { subjects: ReadonlySet<string>; lessons: ReadonlyMap<string, { subject_code: string; grade: number }> }): Correction[] {
  const text = (name: string): string | undefined => {
    const value = typed[name];
    return typeof value === "string" ? value.trim() : undefined;
  };
  return rows.map((row) => {
    const at = `.${row.position}`;
    const title = text(`title${at}`) ?? "";
    const subject = text(`subject${at}`) ?? "";
    const level = grade.safeParse(text(`grade${at}`) ?? "");
    const lessonId = text(`lesson${at}`) ?? "";
    const lesson = isId(lessonId) ? known.lessons.get(lessonId) : undefined;
    const chosen = { subject_code: known.subjects.has(subject) ? subject : null, grade: level.success ? level.data : null };
    // A subject that was just changed leaves the lesson behind: the list of the new subject is shown next.
    const moved = chosen.subject_code !== row.subject_code || chosen.grade !== row.grade;
    const fits = lesson !== undefined && (!moved || (lesson.subject_code === chosen.subject_code && lesson.grade === chosen.grade));
    const kind = text(`kind${at}`);
    return {
      position: row.position,
      title: (title === "" ? row.title : title).slice(0, TITLE_LENGTH_MAX),
      kind: MATERIAL_KINDS.find((one) => one === kind) ?? row.kind,
      subject_code: fits ? lesson.subject_code : chosen.subject_code,
      grade: fits ? lesson.grade : chosen.grade,
      plan_lesson_id: fits ? lessonId : null,
      skip: typed[`skip${at}`] !== undefined,
    };
  });
}

import type { Day } from "../../platform/clock.ts";
import { groupBy } from "../../platform/group.ts";
import { fold } from "../../platform/text.ts";
import { placeKey, teachersOfSlot, type Slot } from "../rules.ts";
import type { CourseLine } from "../store/weeks.ts";
import type { ReadCell } from "./read.ts";

/** What a person said of names that were not known: the class of a heading, the meaning of a text; empty is left out. */
export interface Choices {
  headings: Readonly<Record<string, string>>;
  names: Readonly<Record<string, string>>;
}

export type CellReason = "teacher_course" | "no_class" | "unknown_subject" | "no_course" | "other_teacher" | "twice";

export interface Judged {
  /** The weeks that can be saved, by class. */
  weeks: Map<string, Slot[]>;
  problems: { cell: ReadCell; reason: CellReason }[];
  /** Texts that mean no subject, with how often they stand there; headings that are no class. */
  unknownNames: Map<string, { text: string; count: number }>;
  unknownHeadings: string[];
}

export interface Known {
  classes: ReadonlyMap<string, { id: string; name: string; homeroom_name?: string | null }>;
  courses: readonly CourseLine[];
  on: Day;
}

/** `Lớp 6A1`, `6a1` and `6A1 (32)` name the same class. */
export function classKey(text: string): string {
  return fold(text)
    .replace(/^(lop|class)\s*:?\s*/, "")
    .replace(/\s*\(.*$/, "")
    .replace(/[\s./-]+/g, "");
}

/** What the cells of a file mean in this school. */
export function judge(cells: readonly ReadCell[], known: Known, choices: Choices): Judged {
  const judged: Judged = { weeks: new Map(), problems: [], unknownNames: new Map(), unknownHeadings: [] };
  const classes = new Map<string, ClassCourses>();
  for (const [class_id, courses] of groupBy(known.courses, (course) => course.class_id)) classes.set(class_id, coursesOf(courses));
  const headings = new Set<string>();
  for (const cell of cells) {
    const classId = cell.heading === "" ? homeroomOf(cell, known) : (known.classes.get(classKey(cell.heading))?.id ?? choices.headings[cell.heading]);
    if (classId === undefined && cell.heading === "") judged.problems.push({ cell, reason: "no_class" });
    else if (classId === undefined) headings.add(cell.heading);
    if (classId === undefined || classId === "") continue;
    const slot = slotOf(cell, classes.get(classId) ?? coursesOf([]), known.on, choices, judged);
    if (slot === undefined) continue;
    const week = judged.weeks.get(classId) ?? [];
    judged.weeks.set(classId, week);
    if (week.some((one) => placeKey(one) === placeKey(slot))) judged.problems.push({ cell, reason: "twice" });
    else week.push(slot);
  }
  judged.unknownHeadings = [...headings];
  return judged;
}

/** The courses of a class, with how their subjects are written, and what was understood of its cells so far. */
interface ClassCourses {
  courses: readonly CourseLine[];
  /** Subjects by their written names, made comparable once. */
  named: readonly { code: string; keys: readonly string[] }[];
  understood: Map<string, Meaning | "nothing" | undefined>;
}

function coursesOf(courses: readonly CourseLine[]): ClassCourses {
  return { courses, named: courses.map((course) => ({ code: course.subject_code, keys: [loose(course.subject_vi), loose(course.subject_en)] })), understood: new Map() };
}

/** The salute to the flag in a teacher's row is that of the teacher's own class. */
function homeroomOf({ text, by }: ReadCell, { classes }: Known): string | undefined {
  const own = [...classes.values()].filter((klass) => by !== undefined && klass.homeroom_name != null && isNamed(klass.homeroom_name, by));
  const isTogether = FLAG.has(loose(text)) || HOMEROOM.has(loose(text));
  return isTogether && own.length === 1 ? own[0]?.id : undefined;
}

/** A cell that says only the class means the course that its row's teacher teaches there; of several the one that the file or a person names. */
function taughtBy(cell: ReadCell, by: string, klass: ClassCourses, on: Day, choices: Choices, judged: Judged): Slot | undefined {
  const { day, session, number, heading } = cell;
  const courses = klass.courses.filter((course) => teachersOfSlot({ teacher_id: null }, course.turns, on).some((id) => isNamed(course.turns.find((turn) => turn.person_id === id)?.name ?? "", by)));
  const question = `${by}, ${heading}`;
  const chosen = choices.names[fold(question)];
  if (chosen === "") return undefined;
  if (chosen === "flag" || chosen === "homeroom") return { day, session, number, kind: chosen, course_id: null, teacher_id: null };
  const said = cell.text === "" ? undefined : meaningOf(cell.text, klass, choices.names);
  const codes = chosen !== undefined ? [chosen] : typeof said === "object" && said.kind === "lesson" ? said.codes : [];
  const course = chosen === undefined && courses.length === 1 ? courses[0] : (courses.find((one) => codes.includes(one.subject_code)) ?? klass.courses.find((one) => codes.includes(one.subject_code)));
  if (course === undefined) {
    const key = fold(question);
    judged.unknownNames.set(key, { text: question, count: (judged.unknownNames.get(key)?.count ?? 0) + 1 });
    judged.problems.push({ cell, reason: "teacher_course" });
    return undefined;
  }
  const teaching = teachersOfSlot({ teacher_id: null }, course.turns, on);
  const meant = teaching.find((id) => isNamed(course.turns.find((turn) => turn.person_id === id)?.name ?? "", by));
  if (meant === undefined && teaching.length > 0) judged.problems.push({ cell, reason: "other_teacher" });
  return { day, session, number, kind: "lesson", course_id: course.id, teacher_id: teaching.length > 1 ? (meant ?? null) : null };
}

function slotOf(cell: ReadCell, klass: ClassCourses, on: Day, choices: Choices, judged: Judged): Slot | undefined {
  const { day, session, number } = cell;
  const place = { day, session, number };
  const { courses, understood } = klass;
  if (cell.by !== undefined && cell.heading !== "") return taughtBy(cell, cell.by, klass, on, choices, judged);
  if (!understood.has(cell.text)) understood.set(cell.text, meaningOf(cell.text, klass, choices.names));
  const said = understood.get(cell.text);
  if (said === "nothing") return undefined;
  if (said === undefined) {
    const text = (cell.text.split(/\s*[-–—:(/]\s*/).find((part) => part !== "") ?? cell.text).trim(); // what stands before the teacher
    const key = fold(text);
    const name = judged.unknownNames.get(key) ?? { text, count: 0 };
    judged.unknownNames.set(key, { ...name, count: name.count + 1 });
    judged.problems.push({ cell, reason: "unknown_subject" });
    return undefined;
  }
  if (said.kind !== "lesson") return { ...place, kind: said.kind, course_id: null, teacher_id: null };
  const course = courses.find((one) => said.codes.includes(one.subject_code));
  if (course === undefined) {
    judged.problems.push({ cell, reason: "no_course" });
    return undefined;
  }
  const teaching = teachersOfSlot({ teacher_id: null }, course.turns, on);
  const meant = said.teacher === "" ? undefined : teaching.find((id) => isNamed(course.turns.find((turn) => turn.person_id === id)?.name ?? "", said.teacher));
  const all = said.teacher !== "" && said.teacher.split(/\s*[,+&]\s*/).every((one) => teaching.some((id) => isNamed(course.turns.find((turn) => turn.person_id === id)?.name ?? "", one)));
  if (said.teacher !== "" && meant === undefined && !all && teaching.length > 0) judged.problems.push({ cell, reason: "other_teacher" });
  return { ...place, kind: "lesson", course_id: course.id, teacher_id: teaching.length > 1 && !(all && meant === undefined) ? (meant ?? null) : null };
}

type Meaning = { kind: "flag" | "homeroom" } | { kind: "lesson"; codes: readonly string[]; teacher: string };

/** What a cell says: a subject, with or without who teaches it; or one of the two periods that are no subject. */
function meaningOf(text: string, { named }: ClassCourses, names: Choices["names"]): Meaning | "nothing" | undefined {
  const whole = fold(text);
  if (/^[-–—.x\s]*$/.test(whole) || /^(nghi|trong)$/.test(whole)) return "nothing";
  for (const { subject, teacher } of readings(text)) {
    const chosen = names[fold(subject)];
    if (chosen !== undefined) return chosen === "" ? "nothing" : chosen === "flag" || chosen === "homeroom" ? { kind: chosen } : { kind: "lesson", codes: [chosen], teacher };
    const key = loose(subject);
    if (FLAG.has(key)) return { kind: "flag" };
    if (HOMEROOM.has(key)) return { kind: "homeroom" };
    const codes = [...named.filter(({ keys }) => keys.includes(key)).map(({ code }) => code), ...(SHORT.get(key) ?? [])];
    if (codes.length > 0) return { kind: "lesson", codes, teacher };
  }
  return undefined;
}

/** No subject has more words. */
const WORDS_MAX = 8;

/** A cell can be read in several ways; the one with the longest subject first. A subject ends after some words, or before the first dash. */
function readings(text: string): { subject: string; teacher: string }[] {
  const all = [...text.matchAll(/\s*[-–—:(/\n]\s*|\s+/g)];
  const dash = all.findIndex(([between]) => between.trim() !== "" || between.includes("\n"));
  const cuts = all.filter((_, i) => i < WORDS_MAX || i === dash).map((found) => ({ from: found.index, to: found.index + found[0].length })).reverse();
  return [{ subject: text, teacher: "" }, ...cuts.map(({ from, to }) => ({ subject: text.slice(0, from), teacher: text.slice(to).replace(/^[\s(:–—-]+|[\s)]+$/g, "") }))];
}

/** Without marks, spaces and stops; i and y alike. */
function loose(text: string): string {
  return fold(text).replace(/y/g, "i").replace(/&/g, "va").replace(/[\s.,()'\-–/]+/g, "");
}

/** `Hương`, `T. Hương`, `Ng. T. Hương`, `cô Hương` and the whole name name Nguyễn Thị Hương. */
export function isNamed(name: string, written: string): boolean {
  const own = fold(name).split(" ");
  const said = fold(written)
    .replace(/^(co|thay|gv)\s*[.:]?\s*/, "")
    .split(/[\s.]+/)
    .filter(Boolean);
  const given = own.at(-1);
  if (said.length === 0 || given === undefined) return false;
  if (said.at(-1) !== given) return said.join("") === own.join("");
  let from = 0; // the words before the given one, or how they begin, in order
  return said.slice(0, -1).every((word) => {
    const at = own.slice(0, -1).findIndex((part, i) => i >= from && part.startsWith(word));
    from = at + 1;
    return at !== -1;
  });
}

const FLAG = new Set(["chaoco", "cc", "shdc", "sinhhoatduoico", "flagsalute", "hdtnshdc", "hdtncc"].map(loose));
const HOMEROOM = new Set(["sinhhoatlop", "sinhhoat", "shl", "sh", "shcn", "sinhhoatchunhiem", "homeroom", "hdtnshl"].map(loose));

/** How subjects are written in timetables; where several are meant, the one that the class has. */
const SHORT: ReadonlyMap<string, readonly string[]> = new Map(
  (
    [
      ["toan", ["TOAN"]],
      ["van", ["NGUVAN"]],
      ["nguvan", ["NGUVAN"]],
      ["nv", ["NGUVAN"]],
      ["nvan", ["NGUVAN"]],
      ["tiengviet", ["TIENGVIET"]],
      ["tv", ["TIENGVIET"]],
      ["anh", ["NGOAINGU1"]],
      ["tienganh", ["NGOAINGU1"]],
      ["tanh", ["NGOAINGU1"]],
      ["ta", ["NGOAINGU1"]],
      ["av", ["NGOAINGU1"]],
      ["nn", ["NGOAINGU1"]],
      ["nn1", ["NGOAINGU1"]],
      ["ngoaingu", ["NGOAINGU1"]],
      ["ngoaingu1", ["NGOAINGU1"]],
      ["nn2", ["NGOAINGU2"]],
      ["ngoaingu2", ["NGOAINGU2"]],
      ["khtn", ["KHTN"]],
      ["li", ["VATLI", "KHTN"]],
      ["vatli", ["VATLI", "KHTN"]],
      ["hoa", ["HOAHOC", "KHTN"]],
      ["hoahoc", ["HOAHOC", "KHTN"]],
      ["sinh", ["SINHHOC", "KHTN"]],
      ["sinhhoc", ["SINHHOC", "KHTN"]],
      ["lsdl", ["LSDL"]],
      ["lsvadl", ["LSDL"]],
      ["sudia", ["LSDL"]],
      ["lichsudiali", ["LSDL"]],
      ["lichsuvadiali", ["LSDL"]],
      ["su", ["LICHSU", "LSDL"]],
      ["lichsu", ["LICHSU", "LSDL"]],
      ["ls", ["LICHSU", "LSDL"]],
      ["dia", ["DIALI", "LSDL"]],
      ["diali", ["DIALI", "LSDL"]],
      ["dl", ["DIALI", "LSDL"]],
      ["gdcd", ["GDCD"]],
      ["cd", ["GDCD"]],
      ["daoduc", ["DAODUC"]],
      ["dd", ["DAODUC"]],
      ["tnxh", ["TNXH"]],
      ["khoahoc", ["KHOAHOC"]],
      ["kh", ["KHOAHOC"]],
      ["tin", ["TINHOC", "THCN"]],
      ["tinhoc", ["TINHOC", "THCN"]],
      ["th", ["TINHOC", "THCN"]],
      ["cn", ["CONGNGHE", "THCN"]],
      ["congnghe", ["CONGNGHE", "THCN"]],
      ["cnghe", ["CONGNGHE", "THCN"]],
      ["thcn", ["THCN"]],
      ["gdtc", ["GDTC"]],
      ["td", ["GDTC"]],
      ["theduc", ["GDTC"]],
      ["nghethuat", ["NGHETHUAT"]],
      ["nt", ["NGHETHUAT"]],
      ["nhac", ["AMNHAC", "NGHETHUAT"]],
      ["amnhac", ["AMNHAC", "NGHETHUAT"]],
      ["an", ["AMNHAC", "NGHETHUAT"]],
      ["mithuat", ["MITHUAT", "NGHETHUAT"]],
      ["mt", ["MITHUAT", "NGHETHUAT"]],
      ["hdtn", ["HDTN", "HDTNHN"]],
      ["hdtnhn", ["HDTNHN"]],
      ["tnhn", ["HDTNHN"]],
      ["hoatdongtrainghiem", ["HDTN", "HDTNHN"]],
      ["gddp", ["GDDP"]],
      ["dp", ["GDDP"]],
      ["giaoducdiaphuong", ["GDDP"]],
      ["gdqp", ["GDQPAN"]],
      ["gdqpan", ["GDQPAN"]],
      ["qp", ["GDQPAN"]],
      ["gdktpl", ["GDKTPL"]],
      ["ktpl", ["GDKTPL"]],
      ["cd1", ["CHUYENDE"]],
      ["chuiende", ["CHUYENDE"]],
    ] as const
  ).map(([name, codes]) => [name, codes]),
);

import type { Day } from "../../platform/clock.ts";
import type { Params } from "../../platform/errors.ts";
import { isLikelyBirth, readDay } from "../rules/dates.ts";
import { codeProblems, guessCode, SECTOR_CODE_LENGTH, type Sex } from "../rules/identity-code.ts";
import { classKey, isLikelyName, readSex, readStatus, tidyName, type Presence } from "../rules/names.ts";
import type { Field, Layout } from "./columns.ts";
import { detailsIn, type Column, type RosterLine, type Understood } from "./understand.ts";

/** What stands in the way of a line, or what will be left out of it. Codes are keys of `words.people.problems`. */
export interface Problem {
  field: Field;
  code: string;
  params: Params;
  /** `stop`: the line is not imported until it is put right. `note`: it is imported without this value. */
  weight: "stop" | "note";
  /** What was probably meant. */
  guess?: string | undefined;
}

/** A line as it would be imported. */
export interface Person {
  /** Names the line in forms: `<sheet number>-<row>`. */
  key: string;
  sheet: string;
  at: number;
  texts: Partial<Record<Field, string>>;
  name: string;
  bornOn: Day | null;
  sex: Sex | null;
  classId: string | null;
  presence: Presence;
  sectorCode: string | null;
  personalCode: string | null;
  email: string | null;
  problems: Problem[];
  /** Private columns that a purpose allows to keep: column key → text. */
  details: Readonly<Record<string, string>>;
  /** Left out by the person who imports. */
  skipped: boolean;
}

export interface KnownClass {
  id: string;
  name: string;
}

/** What a person decided in the preview. */
export interface Choices {
  /** Column key → field, or null to leave it out. */
  mapping: Record<string, Field | null>;
  /** `<line key>.<field>` → the text put in its place. */
  fixes: Record<string, string>;
  skipped: readonly string[];
}

/** Judges every line by itself and beside the others. */
export function judge(understood: Pick<Understood, "layout" | "columns" | "lines">, choices: Choices, school: { classes: readonly KnownClass[]; today: Day }): Person[] {
  const classes = new Map(school.classes.map((klass) => [classKey(klass.name), klass.id]));
  const fieldOf = mappedColumns(understood.columns, choices.mapping);
  const sheets = [...new Set(understood.lines.map((line) => line.sheet))];
  const people = understood.lines.map((line) => {
    const key = `${sheets.indexOf(line.sheet) + 1}-${line.at}`;
    const texts = textsOf(line, key, fieldOf, choices.fixes);
    return judgeLine({ key, sheet: line.sheet, at: line.at, skipped: choices.skipped.includes(key), details: detailsIn(line.cells) }, texts, understood.layout, classes, school.today);
  });
  markDuplicates(people.filter((person) => !person.skipped));
  return people;
}

/** Which column gives each field: the person's choice before what was recognised. */
export function mappedColumns(columns: readonly Column[], mapping: Choices["mapping"]): Map<Field, string> {
  const chosen = new Map<Field, string>();
  for (const column of columns) {
    const field = Object.hasOwn(mapping, column.key) ? (mapping[column.key] ?? null) : column.field;
    if (field !== null && !chosen.has(field)) chosen.set(field, column.key);
  }
  return chosen;
}

function textsOf(line: RosterLine, key: string, fieldOf: Map<Field, string>, fixes: Choices["fixes"]): Person["texts"] {
  const texts: Person["texts"] = {};
  for (const [field, column] of fieldOf) {
    const text = line.cells[column];
    if (text !== undefined) texts[field] = text;
  }
  if (texts.name === undefined && texts.family_name !== undefined) texts.name = `${texts.family_name} ${texts.given_name ?? ""}`.trim();
  if (texts.class_name === undefined && line.above !== "") texts.class_name = line.above;
  for (const field of ["name", "born_on", "sex", "class_name", "status", "sector_code", "personal_code", "email"] as const) {
    const fixed = fixes[`${key}.${field}`];
    if (fixed !== undefined) texts[field] = fixed;
  }
  return texts;
}

function judgeLine(line: Pick<Person, "key" | "sheet" | "at" | "skipped" | "details">, texts: Person["texts"], layout: Layout, classes: Map<string, string>, today: Day): Person {
  const problems: Problem[] = [];
  const say = (field: Field, code: string, weight: Problem["weight"], params: Params = {}, guess?: string): void => {
    problems.push({ field, code, weight, params, guess });
  };
  const name = tidyName(texts.name ?? "");
  if (name === "") say("name", "name_missing", "stop");
  else if (!isLikelyName(name)) say("name", "name_unlikely", "stop");
  const bornOn = judgeBirth(texts.born_on, layout, today, say);
  const sex = texts.sex === undefined || texts.sex === "" ? null : (readSex(texts.sex) ?? null);
  if (texts.sex && sex === null) say("sex", "sex_unknown", "note");
  const presence = texts.status === undefined || texts.status === "" ? "present" : readStatus(texts.status);
  if (presence === undefined) say("status", "status_unknown", "stop");
  const classId = layout === "pupils" ? judgeClass(texts.class_name, presence, classes, say) : null;
  const person = { bornOn: bornOn ?? undefined, sex: sex ?? undefined };
  const personalCode = judgePersonalCode(texts.personal_code, person, today, say);
  const sectorCode = judgeSectorCode(texts.sector_code, say);
  const email = judgeEmail(texts.email, layout, say);
  // Neither a birth date nor a code: nobody could tell this person from a namesake when the file comes again.
  if (!texts.born_on) say("born_on", "date_missing", sectorCode || personalCode || email ? "note" : "stop");
  return { ...line, texts, name, bornOn, sex, classId, presence: presence ?? "present", sectorCode, personalCode, email, problems };
}

type Say = (field: Field, code: string, weight: Problem["weight"], params?: Params, guess?: string) => void;

function judgeBirth(text: string | undefined, layout: Layout, today: Day, say: Say): Day | null {
  if (text === undefined || text === "") return null;
  const read = readDay(text);
  if ("problem" in read) {
    say("born_on", read.problem, "stop");
    return null;
  }
  if (!isLikelyBirth(read.day, layout, today)) say("born_on", "date_unlikely", "stop");
  return read.day;
}

function judgeClass(text: string | undefined, presence: Presence | undefined, classes: Map<string, string>, say: Say): string | null {
  if (text === undefined || text === "") {
    if (presence !== "left") say("class_name", "class_missing", "stop");
    return null;
  }
  const found = classes.get(classKey(text));
  if (found === undefined && presence !== "left") say("class_name", "class_unknown", "stop", { name: text });
  return found ?? null;
}

function judgePersonalCode(text: string | undefined, person: { bornOn: Day | undefined; sex: Sex | undefined }, today: Day, say: Say): string | null {
  if (text === undefined || text === "") return null;
  const code = text.replace(/\s/g, "");
  const [problem] = codeProblems(code, person, today);
  if (problem === undefined) return code;
  say("personal_code", problem, "note", { digits: code.length }, guessCode(text, person, today));
  return null;
}

function judgeSectorCode(text: string | undefined, say: Say): string | null {
  if (text === undefined || text === "") return null;
  const code = text.replace(/\s/g, "");
  if (!/^\d{6,20}$/.test(code)) {
    say("sector_code", "sector_code_wrong", "note", { digits: SECTOR_CODE_LENGTH });
    return null;
  }
  if (code.length !== SECTOR_CODE_LENGTH) say("sector_code", "sector_code_length", "note", { digits: code.length });
  return code.length === SECTOR_CODE_LENGTH ? code : null;
}

function judgeEmail(text: string | undefined, layout: Layout, say: Say): string | null {
  if (layout === "pupils" || text === undefined || text === "") return null;
  const email = text.toLowerCase();
  if (email.length <= 200 && /^[^\s@,;<>()]+@[^\s@,;<>()]+\.[^\s@,;<>()]+$/.test(email)) return email;
  say("email", "email_wrong", "note");
  return null;
}

/** The same code, or the same name with the same birth date, on two lines: both are named, the later ones stop. */
function markDuplicates(people: readonly Person[]): void {
  const seen = new Map<string, Person>();
  for (const person of people) {
    const keys: [Field, string | null][] = [
      ["sector_code", person.sectorCode && `s${person.sectorCode}`],
      ["personal_code", person.personalCode && `p${person.personalCode}`],
      ["name", person.sectorCode || person.personalCode || !person.bornOn || person.name === "" ? null : `n${person.name.toLocaleLowerCase("vi")} ${person.bornOn}`],
      ["email", person.email && `e${person.email}`],
    ];
    for (const [field, key] of keys) {
      if (key === null || key === "") continue;
      const first = seen.get(key);
      if (first === undefined) seen.set(key, person);
      else if (first !== person) person.problems.push({ field, code: "duplicate", weight: "stop", params: { row: first.at, sheet: first.sheet } });
    }
  }
}

export function stops(person: Person): boolean {
  return person.problems.some((problem) => problem.weight === "stop");
}

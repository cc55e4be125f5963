import type { Formats } from "../../platform/i18n.ts";
import type { FileTable } from "../../platform/table-file.ts";
import type { CellView, EmptyView, FieldView, PageHeadView, StatView, TableView, TabsView, Tone, TrailView } from "../../shell/partials.ts";
import type { FilesView } from "../outlook/pages.ts";
import type { Voice } from "../pages.ts";
import { asksForQuestion, isNewSince, ODD_KINDS, type OddKind, type QuestionState } from "./rules.ts";
import type { OddCase } from "./store-cases.ts";
import type { OddExchangeRow, OddFigureRow, OddMessage } from "./store.ts";

export interface OddOfficePage {
  head: PageHeadView;
  stats: StatView[];
  filter: { action: string; label: string; fields: FieldView[] };
  table: TableView | undefined;
  empty: EmptyView;
  files: FilesView;
}

export interface OddSchoolPage {
  head: PageHeadView;
  tabs: TabsView;
  errors: { field: string; label: string; message: string }[];
  counted: string;
  kinds: OddSection[];
  empty: EmptyView;
  files: FilesView;
}

export interface OddSection {
  id: string;
  name: string;
  says: string;
  maybe: string;
  badge: { label: string; tone: Tone };
  more: string | undefined;
  link: { href: string; label: string } | undefined;
  cases: { table: TableView | undefined; gone: string; cut: string | undefined } | undefined;
  trail: TrailView | undefined;
  forms: { action: string; hidden: Record<string, string>; field: FieldView; submit: string; kind: "primary" | "quiet" }[];
}

declare global {
  interface Views {
    "measures/odd-office": OddOfficePage;
    "measures/odd-school": OddSchoolPage;
  }
}

export const STATE_TONES: Record<QuestionState | "unasked", Tone> = { unasked: "neutral", asked: "info", answered: "accent", settled: "good" };

/** A school below an office, with what may be asked about and how far the exchange has come. */
export interface OddLine {
  school: { id: string; name: string };
  figures: OddFigureRow[];
  exchanges: OddExchangeRow[];
}

/** The figures of a school that ask for a question, or were asked about. */
export function worthAsking({ figures, exchanges }: Pick<OddLine, "figures" | "exchanges">): OddKind[] {
  return ODD_KINDS.filter((kind) => figures.some((one) => one.kind === kind && asksForQuestion(one)) || exchanges.some((one) => one.kind === kind && one.state !== "settled"));
}

/** How far the exchange about one thing has come: settled questions about fewer cases leave it open again. */
export function stateOf(kind: OddKind, { figures, exchanges }: Pick<OddLine, "figures" | "exchanges">): QuestionState | "unasked" {
  const newest = exchanges.find((one) => one.kind === kind);
  const cases = figures.find((one) => one.kind === kind)?.cases ?? 0;
  if (newest === undefined || (newest.state === "settled" && isNewSince(cases, newest))) return "unasked";
  return newest.state;
}

export function officeTable(lines: readonly OddLine[], unit: string, yearId: string, { t, f }: Pick<Voice, "t" | "f">): TableView {
  const words = t.odd;
  return {
    caption: words.table(unit),
    columns: [{ label: words.columns.school }, { label: words.columns.state }, ...ODD_KINDS.map((kind) => ({ label: words.kinds[kind].short, number: true }))],
    rows: lines.map((line) => {
      const href = `/schools/${line.school.id}/odd-figures?year=${yearId}`;
      const worth = worthAsking(line);
      const cell = (kind: OddKind): CellView => {
        const figure = line.figures.find((one) => one.kind === kind);
        if (figure === undefined) return { text: words.none };
        const text = words.of(f.number(figure.cases), f.number(figure.among));
        return worth.includes(kind) ? { text, href: `${href}&kind=${kind}` } : { text };
      };
      const state = stateOfLine(line);
      return [{ text: line.school.name, href }, { text: words.states[state], badge: STATE_TONES[state] }, ...ODD_KINDS.map(cell)];
    }),
    phones: "stack",
  };
}

const URGENCY: Record<QuestionState | "unasked", number> = { answered: 0, unasked: 1, asked: 2, settled: 3 };

/** What an officer has to do with a school: read an answer, ask, wait, nothing. */
export function stateOfLine(line: OddLine): QuestionState | "unasked" {
  const states = worthAsking(line).map((kind) => stateOf(kind, line));
  return states.sort((a, b) => URGENCY[a] - URGENCY[b])[0] ?? "settled";
}

export function officeFile(lines: readonly OddLine[], { t }: Pick<Voice, "t">): FileTable {
  const words = t.odd;
  return {
    name: words.files.table,
    head: [words.columns.school, ...ODD_KINDS.map((kind) => words.kinds[kind].name), words.columns.state],
    rows: lines.map((line) => [line.school.name, ...ODD_KINDS.map((kind) => line.figures.find((one) => one.kind === kind)?.cases ?? 0), words.states[stateOfLine(line)]]),
  };
}

export function casesTable(kind: OddKind, cases: readonly OddCase[], links: { lessons: string; ledger: string }, { t, f, subjects }: Voice): TableView {
  const words = t.odd.cases;
  const number = true;
  const title = (one: OddCase): CellView => (one.delivery_id ? { text: one.title, href: `${links.ledger}/${one.delivery_id}` } : { text: one.title });
  const subject = (one: OddCase): string => (one.subject_code === null ? "–" : (subjects.get(one.subject_code) ?? one.subject_code));
  const at = (one: OddCase): string => (one.at === null ? "–" : f.stamp(one.at.length === 19 ? `${one.at}.000Z` : one.at));
  const shapes: Record<OddKind, { columns: TableView["columns"]; row: (one: OddCase) => CellView[] }> = {
    same_file: {
      columns: [{ label: words.file }, { label: words.subject }, { label: words.lessons, number }, { label: words.materials, number }],
      row: (one) => [{ text: one.title, href: `${links.lessons}&covered=yes${one.subject_code ? `&subject=${one.subject_code}` : ""}` }, { text: subject(one) }, { text: f.number(one.number) }, { text: f.number(one.of) }],
    },
    short_live: {
      columns: [{ label: words.lesson }, { label: words.course }, { label: words.at }, { label: words.lasted, number }, { label: words.planned, number }],
      row: (one) => [title(one), { text: one.course ?? "–" }, { text: at(one) }, { text: words.seconds(f.number(Math.floor(one.number / 60)), f.number(one.number % 60)) }, { text: words.minutes(f.number(one.of)) }],
    },
    joined_at_once: {
      columns: [{ label: words.lesson }, { label: words.course }, { label: words.at }, { label: words.together, number }, { label: words.came, number }],
      row: (one) => [title(one), { text: one.course ?? "–" }, { text: at(one) }, { text: words.pupils(f.number(one.number)) }, { text: words.pupils(f.number(one.of)) }],
    },
    done_at_once: {
      columns: [{ label: words.lesson }, { label: words.course }, { label: words.at }, { label: words.together, number }, { label: words.did, number }],
      row: (one) => [title(one), { text: one.course ?? "–" }, { text: at(one) }, { text: words.pupils(f.number(one.number)) }, { text: words.pupils(f.number(one.of)) }],
    },
    never_opened: {
      columns: [{ label: words.lesson }, { label: words.subject }, { label: words.week, number }, { label: words.materials, number }],
      row: (one) => [{ text: one.title, href: `${links.lessons}&covered=yes&subject=${one.subject_code ?? ""}&grade=${one.grade ?? ""}` }, { text: t.measures.lessons.subject_grade(subject(one), one.grade ?? 0) }, { text: f.number(one.number) }, { text: f.number(one.of) }],
    },
  };
  const { columns, row } = shapes[kind];
  return { caption: words.caption(t.odd.kinds[kind].name), columns, rows: cases.map(row) };
}

export function casesFile(kind: OddKind, cases: readonly OddCase[], { t, f, subjects }: Voice): FileTable {
  return {
    name: t.odd.kinds[kind].name,
    head: t.odd.files.cases,
    rows: cases.map((one) => [one.title, one.course, one.subject_code === null ? null : (subjects.get(one.subject_code) ?? one.subject_code), one.grade, one.at === null ? null : f.stamp(one.at.length === 19 ? `${one.at}.000Z` : one.at), one.number, one.of]),
  };
}

const MARKS = { ask: "circle-help", answer: "message-circle", settle: "check" } as const;

/** What was said about one thing, in the order in which it was said: exchanges follow each other. */
export function trailOf(exchanges: readonly OddExchangeRow[], messages: readonly OddMessage[], t: Words, f: Formats): TrailView | undefined {
  if (exchanges.length === 0) return undefined;
  const words = t.odd.trail;
  const titles = { ask: words.asked, answer: words.answered, settle: words.settled };
  return {
    items: [...exchanges].reverse().flatMap((exchange) =>
      messages
        .filter((one) => one.exchange_id === exchange.id)
        .map((one) => ({
          title: titles[one.act](one.name),
          icon: MARKS[one.act],
          detail: one.number === 1 ? words.cases(f.number(exchange.cases), f.stamp(one.said_at)) : f.stamp(one.said_at),
          text: one.words || undefined,
          tone: one.act === "settle" ? ("good" as const) : undefined,
        })),
    ),
  };
}

import { answerCell, definitionOf, nameOf, sumText, targetText, type Voice } from "../../indicators/say.ts";
import { digitisedAnswer, monthTitle, onlineAnswer } from "../../measures/closing/rules.ts";
import { digitisedText, shareText } from "../../measures/closing/say.ts";
import type { Answer } from "../../measures/rules.ts";
import { unitMeters } from "../../measures/table.ts";
import type { CellView, MeterView, NoticeView, PageHeadView, StatView, TableView, Tone } from "../../shell/partials.ts";
import { publicParts, type Progress, type ProgressPart, type ProgressSchool } from "./figures.ts";

interface Term {
  label: string;
  text: string;
}

export interface ProgressPage {
  head: PageHeadView;
  notice: NoticeView;
  meters: MeterView[];
  stats: StatView[];
  tables: TableView[];
  indicators: { title: string; tables: TableView[] } | undefined;
  how: { title: string; terms: Term[] };
  more: { title: string; terms: Term[] } | undefined;
}

declare global {
  interface Views {
    "progress/public": ProgressPage;
  }
}

/** The page for everybody: closed sums, what they mean, and when they were closed. */
export function progressPage(progress: Progress, showsSchools: boolean, voice: Voice): ProgressPage {
  const { t, f, lang } = voice;
  const words = t.progress;
  const sections = [...new Set(progress.indicators.map(({ indicator }) => indicator.section))];
  return {
    ...frameOf(progress, progress.unit.name, progress.sum, progress.schools, voice),
    tables: [partsTable(progress, showsSchools, voice)].flatMap((table) => (table === undefined || table.rows.length === 0 ? [] : [table])),
    indicators: sections.length === 0 ? undefined : { title: words.indicators(f.day(progress.today)), tables: sections.map((section) => indicatorTable(progress, section, voice)) },
    how: { title: words.how, terms: termsOf(progress, voice) },
    more: progress.indicators.length === 0 ? undefined : { title: words.how_indicators, terms: progress.indicators.map(({ indicator }) => ({ label: `${indicator.code} ${nameOf(indicator, lang)}`, text: definitionOf(indicator, lang) })) },
    stats: progress.lastClosed === undefined ? [] : statsOf(progress.sum, progress.schools, voice, f),
  };
}

/** One commune with its schools by name: where the department chose to show them. */
export function communePage(progress: Progress, part: ProgressPart, voice: Voice): ProgressPage {
  const words = voice.t.progress;
  return {
    ...frameOf(progress, partName(progress, part, voice), part.sum, part.schools.length, voice),
    tables: [schoolTable(part.schools, voice)],
    indicators: undefined,
    how: { title: words.how, terms: termsOf(progress, voice) },
    more: undefined,
    stats: part.told === 0 ? [] : statsOf(part.sum, part.schools.length, voice, voice.f),
  };
}

function frameOf(progress: Progress, name: string, sum: Progress["sum"], schools: number, voice: Voice) {
  const { t, f } = voice;
  const words = t.progress;
  const { lastClosed, month, year, targets, counter } = progress;
  const head: PageHeadView = { title: words.title(name), lead: lastClosed === undefined || month === undefined ? words.lead_none(year) : words.lead(monthTitle(month), year) };
  const notice: NoticeView = { kind: "info", text: lastClosed === undefined ? words.none : words.closed(f.stamp(lastClosed), f.number(sum.schools), f.number(schools)) };
  return { head, notice, meters: sum.schools === 0 ? [] : unitMeters(sum, targets, counter, t, f) };
}

function statsOf(sum: Progress["sum"], schools: number, { t }: Voice, f: Voice["f"]): StatView[] {
  const words = t.progress;
  const of = (n: number, all: number): string => words.of_all(f.number(n), f.number(all));
  return [
    { label: words.stats.schools, value: f.number(schools) },
    { label: words.stats.closed, value: of(sum.schools, schools) },
    { label: words.stats.online, value: of(sum.online_met, sum.schools) },
    { label: words.stats.digitised, value: of(sum.digitised_met, sum.schools) },
  ];
}

const PARTS_MAX = 120;

/** A commune's name; the schools of the department itself, and those that are told together, have one in words. */
export function partName(progress: Progress, part: ProgressPart, { t }: Voice): string {
  if (part.id === progress.unit.id) return t.progress.direct;
  return part.id === "" ? t.progress.others : part.name;
}

function partsTable(progress: Progress, showsSchools: boolean, voice: Voice): TableView | undefined {
  if (progress.lastClosed === undefined) return undefined;
  const { t, f } = voice;
  const words = t.progress;
  const { unit, schools, closed, online, digitised } = words.part_columns;
  const parts = showsSchools ? progress.parts : publicParts(progress.parts);
  const number = true;
  return {
    caption: words.parts,
    columns: [{ label: unit }, { label: schools, number }, { label: closed, number }, { label: online, number }, { label: digitised, number }],
    rows: parts.slice(0, PARTS_MAX).map((part): CellView[] => [
      { text: partName(progress, part, voice), href: showsSchools ? `/progress/${part.id}` : undefined },
      { text: f.number(part.schools.length) },
      { text: f.number(part.told) },
      { text: f.number(part.sum.online_met) },
      { text: f.number(part.sum.digitised_met) },
    ]),
  };
}

function indicatorTable(progress: Progress, section: number, voice: Voice): TableView {
  const { t, lang } = voice;
  const { indicator, target, value, state } = t.indicators.columns;
  return {
    caption: t.indicators.sections[section] ?? "",
    columns: [{ label: indicator }, { label: target }, { label: value, number: true }, { label: state }],
    rows: progress.indicators
      .filter((one) => one.indicator.section === section)
      .map(({ indicator: one, sum, answer, told }): CellView[] => [{ text: `${one.code} ${nameOf(one, lang)}` }, { text: targetText(one, voice) }, { text: told ? sumText(one, sum, voice) : "–" }, answerCell(one, answer, voice)]),
  };
}

const TONES: Record<Answer, Tone> = { met: "good", not_met: "warn", no_plan: "neutral" };

function schoolTable(schools: readonly ProgressSchool[], { t, f }: Voice): TableView {
  const words = t.progress;
  const { school, level, online, digitised } = words.school_columns;
  const missing: CellView = { text: words.not_closed, badge: "neutral" };
  return {
    caption: words.schools,
    columns: [{ label: school }, { label: level }, { label: online }, { label: digitised }],
    rows: schools.map(({ school: one, closed }): CellView[] => [
      { text: one.name },
      { text: one.level ? (t.access.levels[one.level] ?? one.level) : "–" },
      closed ? { text: shareText(closed, t, f), badge: TONES[onlineAnswer(closed)] } : missing,
      closed ? { text: digitisedText(closed, t, f), badge: TONES[digitisedAnswer(closed)] } : missing,
    ]),
  };
}

function termsOf({ targets }: Progress, { t, f }: Voice): Term[] {
  const terms = t.progress.terms;
  return [
    { label: terms.online, text: terms.online_text(f.basisPoints(targets.online), targets.source) },
    { label: terms.digitised, text: terms.digitised_text(f.basisPoints(targets.digitised), targets.source) },
    { label: terms.closing, text: terms.closing_text },
    { label: terms.sums, text: terms.sums_text },
  ];
}

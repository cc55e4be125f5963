import type { Formats } from "../../platform/i18n.ts";
import type { ActView, CellView, PageHeadView, ProgressView, TableView, Tone } from "../../shell/partials.ts";
import type { ListedRecount, Repair } from "./store.ts";

export interface RecountsPage {
  head: PageHeadView;
  /** Undefined while one runs. */
  start: ActView | undefined;
  progress: { src: string; bar: ProgressView } | undefined;
  table: TableView;
  empty: boolean;
}

export interface RecountPage {
  head: PageHeadView;
  table: TableView;
}

declare global {
  interface Views {
    "measures/recounts": RecountsPage;
    "measures/recount": RecountPage;
  }
}

interface Speech {
  t: Words;
  f: Formats;
}

/** How far a count is, as `<job-progress>` asks for it. */
export function progressOf({ state, counted, schools }: ListedRecount, { t, f }: Speech): { running: boolean; label: string; value: number; text: string } {
  return { running: state === "running", label: t.recount.runs, value: counted / Math.max(1, schools), text: t.recount.runs_text(f.number(counted), f.number(schools)) };
}

const TONES: Record<ListedRecount["state"], Tone> = { running: "info", done: "good", stopped: "neutral" };

export function recountsPage(all: readonly ListedRecount[], speech: Speech): RecountsPage {
  const { t, f } = speech;
  const words = t.recount;
  const running = all.find((one) => one.state === "running");
  const { label, value, text } = running ? progressOf(running, speech) : { label: "", value: 0, text: "" };
  const { begun, cause, state, schools, result } = words.columns;
  return {
    head: { title: words.title, lead: words.lead },
    start: running ? undefined : { action: "/measures/recounts", label: words.start, icon: "refresh-cw", kind: "primary" },
    progress: running && { src: `/measures/recounts/${running.id}/progress`, bar: { label, value, max: 1, text } },
    table: {
      caption: words.history,
      columns: [{ label: begun }, { label: cause }, { label: state }, { label: schools, number: true }, { label: result }],
      rows: all.map((one): CellView[] => [
        { text: f.stamp(one.begun_at), href: `/measures/recounts/${one.id}` },
        { text: one.by_name === null ? words.causes[one.cause] : words.by(words.causes[one.cause], one.by_name) },
        { text: words.states[one.state], badge: TONES[one.state] },
        { text: words.runs_text(f.number(one.counted), f.number(one.schools)) },
        { text: resultOf(one, t) },
      ]),
    },
    empty: all.length === 0,
  };
}

function resultOf({ state, counted, sums, repaired }: ListedRecount, { recount: words }: Words): string {
  if (sums > 0) return words.repaired(sums, repaired);
  return state === "done" || counted > 0 ? words.right : "";
}

export function recountPage(one: ListedRecount, repairs: readonly Repair[], { t, f }: Speech): RecountPage {
  const words = t.recount;
  const { school, year, sums } = words.columns;
  const lead = [one.ended_at === null ? words.states[one.state] : words.took(f.stamp(one.begun_at), f.stamp(one.ended_at)), resultOf(one, t)].filter((text) => text !== "").join(". ");
  return {
    head: { title: words.of(f.stamp(one.begun_at)), eyebrow: words.title, lead: repairs.length === 0 ? lead : `${lead}. ${words.repairs_lead}` },
    table: {
      caption: words.repairs,
      columns: [{ label: school }, { label: year }, { label: sums, number: true }],
      rows: repairs.map((row) => [{ text: row.school, href: `/schools/${row.school_id}/measures?year=${row.year_id}` }, { text: row.year_id }, { text: f.number(row.wrong) }]),
    },
  };
}

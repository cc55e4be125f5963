import type { ChoicesView, ErrorSummaryView, FieldView, PageHeadView, StepsView, TableView } from "../../shell/partials.ts";
import type { UnitRow } from "../store.ts";
import type { Belongings, Leader } from "../store/merge.ts";
import type { Say } from "./units.ts";

export interface MergerPage {
  head: PageHeadView;
  steps: StepsView;
  errors: ErrorSummaryView["errors"];
  choose: { fields: FieldView[]; from: ChoicesView; place: FieldView; newSchool: FieldView[] } | undefined;
  check: { table: TableView; effects: string[]; hidden: [string, string][]; leaders: ChoicesView | undefined; backHref: string } | undefined;
}

declare global {
  interface Views {
    "organisation/merger": MergerPage;
  }
}

const COLUMNS = ["classes", "pupils", "courses", "plans", "materials", "live_classes", "staff", "subject_groups", "campuses"] as const;

export function mergerHead(say: Say, step: "choose" | "check"): Pick<MergerPage, "head" | "steps"> {
  const words = say.t.organisation;
  return {
    head: { title: words.merger_title, lead: step === "choose" ? words.merger_lead : words.merger_nothing_yet },
    steps: {
      label: words.merger_steps,
      items: [
        { label: words.merger_choose, state: step === "choose" ? "current" : "done" },
        { label: words.merger_check, state: step === "check" ? "current" : "todo" },
        { label: words.merger_done, state: "todo" },
      ],
    },
  };
}

/** What is counted before a merger, and what the one school will have: the sum. */
export function mergerTable(
  say: Say,
  into: { name: string; brought: Belongings | undefined },
  from: readonly { school: UnitRow; brought: Belongings }[],
): TableView {
  const words = say.t.organisation;
  const rows = [...(into.brought ? [{ name: into.name, brought: into.brought }] : []), ...from.map(({ school, brought }) => ({ name: school.name, brought }))];
  const sum = (column: (typeof COLUMNS)[number]): number => {
    const total = rows.reduce((n, row) => n + row.brought[column], 0);
    return column === "campuses" ? total + from.length : total; // every merged school becomes one more campus
  };
  return {
    caption: words.merger_counts,
    columns: [{ label: words.school }, ...COLUMNS.map((column) => ({ label: words.merger_columns[column], number: true }))],
    rows: [
      ...rows.map((row) => [{ text: row.name }, ...COLUMNS.map((column) => ({ text: say.f.number(row.brought[column]) }))]),
      [{ text: words.merger_after }, ...COLUMNS.map((column) => ({ text: say.f.number(sum(column)) }))],
    ],
    phones: "scroll",
  };
}

export function leaderChoices(say: Say, leaders: readonly Leader[]): ChoicesView | undefined {
  if (leaders.length === 0) return undefined;
  const words = say.t.organisation;
  return {
    kind: "checkbox",
    name: "leaders",
    legend: words.merger_leaders,
    hint: words.merger_leaders_hint,
    options: leaders.map((leader) => ({ value: leader.id, label: leader.name, hint: leader.unit_name, selected: true })),
  };
}

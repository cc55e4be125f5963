import type { Formats } from "../platform/i18n.ts";
import type { ActView, FactsView, PageHeadView, TableView } from "../shell/partials.ts";
import { DIGITISATION_STATES, type DigitisationState } from "./rules.ts";
import type { DigitisationRow } from "./store.ts";
import { TOOL_NAMES, type Tools } from "./tools.ts";

export interface ConversionsPage {
  head: PageHeadView;
  tools: TableView;
  walls: FactsView["items"];
  queue: FactsView["items"];
  failed: { name: string; why: string; when: string; retry: ActView | undefined }[];
  retryAll: ActView | undefined;
}

declare global {
  interface Views {
    "digitising/conversions": ConversionsPage;
  }
}

interface ConversionsFacts {
  tools: Tools;
  counts: ReadonlyMap<DigitisationState, number>;
  failed: readonly DigitisationRow[];
  clamd: string | undefined;
}

export function conversionsPage({ t, f }: { t: Words; f: Formats }, { tools, counts, failed, clamd }: ConversionsFacts): ConversionsPage {
  const words = t.digitising.admin;
  const retry = (hash: string, label: string): ActView => ({ action: "/conversions/retries", label, icon: "refresh-cw", hidden: { hash } });
  return {
    head: { title: words.title, lead: words.lead },
    tools: {
      caption: words.tools,
      columns: [{ label: words.columns.tool }, { label: words.columns.found }, { label: words.columns.means }],
      rows: TOOL_NAMES.map((name) => {
        const version = tools.versions[name];
        return [
          { text: words.tool_names[name] ?? name },
          version === undefined ? { text: words.missing, badge: "warn" as const } : { text: version },
          { text: (version === undefined ? words.without_tool[name] : words.with_tool[name]) ?? "" },
        ];
      }),
    },
    walls: [
      { label: words.walls, value: tools.sandbox.isolated ? words.isolated : words.not_isolated },
      { label: words.scanner, value: clamd === undefined ? words.scanner_off : words.scanner_on(clamd) },
    ],
    queue: DIGITISATION_STATES.map((state) => ({ label: t.digitising.states[state] ?? state, value: f.number(counts.get(state) ?? 0) })),
    failed: failed.map((row) => ({
      name: row.name,
      why: t.digitising.reasons[row.error_code ?? ""] ?? "",
      when: row.finished_at === null ? "" : f.stamp(row.finished_at),
      retry: row.error_code === "virus" ? undefined : retry(row.blob_hash, words.retry),
    })),
    retryAll: failed.length > 1 ? retry("all", words.retry_all) : undefined,
  };
}

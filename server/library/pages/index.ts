import type { ActView, FactsView, PageHeadView } from "../../shell/partials.ts";
import type { IndexState } from "../store/rebuild.ts";
import type { RebuildRow } from "../store/tables.ts";
import type { Speech } from "./parts.ts";

/** The index of the library, for the system's administrator. */
export interface IndexPage {
  head: PageHeadView;
  facts: FactsView;
  running: { label: string; value: number; max: number; text: string } | undefined;
  rebuild: ActView | undefined;
}

declare global {
  interface Views {
    "library/index": IndexPage;
  }
}

export function indexPage({ t, f }: Speech, state: IndexState, last: RebuildRow | undefined): IndexPage {
  const words = t.library;
  const running = last?.state === "running" ? last : undefined;
  const text = running && words.index_running(f.number(running.done), f.number(running.total));
  return {
    head: { title: words.index, lead: words.index_lead },
    facts: {
      items: [
        { label: words.index_materials, value: f.number(state.materials) },
        { label: words.index_indexed, value: f.number(state.indexed) },
        { label: words.index_waiting, value: f.number(state.waiting) },
        { label: words.index_last, value: last?.finished_at ? f.stamp(last.finished_at) : words.index_never },
      ],
    },
    running: running && text !== undefined ? { label: words.index, value: running.done, max: Math.max(1, running.total), text } : undefined,
    rebuild: running ? undefined : { action: "/library/index", label: words.index_rebuild, icon: "refresh-cw", kind: "primary" },
  };
}

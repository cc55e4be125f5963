import type { FieldView, PageHeadView, TableView } from "../../shell/partials.ts";
import { DESCRIBED } from "../rules.ts";
import type { Block, Part } from "../rules/compare.ts";
import type { MaterialRow, VersionWithName } from "../store.ts";
import type { Speech } from "./parts.ts";
import { fileDetail, type ViewerView } from "./viewer.ts";

/** A stretch of the text: paragraphs that stayed are only counted. */
export type TextBlockView = { kind: "skipped"; note: string } | { kind: "same" | "added" | "removed" | "changed"; parts: Part[] };

/** Two versions of a material beside each other. */
export interface ComparePage {
  head: PageHeadView;
  choose: { action: string; older: FieldView; newer: FieldView };
  sides: { key: "older" | "newer"; title: string; detail: string; viewer: ViewerView }[];
  /** Both are shown as pages, which can be turned together. */
  together: boolean;
  described: TableView | undefined;
  describedNone: string;
  text: { summary: string; blocks: TextBlockView[] } | undefined;
  textNone: string;
}

declare global {
  interface Views {
    "materials/compare": ComparePage;
    "materials/diff-parts": { parts: Part[] };
  }
}

/** One of the two: its file, how it was described when it was sent, and its text where it was digitised. */
export interface Side {
  version: VersionWithName;
  viewer: ViewerView;
  described: Readonly<Record<string, unknown>>;
}

export interface CompareFacts {
  material: MaterialRow;
  versions: readonly VersionWithName[];
  older: Side;
  newer: Side;
  blocks: readonly Block[] | undefined;
}

export function comparePage(speech: Speech, facts: CompareFacts): ComparePage {
  const { t, f } = speech;
  const words = t.materials.compare;
  const { material, older, newer, versions } = facts;
  const options = versions.map((version) => ({ value: version.id, label: words.option(version.number, version.file_name) }));
  const fieldOf = (name: "older" | "newer"): FieldView => ({ name, label: words[name], kind: "select", value: facts[name].version.id, options });
  return {
    head: { title: words.title, eyebrow: material.title },
    choose: { action: `/materials/${material.id}/comparison`, older: fieldOf("older"), newer: fieldOf("newer") },
    sides: (["older", "newer"] as const).map((key) => {
      const { version, viewer } = facts[key];
      return { key, title: t.materials.version(version.number), detail: [version.uploader_name, f.stamp(version.uploaded_at), fileDetail(f, version)].join(" · "), viewer };
    }),
    together: older.viewer.shows === "pdf" && newer.viewer.shows === "pdf",
    described: describedTable(speech, older, newer),
    describedNone: words.described_none,
    text: facts.blocks && textView(t, facts.blocks),
    textNone: words.text_none,
  };
}

/** What was described otherwise, and how the files differ. */
function describedTable(speech: Speech, older: Side, newer: Side): TableView | undefined {
  const { t, f } = speech;
  const words = t.materials.fields;
  const labels: Record<string, string> = { ...words, subject_code: words.subject };
  const described = DESCRIBED.map((name) => [labels[name] ?? name, say(speech, name, older.described[name]), say(speech, name, newer.described[name])] as const);
  const files = [[words.file, older.version.file_name, newer.version.file_name], [words.size, f.bytes(older.version.size_bytes), f.bytes(newer.version.size_bytes)]] as const;
  const different = [...described, ...files].filter(([, before, after]) => before !== after);
  if (different.length === 0) return undefined;
  return {
    caption: t.materials.compare.described,
    columns: [{ label: t.materials.compare.what }, { label: t.materials.version(older.version.number) }, { label: t.materials.version(newer.version.number) }],
    rows: different.map(([label, before, after]) => [{ text: label }, { text: before || "–" }, { text: after || "–" }]),
    phones: "stack",
  };
}

function say({ t }: Speech, name: string, value: unknown): string {
  const text = typeof value === "string" || typeof value === "number" ? String(value) : "";
  const names: Record<string, Record<string, string>> = { kind: t.materials.kinds, language: t.materials.languages, licence: t.materials.licences, scope: t.materials.scopes };
  return names[name]?.[text] ?? text;
}

/** Paragraphs kept before and after a change, for the reader to find the place. */
const CONTEXT = 1;

function textView(t: Words, blocks: readonly Block[]): NonNullable<ComparePage["text"]> {
  const words = t.materials.compare;
  const changed = (i: number): boolean => blocks[i] !== undefined && blocks[i].kind !== "same";
  const near = (i: number): boolean => Array.from({ length: 2 * CONTEXT + 1 }, (_, k) => i - CONTEXT + k).some(changed);
  const shown: TextBlockView[] = [];
  let skipped = 0;
  const skip = (): void => {
    if (skipped > 0) shown.push({ kind: "skipped", note: words.skipped(skipped) });
    skipped = 0;
  };
  blocks.forEach((block, i) => {
    if (!near(i)) {
      skipped += 1;
      return;
    }
    skip();
    shown.push(block.kind === "changed" ? block : { kind: block.kind, parts: [block] });
  });
  skip();
  const count = (kind: Block["kind"]): number => blocks.filter((block) => block.kind === kind).length;
  return { summary: words.summary(count("added"), count("removed"), count("changed")), blocks: shown };
}


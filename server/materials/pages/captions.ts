import type { Typed } from "../../platform/web/form.ts";
import type { ActView, FieldView } from "../../shell/partials.ts";
import { LANGUAGES } from "../forms.ts";
import type { CaptionRow } from "../store/captions.ts";
import type { Speech } from "./parts.ts";

/** The captions of a video, for those who may change them. */
export interface CaptionsView {
  rows: { text: string; remove: ActView }[];
  action: string;
  fields: FieldView[];
  error: string | undefined;
  /** The form stands open: something in it needs correction. */
  opened: boolean;
}

declare global {
  interface Views {
    "materials/captions": { captions: CaptionsView };
  }
}

export function captionsView({ t }: Speech, version: { id: string; material_id: string }, rows: readonly CaptionRow[], problem: { text: string; typed: Typed } | undefined): CaptionsView {
  const words = t.materials.viewer;
  const action = `/materials/${version.material_id}/versions/${version.id}/captions`;
  const typed = (name: string): string => (typeof problem?.typed[name] === "string" ? problem.typed[name] : "");
  const languages = LANGUAGES.map((value) => ({ value, label: t.materials.languages[value] ?? value }));
  return {
    rows: rows.map((row) => ({
      text: words.captions_row(row.label, t.materials.languages[row.language] ?? row.language, row.cues),
      remove: { action: `${action}/${row.id}/removal`, label: words.captions_remove, icon: "trash-2", kind: "quiet", confirm: words.captions_confirm(row.label) },
    })),
    action,
    fields: [
      { name: "files", id: "captions-file", label: words.captions_file, kind: "file", hint: words.captions_hint, error: problem?.text, attributes: { accept: ".vtt,.srt,text/vtt" } },
      { name: "language", id: "captions-language", label: t.materials.fields.language, kind: "select", value: typed("language") || "vi", options: languages },
      { name: "label", id: "captions-label", label: words.captions_label, hint: words.captions_label_hint, kind: "text", value: typed("label"), required: false, attributes: { maxlength: 60 } },
    ],
    error: problem?.text,
    opened: problem !== undefined,
  };
}

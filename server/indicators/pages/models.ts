import type { UnitRow } from "../../organisation/store.ts";
import { formView, type FormState, type FormView } from "../../shell/form-fields.ts";
import type { ActView, EmptyView, NoticeView, PageHeadView } from "../../shell/partials.ts";
import type { When } from "../asked.ts";
import type { Voice } from "../say.ts";
import type { ModelRow } from "../store/models.ts";

export interface ModelsPage {
  head: PageHeadView;
  groups: { title: string; items: { name: string; eyebrow: string; lines: string[]; end: ActView | undefined }[] }[];
  missing: NoticeView | undefined;
  empty: EmptyView | undefined;
  form: FormView | undefined;
}

declare global {
  interface Views {
    "indicators/models": ModelsPage;
  }
}

export function modelsPage(when: When, models: readonly ModelRow[], members: readonly { cluster_id: string; school_id: string }[], tree: readonly UnitRow[], edits: boolean, state: FormState, { t }: Voice): ModelsPage {
  const words = t.indicators.models;
  const levelOf = (level: string | null): string => (level ? (t.access.levels[level] ?? level) : "");
  const names = new Map(tree.map((unit) => [unit.id, unit.name]));
  const itemOf = (model: ModelRow) => {
    const schools = members.filter((member) => member.cluster_id === model.unit_id).flatMap((member) => names.get(member.school_id) ?? []);
    return {
      name: model.name,
      eyebrow: levelOf(model.level),
      lines: [model.decision, ...(schools.length > 0 ? [`${words.columns.members}: ${schools.join(", ")}`] : []), ...(model.note === "" ? [] : [model.note])],
      end: edits ? { action: `/scoreboard/models/${model.id}/ending`, label: words.end, icon: "x" as const, kind: "quiet" as const, confirm: words.end_confirm(model.name) } : undefined,
    };
  };
  const groups = [
    { title: words.schools, items: models.filter((model) => model.kind === "school").map(itemOf) },
    { title: words.clusters, items: models.filter((model) => model.kind === "cluster").map(itemOf) },
  ].filter((group) => group.items.length > 0);
  const levels = [...new Set(tree.flatMap((unit) => (unit.kind === "school" ? (unit.level ?? []) : [])))];
  const open = levels.filter((level) => !models.some((model) => model.kind === "school" && model.level === level));
  const units = tree.filter((unit) => (unit.kind === "school" || unit.kind === "cluster") && !models.some((model) => model.unit_id === unit.id));
  return {
    head: { title: words.title, lead: words.lead(when.year.id) },
    groups,
    missing: groups.length > 0 && open.length > 0 ? { kind: "info", text: words.missing_levels(open.map(levelOf).join(", ")) } : undefined,
    empty: groups.length === 0 ? { icon: "star", title: words.empty, text: words.empty_text } : undefined,
    form: edits
      ? formView(t, state, {
          action: "/scoreboard/models",
          submit: words.name_it,
          hidden: { year: when.year.id },
          fields: [
            { name: "unit", label: words.unit, kind: "select", value: "", options: units.map((unit) => ({ value: unit.id, label: unit.level ? `${unit.name} (${levelOf(unit.level)})` : unit.name })) },
            { name: "decision", label: words.decision, kind: "text", required: true, attributes: { maxlength: 200 } },
            { name: "note", label: words.note, kind: "text", required: false, attributes: { maxlength: 500 } },
          ],
        })
      : undefined,
  };
}

import { formView, type FormState, type FormView } from "../../shell/form-fields.ts";
import type { Day } from "../../platform/clock.ts";
import type { ActView, BadgeView, FieldView, PageHeadView, TrailView } from "../../shell/partials.ts";
import { CHECK_ITEMS_MAX, type CheckItem, type StepDays } from "../rules/review.ts";
import type { DeputyRow } from "../store/deputies.ts";
import type { ReviewSettingsRow } from "../store/settings.ts";
import type { Speech } from "./parts.ts";

/** How a school reviews: the checklist, what must be ticked, the deadlines; and the versions before. */
export interface ReviewSettingsPage {
  head: PageHeadView;
  form: FormView;
  questions: { text: FieldView; required: FieldView }[];
  days: FieldView[];
  versions: TrailView["items"];
  deputies: DeputiesView | undefined;
}

/** Who stands in for a school's leaders, and the form that names somebody. */
export interface DeputiesView {
  form: FormView;
  current: { name: string; detail: string; reason: string; badge: BadgeView; end: ActView }[];
  past: string[];
}

declare global {
  interface Views {
    "materials/review-settings": ReviewSettingsPage;
  }
}

export interface SettingsFacts {
  unit: { id: string; name: string };
  /** What is in force, of the unit itself or from above it. */
  inForce: { items: readonly CheckItem[] } & StepDays;
  /** Whose it is, where it comes from above. */
  from: string | undefined;
  versions: readonly ReviewSettingsRow[];
  /** Of a school only. */
  deputies: DeputyFacts | undefined;
}

export interface DeputyFacts {
  rows: readonly DeputyRow[];
  candidates: readonly { id: string; name: string }[];
  today: Day;
  state: FormState;
}

export function settingsPage(speech: Speech, facts: SettingsFacts, state: FormState): ReviewSettingsPage {
  const { t, f } = speech;
  const words = t.materials.review_settings;
  const { items } = facts.inForce;
  const typedOnce = Object.keys(state.typed).length > 0;
  const questions = Array.from({ length: CHECK_ITEMS_MAX }, (_, i) => questionOf(t, items[i], i));
  const days = (["pass_days", "approve_days"] as const).map(
    (name): FieldView => ({ name, label: words[name], kind: "number", value: String(facts.inForce[name] ?? ""), required: false, attributes: { min: 1, max: 60, inputmode: "numeric" } }),
  );
  const form = formView(t, state, {
    action: `/units/${facts.unit.id}/review-settings`,
    submit: words.save,
    hidden: { after: String(facts.versions[0]?.version ?? 0) },
    cancel: { href: "/review", label: t.materials.cancel },
    fields: [...questions.flatMap((question) => [question.text, question.required]), ...days],
  });
  const fieldOf = (name: string): FieldView => form.fields.find((field) => field.name === name) ?? { name, label: "", kind: "text" };
  return {
    head: { title: words.title, eyebrow: facts.unit.name, lead: facts.from === undefined ? words.lead : words.lead_from(facts.from) },
    form,
    questions: questions.map(({ text, required }) => ({
      text: fieldOf(text.name),
      required: { ...fieldOf(required.name), checked: typedOnce ? state.typed[required.name] !== undefined : required.checked },
    })),
    deputies: facts.deputies && deputiesView(speech, facts.unit.id, facts.deputies),
    days: days.map((field) => fieldOf(field.name)),
    versions: facts.versions.map((version) => ({
      icon: "history",
      title: words.version(version.version, version.by_name),
      detail: f.moment(version.created_at),
      text: [...version.items.map((item, i) => words.item_line(i + 1, item.text, item.required)), words.days_line(version.pass_days, version.approve_days)].join(" "),
    })),
  };
}

function deputiesView({ t, f }: Speech, unitId: string, { rows, candidates, today, state }: DeputyFacts): DeputiesView {
  const words = t.materials.deputies;
  const standing = rows.filter((row) => row.ended_at === null && row.to_on >= today);
  const period = (row: DeputyRow): string => words.period(f.day(row.from_on), f.day(row.to_on), row.named_by_name);
  const action = `/units/${unitId}/review-deputies`;
  return {
    form: formView(t, state, {
      action,
      submit: words.name,
      fields: [
        { name: "person", label: words.person, kind: "select", options: [{ value: "", label: words.choose }, ...candidates.map((one) => ({ value: one.id, label: one.name }))], required: true },
        { name: "from_on", label: words.from_on, kind: "date", value: today, required: true },
        { name: "to_on", label: words.to_on, kind: "date", required: true },
        { name: "reason", label: words.reason, kind: "text", hint: words.reason_hint, attributes: { maxlength: 300 } },
      ],
    }),
    current: standing.map((row) => ({
      name: row.name,
      detail: period(row),
      reason: row.reason,
      badge: row.from_on <= today ? { label: words.states.now, tone: "good" } : { label: words.states.later, tone: "info" },
      end: { action: `${action}/${row.id}/removal`, label: words.end, kind: "quiet", confirm: words.end_confirm(row.name) },
    })),
    past: rows.filter((row) => !standing.includes(row)).map((row) => `${row.name}: ${period(row)}`),
  };
}

function questionOf(t: Words, item: CheckItem | undefined, i: number): ReviewSettingsPage["questions"][number] {
  const words = t.materials.review_settings;
  return {
    text: { name: `text.${i}`, label: words.question(i + 1), kind: "text", value: item?.text ?? "", attributes: { maxlength: 200 } },
    required: { name: `required.${i}`, label: words.required(i + 1), kind: "checkbox", checked: item?.required ?? false },
  };
}

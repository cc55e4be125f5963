import type { FieldError, Typed } from "../platform/web/form.ts";
import { sayText } from "../platform/messages.ts";
import type { ChoicesView, ErrorSummaryView, FieldView, NoticeView, PageHeadView } from "./partials.ts";

/** What was typed and what was wrong with it; nothing of both at a first showing. */
export interface FormState {
  errors: readonly FieldError[];
  typed: Typed;
}

/** A form of fields one below the other. */
export interface FormView {
  action: string;
  submit: string;
  cancel: { href: string; label: string } | undefined;
  hidden: Record<string, string>;
  fields: FieldView[];
  choices: ChoicesView[];
  errors: ErrorSummaryView["errors"];
}

/** A page that is one form. */
export interface FormPage {
  head: PageHeadView;
  notice: NoticeView | undefined;
  form: FormView;
}

declare global {
  interface Views {
    "shell/form": FormPage;
    "shell/form-body": FormView;
  }
}

/** A form with what was typed in its fields and the words of each error beside them and above the form. */
export function formView(
  words: Words,
  state: FormState,
  form: Pick<FormView, "action" | "submit"> & { fields: readonly FieldView[] } & Partial<Pick<FormView, "cancel" | "hidden" | "choices">>,
): FormView {
  const sayError = (name: string): string | undefined => {
    const error = state.errors.find((e) => e.field === name);
    return error && sayText(words.platform.fields, error.code, error.params);
  };
  const fields = form.fields.map((field) => ({ ...asTyped(field, state), error: sayError(field.name) }));
  const choices = (form.choices ?? []).map((choice) => ({ ...chosen(choice, state), error: sayError(choice.name) }));
  const ids = new Map(fields.map((field) => [field.name, field.id ?? field.name] as const));
  const labels = new Map([...fields.map((f) => [f.name, f.label] as const), ...choices.map((c) => [c.name, c.legend] as const)]);
  return {
    action: form.action,
    submit: form.submit,
    cancel: form.cancel,
    hidden: form.hidden ?? {},
    fields,
    choices,
    errors: state.errors.map((error) => ({
      field: ids.get(error.field) ?? error.field,
      label: labels.get(error.field) ?? error.field,
      message: sayText(words.platform.fields, error.code, error.params),
    })),
  };
}

function asTyped(field: FieldView, state: FormState): FieldView {
  const typed = state.typed[field.name];
  if (field.kind === "checkbox") return Object.keys(state.typed).length > 0 ? { ...field, checked: typed !== undefined } : field;
  return typeof typed === "string" ? { ...field, value: typed } : field;
}

function chosen(choices: ChoicesView, state: FormState): ChoicesView {
  if (Object.keys(state.typed).length === 0) return choices;
  const typed = [state.typed[choices.name] ?? []].flat();
  return { ...choices, options: choices.options.map((option) => ({ ...option, selected: typed.includes(option.value) })) };
}

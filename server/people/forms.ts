import { z } from "zod";
import { FIELDS, type Field } from "./import/columns.ts";
import type { Choices } from "./import/judge.ts";
import type { RosterData } from "./store/imports.ts";

const revision = z.coerce.number({ error: "invalid" }).int().min(1);
export const RevisionForm = z.strictObject({ revision });

const TEXT_MAX = 200;
const FIXES_MAX = 5000;

/** The fields a person can put right in place. */
export const FIXABLE: readonly Field[] = ["name", "born_on", "sex", "class_name", "status", "sector_code", "personal_code", "email"];

/**
 * What was decided in the preview: `column.<n>` says what a column is, `fix.<line>.<field>` what should stand there,
 * `guess.<line>.<field>` takes what was guessed, `skip.<line>` leaves a line out. What is not in the form stays as it was.
 */
export const ChoicesForm = z
  .record(z.string().max(100), z.union([z.string().max(TEXT_MAX, { error: "too_long" }), z.array(z.string().max(TEXT_MAX)).max(2)]))
  .refine((form) => Object.keys(form).length <= FIXES_MAX, { error: "invalid" })
  .transform((form) => Object.fromEntries(Object.entries(form).map(([name, value]) => [name, typeof value === "string" ? value.trim() : (value.at(-1)?.trim() ?? "")])));

/** The choices after a form was sent, laid over those that stood. */
export function choicesOf(form: Record<string, string>, before: Pick<RosterData, "columns" | "mapping" | "fixes" | "skipped">): Choices {
  const mapping = { ...before.mapping };
  before.columns.forEach((column, i) => {
    const chosen = form[`column.${i}`];
    if (chosen !== undefined) mapping[column.key] = FIELDS.find((field) => field === chosen) ?? null;
  });
  const fixes = { ...before.fixes };
  const skipped = new Set(before.skipped);
  for (const [name, value] of Object.entries(form)) {
    const [what, line = "", field = ""] = name.split(".");
    if (!/^\d+-\d+$/.test(line)) continue;
    if (what === "shown") {
      if (form[`skip.${line}`] === "yes") skipped.add(line);
      else skipped.delete(line);
    }
    if (!FIXABLE.some((known) => known === field)) continue;
    if (what === "fix" && value !== form[`was.${line}.${field}`]) fixes[`${line}.${field}`] = value;
    if (what === "guess") fixes[`${line}.${field}`] = value;
  }
  return { mapping, fixes, skipped: [...skipped] };
}

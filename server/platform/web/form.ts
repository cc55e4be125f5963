import type { z } from "zod";
import type { Params } from "../errors.ts";

/** What a person typed, kept to be shown again: text by field name, lists for fields that repeat. */
export type Typed = Record<string, string | string[]>;
/** One problem of one field: `code` is a key of `words.fields`. */
export interface FieldError {
  field: string;
  code: string;
  params: Params;
}
export type Read<Value> = { ok: true; value: Value } | { ok: false; errors: FieldError[]; typed: Typed };

const TYPED_LENGTH_MAX = 100_000;

/**
 * Reads a form: the value, or every field's error with everything that was typed.
 *
 * A schema says its own code with `z.string({ error: "required" })` or `.refine(…, { error: "code" })`; zod's own issues are
 * translated to `required`, `too_short`, `too_long`, `too_small`, `too_big`, `not_a_choice`, `unknown_field`, `invalid`.
 */
export function readForm<S extends z.ZodType>(schema: S, body: unknown): Read<z.infer<S>> {
  const given = withoutNul(typeof body === "object" && body !== null ? body : {});
  const result = schema.safeParse(given);
  if (result.success) return { ok: true, value: result.data };
  return { ok: false, errors: result.error.issues.flatMap(errorsOf), typed: typedOf(given) };
}

/** Nobody types NUL, and PostgreSQL keeps no text with it. */
function withoutNul(body: object): object {
  const clean = (value: unknown): unknown => (typeof value === "string" ? value.replaceAll("\u0000", "") : Array.isArray(value) ? value.map(clean) : value);
  return Object.fromEntries(Object.entries(body).map(([field, value]) => [field, clean(value)]));
}

/** What was typed, as far as it is text. */
export function typedOf(body: object): Typed {
  const typed: Typed = {};
  for (const [field, value] of Object.entries(body)) {
    if (typeof value === "string") typed[field] = value.slice(0, TYPED_LENGTH_MAX);
    else if (Array.isArray(value)) typed[field] = value.filter((item) => typeof item === "string");
  }
  return typed;
}

/** A form as a template needs it before anything was sent. */
export function blankForm(typed: Typed = {}): { errors: FieldError[]; typed: Typed } {
  return { errors: [], typed };
}

function errorsOf(issue: z.core.$ZodIssue): FieldError[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({ field: key, code: "unknown_field", params: {} }));
  }
  const field = issue.path.map(String).join(".");
  if (/^[a-z][a-z0-9_]*$/.test(issue.message)) return [{ field, code: issue.message, params: numbersOf(issue) }];
  return [{ field, code: codeOf(issue), params: numbersOf(issue) }];
}

function codeOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "too_small":
      if (issue.origin === "string" && Number(issue.minimum) === 1) return "required";
      return issue.origin === "string" ? "too_short" : "too_small";
    case "too_big":
      return issue.origin === "string" ? "too_long" : "too_big";
    case "invalid_type":
      return issue.input === undefined ? "required" : "invalid";
    case "invalid_value":
      return "not_a_choice";
    default:
      return "invalid";
  }
}

function numbersOf(issue: z.core.$ZodIssue): Params {
  if (issue.code === "too_small") return { min: Number(issue.minimum) };
  if (issue.code === "too_big") return { max: Number(issue.maximum) };
  return {};
}

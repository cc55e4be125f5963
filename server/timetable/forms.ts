import { z } from "zod";
import { dayField } from "../platform/web/day-field.ts";
import { NUMBERS, SCHOOL_DAYS, SESSIONS, placeKey, type Bell, type Place } from "./rules.ts";

const id = z.string().length(26, { error: "not_a_choice" });

/** Every place of a week, in the order of the school's day. */
export const PLACES: readonly Place[] = SCHOOL_DAYS.flatMap((day) => SESSIONS.flatMap((session) => NUMBERS.map((number) => ({ day, session, number }))));

/** `s.2.morning.3`: what is chosen for the third period of Tuesday morning. */
export function slotField(place: Place): string {
  return `s.${placeKey(place)}`;
}

/** A choice: empty, `flag`, `homeroom`, a course, or a course and which of its teachers. */
const choice = z.string().max(60).regex(/^(|flag|homeroom|[0-9a-z]{26}(\.[0-9a-z]{26})?)$/, { error: "not_a_choice" });

export const WeekForm = z.strictObject({
  from_on: dayField,
  /** The version that the page showed; empty where it showed none. */
  base: id.or(z.literal("")).default(""),
  revision: z.coerce.number().int().min(0).default(0),
  ...Object.fromEntries(PLACES.map((place) => [slotField(place), choice.optional()])),
});

export const RemovalForm = z.strictObject({ revision: z.coerce.number().int().min(1) });

const wall = z
  .string()
  .trim()
  .regex(/^(|([01]?\d|2[0-3]):[0-5]\d)$/, { error: "bad_time" })
  .transform((text) => (text === "" ? "" : text.padStart(5, "0")))
  .optional();

export const BELL_PLACES: readonly Pick<Bell, "session" | "number">[] = SESSIONS.flatMap((session) => NUMBERS.map((number) => ({ session, number })));

/** `morning.1.starts` */
export function bellField(place: Pick<Bell, "session" | "number">, edge: "starts" | "ends"): string {
  return `${place.session}.${place.number}.${edge}`;
}

export const BellsForm = z.strictObject({
  from_on: dayField,
  place: id,
  ...Object.fromEntries(BELL_PLACES.flatMap((place) => (["starts", "ends"] as const).map((edge) => [bellField(place, edge), wall]))),
});

export const ImportForm = z.object({ from_on: dayField });

/** What a heading, or a text of a cell, means: the n-th of those that are not known. */
export function headingField(n: number): string {
  return `heading.${n}`;
}
export function nameField(n: number): string {
  return `name.${n}`;
}

/** Only what the page offered is taken from it. */
export const NamesForm = z.looseObject({ revision: z.coerce.number().int().min(1) });

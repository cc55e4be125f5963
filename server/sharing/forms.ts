import { z } from "zod";
import { isId } from "../platform/ids.ts";
import { LICENCES } from "../materials/rules.ts";
import { COLLECTION_SCOPES, REPORT_KINDS, STARS_MAX } from "./rules.ts";

const id = z.string({ error: "required" }).refine(isId, { error: "invalid" });
const line = (max: number) => z.string({ error: "required" }).trim().max(max);
const ids = z.union([z.literal("").transform(() => []), id.transform((one) => [one]), z.array(id).max(20)]);

/** The school that takes it over, and the lessons of its plan that it serves there. */
export const AdoptionForm = z.strictObject({ school: id, lesson: ids.default([]), other: z.union([z.literal(""), id]).default("") });

export const DerivationForm = z.object({ school: id, licence: z.enum(LICENCES, { error: "not_a_choice" }) });

/** A word of why is part of a rating: stars alone help nobody to choose. */
export const RatingForm = z.strictObject({
  stars: z.coerce.number({ error: "required" }).int({ error: "not_a_choice" }).min(1, { error: "required" }).max(STARS_MAX, { error: "not_a_choice" }),
  words: line(1000).min(10, { error: "too_short" }),
});

export const ReportForm = z.strictObject({ kind: z.enum(REPORT_KINDS, { error: "required" }), words: line(1000).min(10, { error: "too_short" }) });

export const AnswerForm = z.strictObject({ answer: line(2000).min(1, { error: "required" }) });

export const ReasonForm = z.strictObject({ reason: line(1000).min(1, { error: "reason_needed" }) });

export const TakedownForm = z.strictObject({ reason: line(2000).min(1, { error: "reason_needed" }), rights: z.enum(["yes"]).optional() });

const collectionFields = { title: line(200).min(1), description: line(2000).default(""), scope: z.enum(COLLECTION_SCOPES, { error: "not_a_choice" }) };

export const NewCollectionForm = z.strictObject({ ...collectionFields, unit: id, material: z.union([z.literal(""), id]).default("") });
export const CollectionForm = z.strictObject({ ...collectionFields, revision: z.coerce.number().int().min(1) });
export const ItemForm = z.strictObject({ material: id });
export const MoveForm = z.strictObject({ to: z.enum(["up", "down"]) });
export const OrderForm = z.strictObject({ order: z.string().max(6000).transform((text) => text.split(" ").filter(isId)) });
export const NoteForm = z.strictObject({ note: line(1000) });

const code = line(20).transform((value) => (value === "" ? null : value));
const grade = z.union([z.literal("").transform(() => null), z.coerce.number().int().min(1).max(12)]);

/** What stands in the URL of a list; what makes no sense there is left out. */
export const CatalogueQuery = z.object({
  subject: code.catch(null).default(null),
  grade: grade.catch(null).default(null),
  after: z.string().refine(isId).nullable().catch(null).default(null),
});
export const CollectionsQuery = z.object({ mine: z.enum(["yes", ""]).catch("").default(""), after: z.string().refine(isId).nullable().catch(null).default(null) });

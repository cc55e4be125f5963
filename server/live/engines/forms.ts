import { z } from "zod";

const id = z.string().length(26, { error: "not_a_choice" });

/** Where a teacher moves a class to: our own room, or a plain link. */
export const MoveForm = z.strictObject({ engine: z.enum(["embedded", "link"], { error: "not_a_choice" }), link: z.string().trim().max(1000).default("") });

/** Who was there, and what shows that the class took place. */
export const DeclarationForm = z.strictObject({
  present: z.union([id.transform((one) => [one]), z.array(id).max(500)]).default([]),
  proof_url: z.union([z.url({ protocol: /^https?$/, error: "bad_url" }).max(1000), z.literal("").refine(() => false, { error: "required" })], { error: "bad_url" }),
});

export const FloorForm = z.strictObject({ person: id, given: z.enum(["yes", "no"]) });

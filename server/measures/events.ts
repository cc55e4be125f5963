import { z } from "zod";
import { event } from "../platform/jobs/queue.ts";

/** Somebody wants to see what a proposed definition would change; some schools more are to be counted. */
export const previewAsked = event("definition_preview_asked", z.object({ previewId: z.string() }));

/** The province changed what is counted: a new version of the definition, valid from a day. */
export const definitionChanged = event("definition_changed", z.object({ version: z.number(), by: z.string().optional() }));

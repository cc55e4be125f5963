import { z } from "zod";
import { event } from "../platform/jobs/queue.ts";

/** Somebody wants to see what a proposed definition would change; the schools behind one are to be counted, some at a time. */
export const previewAsked = event("definition_preview_asked", z.object({ previewId: z.string(), after: z.string().default("") }));

/** A school of a preview could not be counted; it is tried again by itself. */
export const previewMissed = event("definition_preview_missed", z.object({ previewId: z.string(), schoolId: z.string() }));

/** The province changed what is counted: a new version of the definition, valid from a day. */
export const definitionChanged = event("definition_changed", z.object({ version: z.number(), by: z.string().optional() }));

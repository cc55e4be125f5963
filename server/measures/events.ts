import { z } from "zod";
import { event } from "../platform/jobs/queue.ts";

/** The province changed what is counted: a new version of the definition, valid from a day. */
export const definitionChanged = event("definition_changed", z.object({ version: z.number(), by: z.string().optional() }));

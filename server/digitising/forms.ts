import { z } from "zod";
import { isHash } from "../platform/storage.ts";

/** Which failed conversion is tried again: one by its file, or all. */
export const RetryForm = z.strictObject({ hash: z.string().refine((text) => text === "all" || isHash(text)) });

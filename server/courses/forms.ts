import { z } from "zod";
import { RICH_TEXT_MAX } from "../platform/rich-text.ts";

export const TextForm = z.strictObject({
  body: z.string().max(RICH_TEXT_MAX).transform((text) => text.replace(/\r\n/g, "\n").trim()),
  revision: z.coerce.number().int().min(0).max(1_000_000),
});

export const ModeForm = z.strictObject({ mode: z.enum(["in_class", "online"]), back: z.string().max(500).optional() });

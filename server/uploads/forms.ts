import { z } from "zod";
import { isHash } from "../platform/storage.ts";

const short = z.string().trim().max(60);

/** What stands beside a file for the school's library; what makes no sense there is left out, since the file matters more. */
export const LibraryDetails = z.object({
  subject_code: short
    .transform((value) => (value === "" ? null : value))
    .catch(null)
    .default(null),
  grade: z
    .union([z.literal("").transform(() => null), z.coerce.number().int().min(1).max(12)])
    .nullable()
    .catch(null)
    .default(null),
});

/** The metadata of a tus upload: the file's name, by what the browser knows it again, and what was said beside it. */
export const TusMetadata = z.object({
  name: z.string().min(1).max(1000),
  mark: z.string().max(80).catch("").default(""),
  subject_code: short.optional().catch(undefined),
  grade: short.optional().catch(undefined),
});

/** A file by its content, before it is sent. */
export const KnownFileForm = z.object({
  hash: z.string({ error: "required" }).refine(isHash, { error: "invalid" }),
  size: z.coerce.number().int().min(1),
  name: z.string().min(1).max(1000),
  subject_code: short.optional(),
  grade: short.optional(),
});

/** A school's quota in gigabytes (10⁹ bytes), as a person writes it; empty is the installation's own figure. */
export const QuotaForm = z.strictObject({
  gigabytes: z
    .string()
    .trim()
    .transform((text, context) => {
      if (text === "") return null;
      const number = Number(text.replace(",", "."));
      if (!/^\d{1,6}([.,]\d{1,3})?$/.test(text) || number <= 0) {
        context.addIssue({ code: "custom", message: "bad_gigabytes" });
        return z.NEVER;
      }
      return Math.round(number * 1_000_000_000);
    }),
});

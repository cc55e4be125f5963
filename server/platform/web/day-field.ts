import { z } from "zod";
import type { Day } from "../clock.ts";

/** A day as a person or a date picker sends it, `05/09/2026` or `2026-09-05`; anything else is `bad_date`. */
export const dayField = z
  .string({ error: "required" })
  .trim()
  .min(1)
  .max(10, { error: "bad_date" })
  .transform((text): Day => {
    const [, day = "", month = "", year = ""] = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/.exec(text) ?? [];
    return year === "" ? text : `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  })
  .refine((text) => {
    if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
    const at = Date.parse(`${text}T00:00:00.000Z`);
    return Number.isFinite(at) && new Date(at).toISOString().slice(0, 10) === text;
  }, { error: "bad_date" });

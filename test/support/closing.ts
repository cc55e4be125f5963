import type { Answer, Client } from "./client.ts";
import { W } from "./world.ts";

/** The page on which THCS Trần Phú closes October. */
export const OCTOBER = `/schools/${W.tranPhu}/months/2026-10`;

/** What the page of a month says was seen: whoever closes it signs that. */
export const seenIn = (page: Answer): string => /name="seen" value="([0-9a-f]{64})"/.exec(page.text)?.[1] ?? "";

/** A leader reads the page of a month and closes it. */
export async function closeAsLeader(leader: Client, month = OCTOBER, note = ""): Promise<Answer> {
  return leader.post(`${month}/closing`, { seen: seenIn(await leader.get(month)), note });
}

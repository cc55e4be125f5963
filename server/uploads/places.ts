import type { Db } from "../platform/db.ts";
import type { UploadKind } from "./kinds.ts";
import type { UploadRow } from "./store.ts";

/** An upload with where it goes; without, where that place is gone. */
export type PlacedUpload = UploadRow & { place: { title: string; href: string } | undefined };

/** Names the places of uploads: one query for each kind. */
export async function placesOf(db: Db, kinds: readonly UploadKind[], rows: readonly UploadRow[]): Promise<PlacedUpload[]> {
  const named = await Promise.all(
    kinds.map(async (kind) => {
      const ids = [...new Set(rows.filter((row) => row.kind === kind.name).map((row) => row.place_id))];
      return [kind.name, ids.length === 0 ? new Map<string, never>() : await kind.describe(db, ids)] as const;
    }),
  );
  const byKind = new Map(named);
  return rows.map((row) => ({ ...row, place: byKind.get(row.kind)?.get(row.place_id) }));
}

import { listAncestors, type UnitRow } from "../../organisation/store.ts";
import type { Db } from "../../platform/db.ts";
import { official } from "./messages.ts";
import { abbreviationOf, placeOf } from "./model.ts";

/** Who issues a document, as its head says it. */
export interface Issuer {
  parent: string;
  issuer: string;
  place: string;
  abbreviation: string;
}

/**
 * The head of a unit's documents. A school below a commune stands below its People's Committee, any other school below the
 * department; a commune's office is the committee itself. Source: DOMAIN §8, in force since 1 July 2025.
 */
export async function issuerOf(db: Db, unit: UnitRow): Promise<Issuer> {
  const above = await listAncestors(db, unit);
  const commune = above.find((one) => one.kind === "commune");
  const department = above.find((one) => one.kind === "department");
  const capitals = (text: string): string => text.toLocaleUpperCase("vi");
  const committee = commune === undefined ? undefined : official.vi.committee(lowered(commune.name));
  const place = commune === undefined ? "" : placeOf(commune.name);
  const abbreviation = abbreviationOf(unit.name);
  if (unit.kind === "school") return { parent: capitals(committee ?? department?.name ?? ""), issuer: capitals(official.vi.school(unit.name)), place, abbreviation };
  if (unit.kind === "commune") return { parent: "", issuer: capitals(committee ?? unit.name), place, abbreviation: "UBND" };
  return { parent: "", issuer: capitals(unit.name), place, abbreviation };
}

function lowered(name: string): string {
  return `${name.slice(0, 1).toLocaleLowerCase("vi")}${name.slice(1)}`;
}

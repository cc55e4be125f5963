import { z } from "zod";
import { dayOf, type Instant } from "../../platform/clock.ts";
import { all, col, type Db } from "../../platform/db.ts";
import { notify, type News } from "../../notices/store.ts";
import type { MaterialRow } from "../../materials/store.ts";
import { authorsOf, leadersOf, nameOf } from "../../materials/store/telling.ts";
import type { Act } from "../../materials/store/upload.ts";
import { listAdopted } from "../store.ts";

type Material = Pick<MaterialRow, "id" | "title" | "school">;

/** Tells the authors that another school took their material over. */
export async function tellOfAdoption(trx: Db, original: MaterialRow, school: string, act: Act): Promise<void> {
  const news = { kind: "material_adopted", href: `/library/materials/${original.id}`, params: { title: original.title, by: await nameOf(trx, act.by), school } } as const;
  await notify(trx, authorsOf(original).filter((id) => id !== act.by), news, act.at);
}

/** Tells authors, leaders and those who took it over that a material is gone, or back. */
export async function tellOfTakedown(trx: Db, material: MaterialRow, kind: "material_taken_down" | "material_put_back", reason: string, act: Act): Promise<void> {
  const adopters = await listAdopted(trx, material.id);
  const people = [...authorsOf(material), ...(await leadersOf(trx, material.school, act.at)), ...adopters.map((one) => one.uploaded_by)];
  const news: News = { kind, href: `/library/materials/${material.id}`, params: { title: material.title, by: await nameOf(trx, act.by), comment: reason } };
  await notify(trx, people.filter((id) => id !== act.by), news, act.at);
}

/** Tells the school's leaders and the officers above that somebody saw a problem. */
export async function tellOfReport(trx: Db, material: Material, words: string, act: Act): Promise<void> {
  const people = [...(await leadersOf(trx, material.school, act.at)), ...(await officersAbove(trx, material.school, act.at))];
  const news: News = { kind: "material_reported", href: "/library/reports", params: { title: material.title, by: await nameOf(trx, act.by), comment: words } };
  await notify(trx, people.filter((id) => id !== act.by), news, act.at);
}

async function officersAbove(db: Db, school: { path: string }, at: Instant): Promise<string[]> {
  const today = dayOf(at);
  const above = school.path.split("/").filter(Boolean);
  const query = db("memberships as r")
    .join("persons as p", "p.id", "r.person_id")
    .whereIn("r.unit_id", above)
    .whereIn("r.role", ["commune_officer", "province_officer"])
    .where("p.state", "active")
    .where("r.from_on", "<=", today)
    .where((open) => void open.whereNull("r.to_on").orWhere("r.to_on", ">", today))
    .distinct("r.person_id")
    .limit(50);
  return (await all(z.object({ person_id: col.id() }), query)).map((row) => row.person_id);
}

import type { Db } from "../../platform/db.ts";
import { notify, type News } from "../../notices/store.ts";
import type { MaterialRow } from "../../materials/store.ts";
import { authorsOf, leadersOf, listOfficers, nameOf } from "../../materials/store/telling.ts";
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
  const officers = await listOfficers(trx, material.school.path.split("/").filter(Boolean), act.at);
  const people = [...(await leadersOf(trx, material.school, act.at)), ...officers.map((one) => one.person_id)];
  const news: News = { kind: "material_reported", href: "/library/reports", params: { title: material.title, by: await nameOf(trx, act.by), comment: words } };
  await notify(trx, people.filter((id) => id !== act.by), news, act.at);
}

import { col, table, type RowOf } from "../../platform/db.ts";

/** Anybody with an account, or who will have one: pupils, parents, staff, officers. */
export const persons = table("persons", {
  id: col.id(),
  name: col.text(),
  sort_key: col.text(),
  search_text: col.text(),
  username: col.text(),
  email: col.maybeText(),
  password_hash: col.maybeText(),
  born_on: col.maybeDay(),
  sex: col.oneOf(["male", "female"]).nullable(),
  personal_code: col.maybeText(),
  sector_code: col.maybeText(),
  temporary_key: col.maybeText(),
  state: col.oneOf(["active", "suspended"]),
  language: col.text(),
  theme: col.text(),
  created_at: col.instant(),
  signed_in_at: col.maybeInstant(),
});
export type PersonRow = RowOf<typeof persons>;

/** Whose parent or guardian somebody is. */
export const guardianships = table("guardianships", {
  parent_id: col.id(),
  pupil_id: col.id(),
  from_on: col.day(),
  to_on: col.maybeDay(),
});

/** A pupil's time in a class. */
export const enrolments = table("class_enrolments", {
  id: col.id(),
  class_id: col.id(),
  person_id: col.id(),
  from_on: col.day(),
  to_on: col.maybeDay(),
});

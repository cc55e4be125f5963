import { z } from "zod";
import { all, col, type Db } from "../platform/db.ts";
import { DEMO_ACCOUNTS, DEMO_PASSWORD } from "./schools.ts";

const row = z.object({ username: col.text(), name: col.text(), unit: col.text(), role: col.text() });

/** What the sign-in page of the demonstration shows: one account a role, and their password. */
export async function demoSignIn(db: Db) {
  const rows = await all(
    row,
    db("persons as p")
      .join("memberships as m", "m.person_id", "p.id")
      .join("units as u", "u.id", "m.unit_id")
      .whereIn("p.username", DEMO_ACCOUNTS.map((account) => account.username))
      .select("p.username", "p.name", "u.name as unit", "m.role"),
  );
  const accounts = DEMO_ACCOUNTS.flatMap(({ username, role }) => {
    const found = rows.find((r) => r.username === username && r.role === role);
    return found ? [{ username, name: found.name, role, school: found.unit }] : [];
  });
  return { password: DEMO_PASSWORD, accounts };
}

import { loadActor } from "../access/store.ts";
import { documents } from "../documents/messages.ts";
import { issuerOf } from "../documents/official/issuer.ts";
import { listDocuments, savePublicKey, saveVersion, type DocumentKind } from "../documents/store.ts";
import { openDocument } from "../documents/access.ts";
import { nameOf } from "../materials/store/telling.ts";
import { openSchool } from "../organisation/access.ts";
import { official } from "../documents/official/messages.ts";
import { addDays, instantOf } from "../platform/clock.ts";
import { newId } from "../platform/ids.ts";
import type { Demo } from "./build.ts";
import { closingSchools } from "./closing.ts";
import { demoId } from "./organisation.ts";
import { teacherKey } from "./people.ts";

/** What a school has not written: one lacks its regulations, another both. */
const LACKS: Record<string, readonly DocumentKind[]> = { "th-dong-hai": ["regulations"], "thcsthpt-dao-ngoc": ["plan", "regulations"] };

/** The plans and regulations for online teaching, written from the template in the first weeks; one is open to everybody. */
export async function buildDocuments(demo: Demo): Promise<void> {
  for (const [i, of] of closingSchools().entries()) {
    const leader = await loadActor(demo.db, demoId(teacherKey(of, 0)), demo.at);
    if (!leader) continue;
    const school = await openSchool(demo.db, leader, demoId(of.key), "lead");
    const issuer = await issuerOf(demo.db, school);
    const signatory = await nameOf(demo.db, leader.personId);
    for (const [k, kind] of (["plan", "regulations"] as const).entries()) {
      if (LACKS[of.key]?.includes(kind)) continue;
      const issued_on = addDays(demo.term1, 3 + i + k);
      const content = {
        ...{ number: `${10 + 3 * i + k}/${documents.vi.symbols[kind]}-${issuer.abbreviation}`, issued_on, signatory, signatory_title: documents.vi.form.signatory_default, place: issuer.place },
        ...{ body: documents.vi.templates[kind](official.vi.school(school.name), demo.yearId, "2\u00a0%"), recipients: documents.vi.recipients, blob_hash: null, file_name: null },
      };
      await saveVersion(demo.db, school, { year_id: demo.yearId, kind, seen: 0 }, content, { by: leader.personId, at: instantOf(issued_on, "10:00"), requestId: newId() });
    }
    if (of.key !== "thcs-tran-phu") continue;
    for (const found of await listDocuments(demo.db, school.id, demo.yearId)) {
      const { document } = await openDocument(demo.db, leader, found.id);
      await savePublicKey(demo.db, document, demoId(`public ${found.kind}`).padEnd(32, "0"), { by: leader.personId, at: demo.before, requestId: newId() });
    }
  }
}

import type { Actor } from "../access/actor.ts";
import { grant, schoolRefusal, type Granted } from "../access/policy.ts";
import { openSchool } from "../organisation/access.ts";
import { loadSchool, type UnitRow } from "../organisation/store.ts";
import type { Db } from "../platform/db.ts";
import { notFound } from "../platform/errors.ts";
import { isId } from "../platform/ids.ts";
import { findPublic, loadDocument, loadVersion, type DocumentRow, type VersionOfDocument } from "./store.ts";

/** Opens a version for the staff of its school and the officers above; drafts for its staff alone. */
export async function openVersion(db: Db, actor: Actor, id: string): Promise<{ version: VersionOfDocument; school: UnitRow }> {
  const version = isId(id) ? await loadVersion(db, id) : undefined;
  if (version === undefined) throw notFound();
  const school = await openSchool(db, actor, version.school_id, "read");
  if (version.issued_on === null && schoolRefusal(actor, "review", school) !== undefined && schoolRefusal(actor, "upload", school) !== undefined) throw notFound();
  return { version, school };
}

/** Opens a document for those who lead its school. */
export async function openDocument(db: Db, actor: Actor, id: string): Promise<{ document: Granted<"lead", DocumentRow>; school: UnitRow }> {
  const document = isId(id) ? await loadDocument(db, id) : undefined;
  if (document === undefined) throw notFound();
  const school = await openSchool(db, actor, document.school_id, "lead");
  return { document: grant(document, "lead"), school };
}

/** Opens what is behind a public link, for everybody who has it. */
export async function openPublic(db: Db, key: string): Promise<{ version: VersionOfDocument; school: UnitRow }> {
  const version = /^[\w-]{32}$/.test(key) ? await findPublic(db, key) : undefined;
  const school = version && (await loadSchool(db, version.school_id));
  if (!version || !school) throw notFound();
  return { version, school };
}

import { z } from "zod";
import type { Granted } from "../access/policy.ts";
import { remindLeaders } from "../materials/store/telling.ts";
import type { UnitRow } from "../organisation/store.ts";
import { record } from "../platform/audit.ts";
import type { Instant } from "../platform/clock.ts";
import { all, col, isUniqueViolation, maybeOne, table, type Db, type RowOf } from "../platform/db.ts";
import { conflict } from "../platform/errors.ts";
import { newId } from "../platform/ids.ts";

export const DOCUMENT_KINDS = ["plan", "regulations"] as const;
export type DocumentKind = (typeof DOCUMENT_KINDS)[number];

export const schoolDocuments = table("school_documents", {
  id: col.id(),
  school_id: col.id(),
  year_id: col.text(),
  kind: col.oneOf(DOCUMENT_KINDS),
  public_key: col.maybeText(),
});
export type DocumentRow = RowOf<typeof schoolDocuments>;

export const documentVersions = table("school_document_versions", {
  id: col.id(),
  document_id: col.id(),
  version: col.int(),
  number: col.text(),
  issued_on: col.maybeDay(),
  signatory: col.text(),
  signatory_title: col.text(),
  place: col.text(),
  body: col.text(),
  recipients: col.text(),
  blob_hash: col.maybeText(),
  file_name: col.maybeText(),
  saved_by: col.id(),
  saved_at: col.instant(),
});
export type VersionRow = RowOf<typeof documentVersions>;

export interface Act {
  by: string;
  at: Instant;
  requestId: string;
}

/** The documents of a school and year with all their versions, the newest first. */
export async function listDocuments(db: Db, schoolId: string, yearId: string): Promise<(DocumentRow & { versions: VersionRow[] })[]> {
  const found = await all(schoolDocuments.row, db(schoolDocuments.name).where({ school_id: schoolId, year_id: yearId }).select(schoolDocuments.columns));
  const ids = found.map((document) => document.id);
  const versions = await all(documentVersions.row, db(documentVersions.name).whereIn("document_id", ids).orderBy("version", "desc").limit(400).select(documentVersions.columns));
  return found.map((document) => ({ ...document, versions: versions.filter((version) => version.document_id === document.id) }));
}

const issuedRow = z.object({ school_id: col.id(), kind: col.oneOf(DOCUMENT_KINDS), document_id: col.id(), version_id: col.id(), number: col.text(), issued_on: col.day(), signatory: col.text() });
/** The newest issued version of a document: what target 2.1 and the self-assessment ask for. */
export type IssuedDocument = z.infer<typeof issuedRow>;

/** What many schools have issued for a year, by school and kind: `${school_id} ${kind}`. A draft is not there. */
export async function listIssued(db: Db, schoolIds: readonly string[], yearId: string): Promise<Map<string, IssuedDocument>> {
  const found = new Map<string, IssuedDocument>();
  for (let i = 0; i < schoolIds.length; i += 500) {
    const rows = await all(
      issuedRow,
      db("school_documents as d")
        .join("school_document_versions as v", "v.document_id", "d.id")
        .where("d.year_id", yearId)
        .whereIn("d.school_id", schoolIds.slice(i, i + 500))
        .whereNotNull("v.issued_on")
        .orderBy(["d.school_id", "d.kind", "v.version"])
        .select({ school_id: "d.school_id", kind: "d.kind", document_id: "d.id", version_id: "v.id", number: "v.number", issued_on: "v.issued_on", signatory: "v.signatory" }),
    );
    for (const row of rows) found.set(`${row.school_id} ${row.kind}`, row); // the newest version comes last
  }
  return found;
}

const versionWithDocument = documentVersions.row.extend({ school_id: col.id(), year_id: col.text(), kind: col.oneOf(DOCUMENT_KINDS) });
export type VersionOfDocument = z.infer<typeof versionWithDocument>;

function versions(db: Db) {
  return db("school_document_versions as v")
    .join("school_documents as d", "d.id", "v.document_id")
    .select(documentVersions.columns.map((column) => `v.${column}`))
    .select("d.school_id", "d.year_id", "d.kind");
}

/** By id, unauthorised: for doors. */
export function loadVersion(db: Db, id: string): Promise<VersionOfDocument | undefined> {
  return maybeOne(versionWithDocument, versions(db).where("v.id", id));
}

/** By id, unauthorised: for doors. */
export function loadDocument(db: Db, id: string): Promise<DocumentRow | undefined> {
  return maybeOne(schoolDocuments.row, db(schoolDocuments.name).where({ id }).select(schoolDocuments.columns));
}

/** The newest issued version behind a public link. */
export function findPublic(db: Db, key: string): Promise<VersionOfDocument | undefined> {
  return maybeOne(versionWithDocument, versions(db).where("d.public_key", key).whereNotNull("v.issued_on").orderBy("v.version", "desc").limit(1));
}

export type Content = Pick<VersionRow, "number" | "issued_on" | "signatory" | "signatory_title" | "place" | "body" | "recipients" | "blob_hash" | "file_name">;

/**
 * Saves what was written or uploaded. A draft is written over; what was issued stays, and the next version begins.
 *
 * @param seen the version that the form was opened on, 0 for none: somebody else's save in between is not written over
 */
export async function saveVersion(db: Db, school: Granted<"lead", UnitRow>, of: { year_id: string; kind: DocumentKind; seen: number | undefined }, content: Content, act: Act): Promise<void> {
  const { year_id, kind } = of;
  const save = db.transaction(async (trx) => {
    const own = { school_id: school.id, year_id, kind };
    const known = await maybeOne(schoolDocuments.row, trx(schoolDocuments.name).where(own).select(schoolDocuments.columns));
    const document_id = known?.id ?? newId();
    if (known === undefined) await trx(schoolDocuments.name).insert({ id: document_id, ...own, public_key: null });
    const last = await maybeOne(documentVersions.row, trx(documentVersions.name).where({ document_id }).orderBy("version", "desc").limit(1).select(documentVersions.columns));
    if (of.seen !== undefined && of.seen !== (last?.version ?? 0)) throw conflict();
    const saved = { ...content, saved_by: act.by, saved_at: act.at };
    const version = (last?.version ?? 0) + (last?.issued_on === null ? 0 : 1);
    if (last?.issued_on === null) {
      const changed = await trx(documentVersions.name).where({ id: last.id }).whereNull("issued_on").update(saved);
      if (changed === 0) throw conflict();
    } else await trx(documentVersions.name).insert({ id: newId(), document_id, version, ...saved });
    const details = { kind, year_id, version, number: content.number };
    await record(trx, { at: act.at, actorId: act.by, action: content.issued_on === null ? "document.draft" : "document.issue", subjectType: "school_document", subjectId: document_id, schoolId: school.id, details, requestId: act.requestId });
  });
  await save.catch((error: unknown) => {
    throw isUniqueViolation(error) ? conflict() : error;
  });
}

/** Opens or closes the link for everybody. A closed link never opens again: the next one is another. */
export async function savePublicKey(db: Db, document: Granted<"lead", DocumentRow>, key: string | null, act: Act): Promise<void> {
  await db.transaction(async (trx) => {
    await trx(schoolDocuments.name).where({ id: document.id }).update({ public_key: key });
    await record(trx, { at: act.at, actorId: act.by, action: key === null ? "document.unpublish" : "document.publish", subjectType: "school_document", subjectId: document.id, schoolId: document.school_id, requestId: act.requestId });
  });
}

/** Tells the leaders of these schools that a document of the year is missing. */
export function remindOfDocuments(db: Db, schools: readonly UnitRow[], yearId: string, at: Instant): Promise<number> {
  return remindLeaders(db, schools, (school) => ({ kind: "documents_missing", href: `/schools/${school.id}/documents?year=${yearId}`, params: { title: yearId, school: school.name } }), at);
}

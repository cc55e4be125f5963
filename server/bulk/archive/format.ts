import { z } from "zod";
import { MATERIAL_KINDS, MATERIAL_ORIGINS, MATERIAL_STATES, STEP_ACTS, VERSION_STATES } from "../../materials/rules.ts";

/**
 * The archive of a school's library: a BagIt folder (RFC 8493) in a ZIP.
 *
 *     bagit.txt                 version and encoding
 *     bag-info.txt              school, date, counts
 *     manifest-sha256.txt       a checksum for every file below data/
 *     tagmanifest-sha256.txt    checksums of the files above
 *     signature-hmac-sha256.txt proof that this installation wrote the archive for this school (proof.ts)
 *     data/hoc-lieu.json        what this is: `format`, `version`
 *     data/materials.jsonl      one material a line, as `archivedMaterial`
 *     data/collections.jsonl    one collection of the school a line, as `archivedCollection`
 *     data/danh-sach.xlsx       the same for people to read
 *     data/files/…              every version's file, each content once
 *     data/captions/…           captions of films
 *
 * Everything is read through these schemas: an archive is data, checked, never trusted. A line tells a material twice: in
 * words that any installation and any program understands, and as the rows of this installation. Only the first is
 * believed of any archive, and only as a draft; the rows are put back where the signature proves them.
 */
export const ARCHIVE_FORMAT = "hoc-lieu-library";
export const ARCHIVE_VERSION = 2;

const text = (max: number) => z.string().max(max);
const instant = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/);
const hash = z.string().regex(/^[0-9a-f]{64}$/);

export const archiveHead = z.object({
  format: z.literal(ARCHIVE_FORMAT),
  version: z.union([z.literal(1), z.literal(ARCHIVE_VERSION)]),
  school: z.object({ id: text(26).default(""), name: text(300), code: text(40) }),
  exported_at: instant,
  part: z.number().int().min(1),
  parts: z.number().int().min(1),
  materials: z.number().int().min(0),
});
export type ArchiveHead = z.infer<typeof archiveHead>;

/** A step of the trail with the name of who did it: people of another installation are names, not accounts. */
const archivedStep = z.object({
  version: z.number().int().min(1),
  act: z.enum(STEP_ACTS),
  by: text(200),
  at: instant,
  comment: text(2000),
  // What else a step notes (a checklist, who acted for whom) is kept as it is, within bounds.
  details: z.record(text(60), z.unknown()).refine((details) => JSON.stringify(details).length <= 20_000),
});

const archivedVersion = z.object({
  number: z.number().int().min(1),
  state: z.enum(VERSION_STATES),
  file: text(400),
  sha256: hash,
  name: text(300),
  mime: text(120),
  size: z.number().int().min(0),
  by: text(200),
  at: instant,
});

/** A lesson as another installation can find it again. */
const archivedLesson = z.object({ year: text(9), subject: text(20), grade: z.number().int(), position: z.number().int(), title: text(300) });

/** A row of a table as it is inserted: numbers, texts, truths, nothing. */
const storedRow = z.record(text(60), z.union([z.string(), z.number(), z.boolean(), z.null()]));
export type StoredRow = z.infer<typeof storedRow>;
/** Rows by the name of their table. */
const wholeRows = z.record(text(60), z.array(storedRow).max(20_000));
export type WholeRows = z.infer<typeof wholeRows>;

const archivedCaption = z.object({ version: z.number().int().min(1), language: text(5), label: text(60), file: text(400), sha256: hash, size: z.number().int().min(0) });

export const archivedCollection = z.object({ title: text(200), rows: wholeRows });
export type ArchivedCollection = z.infer<typeof archivedCollection>;

export const archivedMaterial = z.object({
  /** The material's id where it was exported: says which lines of two archives are the same, nothing else. */
  key: text(26),
  title: text(300).min(1),
  description: text(5000),
  subject: text(20).nullable(),
  grade: z.number().int().min(1).max(12).nullable(),
  kind: z.enum(MATERIAL_KINDS),
  language: text(5),
  author: text(200),
  source: text(500),
  licence: text(20),
  year: z.number().int().nullable(),
  keywords: text(500),
  accessibility: text(500),
  scope: z.enum(["class", "school", "cluster", "province", "public"]),
  origin: z.enum(MATERIAL_ORIGINS),
  state: z.enum(MATERIAL_STATES),
  uploaded_by: z.object({ id: text(26), name: text(200) }),
  created_at: instant,
  updated_at: instant,
  submitted_at: instant.nullable(),
  retired_at: instant.nullable(),
  in_use: z.number().int().nullable(),
  versions: z.array(archivedVersion).min(1).max(1000),
  lessons: z.array(archivedLesson).max(1000),
  trail: z.array(archivedStep).max(10_000),
  captions: z.array(archivedCaption).max(1000).default([]),
  rows: wholeRows.default({}),
});
export type ArchivedMaterial = z.infer<typeof archivedMaterial>;

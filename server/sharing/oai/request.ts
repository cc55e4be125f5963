/**
 * What a harvester asks, read by the letter of the protocol. Pure.
 *
 * Source: The Open Archives Initiative Protocol for Metadata Harvesting, version 2.0 (2015-01-08), sections 2.5, 3.1, 3.5, 3.6, 4.
 */
import { z } from "zod";

export type OaiErrorCode = "badVerb" | "badArgument" | "badResumptionToken" | "cannotDisseminateFormat" | "idDoesNotExist" | "noRecordsMatch" | "noSetHierarchy";

/** An answer that the protocol has for what cannot be answered. */
export class OaiError extends Error {
  readonly code: OaiErrorCode;

  constructor(code: OaiErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

export const PREFIX = "oai_dc";

/** Where a list goes on: everything that it was asked for, and the last record that was sent. */
export interface Cursor {
  from: string | null;
  until: string | null;
  set: string | null;
  /** Records sent so far. */
  sent: number;
  /** Records in the whole list when it began. */
  size: number;
  after: { at: string; id: string };
}

export type OaiRequest =
  | { verb: "Identify" }
  | { verb: "ListMetadataFormats"; identifier: string | undefined }
  | { verb: "ListSets" }
  | { verb: "GetRecord"; identifier: string }
  | { verb: "ListRecords" | "ListIdentifiers"; from: string | null; until: string | null; set: string | null; cursor: Cursor | undefined };

/** Arguments of each verb: needed, possible. `resumptionToken` stands alone. */
const ARGUMENTS: Record<string, { needed: readonly string[]; possible: readonly string[] }> = {
  Identify: { needed: [], possible: [] },
  ListMetadataFormats: { needed: [], possible: ["identifier"] },
  ListSets: { needed: [], possible: ["resumptionToken"] },
  GetRecord: { needed: ["identifier", "metadataPrefix"], possible: [] },
  ListRecords: { needed: ["metadataPrefix"], possible: ["from", "until", "set", "resumptionToken"] },
  ListIdentifiers: { needed: ["metadataPrefix"], possible: ["from", "until", "set", "resumptionToken"] },
};

/** @throws OaiError */
export function readRequest(given: Record<string, unknown>): OaiRequest {
  const verb = given["verb"];
  if (typeof verb !== "string" || !Object.hasOwn(ARGUMENTS, verb)) throw new OaiError("badVerb", "The verb is missing, repeated or not one of the protocol.");
  const args = argumentsOf(verb, given);
  switch (verb) {
    case "Identify":
      return { verb };
    case "ListMetadataFormats":
      return { verb, identifier: args.get("identifier") };
    case "ListSets":
      if (args.has("resumptionToken")) throw new OaiError("badResumptionToken", "The list of sets is complete and has no tokens.");
      return { verb };
    case "GetRecord":
      assertPrefix(args.get("metadataPrefix"));
      return { verb, identifier: args.get("identifier") ?? "" };
    default:
      return listOf(verb === "ListRecords" ? "ListRecords" : "ListIdentifiers", args);
  }
}

function argumentsOf(verb: string, given: Record<string, unknown>): Map<string, string> {
  const { needed, possible } = ARGUMENTS[verb] ?? { needed: [], possible: [] };
  const args = new Map<string, string>();
  for (const [name, value] of Object.entries(given)) {
    if (name === "verb") continue;
    if (!needed.includes(name) && !possible.includes(name)) throw new OaiError("badArgument", "The request has an argument that the verb does not know.");
    if (typeof value !== "string") throw new OaiError("badArgument", `The argument ${name} is repeated.`);
    if (value === "") throw new OaiError("badArgument", `The argument ${name} is empty.`);
    args.set(name, value);
  }
  if (args.has("resumptionToken")) {
    if (args.size > 1) throw new OaiError("badArgument", "A resumptionToken stands alone.");
    return args;
  }
  for (const name of needed) if (!args.has(name)) throw new OaiError("badArgument", `The argument ${name} is missing.`);
  return args;
}

function assertPrefix(prefix: string | undefined): void {
  if (prefix !== PREFIX) throw new OaiError("cannotDisseminateFormat", `Only ${PREFIX} is given out.`);
}

function listOf(verb: "ListRecords" | "ListIdentifiers", args: ReadonlyMap<string, string>): OaiRequest {
  const token = args.get("resumptionToken");
  if (token !== undefined) {
    const cursor = readToken(token);
    return { verb, from: cursor.from, until: cursor.until, set: cursor.set, cursor };
  }
  const from = args.get("from");
  const until = args.get("until");
  if (from !== undefined && until !== undefined && from.length !== until.length) throw new OaiError("badArgument", "from and until have different granularities.");
  const range = { from: from === undefined ? null : instantFrom(from, "from"), until: until === undefined ? null : instantFrom(until, "until") };
  if (range.from !== null && range.until !== null && range.from > range.until) throw new OaiError("badArgument", "from is later than until.");
  assertPrefix(args.get("metadataPrefix"));
  return { verb, ...range, set: args.get("set") ?? null, cursor: undefined };
}

/** The first or last millisecond of a UTC day or second, as the database writes instants. */
function instantFrom(text: string, end: "from" | "until"): string {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const second = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/.test(text);
  const whole = day ? `${text}T${end === "from" ? "00:00:00" : "23:59:59"}` : text.slice(0, -1);
  const instant = `${whole}${end === "from" ? ".000Z" : ".999Z"}`;
  const real = (day || second) && Number.isFinite(Date.parse(instant)) && new Date(instant).toISOString() === instant;
  if (!real) throw new OaiError("badArgument", `${end} is not a UTC date or date and time.`);
  return instant;
}

const instant = z.iso.datetime({ precision: 3 });
const cursorSchema = z.strictObject({
  from: instant.nullable(),
  until: instant.nullable(),
  set: z.string().max(60).nullable(),
  sent: z.number().int().min(1),
  size: z.number().int().min(1),
  after: z.strictObject({ at: instant, id: z.string().regex(/^[0-9a-z]{26}$/) }),
});

/** A token holds the whole request, so that the server keeps nothing and a list can go on after any restart. */
export function writeToken(cursor: Cursor): string {
  return Buffer.from(JSON.stringify(cursor)).toString("base64url");
}

export function readToken(token: string): Cursor {
  try {
    return cursorSchema.parse(JSON.parse(Buffer.from(token, "base64url").toString("utf8")));
  } catch {
    throw new OaiError("badResumptionToken", "The resumptionToken is not one of this repository.");
  }
}

/** Sets: `subject-TOAN`, `school-<id>`. */
export type OaiSet = { kind: "subject"; code: string } | { kind: "school"; id: string };

export function setOf(spec: string): OaiSet | undefined {
  const match = /^(subject|school)-([A-Za-z0-9_.]+)$/.exec(spec);
  if (match?.[2] === undefined) return undefined;
  return match[1] === "subject" ? { kind: "subject", code: match[2] } : { kind: "school", id: match[2] };
}

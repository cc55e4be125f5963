import type { Request, Response } from "express";
import { isPublic } from "../../access/policy.ts";
import { materials } from "../../materials/messages.ts";
import { escapeXml } from "../../platform/text.ts";
import type { FeatureRoutes } from "../../platform/web/router.ts";
import { sharing } from "../messages.ts";
import { OaiError, readRequest, writeToken, type OaiRequest } from "../oai/request.ts";
import { answerXml, dublinCoreXml, element, formatsXml, headerXml, recordXml, textElement, type HeaderFacts } from "../oai/xml.ts";
import { licenceAddress } from "../rules.ts";
import { countHarvested, earliestPublic, listHarvested, listSets, findHarvested, type HarvestedRow } from "../store/harvest.ts";

/** Records in one answer of a list. */
const PAGE = 100;

/** OAI-PMH 2.0: other repositories harvest what is public. It only reads, by GET and by POST, and asks nobody to sign in. */
export function addOai(routes: FeatureRoutes): void {
  routes.get("/oai", "public", async (req, res) => answer(req, res, req.query));
  routes.post("/oai", "public", async (req, res) => answer(req, res, req.body as unknown));
}

async function answer(req: Request, res: Response, given: unknown): Promise<void> {
  const asked = typeof given === "object" && given !== null ? { ...given } : {};
  const base = `${req.config.baseUrl}/oai`;
  const date = secondOf(req.now);
  const send = (request: Record<string, string>, body: string): void => {
    res.set("Content-Type", "text/xml; charset=utf-8").send(answerXml({ date, base, asked: request, body }));
  };
  try {
    const request = readRequest(asked);
    send(asked as Record<string, string>, await bodyOf(req, request));
  } catch (error) {
    if (!(error instanceof OaiError)) throw error;
    const unclear = error.code === "badVerb" || error.code === "badArgument"; // then the request is said without arguments
    send(unclear ? {} : (asked as Record<string, string>), textElement("error", error.message, { code: error.code }));
  }
}

async function bodyOf(req: Request, request: OaiRequest): Promise<string> {
  switch (request.verb) {
    case "Identify":
      return element("Identify", await identityXml(req));
    case "ListMetadataFormats":
      if (request.identifier !== undefined) await recordOf(req, request.identifier);
      return element("ListMetadataFormats", formatsXml());
    case "ListSets":
      return element("ListSets", await setsXml(req));
    case "GetRecord": {
      const row = await recordOf(req, request.identifier);
      return element("GetRecord", recordXml(headerOf(req, row), metadataOf(req, row)));
    }
    default:
      return element(request.verb, await listXml(req, request));
  }
}

async function identityXml(req: Request): Promise<string> {
  const earliest = (await earliestPublic(req.db)) ?? req.now;
  return [
    textElement("repositoryName", sharing.vi.repository),
    textElement("baseURL", `${req.config.baseUrl}/oai`),
    textElement("protocolVersion", "2.0"),
    textElement("adminEmail", addressIn(req.config.mailFrom)),
    textElement("earliestDatestamp", secondOf(earliest)),
    textElement("deletedRecord", "persistent"),
    textElement("granularity", "YYYY-MM-DDThh:mm:ssZ"),
  ].join("");
}

async function setsXml(req: Request): Promise<string> {
  const sets = await listSets(req.db);
  if (sets.length === 0) throw new OaiError("noSetHierarchy", "Nothing is public yet, so there are no sets.");
  return sets.map((set) => element("set", textElement("setSpec", set.spec) + textElement("setName", set.name))).join("");
}

/** A page of the list; one more record than a page tells that there is a next one. */
async function listXml(req: Request, request: OaiRequest & { verb: "ListRecords" | "ListIdentifiers" }): Promise<string> {
  const { from, until, set, cursor } = request;
  const rows = await listHarvested(req.db, { from, until, set }, cursor?.after, PAGE + 1);
  if (rows.length === 0 && cursor === undefined) throw new OaiError("noRecordsMatch", "No records match.");
  const page = rows.slice(0, PAGE);
  const last = rows.length > PAGE ? page.at(-1) : undefined;
  const sent = cursor?.sent ?? 0;
  const size = cursor?.size ?? (last ? await countHarvested(req.db, { from, until, set }) : page.length);
  const token = last ? writeToken({ from, until, set, sent: sent + page.length, size, after: { at: last.updated_at, id: last.id } }) : "";
  const xml = page.map((row) => (request.verb === "ListRecords" ? recordXml(headerOf(req, row), metadataOf(req, row)) : headerXml(headerOf(req, row))));
  // A list that came in parts ends with an empty token (section 3.5); one that is complete at once has none.
  if (last || cursor) xml.push(textElement("resumptionToken", token, { completeListSize: String(size), cursor: String(sent) }));
  return xml.join("");
}

async function recordOf(req: Request, identifier: string): Promise<HarvestedRow> {
  const prefix = identifierOf(req, "");
  const row = identifier.startsWith(prefix) ? await findHarvested(req.db, identifier.slice(prefix.length)) : undefined;
  if (row === undefined) throw new OaiError("idDoesNotExist", "There is no such record.");
  return row;
}

function headerOf(req: Request, row: HarvestedRow): HeaderFacts {
  const sets = [...(row.subject_code === null ? [] : [`subject-${row.subject_code}`]), `school-${row.school_id}`];
  return { identifier: identifierOf(req, row.id), datestamp: secondOf(row.updated_at), sets, deleted: !isPublic(row) };
}

/** `oai:host:id` */
function identifierOf(req: Request, id: string): string {
  return `oai:${new URL(req.config.baseUrl).hostname}:${id}`;
}

/** DCMI types. Source: DCMI Metadata Terms, section 7. */
const TYPES: Record<string, string> = { video: "MovingImage", audio: "Sound", image: "Image", simulation: "InteractiveResource", package: "InteractiveResource" };

/** What Dublin Core says of a material: in Vietnamese, the language of the repository. */
function metadataOf(req: Request, row: HarvestedRow): string {
  return dublinCoreXml([
    ["title", row.title],
    ["creator", row.author || row.uploader_name],
    ["subject", row.subject_vi ?? ""],
    ...(row.grade === null ? [] : [["subject", materials.vi.grade(row.grade)] as const]),
    ...row.keywords.split(/[,;]/).map((word) => ["subject", word.trim()] as const),
    ["description", row.description],
    ["publisher", row.school_name],
    ["date", (row.version_at ?? row.updated_at).slice(0, 10)],
    ["type", TYPES[row.kind] ?? "Text"],
    ["type", "LearningResource"],
    ["format", row.mime ?? ""],
    ["identifier", `${req.config.baseUrl}/catalogue/${row.id}`],
    ["source", row.source],
    ["language", row.language],
    ["relation", row.from_id === null ? "" : `${req.config.baseUrl}/catalogue/${row.from_id}`],
    ["rights", row.licence],
    ["rights", licenceAddress(row.licence) ?? ""],
  ]);
}

function secondOf(instant: string): string {
  return `${instant.slice(0, 19)}Z`;
}

/** The address in `Học Liệu <no-reply@…>`. */
function addressIn(from: string): string {
  return /<([^<>]+)>/.exec(from)?.[1] ?? from;
}

/** For the site map, which is XML too. */
export function sitemapXml(base: string, pages: readonly { path: string; changed: string | undefined }[]): string {
  const urls = pages.map((page) => `<url><loc>${escapeXml(base + page.path)}</loc>${page.changed === undefined ? "" : `<lastmod>${secondOf(page.changed)}</lastmod>`}</url>`);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${urls.join("")}</urlset>\n`;
}

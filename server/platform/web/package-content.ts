import { XMLParser } from "fast-xml-parser";
import { z } from "zod";
import type { BlobStore } from "../storage.ts";
import { listArchive, openArchive, openStoredArchive, PackageRefused, proveArchive, readEntry, refusalOf, type PackageEntry } from "./package-archive.ts";

export const PACKAGE_STANDARDS = ["scorm12", "scorm2004", "h5p"] as const;
export type PackageStandard = (typeof PACKAGE_STANDARDS)[number];

/** A part that is started by itself: a SCO of SCORM; an H5P has one, whose id is empty. */
export interface PackageItem {
  id: string;
  title: string;
  /** A file of the package, with what stands after `?` or `#`. */
  href: string;
  /** From which score on it is passed, in basis points; null where the package does not say. */
  mastery: number | null;
  /** Text that the package wants handed to the part at its start. */
  launchData: string;
}

/** What a package is, read from its manifest and the list of its files. */
export interface PackageContent {
  standard: PackageStandard;
  title: string;
  items: PackageItem[];
  entries: PackageEntry[];
}

export type ReadPackage = { ok: true; content: PackageContent } | { ok: false; code: PackageRefused["code"]; params: Record<string, string | number> };

/** Reads and proves an uploaded archive: every refusal happens here, before anything is kept. */
export function readPackageFile(path: string): Promise<ReadPackage> {
  return readPackage(() => openArchive(path), true);
}

/** Reads a package that was proven when it was uploaded. */
export function readStoredPackage(store: BlobStore, blob: { hash: string; size: number }): Promise<ReadPackage> {
  return readPackage(() => openStoredArchive(store, blob), false);
}

async function readPackage(open: () => ReturnType<typeof openArchive>, prove: boolean): Promise<ReadPackage> {
  let zip: Awaited<ReturnType<typeof openArchive>> | undefined;
  try {
    zip = await open();
    const { entries, raw } = await listArchive(zip);
    const paths = new Map(entries.map((entry) => [entry.path.normalize("NFC").toLowerCase(), entry.path]));
    const text = async (path: string): Promise<string | undefined> => {
      const entry = raw.get(path);
      return entry && zip && decode(await readEntry(zip, entry, MANIFEST_MAX));
    };
    const scorm = await text("imsmanifest.xml");
    const head = scorm !== undefined ? readScorm(scorm, paths) : await readH5p(text, paths);
    if (prove) await proveArchive(zip, raw);
    return { ok: true, content: { ...head, entries } };
  } catch (error) {
    const refused = refusalOf(error);
    return { ok: false, code: refused.code, params: refused.params };
  } finally {
    zip?.close();
  }
}

const MANIFEST_MAX = 5_000_000;
const TAGS_MAX = 200_000;
const ITEMS_MAX = 500;
const TITLE_MAX = 200;
const LAUNCH_DATA_MAX = 4_096;

/** UTF-8, or UTF-16 with its mark: what XML may be in without a declaration. */
function decode(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.toString("utf16le").slice(1);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return bytes.subarray(0, bytes.length - (bytes.length % 2)).swap16().toString("utf16le").slice(1);
  return bytes.toString("utf8").replace(/^\uFEFF/, "");
}

type Node = Record<string, unknown>;
const LISTS = new Set(["organization", "item", "resource", "file"]);

/**
 * The manifest of SCORM 1.2 and 2004. A document type is refused whatever it declares: no manifest needs one, and entities
 * are how XML reads other people's files and grows without end.
 *
 * Source: IMS Content Packaging 1.1.4; SCORM CAM 1.2 §2.3, CAM 2004 4th Ed. §3.4.
 */
function readScorm(xml: string, paths: ReadonlyMap<string, string>): Omit<PackageContent, "entries"> {
  if (/<!\s*(DOCTYPE|ENTITY)/i.test(xml)) throw new PackageRefused("package_doctype");
  if ((xml.match(/</g)?.length ?? 0) > TAGS_MAX) throw new PackageRefused("package_manifest");
  const manifest = nodeOf(parseXml(xml)["manifest"]);
  const resources = resourcesOf(manifest, paths);
  const organizations = nodeOf(manifest["organizations"]);
  const all = nodesOf(organizations["organization"]);
  const chosen = all.find((one) => textOf(one["@identifier"]) === textOf(organizations["@default"])) ?? all[0] ?? {};
  const items = itemsOf(chosen, resources, paths);
  if (items.length === 0) throw new PackageRefused("package_missing", { name: "item" });
  return { standard: standardOf(manifest, xml), title: textOf(chosen["title"]).slice(0, TITLE_MAX), items };
}

function parseXml(xml: string): Node {
  const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: "@", removeNSPrefix: true, parseTagValue: false, parseAttributeValue: false, trimValues: true, isArray: (name) => LISTS.has(name) });
  try {
    return nodeOf(parser.parse(xml, true));
  } catch {
    throw new PackageRefused("package_manifest");
  }
}

function standardOf(manifest: Node, xml: string): PackageStandard {
  const version = textOf(nodeOf(manifest["metadata"])["schemaversion"]);
  if (/^1\.2/.test(version) || /adlcp_rootv1p2/.test(xml)) return "scorm12";
  if (/2004|CAM 1\.3|^1\.3/.test(version) || /adlcp_v1p3/.test(xml)) return "scorm2004";
  throw new PackageRefused("package_none");
}

function resourcesOf(manifest: Node, paths: ReadonlyMap<string, string>): Map<string, string> {
  const list = nodeOf(manifest["resources"]);
  const found = new Map<string, string>();
  for (const resource of nodesOf(list["resource"])) {
    const base = textOf(manifest["@base"]) + textOf(list["@base"]) + textOf(resource["@base"]);
    const href = textOf(resource["@href"]);
    if (href !== "") found.set(textOf(resource["@identifier"]), safeHref(base + href, paths));
    for (const file of nodesOf(resource["file"])) safeAddress(base + textOf(file["@href"]));
  }
  return found;
}

function itemsOf(organization: Node, resources: ReadonlyMap<string, string>, paths: ReadonlyMap<string, string>): PackageItem[] {
  const items: PackageItem[] = [];
  const visit = (node: Node, depth: number): void => {
    for (const item of nodesOf(node["item"])) {
      const href = resources.get(textOf(item["@identifierref"]));
      if (href !== undefined) items.push(itemOf(item, href, paths));
      if (items.length > ITEMS_MAX || depth > 20) throw new PackageRefused("package_manifest");
      visit(item, depth + 1);
    }
  };
  visit(organization, 0);
  const ids = new Set(items.map((item) => item.id));
  if (ids.size !== items.length) throw new PackageRefused("package_manifest");
  return items;
}

function itemOf(item: Node, href: string, paths: ReadonlyMap<string, string>): PackageItem {
  const parameters = textOf(item["@parameters"]);
  const start = parameters === "" ? href : safeHref(href + (/^[?#&]/.test(parameters) ? parameters : `?${parameters}`), paths);
  const objective = nodeOf(nodeOf(nodeOf(item["sequencing"])["objectives"])["primaryObjective"]);
  return {
    id: textOf(item["@identifier"]).slice(0, 200),
    title: textOf(item["title"]).slice(0, TITLE_MAX),
    href: start,
    mastery: share(textOf(item["masteryscore"]), 100) ?? share(textOf(objective["minNormalizedMeasure"]), 1),
    launchData: (textOf(item["datafromlms"]) || textOf(item["dataFromLMS"])).slice(0, LAUNCH_DATA_MAX),
  };
}

/** `80` of 100 as basis points; null where it is no number between the two. */
function share(text: string, whole: number): number | null {
  const value = Number(text);
  return text === "" || !(value >= 0 && value <= whole) ? null : Math.round((value / whole) * 10_000);
}

/** Refuses an address that leaves the package: another scheme, another host, the folder above. */
function safeAddress(href: string): string {
  const path = href.replace(/[?#].*$/s, "");
  const plain = decoded(path);
  const leaves = /^[a-z][a-z0-9+.-]*:/i.test(plain.trim()) || plain.startsWith("/") || plain.includes("\\") || plain.split("/").includes("..") || /\p{Cc}/u.test(plain);
  if (leaves) throw new PackageRefused("package_href", { name: href.replace(/\p{Cc}/gu, "·").slice(0, 120) });
  return plain;
}

/** The address of a file that is in the package, as its archive spells it. */
function safeHref(href: string, paths: ReadonlyMap<string, string>): string {
  const plain = safeAddress(href).split("/").filter((part) => part !== "." && part !== "").join("/");
  const path = paths.get(plain.normalize("NFC").toLowerCase());
  if (path === undefined) throw new PackageRefused("package_missing", { name: plain.slice(0, 120) });
  return path.split("/").map(encodeURIComponent).join("/") + (/[?#].*$/s.exec(href)?.[0] ?? "");
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new PackageRefused("package_href", { name: path.slice(0, 120) });
  }
}

function nodeOf(value: unknown): Node {
  const one: unknown = Array.isArray(value) ? value[0] : value;
  return typeof one === "object" && one !== null ? (one as Node) : {};
}

function nodesOf(value: unknown): Node[] {
  return (Array.isArray(value) ? value : value === undefined ? [] : [value]).map(nodeOf);
}

/** Text of an element, with attributes or without, or of an attribute. */
function textOf(value: unknown): string {
  if (typeof value === "string") return value.trim();
  const text = nodeOf(value)["#text"];
  return typeof text === "string" ? text.trim() : "";
}

const library = z.object({ machineName: z.string().regex(/^[\w.-]{1,80}$/), majorVersion: z.coerce.number().int(), minorVersion: z.coerce.number().int() });
const h5pHead = z.object({ title: z.string().default(""), mainLibrary: z.string(), preloadedDependencies: z.array(library).max(200) });

/** The head of an H5P: its content and every library that it names must be in the archive, since none is installed here. */
async function readH5p(text: (path: string) => Promise<string | undefined>, paths: ReadonlyMap<string, string>): Promise<Omit<PackageContent, "entries">> {
  const head = await text("h5p.json");
  const content = await text("content/content.json");
  if (head === undefined || content === undefined) throw new PackageRefused("package_none");
  const read = h5pHead.safeParse(parseJson(head));
  parseJson(content);
  if (!read.success) throw new PackageRefused("package_manifest");
  const named = read.data.preloadedDependencies;
  if (!named.some((one) => one.machineName === read.data.mainLibrary)) throw new PackageRefused("package_library", { name: read.data.mainLibrary.slice(0, 80) });
  for (const one of named) {
    const folders = [`${one.machineName}-${one.majorVersion}.${one.minorVersion}`, one.machineName];
    if (!folders.some((folder) => paths.has(`${folder}/library.json`.toLowerCase()))) throw new PackageRefused("package_library", { name: one.machineName });
  }
  return { standard: "h5p", title: read.data.title.slice(0, TITLE_MAX), items: [{ id: "", title: read.data.title.slice(0, TITLE_MAX), href: "", mastery: null, launchData: "" }] };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new PackageRefused("package_manifest");
  }
}

/** XML of the protocol's answers. Pure. Source: OAI-PMH 2.0, section 3.2; XML 1.0, section 2.2 (characters). */
import { escapeXml } from "../../platform/text.ts";
import { PREFIX } from "./request.ts";

/** `<name a="b">text</name>`; `inner` is XML already. */
export function element(name: string, inner: string, attributes: Record<string, string> = {}): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeXml(value)}"`);
  return `<${name}${written.join("")}>${inner}</${name}>`;
}

export function textElement(name: string, text: string, attributes: Record<string, string> = {}): string {
  return element(name, escapeXml(text), attributes);
}

/** A record's header: who it is, when it last changed, in which sets; or that it is gone. */
export interface HeaderFacts {
  identifier: string;
  datestamp: string;
  sets: readonly string[];
  deleted: boolean;
}

export function headerXml(header: HeaderFacts): string {
  const inner = [textElement("identifier", header.identifier), textElement("datestamp", header.datestamp), ...header.sets.map((set) => textElement("setSpec", set))];
  return element("header", inner.join(""), header.deleted ? { status: "deleted" } : {});
}

/** Dublin Core, in the order given; empty values are left out. */
export function dublinCoreXml(fields: readonly (readonly [name: string, value: string])[]): string {
  const inner = fields.filter(([, value]) => value.trim() !== "").map(([name, value]) => textElement(`dc:${name}`, value));
  return element("oai_dc:dc", inner.join(""), {
    "xmlns:oai_dc": "http://www.openarchives.org/OAI/2.0/oai_dc/",
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "xsi:schemaLocation": "http://www.openarchives.org/OAI/2.0/oai_dc/ http://www.openarchives.org/OAI/2.0/oai_dc.xsd",
  });
}

export function recordXml(header: HeaderFacts, metadata: string): string {
  return element("record", headerXml(header) + (header.deleted ? "" : element("metadata", metadata)));
}

export function formatsXml(): string {
  const inner = [
    textElement("metadataPrefix", PREFIX),
    textElement("schema", "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"),
    textElement("metadataNamespace", "http://www.openarchives.org/OAI/2.0/oai_dc/"),
  ];
  return element("metadataFormat", inner.join(""));
}

/** The whole answer. `request` says again what was asked, without arguments where they were wrong. */
export function answerXml(facts: { date: string; base: string; asked: Record<string, string>; body: string }): string {
  const inner = textElement("responseDate", facts.date) + textElement("request", facts.base, facts.asked) + facts.body;
  const root = element("OAI-PMH", inner, {
    xmlns: "http://www.openarchives.org/OAI/2.0/",
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "xsi:schemaLocation": "http://www.openarchives.org/OAI/2.0/ http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd",
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`;
}

import { expect } from "chai";
import { XMLParser, XMLValidator } from "fast-xml-parser";
import { startApp, type Running } from "../support/app.ts";
import { ENGINE } from "../support/database.ts";
import { shelfOf, type Row } from "../support/materials.ts";
import { shared } from "../support/sharing.ts";
import { id, NOW, W } from "../support/world.ts";

interface Header {
  identifier: string;
  datestamp: string;
  setSpec: string[];
  "@status"?: string;
}
interface Answer {
  date: string;
  request: { "#text": string } & Record<string, string>;
  error?: { code: string };
  body: Record<string, unknown>;
  text: string;
}

const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: "@", parseTagValue: false, parseAttributeValue: false, isArray: (name) => ["record", "header", "setSpec", "set", "metadataFormat", "dc:subject", "dc:type", "dc:rights"].includes(name), processEntities: true });

describe(`harvesting by OAI-PMH, on ${ENGINE}`, function () {
  let app: Running;
  const shelf = shelfOf(() => app);
  let one: Row;
  before(async () => {
    app = await startApp();
    one = await shared(app, shelf, "public", { title: `Số <3 & "π" \u0007`, description: "Dòng một\u0000" });
  });
  after(() => app.stop());

  /** Asks and checks what every answer must have. Source: OAI-PMH 2.0, section 3.2. */
  async function ask(query: string, how: "get" | "post" = "get"): Promise<Answer> {
    const answer = how === "get" ? await fetch(`${app.base}/oai?${query}`) : await fetch(`${app.base}/oai`, { method: "POST", headers: { "content-type": "application/x-www-form-urlencoded" }, body: query });
    expect(answer.status).to.equal(200);
    expect(answer.headers.get("content-type")).to.equal("text/xml; charset=utf-8");
    const text = await answer.text();
    expect(XMLValidator.validate(text), text.slice(0, 500)).to.equal(true);
    expect(text).to.not.match(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/);
    const root = (parser.parse(text) as { "OAI-PMH": Record<string, unknown> })["OAI-PMH"];
    expect(root["@xmlns"]).to.equal("http://www.openarchives.org/OAI/2.0/");
    expect(root["responseDate"]).to.match(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/);
    const request = (typeof root["request"] === "string" ? { "#text": root["request"] } : root["request"]) as Answer["request"];
    expect(request["#text"]).to.equal(`${app.config.baseUrl}/oai`);
    const error = root["error"] as { "@code": string } | undefined;
    const verb = new URLSearchParams(query).get("verb") ?? "";
    return { date: String(root["responseDate"]), request, ...(error === undefined ? {} : { error: { code: error["@code"] } }), body: (root[verb] ?? {}) as Record<string, unknown>, text };
  }

  const headersOf = (answer: Answer): Header[] => (answer.body["header"] ?? (answer.body["record"] as { header: Header[] }[] | undefined)?.map((record) => record.header[0]) ?? []) as Header[];
  const tokenOf = (answer: Answer): string => {
    const token = answer.body["resumptionToken"];
    return typeof token === "string" ? token : ((token as { "#text"?: string } | undefined)?.["#text"] ?? "");
  };
  const identifier = (material: { id: string }): string => `oai:localhost:${material.id}`;

  it("says who the repository is, by GET and by POST from another site", async () => {
    for (const how of ["get", "post"] as const) {
      const answer = await ask("verb=Identify", how);
      expect(answer.request["@verb"]).to.equal("Identify");
      expect(answer.body).to.include({ baseURL: `${app.config.baseUrl}/oai`, protocolVersion: "2.0", deletedRecord: "persistent", granularity: "YYYY-MM-DDThh:mm:ssZ", earliestDatestamp: "2026-11-24T02:00:00Z", adminEmail: "no-reply@localhost" });
    }
  });

  it("gives one format, and the subjects and schools as sets", async () => {
    for (const query of ["verb=ListMetadataFormats", `verb=ListMetadataFormats&identifier=${identifier(one)}`]) {
      expect(((await ask(query)).body["metadataFormat"] as object[])[0]).to.include({ metadataPrefix: "oai_dc" });
    }
    const specs = ((await ask("verb=ListSets")).body["set"] as { setSpec: string[] }[]).map((set) => set.setSpec[0]);
    expect(specs).to.deep.equal(["subject-TOAN", `school-${W.tranPhu}`]);
  });

  it("gives a record in Dublin Core, escaped rightly and without characters that XML cannot hold", async () => {
    const answer = await ask(`verb=GetRecord&metadataPrefix=oai_dc&identifier=${identifier(one)}`);
    const record = (answer.body["record"] as { header: Header[]; metadata: { "oai_dc:dc": Record<string, unknown> } }[])[0];
    expect(record?.header[0]).to.deep.include({ identifier: identifier(one), datestamp: "2026-11-24T02:00:00Z", setSpec: ["subject-TOAN", `school-${W.tranPhu}`] });
    expect(record?.metadata["oai_dc:dc"]).to.deep.include({ "dc:title": `Số <3 & "π"`, "dc:creator": "Nguyễn Thị Hương", "dc:publisher": "THCS Trần Phú", "dc:format": "application/pdf", "dc:identifier": `${app.config.baseUrl}/catalogue/${one.id}`, "dc:language": "vi", "dc:rights": ["CC BY-SA", "https://creativecommons.org/licenses/by-sa/4.0/"] });
    expect(record?.metadata["oai_dc:dc"]["dc:subject"]).to.deep.equal(["Toán", "Lớp 6", "tập hợp", "số tự nhiên"]);
  });

  it("answers every error of the protocol with its code", async () => {
    const known = `identifier=${identifier(one)}`;
    for (const [query, code] of [
      ["", "badVerb"],
      ["verb=Nothing", "badVerb"],
      ["verb=toString", "badVerb"],
      ["verb=Identify&verb=Identify", "badVerb"],
      ["verb=Identify&x=1", "badArgument"],
      ["verb=GetRecord&metadataPrefix=oai_dc", "badArgument"],
      [`verb=GetRecord&${known}&${known}&metadataPrefix=oai_dc`, "badArgument"],
      ["verb=ListRecords", "badArgument"],
      ["verb=ListRecords&metadataPrefix=", "badArgument"],
      ["verb=ListRecords&metadataPrefix=oai_dc&from=2026-13-01", "badArgument"],
      ["verb=ListRecords&metadataPrefix=oai_dc&from=2026-02-30", "badArgument"],
      ["verb=ListRecords&metadataPrefix=oai_dc&from=yesterday", "badArgument"],
      ["verb=ListRecords&metadataPrefix=oai_dc&from=2026-11-24&until=2026-11-24T02:00:00Z", "badArgument"],
      ["verb=ListRecords&metadataPrefix=oai_dc&from=2026-11-25&until=2026-11-24", "badArgument"],
      ["verb=ListRecords&metadataPrefix=oai_dc&resumptionToken=x", "badArgument"],
      ["verb=ListRecords&resumptionToken=abc", "badResumptionToken"],
      [`verb=ListRecords&resumptionToken=${Buffer.from('{"from":null}').toString("base64url")}`, "badResumptionToken"],
      ["verb=ListSets&resumptionToken=x", "badResumptionToken"],
      ["verb=ListRecords&metadataPrefix=marc21", "cannotDisseminateFormat"],
      [`verb=GetRecord&${known}&metadataPrefix=marc21`, "cannotDisseminateFormat"],
      [`verb=GetRecord&identifier=oai:localhost:${id("nobody")}&metadataPrefix=oai_dc`, "idDoesNotExist"],
      ["verb=GetRecord&identifier=%00%3Cx&metadataPrefix=oai_dc", "idDoesNotExist"],
      ["verb=ListMetadataFormats&identifier=x", "idDoesNotExist"],
      ["verb=ListRecords&metadataPrefix=oai_dc&until=2001-01-01", "noRecordsMatch"],
      ["verb=ListRecords&metadataPrefix=oai_dc&set=subject-NOTHING", "noRecordsMatch"],
      ["verb=ListRecords&metadataPrefix=oai_dc&set=%27%3B--", "noRecordsMatch"],
    ] as const) {
      const answer = await ask(query);
      expect(answer.error?.code, query).to.equal(code);
      if (code === "badVerb" || code === "badArgument") expect(Object.keys(answer.request), query).to.deep.equal(["#text"]);
    }
  });

  it("has no sets where nothing was ever public", async () => {
    const empty = await startApp();
    const text = await (await fetch(`${empty.base}/oai?verb=ListSets`)).text();
    await empty.stop();
    expect(text).to.include('code="noSetHierarchy"');
  });

  it("tells of what is gone, as long as it exists: withdrawn, taken down, shared less widely; never of what was not public", async () => {
    const gone = { down: await shared(app, shelf, "public"), retired: await shared(app, shelf, "public"), withdrawn: await shared(app, shelf, "public"), province: await shared(app, shelf, "province") };
    app.time.now = "2026-11-24T03:00:00.000Z";
    const nam = await app.as("nam");
    await nam.post(`/library/materials/${gone.down.id}/takedown`, { reason: "Thử" });
    await nam.post(`/materials/${gone.retired.id}/retirement`);
    await nam.post(`/materials/${gone.withdrawn.id}/approval-removal`, { comment: "Thử" });
    const headers = headersOf(await ask("verb=ListIdentifiers&metadataPrefix=oai_dc&from=2026-11-24T03:00:00Z"));
    expect(headers.map((header) => [header.identifier, header["@status"]]).sort()).to.deep.equal([gone.down, gone.retired, gone.withdrawn].map((material) => [identifier(material), "deleted"]).sort());
    const record = await ask(`verb=GetRecord&metadataPrefix=oai_dc&identifier=${identifier(gone.down)}`);
    expect(record.text).to.include('status="deleted"').and.not.include("<metadata>");
    expect((await ask(`verb=GetRecord&metadataPrefix=oai_dc&identifier=${identifier(gone.province)}`)).error?.code).to.equal("idDoesNotExist");
    app.time.now = NOW;
  });

  it("gives 250 records through tokens, in sets and ranges, while one of them changes", async () => {
    const row = (await app.db("materials").where({ id: one.id }).first()) as Record<string, unknown>;
    const many = Array.from({ length: 250 }, (_, i) => ({ ...row, id: id(`harvest${String(i).padStart(3, "0")}`), title: `Bài ${i}`, subject_code: "NGUVAN", updated_at: `2026-11-2${3 + (i % 2)}T0${i % 10}:00:00.000Z` }));
    for (const material of many) await app.db("materials").insert(material);
    for (const verb of ["ListIdentifiers", "ListRecords"]) {
      const seen: string[] = [];
      const cursors: string[] = [];
      let answer = await ask(`verb=${verb}&metadataPrefix=oai_dc&set=subject-NGUVAN&from=2026-11-23`);
      for (let page = 0; page < 10; page += 1) {
        seen.push(...headersOf(answer).map((header) => header.identifier));
        cursors.push((answer.body["resumptionToken"] as Record<string, string>)["@cursor"] ?? "");
        if (page === 0) {
          const notYetSent = many.find((material) => !seen.includes(identifier(material)));
          await app.db("materials").where({ id: notYetSent?.id ?? "" }).update({ updated_at: "2026-11-24T09:30:00.000Z" });
        }
        const token = tokenOf(answer);
        if (token === "") break;
        answer = await ask(`verb=${verb}&resumptionToken=${encodeURIComponent(token)}`);
        expect(answer.error).to.equal(undefined);
      }
      expect(cursors).to.deep.equal(["0", "100", "200"]);
      expect(new Set(seen).size, "all of them").to.equal(250);
      expect(seen.length, "each once").to.equal(250);
    }
    const day = headersOf(await ask("verb=ListIdentifiers&metadataPrefix=oai_dc&set=subject-NGUVAN&from=2026-11-23&until=2026-11-23"));
    expect(day.every((header) => header.datestamp.startsWith("2026-11-23"))).to.equal(true);
    expect((await ask(`verb=ListRecords&metadataPrefix=oai_dc&set=school-${W.leLoi}`)).error?.code).to.equal("noRecordsMatch");
  });
});

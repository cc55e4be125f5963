import { expect } from "chai";
import fc from "fast-check";
import { z } from "zod";
import { openapi } from "../../server/api/openapi.ts";
import { RESOURCES } from "../../server/api/resources.ts";
import { coursesChanged } from "../../server/courses/events.ts";
import { hiddenLines, isSmallGroup } from "../../server/indicators/rules.ts";
import { raise } from "../../server/platform/jobs/queue.ts";
import { startApp, type Running } from "../support/app.ts";
import type { Client } from "../support/client.ts";
import { countQueries } from "../support/database.ts";
import { digitise, holdLiveClass } from "../support/ledger.ts";
import { NOW, W, YEAR } from "../support/world.ts";

interface Reader {
  get(path: string): Promise<{ status: number; text: string }>;
}

/** A program with a token of one person. */
async function programOf(app: Running, login: string): Promise<Reader> {
  const person = await app.as(login);
  await person.post("/api-tokens", { name: "Phần mềm thống kê" });
  const token = /hl_[\w-]{20,}/.exec((await person.get("/api-tokens")).text)?.[0] ?? "";
  const program = app.visitor();
  return { get: (path) => program.get(path, { authorization: `Bearer ${token}`, accept: "application/json" }) };
}

/** The rows of a file as a spreadsheet reads it, without its head. */
function rowsOf(csv: string): string[][] {
  const lines = csv.replace("\uFEFF", "").trim().split("\r\n");
  return lines.slice(1).map((line) => [...line.matchAll(/"((?:[^"]|"")*)"|([^",]+)|(?<=,)(?=,|$)/g)].map((cell) => cell[1] ?? cell[2] ?? ""));
}

/** A month of a school with one counted period and one lesson, closed and reported; plan 1027 and the criteria in force. */
async function tellStory(app: Running): Promise<void> {
  for (const schoolId of [W.tranPhu, W.leLoi]) await raise(app.db, coursesChanged, { schoolId, yearId: YEAR }, NOW);
  await holdLiveClass(app.db, { carries: [{ course: W.toan6A, lesson: W.toanLesson(1), number: 1 }], starts: "2026-10-12T00:00:00.000Z", minutes: 45, present: { minh: 45, an: 45 } });
  await digitise(app.db, [W.toanLesson(1)], "2026-10-20T03:00:00.000Z");
  await app.settle();
  const [ha, nam] = [await app.as("ha"), await app.as("nam")];
  await publish(ha, "/scoreboard/plans", { year: YEAR, from: "template", name: "Bảng chỉ tiêu", source: "KH 1027/KH-SGDĐT" });
  await publish(ha, "/assessments/forms", { year: YEAR, from: "template", name: "Bộ tiêu chí 4725", source: "QĐ 4725/QĐ-BGDĐT", basic_from: "50", well_above: "75", send_by: "31/05/2027", publish_by: "20/06/2027" });
  await nam.post(`/schools/${W.tranPhu}/assessment`);
  await nam.post(`/schools/${W.tranPhu}/assessment/submission`);
  await ha.post(`/schools/${W.tranPhu}/assessment/publication`);
  await nam.post(`/schools/${W.tranPhu}/documents/plan/text`, { year: YEAR, seen: "0", number: "12/KH-THCSTP", issued_on: "2026-09-10", signatory: "Trần Văn Nam", signatory_title: "Hiệu trưởng", place: "Bến Đoan", body: "Nội dung", recipients: "Lưu" });
  const month = `/schools/${W.tranPhu}/months/2026-10`;
  await nam.post(`${month}/closing`, { seen: /name="seen" value="([0-9a-f]{64})"/.exec((await nam.get(month)).text)?.[1] ?? "", note: "Ghi chú riêng" });
  const { location } = await nam.post(`/units/${W.tranPhu}/reports`, { year: YEAR, period: "2026-10" });
  await nam.post(`${location}/words`, { seen: "1", number: "15/BC-THCSTP", issued_on: "2026-11-05", place: "Bến Đoan", signatory: "Trần Văn Nam", signatory_title: "Hiệu trưởng", recipients: "UBND", assessment: "a", next_steps: "b" });
  expect((await nam.post(`${location}/submission`)).status).to.equal(303);
}

async function publish(ha: Client, path: string, fields: Record<string, string>): Promise<void> {
  const { location } = await ha.post(path, fields);
  expect((await ha.post(`${location}/publication`)).status).to.equal(303);
}

describe("open figures", () => {
  let app: Running;
  let dung: Reader;
  before(async () => {
    app = await startApp();
    await tellStory(app);
    dung = await programOf(app, "dung");
  });
  after(() => app.stop());

  const answer = async (path: string, unit: string = W.commune) => {
    const got = await dung.get(`/api/v1/units/${unit}/${path}`);
    expect(got.status, got.text).to.equal(200);
    return JSON.parse(got.text);
  };
  const page = async (path: string): Promise<string> => (await (await app.as("dung")).get(path)).text;

  it("come in the shapes that the OpenAPI file promises, for a commune and for a school", async () => {
    const file = JSON.parse((await app.visitor().get("/api/v1/openapi.json")).text);
    const paths = Object.keys(openapi.paths).filter((path) => path.startsWith("/api/v1/units/{id}/"));
    expect(paths).to.have.length(RESOURCES.length).and.to.include("/api/v1/units/{id}/scoreboard");
    for (const path of paths) {
      const name = file.paths[path].get.responses["200"].content["application/json"].schema.$ref.split("/").at(-1);
      const promised = z.fromJSONSchema(file.components.schemas[name]);
      for (const unit of [W.commune, W.tranPhu]) {
        const got = await answer(path.slice("/api/v1/units/{id}/".length), unit);
        expect(promised.safeParse(got).error?.message, path).to.equal(undefined);
        expect(promised.safeParse({ ...got, more: 1 }).success, `${path} says nothing that is not described`).to.equal(false);
      }
    }
  });

  it("are those of the pages: both measures", async () => {
    const got = await answer("measures");
    const rows = rowsOf(await page("/measures/table.csv"));
    expect(got.schools).to.have.length(rows.length);
    for (const row of rows) {
      const { online, digitised, school } = got.schools.find((one: { school: { name: string } }) => one.school.name === row[0]);
      expect([online.counted_periods, online.planned_periods, digitised.lessons_covered, digitised.own_lessons, digitised.lessons_planned, digitised.subjects_met, digitised.subjects_planned].map(String), school.name).to.deep.equal([row[2], row[3], row[6], row[7], row[9], row[10], row[11]]);
    }
    expect(got.together).to.include({ schools: 2, schools_online_met: 1, counted_periods: 1, lessons_covered: 1 });
    expect(await page("/measures")).to.contain(`1/${got.together.planned_periods} `);
  });

  it("are those of the pages: every indicator of every school; a group of a few people is told to nobody above", async () => {
    const got = await answer("scoreboard");
    const words: Record<string, string> = { "Đạt": "met", "Chưa đạt": "not_met", "Chưa có số liệu": "no_value", "Chưa đặt mức": "no_value" };
    const rows = rowsOf(await page("/scoreboard/table.csv"));
    let hidden = 0;
    for (const [code, , name, , part, whole, state] of rows) {
      const one = got.indicators.find((of: { code: string }) => of.code === code);
      const line = one.lines.find((of: { name: string; id: string; of: string }) => of.name === name || of.of === "level");
      if (line.part === null && part !== "") {
        hidden += 1;
        continue;
      }
      expect([line.part ?? "", line.whole ?? ""].map(String), `${code} ${name}`).to.deep.equal([part, whole]);
      expect(line.answer, `${code} ${name}`).to.equal(words[state ?? ""]);
    }
    expect(hidden, "the pupils and teachers of these schools can be counted on two hands").to.be.greaterThan(0);
    for (const one of got.indicators) for (const line of one.lines) if (one.measure === "ratio") expect(line.whole === null || line.whole >= 5 || line.whole === 0, `${one.code} ${line.name}`).to.equal(true);
    const own = JSON.parse((await (await programOf(app, "nam")).get(`/api/v1/units/${W.tranPhu}/scoreboard`)).text);
    expect(own.indicators.flatMap((one: { lines: { answer: string }[] }) => one.lines).some((line: { answer: string }) => line.answer === "hidden"), "the school's own staff see it all").to.equal(false);
  });

  it("are those of the pages: assessments, closed months, reports, documents", async () => {
    const assessed = await answer("assessments");
    for (const row of rowsOf(await page("/assessments/table.csv"))) {
      const one = assessed.schools.find((of: { school: { name: string } }) => of.school.name === row[0]);
      expect([one.points_1 ?? "", one.points_2 ?? "", one.level ?? ""].map(String)).to.deep.equal([row[2] ?? "", row[3] ?? "", row[4] ?? ""]);
    }
    expect(assessed.together).to.deep.equal({ schools: 2, at_least_1: 1, at_least_2: 0, at_least_3: 0 });
    const closings = await answer("closings?month=2026-10");
    expect(closings).to.include({ month: "2026-10", schools: 2 });
    expect(closings.closings).to.have.length(1);
    expect(closings.closings[0]).to.include({ counted_periods: 1, planned_periods: 42, lessons_covered: 1, lessons_planned: 16, online_answer: "met" });
    expect(await page("/measures/months?month=2026-10")).to.contain("2,38\u00a0% (1/42)");
    const own = await answer("closings", W.tranPhu);
    expect(own.month, "the last month that is over").to.equal("2026-10");
    expect(own.closings[0].subjects.reduce((sum: number, cell: { planned_periods: number }) => sum + cell.planned_periods, 0)).to.equal(42);
    const reports = await answer("reports?period=2026-10");
    expect(reports.together).to.deep.equal({ schools: 2, sent: 1 });
    expect(reports.schools.map((one: { state: string; number: string | null }) => `${one.state} ${one.number}`)).to.have.members(["submitted 15/BC-THCSTP", "none null"]);
    expect(await page("/report-board?period=2026-10")).to.contain("15/BC-THCSTP");
    const documents = await answer("documents");
    expect(documents.together).to.deep.equal({ schools: 2, complete: 0 });
    expect(documents.schools.find((one: { school: { id: string } }) => one.school.id === W.tranPhu)).to.deep.include({ plan: { number: "12/KH-THCSTP", issued_on: "2026-09-10" }, regulations: null, complete: false });
    expect(await page("/documents")).to.contain("12/KH-THCSTP");
  });

  it("name no person", async () => {
    const names = (await app.db("persons").pluck("name")) as string[];
    const ids = (await app.db("persons").pluck("id")) as string[];
    for (const { path } of RESOURCES) {
      const text = JSON.stringify([await answer(path), await answer(path, W.tranPhu)]);
      for (const one of [...names, ...ids, "Ghi chú riêng"]) expect(text, path).not.to.contain(one);
    }
  });

  it("are for those who may see them: a token of one commune reads no other, nor the department", async () => {
    const readers = { ngan: await programOf(app, "ngan"), lan: await programOf(app, "lan"), nam: await programOf(app, "nam"), ha: await programOf(app, "ha") };
    for (const { path } of RESOURCES) {
      const status = async (who: Reader, unit: string): Promise<number> => (await who.get(`/api/v1/units/${unit}/${path}`)).status;
      expect(await status(readers.ngan, W.commune), path).to.equal(404);
      expect(await status(readers.ngan, W.tranPhu), path).to.equal(404);
      expect(await status(readers.lan, W.tranPhu), path).to.equal(404);
      expect(await status(dung, W.department), path).to.be.oneOf([403, 404]);
      expect(await status(readers.nam, W.commune), path).to.equal(403);
      expect(await status(readers.ha, W.department), path).to.equal(200);
      expect((await app.visitor().get(`/api/v1/units/${W.commune}/${path}`)).status, path).to.equal(401);
      expect((await (await app.as("minh")).get(`/api/v1/units/${W.tranPhu}/${path}`)).status, path).to.equal(403);
    }
  });

  it("are refused in JSON where what is asked is wrong or does not exist: nothing is guessed", async () => {
    const status = async (path: string): Promise<number> => (await dung.get(`/api/v1/units/${W.commune}/${path}`)).status;
    for (const path of ["scoreboard?month=2026-13", "scoreboard?monat=2026-10", "closings?year=2026", "reports?period=October", "measures?month=2026-10"]) expect(await status(path), path).to.equal(422);
    for (const path of ["scoreboard?month=2027-05", "closings?month=2019-10", "reports?period=2019-10", "measures?year=2019-2020"]) expect(await status(path), path).to.equal(404);
    expect((await dung.get("/api/v1/units/1/measures")).status).to.equal(404);
  });

  it("ask the same number of questions of the database however many schools there are", async () => {
    const ha = await app.as("ha");
    const count = async (path: string): Promise<number> => (await countQueries(app.db, () => ha.get(`/api/v1/units/${W.department}/${path}`))).count;
    const add = (letters: string) => Promise.all([...letters].map((letter) => `moreschoo${letter}`.padEnd(26, "z")).map((id) => app.db("units").insert({ id, kind: "school", name: `Trường ${id}`, code: id.slice(0, 12), level: "primary", area: "rural", parent_id: W.otherCommune, path: `/${W.department}/${W.otherCommune}/${id}/`, opened_on: "2020-09-01", search_text: id, created_at: NOW })));
    const before = new Map<string, number>();
    await add("a"); // after a write to the units nobody reads them from memory, so both counts are of the database alone
    for (const { path } of RESOURCES) before.set(path, await count(path));
    await add("bcdefg");
    for (const { path } of RESOURCES) expect(await count(path), path).to.be.at.most((before.get(path) ?? 0) + 1);
    await app.db("units").where("id", "like", "moreschoo%").del();
  });
});

describe("what is hidden of groups of people", () => {
  it("is every small group, and what is told leaves no small group by subtraction", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(30), { maxLength: 12 }), (wholes) => {
        const lines = wholes.map((whole, i) => ({ id: String(i), figure: { part: 0, whole } }));
        const hidden = hiddenLines(lines);
        for (const line of lines) if (isSmallGroup(line.figure.whole)) expect(hidden.has(line.id)).to.equal(true);
        const rest = lines.filter((line) => hidden.has(line.id)).reduce((sum, line) => sum + line.figure.whole, 0);
        const all = wholes.reduce((sum, whole) => sum + whole, 0);
        expect(isSmallGroup(rest)).to.equal(isSmallGroup(all)); // then the sum itself is not told
        if (!wholes.some(isSmallGroup)) expect(hidden.size).to.equal(0);
      }),
    );
  });
});

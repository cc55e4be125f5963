import { expect } from "chai";
import fc from "fast-check";
import { z } from "zod";
import { openapi } from "../../server/api/openapi.ts";
import { foldSmall, SCHOOLS_MIN } from "../../server/api/progress/rules.ts";
import { RESOURCES } from "../../server/api/resources.ts";
import { CSV_TABLES } from "../../server/api/tables.ts";
import { coursesChanged } from "../../server/courses/events.ts";
import { hiddenLines, isSmallGroup } from "../../server/platform/rules/small-groups.ts";
import { insertAll } from "../../server/platform/db.ts";
import { raise } from "../../server/platform/jobs/queue.ts";
import { csvOf, programOf, rowsOf, type Reader } from "../support/api.ts";
import { startApp, type Running } from "../support/app.ts";
import type { Client } from "../support/client.ts";
import { closeAsLeader, OCTOBER } from "../support/closing.ts";
import { countQueries } from "../support/database.ts";
import { publishCriteria, publishTargets } from "../support/department.ts";
import { digitise, holdLiveClass } from "../support/ledger.ts";
import { NOW, unit, W, YEAR } from "../support/world.ts";

/** Readers of the calendar, targets and boards that keep for some seconds what they were told: they may ask again. */
const REMEMBERED = 5;

/** A month of a school with one counted period and one lesson, closed and reported; plan 1027 and the criteria in force. */
async function tellStory(app: Running): Promise<void> {
  for (const schoolId of [W.tranPhu, W.leLoi]) await raise(app.db, coursesChanged, { schoolId, yearId: YEAR }, NOW);
  await holdLiveClass(app.db, { carries: [{ course: W.toan6A, lesson: W.toanLesson(1), number: 1 }], starts: "2026-10-12T00:00:00.000Z", minutes: 45, present: { minh: 45, an: 45 } });
  await digitise(app.db, [W.toanLesson(1)], "2026-10-20T03:00:00.000Z");
  await app.settle();
  const [ha, nam] = [await app.as("ha"), await app.as("nam")];
  await publishTargets(app);
  await publishCriteria(app);
  await nam.post(`/schools/${W.tranPhu}/assessment`);
  await nam.post(`/schools/${W.tranPhu}/assessment/submission`);
  await ha.post(`/schools/${W.tranPhu}/assessment/publication`);
  await nam.post(`/schools/${W.tranPhu}/documents/plan/text`, { year: YEAR, seen: "0", number: "12/KH-THCSTP", issued_on: "2026-09-10", signatory: "Trần Văn Nam", signatory_title: "Hiệu trưởng", place: "Bến Đoan", body: "Nội dung", recipients: "Lưu" });
  await closeAsLeader(nam, OCTOBER, "Ghi chú riêng");
  const { location } = await nam.post(`/units/${W.tranPhu}/reports`, { year: YEAR, period: "2026-10" });
  await nam.post(`${location}/words`, { seen: "1", number: "15/BC-THCSTP", issued_on: "2026-11-05", place: "Bến Đoan", signatory: "Trần Văn Nam", signatory_title: "Hiệu trưởng", recipients: "UBND", assessment: "a", next_steps: "b" });
  expect((await nam.post(`${location}/submission`)).status).to.equal(303);
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
    const paths = Object.keys(openapi.paths).filter((path) => path.startsWith("/api/v1/units/{id}/") && !path.includes("/tables/"));
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
    const words: Record<string, string> = { "Đạt": "met", "Chưa đạt": "not_met", "Chưa có số liệu": "no_value", "Chưa đặt mức": "no_value", "Không nêu (nhóm nhỏ)": "hidden" };
    const rows = rowsOf(await page("/scoreboard/table.csv"));
    let hidden = 0;
    for (const [code, , name, , part, whole, state] of rows) {
      const one = got.indicators.find((of: { code: string }) => of.code === code);
      const line = one.lines.find((of: { name: string; id: string; of: string }) => of.name === name || of.of === "level");
      if (line.answer === "hidden") hidden += 1;
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
    const add = (letters: string) => Promise.all([...letters].map((letter) => `moreschoo${letter}`.padEnd(26, "z")).map((id) => app.db("units").insert(unit(id, "school", `Trường ${id}`, W.otherCommune, `/${W.department}/${W.otherCommune}/${id}/`, "primary", "rural"))));
    const before = new Map<string, number>();
    await add("a"); // after a write to the units nobody reads them from memory, so both counts are of the database alone
    for (const { path } of RESOURCES) before.set(path, await count(path));
    await add("bcdefghijkmnpqr");
    for (const { path } of RESOURCES) expect(await count(path), path).to.be.at.most((before.get(path) ?? 0) + REMEMBERED);
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

describe("the tables for a statistician", () => {
  let app: Running;
  let dung: Reader;
  before(async () => {
    app = await startApp();
    await tellStory(app);
    dung = await programOf(app, "dung");
  });
  after(() => app.stop());

  const table = async (name: string, unit: string = W.commune) => {
    const got = await dung.get(`/api/v1/units/${unit}/tables/${name}.csv`);
    expect(got.status, got.text).to.equal(200);
    return got.text;
  };
  const json = async (path: string) => JSON.parse((await dung.get(`/api/v1/units/${W.commune}/${path}`)).text);

  it("have the columns that are documented, each meant once for all", async () => {
    const file = JSON.parse((await app.visitor().get("/api/v1/openapi.json")).text);
    for (const { name, columns } of CSV_TABLES) {
      const [heads] = csvOf(await table(name));
      expect(heads, name).to.deep.equal(columns);
      expect(file.paths[`/api/v1/units/{id}/tables/${name}.csv`].get.responses["200"].content["text/csv"]["x-columns"]).to.have.all.keys(...columns);
    }
    const page = await (await app.as("dung")).get("/open-figures");
    for (const { name, columns } of CSV_TABLES) for (const column of columns) expect(page.text, name).to.contain(column);
  });

  it("tell the same as the JSON of the API", async () => {
    const measures = await json("measures");
    const schools = rowsOf(await table("schools"));
    expect(schools).to.have.length(measures.schools.length);
    for (const row of schools) {
      const one = measures.schools.find((of: { school: { id: string } }) => of.school.id === row[0]);
      expect(row.slice(8, 12)).to.deep.equal([one.online.counted_periods, one.online.planned_periods, one.targets.online_share_bp, one.online.answer].map(String));
      expect(row.slice(12, 19)).to.deep.equal([one.digitised.lessons_covered, one.digitised.own_lessons, one.digitised.lessons_planned, one.digitised.subjects_met, one.digitised.subjects_planned, one.targets.digitised_bp, one.digitised.answer].map(String));
    }
    const own = schools.find((row) => row[0] === W.tranPhu);
    const { points_1, points_2 } = (await json("assessments")).schools.find((one: { school: { id: string } }) => one.school.id === W.tranPhu);
    expect(own?.slice(19)).to.deep.equal(["published", String(points_1), String(points_2), "1", "12/KH-THCSTP", "2026-09-10", "", ""]);
    const [closing] = (await json("closings")).closings;
    const months = rowsOf(await table("months"));
    expect(months.map((row) => row.slice(0, 4))).to.deep.equal([[W.tranPhu, closing.school.code, "2026-10", closing.id]]);
    expect(months[0]?.at(-1)).to.equal(closing.records_hash);
    const subjects = rowsOf(await table("subjects"));
    const sum = (column: number): number => subjects.reduce((total, row) => total + Number(row[column]), 0);
    expect([sum(6), sum(7), sum(8), sum(10)]).to.deep.equal([closing.counted_periods, closing.planned_periods, closing.lessons_covered, closing.lessons_planned]);
    const { indicators } = await json("scoreboard");
    const lines = indicators.flatMap((one: { code: string; lines: { id: string; part: number | null; whole: number | null; answer: string }[] }) => one.lines.map((line) => [one.code, line.id, String(line.part ?? ""), String(line.whole ?? ""), line.answer]));
    expect(rowsOf(await table("indicators")).map((row) => [row[1], row[6], row[10], row[11], row[12]])).to.deep.equal(lines);
  });

  it("name no person, and are refused where the figures are", async () => {
    const names = (await app.db("persons").pluck("name")) as string[];
    const ngan = await programOf(app, "ngan");
    for (const { name } of CSV_TABLES) {
      const text = await table(name, W.tranPhu);
      for (const one of names) expect(text, name).not.to.contain(one);
      expect((await ngan.get(`/api/v1/units/${W.commune}/tables/${name}.csv`)).status).to.equal(404);
      expect((await app.visitor().get(`/api/v1/units/${W.commune}/tables/${name}.csv`)).status).to.equal(401);
    }
    for (const path of ["persons.csv", "schools.csv?month=2026-10"]) expect((await dung.get(`/api/v1/units/${W.commune}/tables/${path}`)).status, path).to.be.oneOf([404, 422]);
  });
});

describe("the public page of progress", () => {
  let app: Running;
  let ha: Client;
  before(async () => {
    app = await startApp();
    await tellStory(app);
    ha = await app.as("ha");
  });
  after(() => app.stop());

  const choose = async (fields: Record<string, string>) => {
    const seen = /name="seen" value="(\d+)"/.exec((await ha.get("/open-figures")).text)?.[1] ?? "";
    return ha.post("/open-figures/public-page", { seen, ...fields });
  };
  const visit = (path = "/progress", language = "vi") => app.visitor().get(path, { "accept-language": language });

  it("does not exist until the department switches it on, and not again once it is off", async () => {
    expect((await visit()).status).to.equal(404);
    expect((await visit(`/progress/${W.commune}`)).status).to.equal(404);
    expect((await choose({ is_open: "yes" })).status).to.equal(303);
    expect((await visit()).status).to.equal(200);
    expect((await choose({})).status).to.equal(303);
    expect((await visit()).status).to.equal(404);
    expect(await app.db("audit_entries").where("action", "like", "public_page.%").orderBy("id").select("action", "actor_id")).to.deep.equal(["open", "close"].map((act) => ({ action: `public_page.${act}`, actor_id: W.ha })));
  });

  it("is the department's to switch, one change after the other", async () => {
    for (const [login, status] of [["dung", 403], ["nam", 403], ["bach", 403], ["minh", 403]] as const) expect((await (await app.as(login)).post("/open-figures/public-page", { seen: "0", is_open: "yes" })).status, login).to.equal(status);
    expect((await ha.post("/open-figures/public-page", { seen: "0", is_open: "yes" })).status, "an old form").to.equal(409);
    expect((await ha.post("/open-figures/public-page", { seen: "x", is_open: "yes" })).status).to.equal(422);
    expect((await (await app.as("dung")).get("/open-figures")).text).not.to.contain("public-page");
  });

  it("tells what was closed, when, and what the numbers mean, in either language", async () => {
    await choose({ is_open: "yes" });
    const page = await visit();
    const { closings } = JSON.parse((await ha.get(`/api/v1/units/${W.department}/closings`)).text);
    const sum = (of: string): number => closings.reduce((total: number, one: Record<string, number>) => total + (one[of] ?? 0), 0);
    expect(page.text).to.contain(`${sum("counted_periods")}/${sum("planned_periods")} tiết`).and.to.contain(`${sum("lessons_covered")}/${sum("lessons_planned")} bài`);
    expect(page.text).to.contain("Lần chốt gần nhất: 24/11/2026 09:00. 1/2 trường đã chốt").and.to.contain("tháng 10/2026");
    expect(page.text).to.contain("KH 1027/KH-SGDĐT").and.to.contain("không phải trung bình các tỉ lệ");
    const { indicators } = JSON.parse((await ha.get(`/api/v1/units/${W.department}/scoreboard`)).text);
    for (const one of indicators) expect(page.text).to.contain(`${one.code} ${one.name_vi}`);
    const told = indicators.filter((one: { together: { part: number | null; whole: number | null } }) => (one.together.whole ?? 0) > 0);
    for (const { together } of told) expect(page.text).to.contain(`(${together.part}/${together.whole})`);
    expect(told.length).to.be.greaterThan(5);
    expect(page.text).to.contain("tính đến 24/11/2026");
    const english = await visit("/progress", "en");
    expect(english.text).to.contain("Last closing: 24/11/2026 09:00.").and.to.contain('lang="en"');
  });

  it("names no person, and no school unless the department chose to", async () => {
    await choose({ is_open: "yes" });
    const page = await visit();
    for (const name of (await app.db("persons").pluck("name")) as string[]) expect(page.text).not.to.contain(name);
    expect(page.text).not.to.contain("THCS").and.not.to.contain("Phường Bến Đoan"); // one school closed: its commune's row would be its own
    expect((await visit(`/progress/${W.commune}`)).status).to.equal(404);
    await choose({ is_open: "yes", shows_schools: "yes" });
    expect((await visit()).text).to.contain(`href="/progress/${W.commune}"`);
    const commune = await visit(`/progress/${W.commune}`);
    expect(commune.text).to.contain("THCS Trần Phú").and.to.contain("2,38\u00a0% (1/42)").and.to.contain("Chưa chốt");
    await app.db("units").where({ id: W.leLoi }).update({ path: `/${W.department}/${W.leLoi}/` });
    expect((await visit()).text, "a school of the department itself").to.contain("Trường trực thuộc Sở");
    expect((await visit(`/progress/${W.department}`)).text).to.contain("THCS Lê Lợi").and.not.to.contain("THCS Trần Phú");
    await app.db("units").where({ id: W.leLoi }).update({ path: `/${W.department}/${W.commune}/${W.leLoi}/` });
    for (const name of (await app.db("persons").pluck("name")) as string[]) expect(commune.text).not.to.contain(name);
    expect((await visit("/progress/1")).status).to.equal(404);
  });

  it("is kept by caches for those without a session, and by nobody for others", async () => {
    await choose({ is_open: "yes" });
    const page = await visit();
    expect(page.headers.get("cache-control")).to.equal("public, max-age=300");
    expect(page.headers.get("set-cookie")).to.equal(null);
    expect((await ha.get("/progress")).headers.get("cache-control")).to.equal("no-store");
  });

  it("stays below 60 kB and the same number of questions for a province of a hundred communes", async () => {
    await choose({ is_open: "yes", shows_schools: "yes" });
    await app.db("units").where({ id: W.leLoi }).update({ name: "THCS Lê Lợi" }); // after a write nobody reads the units from memory
    const few = (await countQueries(app.db, () => visit())).count;
    await addProvince(app, 100, 6);
    const many = await countQueries(app.db, () => visit());
    expect(many.count, "six hundred schools more, and some readers that remember nothing any more").to.be.at.most(few + REMEMBERED);
    const page = await visit();
    expect(page.text).to.contain("Xã số 99");
    expect(page.bytes.length).to.be.below(60_000);
    await choose({ is_open: "yes" });
    const folded = await visit();
    expect(folded.text, "a commune of six").to.contain("Xã số 99").and.to.contain("Các xã, phường khác");
    expect(folded.text, "a commune of one joins the smallest other").not.to.contain("Phường Bến Đoan");
  });

  it("is not asked without end by one address", async () => {
    await choose({ is_open: "yes" });
    const visitor = app.visitor();
    const statuses = new Set<number>();
    for (let i = 0; i < 200 && !statuses.has(429); i += 1) statuses.add((await visitor.get("/progress/1")).status);
    expect([...statuses]).to.include(429);
  });
});

/** Communes with schools that all closed October, as Trần Phú did. */
async function addProvince(app: Running, communes: number, schools: number): Promise<void> {
  const closing = (await app.db("month_closings").first()) as Record<string, unknown>;
  const key = (name: string): string => name.padEnd(26, "z");
  const [units, closings]: object[][] = [[], []];
  for (let c = 0; c < communes; c += 1) {
    const commune = key(`xa${c}x`);
    units?.push(unit(commune, "commune", `Xã số ${c}`, W.department, `/${W.department}/${commune}/`));
    for (let s = 0; s < schools; s += 1) {
      const id = key(`xa${c}x${s}s`);
      units?.push(unit(id, "school", `Trường ${c}.${s}`, commune, `/${W.department}/${commune}/${id}/`, "primary", "rural"));
      closings?.push({ ...closing, id: key(`cj${c}x${s}s`), school_id: id });
    }
  }
  await insertAll(app.db, "units", units ?? []);
  await insertAll(app.db, "month_closings", closings ?? []);
}

describe("which communes stand in a row of their own", () => {
  it("are those of five schools or more, and the row of the others is of five or more, or there is none", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(12), { maxLength: 20 }), (sizes) => {
        const { shown, folded } = foldSmall(sizes.map((told, i) => ({ id: String(i), told })));
        expect(shown.length + folded.length).to.equal(sizes.length);
        for (const part of shown) expect(part.told).to.be.at.least(SCHOOLS_MIN);
        const rest = folded.reduce((sum, part) => sum + part.told, 0);
        expect(rest === 0 || rest >= SCHOOLS_MIN || shown.length === 0).to.equal(true);
      }),
    );
  });
});

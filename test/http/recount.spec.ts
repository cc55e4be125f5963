import { expect } from "chai";
import fc from "fast-check";
import { after, before, describe, it } from "mocha";
import { loadMeasures, type SchoolMeasures } from "../../server/measures/figures.ts";
import { loadClosing } from "../../server/measures/closing/store.ts";
import type { MeasuresAnswer } from "../../server/api/schema.ts";
import { reconcileAll } from "../../server/measures/recount/jobs.ts";
import { reconcileSchool } from "../../server/measures/recount/store.ts";
import { instantOf, type Day } from "../../server/platform/clock.ts";
import { addHundredths, numberOf, wholePeriods } from "../../server/platform/units.ts";
import { newId } from "../../server/platform/ids.ts";
import { csvOf, programOf } from "../support/api.ts";
import { startApp, type Running } from "../support/app.ts";
import type { Client } from "../support/client.ts";
import { ENGINE } from "../support/database.ts";
import { publishTargets } from "../support/department.ts";
import { buildProvince, history, LAST, live, TARGETS, TODAY, type Closed, type History, type Province, type Told } from "../support/histories.ts";
import { terms } from "../support/terms.ts";
import { recountCells, schoolCount, termsOn, type CellCount, type SchoolCount } from "../support/recount.ts";
import { W, YEAR } from "../support/world.ts";

/**
 * What every page says is counted a second time, by plain SQL over what happened. 200 communes, each with a random history
 * of its own; a failure prints the history of the commune where the figures part, and the seed that makes it again:
 * `RECOUNT_SEED=… npx mocha test/http/recount.spec.ts`.
 */
const SEED = Number(process.env["RECOUNT_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
/** All of them on SQLite; PostgreSQL, which is asked the same questions by the same code, takes fewer. */
const HISTORIES = ENGINE === "SQLite" ? 200 : 60;

/** Study weeks that have begun by a day of the first term, which begins on Monday 7 September and knows no holiday here. */
const weekOf = (day: Day): number => Math.floor((Date.parse(day) - Date.parse("2026-09-07")) / (7 * 86_400_000)) + 1;

describe(`${HISTORIES} random histories, counted a second time from what happened (${ENGINE})`, function () {
  this.timeout(240_000);
  let app: Running;
  let province: Province;
  const [asked = []] = fc.sample(terms, { seed: SEED, numRuns: 1 });
  const told: Told[] = [];
  let cells: CellCount[] = [];
  let levels = new Map<string, string>();
  const closed: { closed: Closed; cells: CellCount[] }[] = [];

  before(async () => {
    app = await startApp();
    app.time.now = instantOf(TODAY, "22:00");
    const histories = fc.sample(history, { seed: SEED, numRuns: HISTORIES });
    province = await buildProvince(app.db, histories, asked);
    await app.db.transaction(async (trx) => {
      await reconcileAll(trx, instantOf("2026-09-13", "22:00"));
      for (const [n, one] of histories.entries()) told.push(await lived(trx, one, n));
    });
    cells = await recountCells(app.db, asked, { day: TODAY, week: weekOf(TODAY) });
    levels = new Map(((await app.db("units").where({ kind: "school" }).select("id", "level")) as { id: string; level: string }[]).map((row) => [row.id, row.level]));
  });
  after(() => app.stop());

  async function lived(trx: Running["db"], { acts }: History, n: number): Promise<Told> {
    const commune = province.communes[n];
    if (commune === undefined) throw new Error("no commune");
    return live(trx, province, commune, acts, async (one) => {
      const until = LAST[one.month] ?? TODAY;
      closed.push({ closed: one, cells: await recountCells(trx, asked, { day: until, week: weekOf(until), school: one.school }) });
    });
  }

  const targetOf = (school: string) => TARGETS[levels.get(school) ?? ""] ?? TARGETS["all"] ?? { online: 200, digitised: 500 };
  const countOf = (school: string, some = cells): SchoolCount => schoolCount(some.filter((cell) => cell.school === school), targetOf(school));

  /** Says which history led there when two figures differ. */
  function same(school: string, product: unknown, recount: unknown, what: string): void {
    if (JSON.stringify(product) === JSON.stringify(recount)) return;
    const here = told.find(({ commune }) => commune.schools.includes(school));
    expect(product, `${what} of ${school}\nRECOUNT_SEED=${SEED}\n${(here?.lines ?? []).join("\n")}\n`).to.deep.equal(recount);
  }

  const measuresOf = (school: string, at: { date: Day; campus_id?: string }): Promise<SchoolMeasures> =>
    loadMeasures(app.db, { id: school, level: levels.get(school) ?? null }, { id: YEAR }, { today: TODAY, campus_id: undefined, ...at });

  it("are lived through: every kind of act happened", () => {
    const rarely = HISTORIES < 200 ? ["merge:", "move_commune:", "restore:", "reopen:"] : []; // too few histories to be sure of those
    const happened = new Set(told.flatMap(({ lines }) => lines.filter((line) => !line.endsWith("nothing to do")).map((line) => line.split(" ")[1])));
    expect([...happened].sort()).to.include.members(["live:", "correct:", "cancel:", "study:", "declare:", "decide:", "reverse:", "restore:", "material:", "withdraw:", "retire:", "edit_plan:", "merge:", "move_school:", "move_commune:", "close:", "reopen:"].filter((kind) => !rarely.includes(kind)));
    expect(cells.reduce((sum, cell) => sum + cell.counted, 0), "periods counted").to.be.above(15 * HISTORIES);
    expect(cells.filter((cell) => cell.counted % 100 > 0).length, "cells with a part of a period").to.be.above(3);
  });

  it("give every school the same figures, cell by cell, to date and by its targets", async () => {
    for (const school of levels.keys()) {
      const measures = await measuresOf(school, { date: TODAY });
      same(school, cellsOf(measures), summed(cells.filter((cell) => cell.school === school)), "cells");
      same(school, saysOf(measures), saidBy(countOf(school)), "figures");
    }
  });

  it("the same on earlier days", async () => {
    for (const day of ["2026-10-11", "2026-10-31", "2026-11-20"]) {
      const then = await recountCells(app.db, asked, { day, week: weekOf(day) });
      for (const school of [...levels.keys()].filter((_, i) => i % 4 === Number(day.slice(-1)) % 4)) {
        const measures = await measuresOf(school, { date: day });
        same(school, cellsOf(measures), summed(then.filter((cell) => cell.school === school)), `cells on ${day}`);
        same(school, saysOf(measures), saidBy(countOf(school, then)), `figures on ${day}`);
        expect(measures.definition.version).to.equal(termsOn(asked, day).version);
      }
    }
  });

  it("campus by campus in the schools that merged", async () => {
    const campuses = (await app.db("units").where({ kind: "campus" }).select("id", "parent_id")) as { id: string; parent_id: string }[];
    expect(campuses.length).to.be.above(1);
    for (const { id, parent_id } of campuses.filter((one) => levels.has(one.parent_id))) {
      const own = await recountCells(app.db, asked, { day: TODAY, week: weekOf(TODAY), campus: id });
      same(parent_id, cellsOf(await measuresOf(parent_id, { date: TODAY, campus_id: id })), summed(own), `campus ${id}`);
    }
  });

  it("closed months froze what a count of that moment gives, and still say it", async () => {
    expect(closed.length).to.be.above(5);
    for (const one of closed) {
      const row = await loadClosing(app.db, one.closed.id);
      const { counted, planned, to_date, covered, own, lessons, subjects, subjects_met } = countOf(one.closed.school, one.cells);
      const frozen = row && { counted: numberOf(row.counted), planned: row.planned, to_date: row.planned_to_date, covered: row.covered, own: row.own, lessons: row.lessons, subjects: row.subjects_planned, subjects_met: row.subjects_met };
      same(one.closed.school, frozen, { counted, planned, to_date, covered, own, lessons, subjects, subjects_met }, `${one.closed.month} closed on ${one.closed.on}`);
      expect(row && numberOf(addHundredths(Object.values(row.months)))).to.equal(counted);
    }
  });

  it("the nightly recount finds nothing to put right", async () => {
    for (const [i, school] of [...levels.keys()].entries()) {
      if (i % 5 !== SEED % 5) continue;
      const wrong = await reconcileSchool(app.db, school, YEAR, instantOf(TODAY, "23:00"));
      same(school, wrong, 0, "sums that were wrong");
    }
  });

  describe("and read from the pages", () => {
    let ha: Client;
    /** Schools of the department today, by name: what its officer sees. */
    let seen: { id: string; name: string; path: string }[] = [];
    let sample: string[] = [];

    before(async () => {
      ha = await app.as("ha");
      const all = (await app.db("units").where({ kind: "school" }).orderBy("id").select("id", "name", "path")) as typeof seen;
      seen = all.filter((one) => one.path.startsWith(`/${W.department}/`));
      sample = seen.filter((one) => countOf(one.id).plan && countOf(one.id).counted > 0).map((one) => one.id).filter((_, i) => i % 7 === SEED % 7).slice(0, 20);
      expect(sample.length).to.be.above(1);
    });

    it("the province's table and its CSV: every school, every number", async () => {
      const { text } = await ha.get("/measures/table.csv");
      const lines = csvOf(text);
      expect(lines).to.have.length(seen.length + 1);
      for (const { id, name } of seen) {
        const one = countOf(id);
        const figures = one.plan ? [one.counted / 100, one.planned, cut(one.counted, 100 * one.planned), says(one.online_met), one.covered, one.own, one.covered - one.own, one.lessons, one.subjects_met, one.subjects, says(one.digitised_met)] : ["", "", "", "chưa có kế hoạch", "", "", "", "", "", "", "chưa có kế hoạch"];
        const line = lines.find((cells) => cells[0] === name)?.slice(2).map((cell) => (cell === "" || Number.isNaN(Number(cell)) ? cell.toLocaleLowerCase("vi") : Number(cell)));
        same(id, line, figures, "CSV");
      }
    });

    it("the sums of the communes and of the province: added, never averaged", async () => {
      const rows = rowsOf((await ha.get("/measures")).text);
      const sumOf = (schools: readonly string[]) => {
        const some = schools.map((id) => countOf(id));
        const n = (of: (one: SchoolCount) => boolean): string => String(some.filter(of).length);
        return [String(some.length), `${n((one) => one.online_met)}/${some.length}`, `${n((one) => one.digitised_met)}/${some.length}`, n((one) => !one.plan)];
      };
      const communes = (await app.db("units").where({ kind: "commune", parent_id: W.department }).select("name", "path")) as { name: string; path: string }[];
      for (const { name, path } of communes) {
        const schools = seen.filter((one) => one.path.startsWith(path)).map((one) => one.id);
        expect(rows.find((cells) => cells[0] === name)?.slice(1), `${name}, RECOUNT_SEED=${SEED}`).to.deep.equal(sumOf(schools));
      }
      const planned = seen.map((one) => countOf(one.id)).filter((one) => one.plan);
      const total = (of: (one: SchoolCount) => number): string => number(planned.reduce((sum, one) => sum + of(one), 0));
      const page = (await ha.get("/measures")).text;
      expect(page).to.contain(`${said(planned.reduce((sum, one) => sum + one.counted, 0))}/${total((one) => one.planned)} tiết`).and.to.contain(`${total((one) => one.covered)}/${total((one) => one.lessons)} bài`);
    });

    it("the API and the school's dashboard, with its table of subjects and grades and the lists of evidence", async () => {
      const program = await programOf(app, "ha");
      for (const school of sample) {
        const one = countOf(school);
        const answer = JSON.parse((await program.get(`/api/v1/schools/${school}/measures`)).text) as MeasuresAnswer;
        const { year, to_date } = answer.online;
        same(school, { ...{ counted: year?.counted_periods, planned: year?.planned_periods, to_date: to_date?.planned_periods ?? 0 }, ...answer.digitised.school, online: answer.online.answer, digitised: answer.digitised.answer, met: answer.digitised.subjects_met }, { ...{ counted: one.counted / 100, planned: one.planned, to_date: one.to_date }, ...{ lessons_covered: one.covered, own_lessons: one.own, adopted_lessons: one.covered - one.own, lessons_planned: one.lessons, rate_bp: Math.floor((10_000 * one.covered) / one.lessons) }, online: one.online_met ? "met" : "not_met", digitised: one.digitised_met ? "met" : "not_met", met: one.subjects_met }, "API");
        const target = targetOf(school);
        const needed = answer.online.periods_still_needed;
        const above = (periods: number): boolean => 10_000 * (one.counted + 100 * periods) > target.online * 100 * one.planned;
        expect(above(needed) && (needed === 0 || !above(needed - 1)), `${needed} periods still needed`).to.equal(true);
        const page = (await ha.get(`/schools/${school}/measures`)).text;
        expect(page).to.contain(`${said(one.counted)}/${number(one.planned)} tiết`).and.to.contain(`${number(one.covered)}/${number(one.lessons)} bài`);
        const heat = rowsOf(page).flat().join(" ");
        for (const cell of cells.filter((some) => some.school === school && some.counted > 0 && some.campus === "")) {
          const all = cells.filter((some) => some.school === school && some.subject === cell.subject && some.grade === cell.grade);
          expect(heat, `${cell.subject} ${cell.grade}`).to.contain(`${said(all.reduce((sum, some) => sum + some.counted, 0))}/${number(all.reduce((sum, some) => sum + some.planned, 0))}`);
        }
        expect((await ha.get(`/schools/${school}/measures/periods?state=counted`)).text).to.contain(`${said(one.counted)} tiết`);
        expect((await ha.get(`/schools/${school}/measures/lessons?covered=yes`)).text).to.contain(`Bài có học liệu đã duyệt: ${number(one.covered)}/${number(one.lessons)} bài`);
      }
    });

    it("closed months and the reports that are taken from them", async () => {
      const standing = new Set((await app.db("month_closings").whereNull("reopened_at").pluck("id")) as string[]);
      const some = closed.filter(({ closed: { id, school }, cells: then }) => standing.has(id) && seen.some((one) => one.id === school) && countOf(school, then).plan).slice(0, 6);
      expect(some.length).to.be.above(0);
      await app.db("memberships").insert(some.map(({ closed: { school } }) => school).filter((id, i, all) => all.indexOf(id) === i).map((unit_id) => ({ id: newId(), person_id: W.nam, role: "school_leader", unit_id, from_on: "2026-08-01" })));
      const nam = await app.as("nam");
      for (const { closed: one, cells: then } of some) {
        const count = countOf(one.school, then);
        const page = (await ha.get(`/month-closings/${one.id}`)).text;
        expect(page, `${one.month} of ${one.school}, RECOUNT_SEED=${SEED}`).to.contain(`${said(count.counted)}/${number(count.planned)}`).and.to.contain(`${number(count.covered)}/${number(count.lessons)}`);
        const report = await nam.post(`/units/${one.school}/reports`, { year: YEAR, period: one.month });
        expect(report.status).to.equal(303);
        const paper = (await nam.get(report.location)).text;
        expect(paper).to.contain(`${said(count.counted)} trên ${number(count.planned)}\u00a0tiết`).and.to.contain(`${number(count.covered)} trên ${number(count.lessons)}\u00a0bài`);
        expect(paper).to.contain(`${count.subjects_met}/${count.subjects}\u00a0môn đạt chỉ tiêu`);
      }
    });

    it("the scoreboard's targets that repeat both measures", async () => {
      await publishTargets(app);
      const lines = csvOf((await ha.get("/scoreboard/table.csv")).text);
      const of = (code: string, name: string): string[] | undefined => lines.find((cells) => cells[0] === code && cells[2] === name)?.slice(4, 6);
      for (const { id, name } of seen) {
        const one = countOf(id);
        same(id, of("2.1b", name), one.plan ? [String(one.counted / 100), String(one.planned)] : ["", ""], "target 2.1");
        if (levels.get(id) !== "continuing") same(id, of("2.4", name), one.plan ? [String(one.subjects_met), String(one.subjects)] : ["", ""], "target 2.4");
      }
    });
  });
});

/** As pages write whole numbers in Vietnamese. */
const number = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ".");
/** Hundredths of periods as pages write them: `12`, `12,5`. */
const said = (hundredths: number): string => number(Math.floor(hundredths / 100)) + (hundredths % 100 === 0 ? "" : `,${String(hundredths % 100).padStart(2, "0").replace(/0$/, "")}`);
const says = (met: boolean): string => (met ? "đạt" : "chưa đạt");
/** A percentage cut down to two places. */
const cut = (part: number, whole: number): number => Math.floor((10_000 * part) / whole) / 100;

/** The rows of every table of a page, as text. */
function rowsOf(html: string): string[][] {
  const plain = (cell: string): string => cell.replace(/<span class="visually-hidden">[^]*?<\/span>/g, "").replace(/<[^>]+>/g, " ").replace(/\s+/g, " ").trim();
  return [...html.matchAll(/<tr[^>]*>([^]*?)<\/tr>/g)].map(([, row = ""]) => [...row.matchAll(/<t[dh][^>]*>([^]*?)<\/t[dh]>/g)].map(([, cell = ""]) => plain(cell)));
}

/** Cells without their campus, in one order; those of nothing are left out. */
function summed(some: readonly CellCount[]): object[] {
  const keys = [...new Set(some.map((cell) => `${cell.subject} ${cell.grade}`))].sort();
  const all = keys.map((key) => some.filter((cell) => `${cell.subject} ${cell.grade}` === key));
  const sum = (group: readonly CellCount[], of: (cell: CellCount) => number): number => group.reduce((total, cell) => total + of(cell), 0);
  return all.map((group, i) => ({ key: keys[i], counted: sum(group, (c) => c.counted), planned: sum(group, (c) => c.planned), lessons: sum(group, (c) => c.lessons), covered: sum(group, (c) => c.covered), own: sum(group, (c) => c.own) })).filter((cell) => cell.planned + cell.lessons > 0);
}

function cellsOf(measures: SchoolMeasures): object[] {
  return measures.cells
    .map((cell) => ({ key: `${cell.subject} ${cell.grade}`, counted: numberOf(cell.online.counted), planned: cell.online.planned, lessons: cell.coverage.planned, covered: cell.coverage.covered, own: cell.coverage.own }))
    .filter((cell) => cell.planned + cell.lessons > 0)
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

function saysOf({ online, to_date, online_answer, digitised, trend }: SchoolMeasures): object {
  const { whole, subjects_planned, subjects_met, answer } = digitised;
  return {
    ...{ counted: online ? numberOf(online.counted) : null, planned: online?.planned ?? null, to_date: online ? (to_date?.planned ?? 0) : null, online: online_answer },
    ...{ covered: whole.covered, own: whole.own, lessons: whole.planned, subjects: subjects_planned, subjects_met, digitised: answer },
    trend: online ? numberOf(trend.at(-1)?.so_far.counted ?? wholePeriods(0)) : null,
  };
}

function saidBy(count: SchoolCount): object {
  const { counted, planned, to_date, covered, own, lessons, subjects, subjects_met, plan } = count;
  const answer = (met: boolean): string => (plan ? (met ? "met" : "not_met") : "no_plan");
  return {
    ...{ counted: plan ? counted : null, planned: plan ? planned : null, to_date: plan ? to_date : null, online: answer(count.online_met) },
    ...{ covered, own, lessons, subjects, subjects_met, digitised: answer(count.digitised_met) },
    trend: plan ? counted : null,
  };
}

import { expect } from "chai";
import fc from "fast-check";
import { isSmallGroup, toldFromAbove } from "../../server/platform/rules/small-groups.ts";
import { insertAll } from "../../server/platform/db.ts";
import { programOf, rowsOf, type Reader } from "../support/api.ts";
import { startApp, type Running } from "../support/app.ts";
import { countQueries } from "../support/database.ts";
import { readRoster } from "../../server/people/import/read.ts";
import { publishCriteria, publishTargets } from "../support/department.ts";
import { NOW, unit, W, YEAR } from "../support/world.ts";

describe("what whoever stands above the schools can reckon", () => {
  /** Every answer as what it says: a list of schools and their people, or nothing. Schools lie in communes, areas and clusters. */
  const World = fc.array(fc.record({ whole: fc.oneof(fc.nat(9), fc.nat(60)), commune: fc.nat(3), area: fc.nat(2), cluster: fc.nat(2) }), { maxLength: 9 });

  it("is no group of one to four: whatever sums of province, communes, areas and clusters are added and subtracted", () => {
    fc.assert(
      fc.property(World, (schools) => {
        const lines = schools.map((one, i) => ({ ...one, id: String(i), place: String(one.commune), figure: { part: 0, whole: one.whole } }));
        const told = toldFromAbove(lines);
        const keys = ["commune", "area", "cluster"] as const;
        const offices = [lines, ...keys.flatMap((key) => [0, 1, 2, 3].map((n) => lines.filter((line) => line[key] === n)))];
        const lists = [...offices, ...offices.flatMap((of) => [0, 1, 2].map((area) => of.filter((line) => line.area === area))), ...lines.map((line) => [line])];
        const answers = lists.filter((list) => list.length > 0 && told.tellsSum(list)).map((list) => lines.map((line) => (list.includes(line) ? 1 : 0)));
        for (const line of lines) if (!told.hides(line)) answers.push(lines.map((one) => (one === line ? 1 : 0)));
        const rank = rankOf(answers);
        for (let set = 1; set < 1 << lines.length; set += 1) {
          const group = lines.map((_, i) => (set >> i) & 1);
          const people = lines.reduce((sum, line, i) => sum + (group[i] ?? 0) * line.whole, 0);
          if (isSmallGroup(people)) expect(rankOf([...answers, group]), `${people} people of ${JSON.stringify(schools)}`).to.equal(rank + 1);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("and nothing is hidden where every group is large", () => {
    const lines = [5, 9, 50].map((whole, i) => ({ id: String(i), place: String(i % 2), figure: { part: 1, whole } }));
    const told = toldFromAbove(lines);
    expect(lines.some((line) => told.hides(line))).to.equal(false);
    expect(told.tellsSum(lines)).to.equal(true);
    expect(told.hides({ id: "new", figure: { part: 1, whole: 9 } }), "a line that the province does not know is not told").to.equal(true);
  });

  it("and what came, changed or went away since it was decided is not told, nor a sum with it", () => {
    const lines = [5, 9, 50].map((whole, i) => ({ id: String(i), place: "a", figure: { part: 1, whole } }));
    const told = toldFromAbove(lines);
    const [first, ...others] = lines;
    for (const figure of [{ part: 1, whole: 6 }, undefined]) {
      expect(told.hides({ id: "0", figure })).to.equal(true);
      expect(told.tellsSum([{ id: "0", figure }, ...others])).to.equal(false);
    }
    expect(told.tellsSum([{ id: "0", figure: { part: 5, whole: 5 } }, ...others]), "how many of them did it decides nothing").to.equal(true);
    expect(first && told.hides(first)).to.equal(false);
  });
});

/** How many of these answers say something that the others do not: a sum can be reckoned from them where it adds none. */
function rankOf(answers: readonly (readonly number[])[]): number {
  const rows = answers.map((row) => [...row]);
  let rank = 0;
  for (let column = 0; column < (rows[0]?.length ?? 0); column += 1) {
    const at = rows.findIndex((row, i) => i >= rank && Math.abs(row[column] ?? 0) > 1e-9);
    if (at === -1) continue;
    [rows[rank], rows[at]] = [rows[at] ?? [], rows[rank] ?? []];
    const pivot = rows[rank] ?? [];
    for (const row of rows.slice(rank + 1)) {
      const by = (row[column] ?? 0) / (pivot[column] ?? 1);
      for (let k = column; k < row.length; k += 1) row[k] = (row[k] ?? 0) - by * (pivot[k] ?? 0);
    }
    rank += 1;
  }
  return rank;
}

describe("a small group of a commune", () => {
  const SHARE = "9.1";
  let app: Running;
  before(async () => {
    app = await startApp();
    await publishTargets(app);
    const board = (await app.db("scoreboards").where({ state: "published" }).first("id")) as { id: string };
    const like = (await app.db("indicators").where({ scoreboard_id: board.id, source: "declared" }).first()) as Record<string, unknown>;
    await app.db("indicators").insert({ ...like, id: "sma11share".padEnd(26, "z"), code: SHARE, measure: "ratio", source: "imported", computer: null, levels: "[]", name_vi: "Giáo viên có chứng chỉ", position: 99 });
    await app.db("indicator_thresholds").insert({ indicator_id: "sma11share".padEnd(26, "z"), area: "all", threshold: 5000 });
    await insertAll(app.db, "units", ([["c", W.commune], ["d", W.otherCommune]] as const).map(([letter, parent]) => {
      const id = `schoo${letter}`.padEnd(26, "z");
      return unit(id, "school", `Trường ${letter}`, parent, `/${W.department}/${parent}/${id}/`, "lower_secondary");
    }));
    const said = (school_id: string, whole: number) => ({ id: `v${school_id.slice(0, 10)}`.padEnd(26, "z"), school_id, year_id: YEAR, code: SHARE, month: "2026-11", part: whole - 1, whole, state: "confirmed", source: "imported", standing: true, declared_by: W.dung, declared_at: NOW, note: "", comment: "" });
    await insertAll(app.db, "indicator_values", [said(W.tranPhu, 3), said(W.leLoi, 7), said("schooc".padEnd(26, "z"), 50), said("schood".padEnd(26, "z"), 9)]);
  });
  after(() => app.stop());

  it("is in no answer of the API, and no other school or sum gives it away", async () => {
    const wholes = async (who: Reader, unit: string, path = "scoreboard") => {
      const one = JSON.parse((await who.get(`/api/v1/units/${unit}/${path}`)).text).indicators.find((of: { code: string }) => of.code === SHARE);
      return { sum: one.together.whole as number | null, lines: Object.fromEntries(one.lines.map((line: { id: string; whole: number | null }) => [line.id, line.whole])) as Record<string, number | null> };
    };
    const [dung, ha, nam] = [await programOf(app, "dung"), await programOf(app, "ha"), await programOf(app, "nam")];
    const hidden = { [W.tranPhu]: null, [W.leLoi]: null };
    for (const who of [dung, ha]) {
      expect(await wholes(who, W.commune)).to.deep.equal({ sum: 60, lines: { ...hidden, ["schooc".padEnd(26, "z")]: 50 } });
      expect(await wholes(who, W.leLoi), "which hid nothing when it was asked by itself").to.deep.equal({ sum: null, lines: { [W.leLoi]: null } });
      expect(await wholes(who, W.tranPhu)).to.deep.equal({ sum: null, lines: { [W.tranPhu]: null } });
    }
    expect((await wholes(ha, W.department)).sum).to.equal(69);
    expect(await wholes(ha, W.cluster), "both its schools are hidden, and only together").to.deep.equal({ sum: 10, lines: hidden });
    expect(await wholes(nam, W.tranPhu), "the school's own people see it").to.deep.equal({ sum: 3, lines: { [W.tranPhu]: 3 } });
    const csv = rowsOf((await dung.get(`/api/v1/units/${W.leLoi}/tables/indicators.csv`)).text).find((row) => row[1] === SHARE);
    expect(csv?.slice(-3)).to.deep.equal(["", "", "hidden"]);
  });

  it("is a dash on the officers' pages and in their file, with the reason, and a number on the school's own", async () => {
    const [dung, ha, nam] = [await app.as("dung"), await app.as("ha"), await app.as("nam")];
    for (const who of [dung, ha]) {
      const file = rowsOf((await who.get("/scoreboard/table.csv")).text).filter((row) => row[0] === SHARE);
      expect(file.filter((row) => row[2] === "THCS Trần Phú" || row[2] === "THCS Lê Lợi").map((row) => row.slice(-3))).to.deep.equal([["", "", "Không nêu (nhóm nhỏ)"], ["", "", "Không nêu (nhóm nhỏ)"]]);
      const page = (await who.get(`/scoreboard/indicators/${SHARE}`)).text;
      expect(page).to.contain("Nhóm dưới 5 người không nêu").and.to.contain("49/50").and.not.to.contain("2/3").and.not.to.contain("6/7");
      for (const school of [W.tranPhu, W.leLoi])
        for (const path of ["", `/${SHARE}`]) {
          const own = (await who.get(`/schools/${school}/scoreboard${path}`)).text;
          expect(own, path).to.contain("Không nêu (nhóm nhỏ)").and.to.contain("Nhóm dưới 5 người không nêu").and.not.to.contain("2/3").and.not.to.contain("6/7");
        }
    }
    for (const path of ["", `/${SHARE}`]) expect((await nam.get(`/schools/${W.tranPhu}/scoreboard${path}`)).text).to.contain("2/3");
  });

  it("is in no declaration that waits, nor is a school beside it, and what is decided about says so", async () => {
    const other = { ...((await app.db("indicators").where({ code: SHARE }).first()) as Record<string, unknown>), id: "sma11dec1ared".padEnd(26, "z"), code: "9.2", source: "declared" };
    await app.db("indicators").insert(other);
    const declared = (school_id: string, part: number, whole: number) => ({ id: `w${school_id.slice(0, 10)}`.padEnd(26, "z"), school_id, year_id: YEAR, code: "9.2", month: "2026-11", part, whole, state: "declared", source: "declared", standing: true, declared_by: W.nam, declared_at: NOW, note: "", comment: "", evidence_url: "https://example.org/chung-chi" });
    await insertAll(app.db, "indicator_values", [declared(W.tranPhu, 2, 3), declared(W.leLoi, 5, 8), declared("schooc".padEnd(26, "z"), 31, 40)]);
    const [dung, ha, nam] = [await app.as("dung"), await app.as("ha"), await app.as("nam")];
    for (const who of [dung, ha]) {
      const waiting = (await who.get("/scoreboard/waiting")).text;
      expect(waiting).to.contain("31/40").and.to.contain("quyết định theo minh chứng").and.not.to.contain("2/3").and.not.to.contain("5/8");
      for (const school of [W.tranPhu, W.leLoi]) expect((await who.get(`/schools/${school}/scoreboard/9.2`)).text).to.contain("Xác nhận").and.not.to.contain("2/3").and.not.to.contain("5/8");
    }
    expect((await nam.get(`/schools/${W.tranPhu}/scoreboard/9.2`)).text).to.contain("2/3");
    await app.db("indicator_values").where({ code: "9.2" }).del();
    await app.db("indicators").where({ code: "9.2" }).del();
  });

  it("is not in the form of an office's file, nor beside what the file brings", async () => {
    const dung = await app.as("dung");
    const [sheet] = await readRoster((await dung.get("/scoreboard/imports/template.xlsx")).bytes, "xlsx");
    const rows = sheet?.rows ?? [];
    const [part, whole] = (rows[0] ?? []).flatMap((head, i) => (String(head).startsWith(SHARE) ? [i] : [])) as [number, number];
    const of = (name: string) => rows.find((row) => row[1] === name);
    const shown = (name: string) => [of(name)?.[part], of(name)?.[whole]].map((cell) => String(cell ?? ""));
    expect(shown("Trường c")).to.deep.equal(["49", "50"]);
    for (const name of ["THCS Trần Phú", "THCS Lê Lợi"]) expect(shown(name), name).to.deep.equal(["", ""]);
    const csv = [rows[0], of("THCS Lê Lợi")].map((row) => (row ?? []).map((cell, i) => (row === rows[0] ? `"${String(cell)}"` : i === part ? "11" : i === whole ? "12" : i < 2 ? String(cell) : "")).join(";")).join("\n");
    const brought = await dung.upload("/scoreboard/imports", { month: "2026-11" }, [{ field: "file", name: "bieu.csv", type: "text/csv", bytes: Buffer.from(csv) }]);
    const preview = (await dung.get(brought.location)).text;
    expect(preview).to.contain("11/12").and.not.to.contain("6/7");
  });

  it("is not beside a criterion of the self-assessment, and the school sees its own", async () => {
    await publishCriteria(app);
    const path = `/schools/${W.tranPhu}/assessment/criteria/1.6.1`;
    const [dung, nam] = [await app.as("dung"), await app.as("nam")];
    await nam.post(`/schools/${W.tranPhu}/assessment`);
    await app.db("assessments").where({ school_id: W.tranPhu }).update({ state: "submitted" });
    const teachers = /(\d+)\/(\d+)/.exec((await nam.get(path)).text.replace(/<head[\s\S]*<\/head>/, ""))?.[0] ?? "";
    expect(Number(teachers.split("/")[1])).to.be.within(1, 4);
    expect((await dung.get(path)).text).to.contain("nhóm dưới 5 người").and.not.to.contain(teachers);
  });

  it("is decided on the whole province, which is read once for many answers, and anew as soon as a figure changes", async () => {
    const dung = await app.as("dung");
    const page = async () => {
      let text = "";
      const { queries } = await countQueries(app.db, async () => void (text = (await dung.get(`/scoreboard/indicators/${SHARE}`)).text));
      return { text, readings: queries.filter((sql) => sql.startsWith("select") && /from .indicator_values. where/.test(sql)).length };
    };
    let seen = await page();
    for (const until = performance.now() + 4_500; seen.readings > 1 && performance.now() < until; seen = await page()) await new Promise((resolve) => setTimeout(resolve, 100));
    expect(seen.readings).to.equal(1);
    expect(seen.text).to.contain("49/50").and.not.to.contain("8/9");
    await app.db("indicator_values").where({ school_id: W.tranPhu, code: SHARE }).update({ part: 30, whole: 31 });
    seen = await page();
    expect(seen.readings).to.equal(2);
    expect(seen.text).to.contain("30/31").and.to.contain("6/7").and.to.contain("85/88").and.not.to.contain("Nhóm dưới 5 người");
  });
});

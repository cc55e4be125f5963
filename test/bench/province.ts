/**
 * `npm run bench -- province`: what the pages of figures cost over a whole province (see province-data.ts), on SQLite or, with
 * TEST_DATABASE_URL, on PostgreSQL. Pages are told as parts of a plain page of five indexed reads of the same database, a new
 * record as a part of a plain insert.
 *
 * Growth is a page's time over twice the ledger ÷ over the ledger: the same schools with twice as many online periods, each
 * with its facts, verdict, attendance and sums (`doubleLedger`). Told twice: for a page that is asked for again and again, and
 * for pages that nobody has read before, one of each of many schools.
 *
 * BENCH_SHARE makes a smaller province (0.05), BENCH_FOLDER says where the data is kept for the next time. BENCH_CPU=200
 * tells the pages' processor time over that many requests instead, which a busy machine moves less. Milliseconds, and ratio.
 */
import { recordLiveClass } from "../../server/ledger/store/deliveries.ts";
import { reconcileAll } from "../../server/measures/recount/jobs.ts";
import { recountOnline } from "../../server/ledger/store/totals.ts";
import { listSchoolYears, recountPlans } from "../../server/measures/store/plans.ts";
import type { Db } from "../../server/platform/db.ts";
import { Client, PASSWORD } from "../support/client.ts";
import { NOW, YEAR } from "../support/world.ts";
import { benchDatabase, placeOf } from "./data.ts";
import { AT_ONCE, FOLDER, middle, processorTime, rate, ROUNDS, say, SECONDS, serve, serveReference, stopServers, type Asked } from "./measure.ts";
import { addLiveClass, COMMUNE_OFFICER, insertPlainly, leaderOf, listFreePeriods, OFFICER, provinceRecipe, schoolId } from "./province-data.ts";

const SHARE = Number(process.env["BENCH_SHARE"] ?? 1);
const POSTGRES = process.env["TEST_DATABASE_URL"];
const ONLINE = 400_000;
const RECORDS = 200;

/** Schools whose pages are read for the first time. */
const UNREAD = Math.min(100, Math.round(640 * SHARE) - 1);

const shape = { share: SHARE, online: ONLINE };
const whole = provinceRecipe(shape);
const [full, twice] = [await serveProvince("once"), await serveProvince("doubled")];
const reference = await serveReference(placeOf(FOLDER, POSTGRES, whole));
const CPU = Number(process.env["BENCH_CPU"] ?? 0);
say(`\n${POSTGRES === undefined ? "SQLite" : "PostgreSQL"}: ${CPU > 0 ? "processor time of a request" : "requests/s"} and ratio to the plain page (middle of ${ROUNDS} rounds of ${SECONDS} s); last, time over twice the ledger ÷ over the ledger`);
const doubled = new Map((await pagesOf(twice)).map((page) => [page.name, page]));
for (const page of await pagesOf(full)) {
  const cells: string[] = [];
  for (const connections of CPU > 0 ? [] : AT_ONCE) {
    const { own, ratio } = await middle(page, reference, connections);
    cells.push(`${own.toFixed(0)}   ${ratio.toFixed(2)}`.padStart(20));
  }
  const other = doubled.get(page.name);
  if (CPU > 0) {
    const [plain, own, more] = [await processorTime(reference, CPU), await processorTime(page, CPU), other === undefined ? NaN : await processorTime(other, CPU)];
    say(`${page.name.padEnd(20)}${`${own.toFixed(2)} ms   ${(plain / own).toFixed(2)}`.padStart(20)}${(more / own).toFixed(2).padStart(10)}`);
    continue;
  }
  if (other === undefined) throw new Error(`twice the ledger has no page like ${page.name}`);
  for (const connections of AT_ONCE) await rate(other, connections); // its process has to be as warm as the other's
  const growth = (await middle(page, other, 1)).ratio;
  say(`${page.name.padEnd(20)}${cells.join("")}${growth.toFixed(2).padStart(10)}`);
}
await firstReadings();
stopServers();

const db = await benchDatabase(FOLDER, POSTGRES, whole, say);
await newRecords(db);
await recounts(db);
process.exit(0);

interface Page extends Asked {
  name: string;
}

/** The pages of figures, as the people who open them; the evidence is reached by links. */
async function pagesOf(base: string): Promise<Page[]> {
  const officer = await new Client(base).signIn(OFFICER, PASSWORD);
  const commune = await new Client(base).signIn(COMMUNE_OFFICER, PASSWORD);
  const leader = await new Client(base).signIn(leaderOf(0), PASSWORD);
  const school = `/schools/${schoolId(0)}/measures`;
  const periods = `${school}/periods?year=${YEAR}&state=counted`;
  const evidence = /href="(\/live-classes\/[0-9a-z]{26}[^"]*|\/ledger\/[^"]+)"/.exec((await leader.get(periods)).text)?.[1];
  if (evidence === undefined) throw new Error("no evidence behind the figure");
  const page = (name: string, at: string, by: Client): Page => ({ name, url: base + at, cookie: by.cookie });
  return [
    page("province table", "/measures", officer),
    page("commune table", "/measures", commune),
    page("school dashboard", school, leader),
    page("periods of a subject", `${school}/periods?year=${YEAR}&subject=TOAN`, leader),
    page("evidence", evidence, leader),
  ];
}

/** The pages of many schools, each read once on both, in turn: what they cost where nothing is remembered. */
async function firstReadings(): Promise<void> {
  const officers = [await new Client(full).signIn(OFFICER, PASSWORD), await new Client(twice).signIn(OFFICER, PASSWORD)];
  const kinds = [
    ["school dashboard", (id: string) => `/schools/${id}/measures`],
    ["periods of a subject", (id: string) => `/schools/${id}/measures/periods?year=${YEAR}&subject=TOAN`],
    ["evidence", undefined],
  ] as const;
  const links = new Map<string, string>();
  for (const [name, pathOf] of kinds) {
    const times: number[][] = [[], []];
    for (let school = 1; school <= UNREAD; school += 1) {
      for (const [which, officer] of officers.entries()) {
        const address = pathOf?.(schoolId(school)) ?? links.get(`${which} ${school}`);
        if (address === undefined) continue;
        const began = performance.now();
        const { text } = await officer.get(address);
        times[which]?.push(performance.now() - began);
        const link = /href="(\/ledger\/[0-9a-z]{26})"/.exec(text)?.[1];
        if (link !== undefined) links.set(`${which} ${school}`, link);
      }
    }
    const [once, more] = times.map((of) => of.sort((a, b) => a - b)[Math.floor(of.length / 2)] ?? NaN);
    say(`${name.padEnd(20)} read for the first time: ${once?.toFixed(1)} ms, over twice the ledger ${more?.toFixed(1)} ms: ${((more ?? NaN) / (once ?? NaN)).toFixed(2)}`);
  }
}

/** One live class after the other is recorded, each in its own transaction, beside one plain row each in its own. */
async function newRecords(db: Db): Promise<void> {
  const free = await listFreePeriods(db, 2 * RECORDS);
  const [some, others] = [free.slice(0, RECORDS), free.slice(RECORDS)];
  const classes: string[] = [];
  for (const period of some) classes.push(await addLiveClass(db, period));
  const timed = async (acts: readonly (() => Promise<unknown>)[]): Promise<number> => {
    const began = performance.now();
    for (const act of acts) await act();
    return (performance.now() - began) / acts.length;
  };
  const plain = await timed(others.map((period) => () => db.transaction((trx) => insertPlainly(trx, period))));
  const own = await timed(classes.map((id) => () => recordLiveClass(db, id, NOW)));
  say(`\na live class judged and recorded ${own.toFixed(2)} ms, a plain insert ${plain.toFixed(2)} ms: ${(own / plain).toFixed(1)} times`);
}

async function recounts(db: Db): Promise<void> {
  const years = await listSchoolYears(db);
  const began = performance.now();
  let wrong = 0;
  for (const { school_id, year_id } of years) {
    wrong += await db.transaction(async (trx) => (await recountOnline(trx, school_id)) + (await recountPlans(trx, school_id, year_id, NOW)));
  }
  say(`all sums of ${years.length} schools counted anew from the ledger in ${((performance.now() - began) / 1000).toFixed(1)} s: ${wrong} differed`);
  const judged = performance.now();
  await reconcileAll(db, NOW);
  say(`every period judged anew from the attendance, and counted, in ${((performance.now() - judged) / 1000).toFixed(1)} s`);
}

function serveProvince(ledger: "once" | "doubled"): Promise<string> {
  return serve("--import=tsx", ["test/bench/province-server.ts", FOLDER, String(SHARE), String(ONLINE), ledger], {}, /serves at (\S+)/);
}

/**
 * `npm run bench -- search`: a search among 100,000 materials with text, against a page of one row by its key, in the same
 * run, on SQLite and (where a server can be started) on PostgreSQL. The p95 of each round is compared, and the middle
 * ratio of the rounds is shown. BENCH_MATERIALS and BENCH_ROUNDS set how much and how often.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import { startApp } from "../support/app.ts";
import type { Client } from "../support/client.ts";
import { ENGINE, freshDatabase } from "../support/database.ts";
import { buildLibrary } from "./library.ts";

const MATERIALS = Number(process.env["BENCH_MATERIALS"] ?? 100_000);
const ROUNDS = Number(process.env["BENCH_ROUNDS"] ?? 5);

/** What people type: common words, phrases, rare ones, words of the text, slips, filters; and what a page adds to it. */
const QUERIES = [
  "q=phân số", "q=phan so", "q=số", "q=tập hợp", "q=bài giảng", "q=toán", "q=toán 6", "q=khtn 7", "q=tam giác bằng nhau", "q=tam giac", "q=phép cộng và phép trừ số tự nhiên",
  "q=đường thẳng song song", "q=duong thang", "q=hình", "q=học sinh quan sát", "q=thảo luận nhóm", "q=câu hỏi ví dụ", "q=hương", "q=nguyễn thị hương", "q=luỹ thừa lớp 6",
  "q=phaan soos", "q=tam giasc", "q=tam giac bnag nhau", "q=xyzzy", "q=số&subject=TOAN&grade=6", "q=phép&kind=video", "q=bài&sort=newest", "q=số&sort=used", "sort=newest", "subject=TOAN",
  "grade=6&kind=worksheet", "q=ôn tập&licence=CC BY-SA", "q=biểu đồ&page=3", "q=xác suất thực nghiệm", "q=và của các", "q=văn", "q=trong các", "q=nghiệm của phương trình", "q=thế giới tự nhiên", "q=an toàn",
].map((query) => `/library?${query.split("&").map((part) => part.replace(/=(.*)/, (_, value: string) => `=${encodeURIComponent(value)}`)).join("&")}`);

const say = (line: string): void => void process.stdout.write(`${line}\n`);
say(`\n${ENGINE}: ${MATERIALS} materials`);
const began = performance.now();
const db = await freshDatabase("bench", (fresh) => buildLibrary(fresh, MATERIALS, say));
if (ENGINE === "PostgreSQL") await db.raw("VACUUM ANALYZE");
else await db.raw("ANALYZE");
say(`built and indexed in ${((performance.now() - began) / 1000).toFixed(0)} s`);

const app = await startApp({}, db);
const bare = express().get("/:id", async (req, res) => {
  const row = (await db("materials").where({ id: req.params.id }).first()) as { title: string };
  res.type("html").send(`<!doctype html><title>${row.title}</title><h1>${row.title}</h1>`);
});
const bareServer = createServer(bare);
await new Promise<void>((resolve) => bareServer.listen(0, "127.0.0.1", resolve));
const bareAt = `http://127.0.0.1:${(bareServer.address() as AddressInfo).port}`;

const idOf = (i: number): string => `m${String((i * 7919) % MATERIALS).padStart(25, "0")}`;
for (const login of ["huong", "ha", "minh"]) {
  const client = await app.as(login);
  const readable = login === "minh" ? await readableBy(client) : Array.from({ length: QUERIES.length }, (_, i) => idOf(i));
  const seen: { ratio: number; bareRatio: number; search: number; page: number; bare: number }[] = [];
  const each = new Map<string, number[]>();
  for (let round = 0; round <= ROUNDS; round += 1) {
    const search: number[] = [];
    const page: number[] = [];
    const plain: number[] = [];
    for (const [i, query] of QUERIES.entries()) {
      page.push(await time(() => client.get(`/materials/${readable[i % readable.length]}`)));
      plain.push(await time(async () => (await fetch(`${bareAt}/${idOf(i)}`)).text()));
      const took = await time(async () => {
        const answer = await client.get(query);
        if (answer.status !== 200) throw new Error(`${query}: ${answer.status}`);
      });
      search.push(took);
      each.set(query, [...(each.get(query) ?? []), took]);
    }
    if (round > 0) seen.push({ ratio: p95(search) / p95(page), bareRatio: p95(search) / p95(plain), search: p95(search), page: p95(page), bare: p95(plain) }); // the first warms up
  }
  const middle = seen.sort((a, b) => a.ratio - b.ratio)[Math.floor(seen.length / 2)];
  if (middle) say(`${login.padEnd(8)} search p95 ${middle.search.toFixed(1)} ms, material page p95 ${middle.page.toFixed(1)} ms, ratio ${middle.ratio.toFixed(2)} (at most 5); a bare page of one row ${middle.bare.toFixed(1)} ms, ratio ${middle.bareRatio.toFixed(1)}`);
  const slowest = [...each].map(([query, times]) => ({ query, time: times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0 })).sort((a, b) => b.time - a.time);
  for (const one of slowest.slice(0, 5)) say(`  ${one.time.toFixed(1)} ms  ${decodeURIComponent(one.query)}`);
  const typing = ["ph", "phan", "phân s", "tam giác b", "so", "duong t", "zzz"].map((text) => `/library/suggestions?q=${encodeURIComponent(text)}`);
  const typed: number[] = [];
  for (let round = 0; round < 3; round += 1) for (const path of typing) typed.push(await time(() => client.get(path)));
  say(`  suggestions p95 ${p95(typed).toFixed(1)} ms`);
}
bareServer.close();
await app.stop();
process.exit(0);

async function readableBy(client: Client): Promise<string[]> {
  const text = (await client.get("/library?sort=newest")).text;
  return [...text.matchAll(/materials\/(m\d{25})/g)].map((match) => match[1] ?? "");
}

async function time(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function p95(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.ceil(times.length * 0.95) - 1] ?? 0;
}

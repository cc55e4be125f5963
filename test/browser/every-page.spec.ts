import { mkdirSync } from "node:fs";
import { expect } from "chai";
import type { Browser } from "playwright-core";
import { DEMO_ACCOUNTS, DEMO_PASSWORD } from "../../server/demo/schools.ts";
import { axe, launch, overflows, signIn, sit, SIZES, type Seat, type Size } from "../support/browser.ts";
import { startDemo, type RunningDemo } from "../support/demo.ts";

/**
 * Every page of the demonstration as each role: found by following links from the home page, one of each kind of address,
 * by turns in Vietnamese and in English, and looked at in the width of a desk and then of a phone, where the colours are the
 * same and are not measured again. Of what an earlier role saw every eighth page is looked at again. `SHOTS=1` looks at
 * everything in both languages and keeps pictures in test/browser/shots.
 */
const PAGES_A_ROLE_MAX = 80;
const SHOTS = process.env["SHOTS"] === "1";
const ONLY = process.env["ROLE"];

describe("every page of the demonstration", function () {
  this.timeout(900_000);
  let demo: RunningDemo;
  let browser: Browser;
  const seen = new Set<string>();
  const kinds = new Set<string>();
  before(async () => {
    [demo, browser] = await Promise.all([startDemo(), launch()]);
    if (SHOTS) mkdirSync("test/browser/shots", { recursive: true });
  });
  after(async () => {
    await browser.close();
    await demo.stop();
  });

  it("was built in under a minute", () => {
    process.stdout.write(`      (built in ${demo.buildSeconds.toFixed(0)} s)\n`);
    expect(demo.buildSeconds).to.be.greaterThan(0);
  });

  it("is sound for a visitor", () => look(undefined));
  for (const { username, role } of DEMO_ACCOUNTS.filter((account) => ONLY === undefined || ONLY.split(",").includes(account.role))) {
    it(`is sound for the ${role.replace("_", " ")}`, () => look(username));
  }

  /** Reads every page, two languages at once; collects everything that is wrong before it fails. */
  async function look(username: string | undefined): Promise<void> {
    const [first, second] = await Promise.all([takeSeat("vi", username), takeSeat("en", username)]);
    const addresses = await addressesOf(first, username === undefined ? "/sign-in" : "/");
    const who = username ?? "visitor";
    const known = SHOTS ? [] : addresses.filter((address) => kinds.has(kindOf(address)));
    for (const address of addresses) kinds.add(kindOf(address));
    const looked = addresses.filter((address) => !known.includes(address) || known.indexOf(address) % 8 === 0);
    const share = (turn: number): string[] => (SHOTS ? looked : looked.filter((_, i) => i % 2 === turn));
    const wrong = await Promise.all([walk(first, share(0), { lang: "vi", username: who }), walk(second, share(1), { lang: "en", username: who })]);
    expect([...new Set(wrong.flat())]).to.deep.equal([]);
  }

  /** The language is the session's, so that two devices of one person can speak two. */
  async function takeSeat(lang: "vi" | "en", username: string | undefined): Promise<Seat> {
    const seat = await sit(browser, demo.base, { lang });
    if (username !== undefined) await signIn(seat, username, DEMO_PASSWORD);
    await seat.context.request.post("/preferences", { form: { language: lang, back: "/" }, headers: { "sec-fetch-site": "same-origin" } });
    return seat;
  }

  async function walk(seat: Seat, addresses: readonly string[], at: { lang: string; username: string }): Promise<string[]> {
    const wrong: string[] = [];
    for (const address of addresses) wrong.push(...(await problemsOf(seat, address, at)));
    wrong.push(...seat.complaints.map((complaint) => `${at.lang} ${complaint}`));
    await seat.context.close();
    return wrong;
  }

  /** Follows the links as the server sends them: drawing each page is for looking at it, afterwards. */
  async function addressesOf(seat: Seat, start: string): Promise<string[]> {
    const found = new Map<string, string>([[kindOf(start), start]]);
    const queue = [start];
    while (queue.length > 0) {
      const address = queue.shift() ?? "/";
      const answer = await seat.context.request.get(address, { headers: { accept: "text/html" } });
      if (!answer.headers()["content-type"]?.includes("html")) {
        found.delete(kindOf(address)); // a download
        continue;
      }
      const links = [...(await answer.text()).matchAll(/<a\s[^>]*?href="(\/[^"]*)"/g)].map((match) => (match[1] ?? "").replaceAll("&amp;", "&"));
      for (const link of links) {
        const clean = link.split("#")[0] ?? link;
        if (found.size >= PAGES_A_ROLE_MAX || /\/(file|sound|download|export|original|versions\/[^/]+\/file)|\.(csv|xlsx|json|ics|pdf)|^\/api\//.test(clean) || found.has(kindOf(clean))) continue;
        found.set(kindOf(clean), clean);
        queue.push(clean);
      }
    }
    return [...found.values()];
  }

  /** The address without its ids, codes and choices: one page of each kind is looked at, and one with something chosen. */
  function kindOf(address: string): string {
    const url = new URL(address, "http://x");
    const path = url.pathname.replace(/[0-9a-z]{26}/g, ":id").replace(/\d{4}-\d{2}(-\d{2})?|\d{4}-\d{4}/g, ":date").replace(/\/([A-Z0-9_]+)(?=\/|$)/g, "/:code");
    return path + (url.search === "" ? "" : "?");
  }

  /** Whether a page of this kind, built of the same parts, was not looked at by axe before: two roles often see the same. */
  async function isNew(seat: Seat, kind: string, size: Size): Promise<boolean> {
    const parts = await seat.page.$$eval("body *", (all) => [...new Set(all.map((one) => `${one.tagName} ${one.getAttribute("class") ?? ""} ${one.getAttribute("data-kind") ?? ""} ${one.getAttribute("data-tone") ?? ""}`))].sort().join("\n"));
    const known = `${kind} ${size} ${parts}`;
    const fresh = !seen.has(known);
    seen.add(known);
    return fresh;
  }

  async function problemsOf(seat: Seat, address: string, at: { lang: string; username: string }): Promise<string[]> {
    await seat.page.setViewportSize(SIZES.desktop);
    const answer = await seat.page.goto(address);
    const where = `${at.username} ${at.lang} ${address}`;
    const status = answer?.status() ?? 0;
    if (status >= 400) return [`${where}: ${status}`];
    if (!answer?.headers()["content-type"]?.includes("html")) return [];
    const wrong = [...(await problemsAt("desktop", seat, address, at)), ...(await problemsAt("phone", seat, address, at))].map((line) => `${where} ${line}`);
    const h1 = await seat.page.locator("h1").count();
    return h1 === 1 ? wrong : [...wrong, `${where}: ${h1} headings of the first level`];
  }

  async function problemsAt(size: Size, seat: Seat, address: string, at: { lang: string; username: string }): Promise<string[]> {
    await seat.page.setViewportSize(SIZES[size]);
    const wrong = (await isNew(seat, kindOf(address), size)) ? await axe(seat.page, { colours: size === "desktop" }) : [];
    if (await overflows(seat.page)) wrong.push("wider than the window");
    if (SHOTS) {
      const name = `${at.username} ${kindOf(address)} ${size} ${at.lang}`.replace(/[^a-z0-9]+/gi, "_").slice(0, 120);
      await seat.page.screenshot({ path: `test/browser/shots/${name}.png`, fullPage: true });
    }
    return wrong.map((line) => `${size}: ${line}`);
  }
});

import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect } from "chai";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { PASSWORD } from "./client.ts";

const require = createRequire(import.meta.url);
const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const PLACES = ["/usr/bin/chromium", "/usr/bin/google-chrome", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"];

/** A microphone and a camera that need neither a device nor a permission. */
export const FAKE_MEDIA = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];

/** A real Chromium. Its own start pages and updates are switched off, so that it asks no other host for anything. */
export async function launch(args: readonly string[] = []): Promise<Browser> {
  const executablePath = process.env["CHROME_PATH"] ?? PLACES.find((place) => existsSync(place)) ?? "";
  const browser = await chromium.launch({
    executablePath,
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", ...args],
  });
  launched.push(browser);
  return browser;
}

const launched: Browser[] = [];

/** After a failure the reason also says what stood on every open page, so that a run nobody watched can be understood. */
if (typeof afterEach === "function")
  afterEach(async function sayWhatStoodThere() {
    const error = this.currentTest?.state === "failed" ? this.currentTest.err : undefined;
    if (error === undefined) return;
    for (const page of launched.flatMap((browser) => browser.contexts()).flatMap((context) => context.pages())) {
      const text = await page.locator("body").innerText({ timeout: 2_000 }).catch((reason: unknown) => String(reason));
      error.stack = `${error.stack ?? error.message}\n  on ${page.url()} stood:\n${text.replace(/\n\s*\n/g, "\n").slice(0, 1_500)}`;
    }
  });

export const SIZES = { desktop: { width: 1280, height: 800 }, phone: { width: 360, height: 740 } } as const;
export type Size = keyof typeof SIZES;

/** One person at one browser. What the page complains about is kept: a test looks at it at the end. */
export interface Seat {
  page: Page;
  context: BrowserContext;
  complaints: string[];
}

export async function sit(browser: Browser, base: string, options: { size?: Size; lang?: "vi" | "en"; javaScript?: boolean } = {}): Promise<Seat> {
  const context = await browser.newContext({
    viewport: SIZES[options.size ?? "desktop"],
    locale: options.lang === "en" ? "en-GB" : "vi-VN",
    baseURL: base,
    javaScriptEnabled: options.javaScript ?? true,
    reducedMotion: "reduce",
  });
  context.setDefaultTimeout(60_000); // a busy machine is slow; what never comes is told apart by patience
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" && !/status of (4\d\d)/.test(message.text())) complaints.push(`${page.url()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => complaints.push(`${page.url()}: ${error.message}`));
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(base) && !/^(data|blob|about|chrome|chrome-extension):/.test(url)) complaints.push(`${page.url()}: asks another host for ${url}`);
  });
  return { page, context, complaints };
}

export async function signIn(seat: Seat, login: string, password: string): Promise<void> {
  await seat.page.goto("/sign-in");
  await seat.page.fill("#login", login);
  await seat.page.fill("#password", password);
  await seat.page.click("main form button[data-kind=primary], main form button[type=submit], main form button:not([type])");
  await seat.page.waitForURL((url) => url.pathname !== "/sign-in");
}

/** A person of the tests' world in the room of a live class, with the right to a microphone and a camera. */
export async function enterClass(browser: Browser, base: string, live: string, login: string, size: Size = "desktop"): Promise<Seat> {
  const seat = await sit(browser, base, { size });
  await seat.context.grantPermissions(["microphone", "camera"], { origin: base });
  await signIn(seat, login, PASSWORD);
  await seat.page.goto(`/live-classes/${live}`);
  await seat.page.waitForSelector("[data-status][data-state=connected]");
  return seat;
}

interface Violation {
  id: string;
  help: string;
  nodes: { target: string[]; failureSummary?: string }[];
}

/**
 * What axe finds wrong with the page as it stands, one line a rule. Contrast is half of its work: `colours: false` leaves it out.
 * `sheets`: it also fetches the style sheets, for the one rule that reads them; they are the same on every page.
 */
export async function axe(page: Page, { colours = true, sheets = false }: { colours?: boolean; sheets?: boolean } = {}): Promise<string[]> {
  await page.evaluate(AXE);
  const violations = await page.evaluate<Violation[]>(
    `axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], resultTypes: ["violations"], preload: ${sheets}, rules: { "color-contrast": { enabled: ${colours} } } }).then((result) => result.violations)`,
  );
  return violations.map((v) => `${v.id}: ${v.help} (${v.nodes.length}×, ${v.nodes[0]?.target.join(" ") ?? ""})`);
}

/** What every page of a journey has to be: without a fault that axe knows, and no wider than the window. */
export async function expectSound(page: Page, where: string): Promise<void> {
  expect(await axe(page), where).to.deep.equal([]);
  expect(await overflows(page), `${where} is too wide`).to.equal(false);
}

/** Keeps a picture of the page in the folder that `SHOTS` names, and expects it to be sound. */
export async function look({ page }: Seat, name: string): Promise<void> {
  await shoot(page, name);
  await expectSound(page, name);
}

/** Keeps a picture of the page in the folder that `SHOTS` names. */
export async function shoot(page: Page, name: string): Promise<void> {
  const folder = process.env["SHOTS"];
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
}

/** Whether the page is wider than the window: on a phone nothing may need scrolling sideways but tables in their own box. */
export function overflows(page: Page): Promise<boolean> {
  return page.evaluate<boolean>("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1");
}

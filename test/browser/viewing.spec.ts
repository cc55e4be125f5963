import { readFileSync } from "node:fs";
import { connect, createServer, type AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { expect } from "chai";
import type { Browser, Frame, Page } from "playwright-core";
import { newId } from "../../server/platform/ids.ts";
import { startApp, type Running } from "../support/app.ts";
import { expectSound, launch, type Seat, signIn, sit, type Size } from "../support/browser.ts";
import { PASSWORD } from "../support/client.ts";
import { filePath } from "../support/files.ts";
import { LESSON, shelfOf, type Row } from "../support/materials.ts";
import { h5p, packageFile, scorm12, scorm2004, scormWith, type ZipPart } from "../support/packages.ts";
import { drawnPage } from "../support/pages.ts";
import { NOW, W } from "../support/world.ts";

/** What a hostile package would try, each try telling what came of it. Attacks D10 and D11 of RELIABILITY. */
const HOSTILE = `<!doctype html><html><head><title>x</title></head><body><script>
var found={};
async function thu(ten,f){try{found[ten]=String(await f())}catch(e){found[ten]="refused"}}
(async function(){
await thu("cookie",function(){return document.cookie});
await thu("parent",function(){return hocLieu?window.top.document.title:""});
await thu("frames",function(){return window.top.location.href});
await thu("storage",function(){return window.top.localStorage.length});
await thu("api",function(){return fetch("/materials").then(function(r){return r.status})});
await thu("home",function(){return fetch("/",{credentials:"include",mode:"no-cors"}).then(function(r){return r.type})});
await thu("beacon",function(){return new Promise(function(ok,no){var i=new Image();i.onload=function(){ok("shown")};i.onerror=no;i.src="/assets/x.png"})});
await thu("elsewhere",function(){return fetch("https://evil.example/").then(function(){return "sent"})});
await thu("script",function(){return new Promise(function(ok,no){var s=document.createElement("script");s.src="/assets/x/js/shell.js";s.onload=function(){ok("ran")};s.onerror=no;document.head.append(s)})});
await thu("top",function(){window.top.location="https://evil.example/";return "left"});
await thu("popup",function(){return window.open("https://evil.example/")?"opened":"refused"});
await thu("dialog",function(){return window.prompt("Mật khẩu?")===null?"refused":"asked"});
await thu("form",function(){var f=document.createElement("form");f.method="post";f.action="/sign-out";document.body.append(f);f.submit();return "refused"});
window.top.postMessage({kind:"hoc-lieu-package",nonce:"guess",item:"i1",turn:1,completed:true,raw:100},"*");
window.ketQua=JSON.stringify(found);
})();
</script></body></html>`;

describe("viewing materials in a browser", function () {
  let app: Running;
  let browser: Browser;
  const shelf = shelfOf(() => app);
  before(async () => {
    browser = await launch();
    app = await startApp();
  });
  after(async () => {
    await browser.close();
    await app.stop();
  });

  async function shown(file: { field: string; name: string; type: string; bytes: Buffer }): Promise<Row> {
    const huong = await app.as("huong");
    const answer = await huong.upload(LESSON, {}, [file]);
    expect(answer.status, answer.text.slice(0, 200)).to.equal(303);
    const material = await shelf.newest();
    await huong.post(`/courses/${W.toan6A}/lessons/${W.toanLesson(1)}/attachments`, { material: material.id });
    return material;
  }
  const file = (name: string): { field: string; name: string; type: string; bytes: Buffer } => ({ field: "files", name, type: "application/octet-stream", bytes: readFileSync(filePath(name)) });
  async function seatOf(login: string, size: Size = "desktop"): Promise<Seat> {
    const seat = await sit(browser, app.base, { size });
    await signIn(seat, login, PASSWORD);
    return seat;
  }
  const isSound = async (seat: Seat, where: string): Promise<void> => {
    await expectSound(seat.page, where);
    expect(seat.complaints, where).to.deep.equal([]);
  };

  async function opened(page: Page): Promise<Frame> {
    await page.click("[data-open]");
    const handle = await page.waitForSelector("iframe.package__frame[src]");
    const frame = await handle.contentFrame();
    if (!frame) throw new Error("no frame");
    return frame;
  }
  const resultOf = (material: Row): Promise<Record<string, unknown> | undefined> => app.db("package_results").where({ version_id: material.latest_version_id, person_id: W.minh }).first() as Promise<Record<string, unknown> | undefined>;
  async function until<T>(ask: () => Promise<T | undefined>, good: (value: T) => boolean): Promise<T> {
    for (let tries = 0; tries < 100; tries += 1) {
      const value = await ask();
      if (value !== undefined && good(value)) return value;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`waited in vain: ${JSON.stringify(await ask())}`);
  }

  for (const size of ["desktop", "phone"] as const) {
    it(`draws a PDF with selectable text, page number, zoom and search (${size})`, async () => {
      const material = await shown(file("bai-giang.pdf"));
      const seat = await seatOf("huong", size);
      await seat.page.goto(`/materials/${material.id}`);
      await seat.page.waitForSelector(".pdf__page canvas");
      await seat.page.waitForSelector(".pdf__text span");
      expect(await seat.page.textContent("[data-loaded]")).to.match(/Đã tải .+ trên /);
      const before = await seat.page.evaluate<number>(`document.querySelector(".pdf__page").offsetWidth`);
      await seat.page.click("[data-zoom='1']");
      expect(await seat.page.evaluate<number>(`document.querySelector(".pdf__page").offsetWidth`)).to.be.greaterThan(before);
      const word = ((await seat.page.textContent(".pdf__text span")) ?? "").trim().split(" ")[0] ?? "";
      await seat.page.fill("[name=find]", word.normalize("NFD").replace(/\p{M}/gu, "").toUpperCase());
      await seat.page.press("[name=find]", "Enter");
      await seat.page.waitForSelector(".pdf__text span[data-hit]");
      await isSound(seat, "a PDF");
      await seat.context.close();
    });
  }

  it("asks before it loads a large file where data is saved, and plays films only when pressed", async () => {
    const film = await shown(file("video.mp4"));
    const seat = await seatOf("huong", "phone");
    const asked: string[] = [];
    seat.page.on("request", (request) => asked.push(request.url()));
    await seat.page.goto(`/materials/${film.id}`);
    await seat.page.waitForSelector("[data-start]:not([hidden])");
    expect(asked.filter((url) => url.endsWith("/file"))).to.deep.equal([]);
    expect(await seat.page.textContent("[data-start]")).to.match(/Phát\s+Bản gốc · \d+ KB/);
    await isSound(seat, "a film");
    await seat.page.check("media-player input[type=checkbox]");
    await seat.page.reload();
    expect(await seat.page.isChecked("media-player input[type=checkbox]")).to.equal(true);
    await seat.page.click("[data-start]");
    await until(() => seat.page.evaluate<boolean>(`document.querySelector("video").currentSrc.endsWith("/file")`), Boolean);
    await seat.context.close();
  });

  it("plays the small copy of a film in pieces, by a reader that is loaded at the press of play", async () => {
    const film = await shown({ ...file("video.mp4"), bytes: Buffer.concat([readFileSync(filePath("video.mp4")), Buffer.from([0, 0, 0, 8, 0x66, 0x72, 0x65, 0x65])]) });
    const { blob_hash } = (await app.db("material_versions").where({ id: film.latest_version_id }).first()) as { blob_hash: string };
    const small = await app.blobs.put(Readable.from([readFileSync(filePath("phim-480.mp4"))]));
    await app.db("blobs").insert({ hash: small.hash, size_bytes: small.size, mime: "video/mp4", created_at: NOW });
    await app.db("renditions").insert({ id: newId(), blob_hash, kind: "video_480", rendition_hash: small.hash, mime: "video/mp4", size_bytes: small.size, details: JSON.stringify({ playlist: readFileSync(filePath("phim-480.m3u8"), "utf8") }), created_at: NOW });
    const seat = await seatOf("huong");
    const asked: string[] = [];
    seat.page.on("request", (request) => asked.push(request.url()));
    await seat.page.goto(`/materials/${film.id}`);
    await seat.page.selectOption("media-player select", "video_480");
    expect(asked.some((url) => url.endsWith("/vendor/hls.mjs"))).to.equal(false);
    await seat.page.click("[data-start]");
    await until(() => seat.page.evaluate<boolean>(`document.querySelector("video").currentTime > 0.2`), Boolean);
    expect(await seat.page.evaluate<string>(`document.querySelector("video").src`)).to.match(/^blob:/);
    expect(asked.some((url) => url.endsWith("/video_480/playlist.m3u8"))).to.equal(true);
    expect(seat.complaints).to.deep.equal([]);
    await seat.context.close();
  });

  it("shows a picture near and far by buttons and keys", async () => {
    const material = await shown(file("so-do.png"));
    const seat = await seatOf("huong");
    await seat.page.goto(`/materials/${material.id}`);
    await seat.page.click("[data-zoom='1']");
    await seat.page.focus("[data-stage]");
    await seat.page.keyboard.press("+");
    expect(await seat.page.textContent("[data-zoom-text]")).to.equal("225 %");
    await seat.page.keyboard.press("0");
    expect(await seat.page.textContent("[data-zoom-text]")).to.equal("100 %");
    await isSound(seat, "a picture");
    await seat.context.close();
  });

  it("makes one document of pictures that lie on the lesson's shelf, without sending them from the device again", async () => {
    const names = ["trang-mot.png", "trang-hai.png"];
    for (const name of names) await shown({ field: "files", name, type: "image/png", bytes: await drawnPage([name], { dpi: 100 }) });
    const seat = await seatOf("huong", "phone");
    await seat.page.goto(LESSON);
    await seat.page.click("page-photos >> xpath=ancestor::details/summary");
    for (const name of names) await seat.page.click(`[data-shelf] button:has-text("${name.replace(".png", "")}")`);
    await seat.page.waitForSelector(".photos .photo:nth-child(2)");
    await isSound(seat, "with pictures of the shelf");
    await seat.page.click(".photo:first-child [data-act=right]");
    await seat.page.click("page-photos form button[data-kind=primary]");
    await seat.page.waitForURL(/\/materials\/[a-z0-9]{26}$/);
    const made = (await app.db("material_versions").where({ material_id: seat.page.url().split("/").at(-1) }).first("mime")) as { mime: string };
    expect(made.mime).to.equal("application/pdf");
    expect(await app.db("materials").whereIn("title", names.map((name) => name.replace(".png", ""))), "the pictures stay").to.have.length(2);
    await seat.context.close();
  });

  it("plays SCORM 1.2: progress is saved, and the pupil goes on where it stopped", async () => {
    const material = await shown(packageFile("luy-thua.zip", scorm12()));
    const seat = await seatOf("minh", "phone");
    await seat.page.goto(`/materials/${material.id}/versions/${material.latest_version_id}/package`);
    await isSound(seat, "before playing");
    let frame = await opened(seat.page);
    await frame.check('[name=c0][data-dung]');
    await until(() => resultOf(material), (row) => String(row["state"]).includes("suspend_data"));
    await seat.page.reload();
    frame = await opened(seat.page);
    await frame.waitForFunction(`document.querySelector("[name=c0][data-dung]")?.checked`);
    expect(await frame.textContent("#kq")).to.equal("Làm tiếp từ lần trước.");
    for (const n of [1, 2]) await frame.check(`[name=c${n}][data-dung]`);
    await frame.click("button");
    const row = await until(() => resultOf(material), (one) => one["status"] === "completed");
    expect(row).to.include({ success: "passed", score_bp: 10_000 });
    await until(() => seat.page.evaluate<boolean>(`document.querySelector("[data-status]").textContent.includes("Đạt")`), Boolean);
    await isSound(seat, "after playing");
    await seat.context.close();
  });

  it("plays SCORM 2004 with its two parts", async () => {
    const material = await shown(packageFile("hai-phan.zip", scorm2004()));
    const seat = await seatOf("minh");
    await seat.page.goto(`/materials/${material.id}/versions/${material.latest_version_id}/package`);
    const first = await opened(seat.page);
    await first.click("#xong");
    await until(() => app.db("package_results").where({ version_id: material.latest_version_id, item: "i1" }).first() as Promise<Record<string, unknown> | undefined>, (row) => row["status"] === "completed");
    // The package ends its part and asks for the next one; the list of parts stays for whoever wants another order.
    await first.evaluate(`{ const api = window.API_1484_11; if (api.GetValue("adl.nav.request_valid.previous") !== "false") throw new Error("nothing is before the first"); api.SetValue("adl.nav.request", "continue"); api.Terminate(""); }`);
    await seat.page.waitForSelector("[data-item=i2][aria-current]");
    await seat.page.click("[data-item=i1]");
    await seat.page.waitForSelector("[data-item=i1][aria-current]");
    await seat.page.click("[data-item=i2]");
    const second = await (await seat.page.waitForSelector("iframe[src$='kiem-tra.html']")).contentFrame();
    await second?.check("[name=c0][data-dung]");
    await second?.click("form button");
    const row = await until(() => app.db("package_results").where({ version_id: material.latest_version_id, item: "i2" }).first() as Promise<Record<string, unknown> | undefined>, (one) => one["score_bp"] !== null);
    expect(row).to.include({ success: "failed", score_bp: 5000 });
    await isSound(seat, "two parts");
    await seat.context.close();
  });

  it("plays an H5P with the library it brings, inside the sandbox, and keeps its score and its state", async () => {
    const material = await shown(packageFile("dung-sai.h5p", h5p()));
    const seat = await seatOf("minh");
    await seat.page.goto(`/materials/${material.id}/versions/${material.latest_version_id}/package`);
    let frame = await opened(seat.page);
    await frame.click("fieldset:nth-of-type(1) label:nth-of-type(1)");
    await frame.click("fieldset:nth-of-type(2) label:nth-of-type(2)");
    await frame.click("form button");
    const row = await until(() => resultOf(material), (one) => one["status"] === "completed" && one["state"] !== "");
    expect(row).to.include({ success: "passed", score_bp: 10_000 });
    await seat.page.reload();
    frame = await opened(seat.page);
    await frame.waitForFunction(`document.querySelector("fieldset:nth-of-type(1) input")?.checked`);
    await isSound(seat, "an H5P");
    await seat.context.close();
  });

  it("D10, D11, D12: a hostile package reaches neither cookie, parent, application nor other hosts, and cannot report without the word", async () => {
    const evil: ZipPart[] = scormWith({ name: "bai.html", bytes: HOSTILE });
    const material = await shown(packageFile("xau.zip", evil));
    const seat = await seatOf("minh");
    await seat.page.goto(`/materials/${material.id}/versions/${material.latest_version_id}/package`);
    const before = seat.page.url();
    const frame = await opened(seat.page);
    const told = await frame.waitForFunction("window.ketQua");
    const found = JSON.parse(String(await told.jsonValue())) as Record<string, string>;
    expect(found).to.deep.equal({
      cookie: "", parent: "refused", frames: "refused", storage: "refused", api: "refused", home: "refused", beacon: "refused",
      elsewhere: "refused", script: "refused", top: "refused", popup: "refused", dialog: "refused", form: "refused",
    });
    expect(seat.page.url()).to.equal(before);
    expect(seat.context.pages()).to.have.length(1);
    expect(await resultOf(material)).to.equal(undefined);
    await seat.page.goto("/");
    expect(seat.page.url(), "still signed in").to.not.include("sign-in");
    await seat.context.close();
  });

  it("plays packages from a host of their own: progress is kept, and nothing of the session is in reach", async () => {
    const door = createServer((socket) => {
      const inside = connect(Number(new URL(apart.base).port), "127.0.0.1");
      for (const end of [socket, inside]) end.on("error", () => end.destroy());
      socket.pipe(inside).pipe(socket);
    });
    await new Promise<void>((resolve) => door.listen(0, "127.0.0.1", resolve));
    const { port } = door.address() as AddressInfo;
    const home = `http://localhost:${port}`;
    const apart = await startApp({ BASE_URL: home, PACKAGES_ORIGIN: `http://goi.localhost:${port}` });
    const seat = await sit(browser, home, {});
    try {
      const teacher = await apart.as("huong");
      const shownApart = async (packed: ReturnType<typeof packageFile>): Promise<Row> => {
        expect((await teacher.upload(LESSON, {}, [packed])).status).to.equal(303);
        const material = (await apart.db("materials").orderBy("id", "desc").first()) as Row;
        await teacher.post(`/courses/${W.toan6A}/lessons/${W.toanLesson(1)}/attachments`, { material: material.id });
        return material;
      };
      const resultApart = (material: Row): Promise<Record<string, unknown> | undefined> => apart.db("package_results").where({ version_id: material.latest_version_id, person_id: W.minh }).first() as Promise<Record<string, unknown> | undefined>;
      const playedAt = (material: Row): string => `/materials/${material.id}/versions/${material.latest_version_id}/package`;
      const [scorm, game, evil] = [await shownApart(packageFile("luy-thua.zip", scorm12())), await shownApart(packageFile("dung-sai.h5p", h5p())), await shownApart(packageFile("xau.zip", scormWith({ name: "bai.html", bytes: HOSTILE })))];
      await signIn(seat, "minh", PASSWORD);

      await seat.page.goto(playedAt(scorm));
      let frame = await opened(seat.page);
      expect(await frame.evaluate("location.origin + ' ' + document.cookie")).to.equal(`http://goi.localhost:${port} `);
      await frame.check("[name=c0][data-dung]");
      await until(() => resultApart(scorm), (row) => String(row["state"]).includes("suspend_data"));
      await seat.page.reload();
      frame = await opened(seat.page);
      await frame.waitForFunction(`document.querySelector("[name=c0][data-dung]")?.checked`);

      await seat.page.goto(playedAt(game));
      frame = await opened(seat.page);
      await frame.click("fieldset:nth-of-type(1) label:nth-of-type(1)");
      await frame.click("fieldset:nth-of-type(2) label:nth-of-type(2)");
      await frame.click("form button");
      expect(await until(() => resultApart(game), (one) => one["status"] === "completed")).to.include({ success: "passed", score_bp: 10_000 });
      const own = `asks another host for http://goi.localhost:${port}/packages/`;
      expect(seat.complaints.filter((one) => !one.includes(own)), "no other host is asked, and nothing is said to the console").to.deep.equal([]);

      await seat.page.goto(playedAt(evil));
      frame = await opened(seat.page);
      const found = JSON.parse(String(await (await frame.waitForFunction("window.ketQua")).jsonValue())) as Record<string, string>;
      expect(Object.entries(found).filter(([what, came]) => came !== "refused" && what !== "cookie")).to.deep.equal([]);
      expect(found["cookie"]).to.equal("");
      expect(seat.page.url()).to.equal(`${home}${playedAt(evil)}`);
      expect(await resultApart(evil)).to.equal(undefined);
      // The other host serves packages alone: no page, no sign-in, no cookie of ours.
      const elsewhere = await seat.context.newPage();
      expect((await elsewhere.goto(`http://goi.localhost:${port}/`))?.status()).to.equal(404);
      await seat.page.goto("/");
      expect(seat.page.url(), "still signed in").to.not.include("sign-in");
    } finally {
      await seat.context.close();
      await apart.stop();
      door.close();
    }
  });
});

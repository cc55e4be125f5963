import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { identify } from "../../server/platform/web/file-content.ts";
import { readPackageFile } from "../../server/platform/web/package-content.ts";
import { h5p, manifestWith, scorm12, scorm2004, scormWith, zip, type ZipPart } from "../support/packages.ts";

/** What an interactive package is, and which archives are none. Attack numbers are those of RELIABILITY. */
describe("an interactive package", () => {
  let folder: string;
  before(() => (folder = mkdtempSync(path.join(tmpdir(), "hoc-lieu-packages-"))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  let n = 0;
  function written(bytes: Buffer): string {
    const file = path.join(folder, `${(n += 1)}.zip`);
    writeFileSync(file, bytes);
    return file;
  }
  async function codeOf(bytes: Buffer, name = "goi.zip"): Promise<string> {
    const found = await identify(written(bytes), bytes.length, name);
    return found.ok ? found.kind.ext : found.code;
  }

  for (const [what, parts, ext, standard, items] of [
    ["SCORM 1.2", scorm12, "zip", "scorm12", 1],
    ["SCORM 2004", scorm2004, "zip", "scorm2004", 2],
    ["H5P", h5p, "h5p", "h5p", 1],
  ] as const) {
    it(`is known as ${what} by its content, whatever it is called`, async () => {
      expect(await codeOf(zip(parts()), `goi.${ext}`)).to.equal(ext);
      expect(await codeOf(zip(parts()), "goi")).to.equal(ext);
      const read = await readPackageFile(written(zip(parts())));
      expect(read.ok && [read.content.standard, read.content.items.length]).to.deep.equal([standard, items]);
    });
  }

  it("tells what is started, with its title, its pass mark and its file", async () => {
    const read = await readPackageFile(written(zip(scorm12())));
    expect(read.ok && read.content.items).to.deep.equal([{ id: "i1", title: "Luỹ thừa: ba câu hỏi", href: "bai.html", mastery: 8000, launchData: "" }]);
  });

  it("may be written in UTF-16, as some tools do", async () => {
    const manifest = String(scorm12()[0]?.bytes).replace('encoding="UTF-8"', 'encoding="UTF-16"');
    expect(await codeOf(zip(scormWith({ name: "imsmanifest.xml", bytes: Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(manifest, "utf16le")]) })))).to.equal("zip");
  });

  const evil = (name: string | Buffer, more: Partial<ZipPart> = {}): Buffer => zip([...scorm12(), { name, bytes: "x", ...more }]);
  const big = Buffer.alloc(10_000_000);
  for (const [id, what, bytes, code] of [
    ["D1", "climbs out of its folder", () => evil("../../evil.txt"), "package_path"],
    ["D1", "climbs out as Windows writes it", () => evil("..\\..\\evil.txt"), "package_path"],
    ["D2", "names an absolute path", () => evil("/etc/passwd"), "package_path"],
    ["D2", "names a drive", () => evil("C:/evil.txt"), "package_path"],
    ["D2", "names a drive with a backslash", () => evil("C:\\evil.txt"), "package_path"],
    ["D2", "writes the way out in percents", () => evil("a/%2e%2e/evil.txt"), "package_path"],
    ["C2", "hides a NUL in a name", () => evil("a\0.html"), "package_path"],
    ["C2", "turns a name around", () => evil("a\u202Efdp.html"), "package_path"],
    ["C2", "has a name of 500 letters", () => evil(`${"a".repeat(500)}.html`), "package_path"],
    ["D3", "holds a symbolic link", () => evil("link", { mode: 0o120777 }), "package_link"],
    ["D3", "holds a device", () => evil("tty", { mode: 0o020666 }), "package_link"],
    ["D4", "unpacks to a gigabyte", () => zip([...scorm12(), ...Array.from({ length: 6 }, (_, i) => ({ name: `${i}.dat`, bytes: "x", claims: 190_000_000 }))]), "bomb"],
    ["D4", "packs nothing into two hundred times its size", () => zip([...scorm12(), ...Array.from({ length: 21 }, (_, i) => ({ name: `${i}.dat`, bytes: big }))]), "bomb"],
    ["D4", "holds one file of 300 MB", () => evil("a.mp4", { claims: 300_000_000 }), "package_large_file"],
    ["D5", "holds 60,000 files", () => zip(Array.from({ length: 60_000 }, (_, i) => ({ name: `${i}`, bytes: "", stored: true }))), "package_many"],
    ["D6", "says ten bytes and holds a million", () => evil("a.html", { bytes: Buffer.alloc(1_000_000, "a"), claims: 10 }), "bomb"],
    ["D6", "says a million bytes and holds ten", () => evil("a.html", { claims: 1_000_000 }), "broken"],
    ["D6", "has a false checksum", () => evil("a.html", { crc: 1 }), "broken"],
    ["D7", "holds one name twice", () => evil("bai.html"), "package_twice"],
    ["D7", "holds a name twice but for capitals", () => evil("BAI.HTML"), "package_twice"],
    ["D7", "holds a name twice but for its composition", () => zip([...scorm12(), { name: "b\u00e0i 2.html", bytes: "1" }, { name: "ba\u0300i 2.html", bytes: "2" }]), "package_twice"],
    ["D8", "declares an outside entity", () => zip(scormWith(manifestWith("<manifest", '<!DOCTYPE m [<!ENTITY x SYSTEM "file:///etc/passwd">]><manifest'))), "package_doctype"],
    ["D8", "laughs a billion times", () => zip(scormWith(manifestWith("<manifest", '<!DOCTYPE m [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><manifest'))), "package_doctype"],
    ["D8", "declares nothing but a type", () => zip(scormWith(manifestWith("<manifest", "<!doctype manifest><manifest"))), "package_doctype"],
    ["D9", "starts a script address", () => zip(scormWith(manifestWith('href="bai.html">', 'href="javascript:alert(1)">'))), "package_href"],
    ["D9", "starts a page of another host", () => zip(scormWith(manifestWith('href="bai.html">', 'href="http://evil.example/bai.html">'))), "package_href"],
    ["D9", "starts a page outside the package", () => zip(scormWith(manifestWith('href="bai.html">', 'href="../../sign-in">'))), "package_href"],
    ["D9", "hides the way out in percents", () => zip(scormWith(manifestWith('href="bai.html">', 'href="%2e%2e/bai.html">'))), "package_href"],
    ["D9", "names a file of another host", () => zip(scormWith(manifestWith('<file href="bai.css"/>', '<file href="//evil.example/a.css"/>'))), "package_href"],
    ["D17", "moves its base elsewhere", () => zip(scormWith(manifestWith("<resources>", '<resources xml:base="https://evil.example/">'))), "package_href"],
    ["D16", "starts a page that it does not hold", () => zip(scormWith(manifestWith('href="bai.html">', 'href="khac.html">'))), "package_missing"],
    ["D16", "starts nothing", () => zip(scormWith(manifestWith(/<item .*<\/item>/, ""))), "package_missing"],
    ["D16", "is described by something else than XML", () => zip(scormWith({ name: "imsmanifest.xml", bytes: "<manifest><a></manifest>" })), "package_manifest"],
    ["D14", "is an H5P without its library", () => zip(h5p().filter((part) => !String(part.name).includes("library.json"))), "package_library"],
    ["D14", "is an H5P that names a way out as a library", () => zip([{ name: "h5p.json", bytes: JSON.stringify({ title: "x", mainLibrary: "../x", preloadedDependencies: [{ machineName: "../x", majorVersion: 1, minorVersion: 0 }] }) }, ...h5p().slice(1)]), "package_manifest"],
    ["D16", "is an H5P that is no JSON", () => zip([{ name: "h5p.json", bytes: "{" }, ...h5p().slice(1)]), "package_manifest"],
    ["C3", "holds a program for computers", () => evil("may-tinh.exe"), "package_program"],
    ["D16", "is locked with a password", () => evil("a.html", { encrypted: true }), "locked"],
    ["D16", "is cut off", () => zip(scorm12()).subarray(0, 900), "broken"],
    ["D16", "is a ZIP of anything else", () => zip([{ name: "ghi-chu.txt", bytes: "x" }]), "package_none"],
    ["D16", "has its manifest in a folder", () => zip(scorm12().map((part) => ({ ...part, name: `goi/${String(part.name)}` }))), "package_none"],
  ] as const) {
    it(`${id}: is not taken when it ${what}: ${code}`, async () => {
      expect(await codeOf(bytes())).to.equal(code);
    });
  }

  it("says in words which name is wrong, without its control characters", async () => {
    const found = await identify(written(evil("a\u202Efdp.html")), 1, "goi.zip");
    expect(found.ok ? {} : found.params).to.deep.equal({ name: "a·fdp.html" });
  });

  it("is judged without failing whatever bytes it is made of", async () => {
    const whole = zip(scorm12());
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 12 }), async (changes) => {
        const bytes = Buffer.from(whole);
        for (const [at, value] of changes) bytes[at] = value;
        expect(await codeOf(bytes)).to.be.a("string");
      }),
      { numRuns: 60 },
    );
  });
});

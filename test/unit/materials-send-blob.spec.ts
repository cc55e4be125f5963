import { expect } from "chai";
import fc from "fast-check";
import { dispositionOf, rangeOf } from "../../server/platform/web/send-blob.ts";

describe("byte ranges (RFC 9110 §14)", () => {
  it("are read as players send them", () => {
    expect(rangeOf("bytes=0-", 100)).to.deep.equal({ start: 0, end: 99 });
    expect(rangeOf("bytes=10-19", 100)).to.deep.equal({ start: 10, end: 19 });
    expect(rangeOf("bytes=-5", 100)).to.deep.equal({ start: 95, end: 99 });
    expect(rangeOf("bytes=-500", 100)).to.deep.equal({ start: 0, end: 99 });
    expect(rangeOf("bytes=100-", 100)).to.equal("unsatisfiable");
    expect(rangeOf("bytes=-0", 100)).to.equal("unsatisfiable");
    expect(rangeOf("bytes=0-", 0)).to.equal("unsatisfiable");
  });

  it("that mean nothing get the whole file", () => {
    for (const header of [undefined, "", "bytes=", "bytes=-", "bytes=9-3", "items=0-1", "bytes=0-1,3-4", "bytes=1e3-", "bytes= 1-2"]) {
      expect(rangeOf(header, 100), String(header)).to.equal(undefined);
    }
  });

  it("never reach outside the file", () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.integer({ min: 1, max: 1_000_000 }), (from, to, size) => {
        for (const header of [`bytes=${from}-${to}`, `bytes=${from}-`, `bytes=-${to}`]) {
          const range = rangeOf(header, size);
          if (range === undefined || range === "unsatisfiable") continue;
          expect(range.start).to.be.within(0, size - 1);
          expect(range.end).to.be.within(range.start, size - 1);
        }
      }),
    );
  });
});

describe("the name a download gets (RFC 6266)", () => {
  it("is said twice: plain for old software, in UTF-8 for all others", () => {
    expect(dispositionOf("attachment", "Đề kiểm tra – lớp 6.pdf")).to.equal(
      "attachment; filename=\"De kiem tra _ lop 6.pdf\"; filename*=UTF-8''%C4%90%E1%BB%81%20ki%E1%BB%83m%20tra%20%E2%80%93%20l%E1%BB%9Bp%206.pdf",
    );
  });

  it("cannot end the header or begin another", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 80 }), (name) => {
        expect(dispositionOf("inline", name)).to.match(/^inline; filename="[\x20-\x21\x23-\x5b\x5d-\x7e]*"; filename\*=UTF-8''[\w%.~!-]*$/);
      }),
    );
  });
});

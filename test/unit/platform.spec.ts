import { expect } from "chai";
import fc from "fast-check";
import { z } from "zod";
import { addDays, dayOf, instantOf, timeOf, weekdayOf } from "../../server/platform/clock.ts";
import { formats } from "../../server/platform/i18n.ts";
import { isId, newId } from "../../server/platform/ids.ts";
import { fold, nameSortKey } from "../../server/platform/text.ts";
import { readForm } from "../../server/platform/web/form.ts";
import { isFromHere } from "../../server/platform/web/origin.ts";
import { ownPath } from "../../server/platform/web/own-path.ts";

describe("folding text for search", () => {
  it("drops every mark and turns đ into d", () => {
    expect(fold("Nguyễn  Thị ĐỨC")).to.equal("nguyen thi duc");
    expect(fold("Quyết định")).to.equal("quyet dinh");
  });

  it("finds the same whether letters came composed or decomposed", () => {
    fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => fold(text.normalize("NFC")) === fold(text.normalize("NFD"))));
  });
});

describe("the order of a class list", () => {
  it("is by given name, then middle, then family name", () => {
    const names = ["Đỗ Văn Đông", "Nguyễn Thị An", "Lê Văn Dũng", "Trần Ngọc Ánh", "Phạm Thị Ân", "Bùi Thị An"];
    const sorted = [...names].sort((a, b) => (nameSortKey(a) < nameSortKey(b) ? -1 : 1));
    expect(sorted).to.deep.equal(["Bùi Thị An", "Nguyễn Thị An", "Trần Ngọc Ánh", "Phạm Thị Ân", "Lê Văn Dũng", "Đỗ Văn Đông"]);
  });
});

describe("numbers and times as Vietnamese write them", () => {
  const { vi, en } = formats;
  it("uses a point for thousands and a comma for decimals", () => {
    expect(vi.number(1234.5, 1)).to.equal("1.234,5");
    expect(vi.share(184, 10_000)).to.equal("1,84\u00a0%");
    expect(en.share(184, 10_000)).to.equal("1.84%");
  });
  it("shows no share where there is nothing to divide by", () => {
    expect(vi.share(0, 0)).to.equal("–");
  });
  it("names the weekday", () => {
    expect(vi.weekday("2026-11-24")).to.equal("thứ Ba, 24/11");
    expect(vi.time("2026-11-24T00:05:00.000Z")).to.equal("7:05");
  });
});

describe("the day in Viet Nam", () => {
  it("begins at 17:00 UTC of the day before, also at a month's end", () => {
    expect(dayOf("2026-10-31T16:59:59.999Z")).to.equal("2026-10-31");
    expect(dayOf("2026-10-31T17:00:00.000Z")).to.equal("2026-11-01");
  });
  it("comes back from a day and a time of day", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: 0, max: 23 }), (days, hour) => {
        const day = addDays("2000-01-01", days);
        const time = `${String(hour).padStart(2, "0")}:15`;
        const at = instantOf(day, time);
        return dayOf(at) === day && timeOf(at) === time && weekdayOf(day) >= 1 && weekdayOf(day) <= 7;
      }),
    );
  });
});

describe("identifiers", () => {
  it("have one form, are never the same, and grow with time", () => {
    const ids = Array.from({ length: 1000 }, (_, i) => newId(1_700_000_000_000 + i));
    expect(ids.every(isId)).to.equal(true);
    expect(new Set(ids).size).to.equal(1000);
    expect([...ids].sort()).to.deep.equal(ids);
  });
  it("grow within a millisecond too, so that what was written together is read in its order", () => {
    const ids = Array.from({ length: 1000 }, () => newId(1_800_000_000_000));
    expect(new Set(ids).size).to.equal(1000);
    expect([...ids].sort()).to.deep.equal(ids);
  });
  it("nothing else is taken for one", () => {
    for (const other of ["", "1", "../../etc/passwd", `${newId()}a`, newId().toUpperCase().replace(/\d/g, "A"), undefined, 7]) expect(isId(other)).to.equal(false);
  });
});

describe("reading a form", () => {
  const schema = z.strictObject({ title: z.string().trim().min(1).max(10), grade: z.coerce.number().int().min(1).max(12) });
  it("gives the value", () => {
    expect(readForm(schema, { title: " Tập hợp ", grade: "6" })).to.deep.equal({ ok: true, value: { title: "Tập hợp", grade: 6 } });
  });
  it("gives every field's error and keeps what was typed", () => {
    const read = readForm(schema, { title: "", grade: "13", school_id: "x" });
    expect(read.ok).to.equal(false);
    if (read.ok) return;
    expect(read.errors.map((error) => [error.field, error.code])).to.have.deep.members([
      ["title", "required"],
      ["grade", "too_big"],
      ["school_id", "unknown_field"],
    ]);
    expect(read.typed).to.deep.equal({ title: "", grade: "13", school_id: "x" });
  });
  it("takes nothing at all for an empty form", () => {
    expect(readForm(schema, undefined).ok).to.equal(false);
  });
});

describe("requests from another site", () => {
  it("are told by Sec-Fetch-Site, or by Origin where an old phone does not send it", () => {
    expect(isFromHere({ "sec-fetch-site": "same-origin" }, "lms")).to.equal(true);
    expect(isFromHere({ "sec-fetch-site": "none" }, "lms")).to.equal(true);
    expect(isFromHere({ "sec-fetch-site": "cross-site" }, "lms")).to.equal(false);
    expect(isFromHere({ "sec-fetch-site": "same-site" }, "lms")).to.equal(false);
    expect(isFromHere({ origin: "http://lms:3000" }, "lms:3000")).to.equal(true);
    expect(isFromHere({ origin: "http://evil" }, "lms:3000")).to.equal(false);
    expect(isFromHere({}, "lms:3000")).to.equal(false);
  });
});

describe("the address to return to", () => {
  it("is one of our own or the home page", () => {
    expect(ownPath("/courses?week=3")).to.equal("/courses?week=3");
    for (const bad of ["//evil.vn", "/\\evil", "https://evil.vn", "javascript:alert(1)", "/a b", undefined, "/x".repeat(400)]) expect(ownPath(bad)).to.equal("/");
  });
});

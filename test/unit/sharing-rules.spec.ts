import { expect } from "chai";
import fc from "fast-check";
import { derivedLicences, isWider, LICENCES, licencePermitted, SCOPES, scopeMove, scopeProblem } from "../../server/materials/rules.ts";
import { escapeXml } from "../../server/platform/text.ts";
import { readToken, writeToken } from "../../server/sharing/oai/request.ts";
import { adoptionProblem, askedOrder, derivationProblem, licenceAddress, movedOrder, ratingSum, titleLikeness } from "../../server/sharing/rules.ts";
import { jsonBlock } from "../../server/platform/web/render.ts";

describe("rules of sharing", () => {
  const licence = fc.constantFrom(...LICENCES);
  const scope = fc.constantFrom(...SCOPES);

  it("never let a licence be widened by copying: what binds the original binds the copy", () => {
    const parts = (one: string): string[] => one.split(/[ -]/).filter((part) => ["BY", "NC", "SA"].includes(part));
    fc.assert(
      fc.property(licence, (from) => {
        for (const to of derivedLicences(from)) {
          if (from !== "public-domain") for (const part of parts(from)) expect(parts(to), `${from} → ${to}`).to.include(part);
          if (from.includes("SA")) expect(to).to.equal(from);
        }
        if (from.includes("ND") || from === "all-rights" || from === "school-only") expect(derivedLicences(from)).to.deep.equal([]);
      }),
    );
  });

  it("let everything be taken over as it is but what is for one school only, and the original rather than a copy", () => {
    for (const one of LICENCES) expect(adoptionProblem({ licence: one, origin: "own" }), one).to.equal(one === "school-only" ? "licence_school_only" : undefined);
    expect(adoptionProblem({ licence: "CC BY", origin: "adopted" })).to.equal("adopt_the_original");
    expect(derivationProblem({ licence: "CC BY-ND", origin: "own" })).to.equal("licence_no_changes");
    expect(licencePermitted("adopted", "CC BY", "CC BY-SA")).to.equal(false);
    expect(licencePermitted("derived", "CC BY", "CC BY-SA")).to.equal(true);
    expect(licencePermitted("own", null, "all-rights")).to.equal(true);
  });

  it("let every licence stay in the school, and only open ones be public", () => {
    fc.assert(
      fc.property(licence, scope, (one, to) => {
        const problem = scopeProblem({ licence: one, origin: "own" }, to);
        if (!isWider(to, "school")) expect(problem).to.equal(undefined);
        if (to === "public") expect(problem === undefined).to.equal(one !== "school-only" && one !== "all-rights");
        expect(scopeProblem({ licence: one, origin: "adopted" }, to) === undefined).to.equal(!isWider(to, "school"));
      }),
    );
  });

  it("let sharing less hold at once, and leaving the school wait", () => {
    fc.assert(
      fc.property(scope, scope, (now, asked) => {
        const move = scopeMove(now, asked);
        expect(move === "waits").to.equal(isWider(asked, now) && isWider(asked, "school"));
        expect(move === "stays").to.equal(asked === now);
      }),
    );
  });

  it("keep every item of a collection when it is ordered anew", () => {
    const ids = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 4 }), { maxLength: 12 });
    fc.assert(
      fc.property(ids, fc.array(fc.string({ maxLength: 4 })), fc.nat(12), (now, asked, at) => {
        expect(askedOrder(now, asked).sort()).to.deep.equal([...now].sort());
        const moved = movedOrder(now, now[at] ?? "none", 1);
        if (moved) expect([...moved].sort()).to.deep.equal([...now].sort());
        else expect(at).to.be.at.least(now.length - 1);
      }),
    );
  });

  it("round the mean of ratings to tenths, inside the scale", () => {
    expect(ratingSum(0, 0)).to.equal(undefined);
    expect(ratingSum(3, 13)).to.deep.equal({ count: 3, tenths: 43 });
    fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 }), (stars) => void expect(ratingSum(stars.length, stars.reduce((a, b) => a + b))?.tenths).to.be.within(10, 50)));
  });

  it("find the same title wholly alike, whatever its order of words", () => {
    expect(titleLikeness("bai 12 phan so", "phan so bai 12")).to.equal(1);
    expect(titleLikeness("", "")).to.equal(0);
    fc.assert(fc.property(fc.string(), fc.string(), (a, b) => void expect(titleLikeness(a, b)).to.equal(titleLikeness(b, a)).and.to.be.within(0, 1)));
  });

  it("know the pages of the open licences", () => {
    expect(licenceAddress("CC BY-NC-SA")).to.equal("https://creativecommons.org/licenses/by-nc-sa/4.0/");
    expect(licenceAddress("CC BY-ND")).to.equal("https://creativecommons.org/licenses/by-nd/4.0/");
    expect(licenceAddress("all-rights")).to.equal(undefined);
  });

  it("write XML and data blocks that no text can break out of", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(escapeXml(text)).to.not.match(/[<>"']/);
        const data = jsonBlock(JSON.stringify({ text }));
        expect(data).to.not.match(/[<>]/);
        expect(JSON.parse(data)).to.deep.equal({ text });
      }),
    );
    expect(escapeXml("a\u0000b\ud800c\u{1f600}")).to.equal("abc\u{1f600}");
  });

  it("read back the tokens they wrote", () => {
    const cursor = { from: null, until: "2026-11-24T02:00:00.999Z", set: "subject-TOAN", sent: 100, size: 250, after: { at: "2026-11-24T02:00:00.000Z", id: "a".repeat(26) } };
    expect(readToken(writeToken(cursor))).to.deep.equal(cursor);
  });
});

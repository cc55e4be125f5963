import { expect } from "chai";
import { describe, it } from "mocha";
import { activeSince, isActive } from "../../server/assessment/rules.ts";
import { addDays } from "../../server/platform/clock.ts";

const week = (starts_on: string) => ({ starts_on, ends_on: addDays(starts_on, 6) });
const weeks = Array.from({ length: 12 }, (_, i) => week(addDays("2026-09-07", 7 * i)));

describe("an institution that runs the LMS (target 2.3, the last 30 school days)", () => {
  it("looks back over five weeks of six days", () => {
    expect(activeSince(weeks, [], "2026-11-21")).to.equal("2026-10-19"); // a Saturday: five whole weeks
    expect(activeSince(weeks, [], "2026-11-22"), "Sunday is no school day").to.equal("2026-10-19");
  });

  it("leaves holidays out, and begins with the year where that is younger", () => {
    expect(activeSince(weeks, [{ from_on: "2026-11-16", to_on: "2026-11-21" }], "2026-11-21")).to.equal("2026-10-12");
    expect(activeSince(weeks, [], "2026-09-12")).to.equal("2026-09-07");
  });

  it("needs a period or a material, and a tenth of the pupils", () => {
    expect(isActive({ periods: 1, materials: 0, pupils: 100, signed_in: 10 })).to.equal(true);
    expect(isActive({ periods: 0, materials: 1, pupils: 101, signed_in: 10 })).to.equal(false);
    expect(isActive({ periods: 0, materials: 0, pupils: 100, signed_in: 100 })).to.equal(false);
    expect(isActive({ periods: 9, materials: 9, pupils: 0, signed_in: 0 })).to.equal(false);
  });
});

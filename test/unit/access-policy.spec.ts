import { expect } from "chai";
import { describe, it } from "mocha";
import type { Actor } from "../../server/access/actor.ts";
import { timetableRefusal } from "../../server/access/policy.ts";

const school = { id: "s", path: "/p/s/" };
const klass = { id: "c", school };
const nobody: Actor = {
  ...{ personId: "a", name: "A", language: "vi", theme: "auto", memberships: [], isGuest: false },
  ...{ pupilOf: new Set(), teaches: new Set(), teachesClasses: new Set(), homeroomOf: new Set(), children: new Set(), childrenClasses: new Set(), clusterSchools: new Set(), deputyIn: new Map(), guestOf: new Set() },
};
const works = (role: Actor["memberships"][number]["role"]): Pick<Actor, "memberships"> => ({ memberships: [{ role, unitId: "s", unitPath: school.path, unitName: "S", subjects: [] }] });
const parent = { childrenClasses: new Set(["c"]) };

describe("who may arrange the timetable of a class", () => {
  it("whoever arranges the school's, also where the own child is in the class; never a parent or pupil as such", () => {
    const arrange = (change: Partial<Actor>) => timetableRefusal({ ...nobody, ...change }, "arrange", klass);
    expect(arrange(works("school_leader"))).to.equal(undefined);
    expect(arrange({ ...works("school_leader"), ...parent })).to.equal(undefined);
    expect(arrange({ ...works("teacher"), ...parent })).to.equal("role");
    expect(arrange(parent)).to.equal("role");
    expect(arrange({ pupilOf: new Set(["c"]) })).to.equal("role");
    expect(arrange({})).to.equal("hidden");
  });

  it("the class and its parents read it", () => {
    for (const change of [parent, { pupilOf: new Set(["c"]) }, works("teacher")]) expect(timetableRefusal({ ...nobody, ...change }, "read", klass)).to.equal(undefined);
    expect(timetableRefusal(nobody, "read", klass)).to.equal("hidden");
  });
});

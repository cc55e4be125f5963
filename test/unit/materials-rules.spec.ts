import { expect } from "chai";
import fc from "fast-check";
import {
  actsOpen,
  after,
  afterWithdrawal,
  coverOf,
  countsFor,
  guessKind,
  isOwnUpload,
  MATERIAL_ORIGINS,
  notesOf,
  stateOf,
  titleFrom,
  turnOf,
  VERSION_ACTS,
  VERSION_STATES,
  type Standing,
  type VersionState,
} from "../../server/materials/rules.ts";
import { fold } from "../../server/platform/text.ts";

describe("the way of a version to approval (Circular 09/2021, DOMAIN §3)", () => {
  it("is draft, submitted, passed by the group, approved by the head", () => {
    expect(after("draft", "submit")).to.equal("submitted");
    expect(after("submitted", "pass")).to.equal("passed");
    expect(after("passed", "approve")).to.equal("approved");
  });

  it("leads back to the draft from the group and from the head", () => {
    expect(after("submitted", "return")).to.equal("draft");
    expect(after("passed", "return")).to.equal("draft");
    expect(after("approved", "withdraw")).to.equal("draft");
  });

  it("has no step twice", () => {
    for (const act of ["submit", "pass", "approve", "withdraw"] as const) {
      for (const state of VERSION_STATES) {
        const next = after(state, act);
        if (next !== undefined) expect(after(next, act), `${act} twice from ${state}`).to.equal(undefined);
      }
    }
  });

  it("never reaches approval but through submission, passing and approval, in that order since the last draft", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...VERSION_ACTS), { maxLength: 40 }), (acts) => {
        let state: VersionState = "draft";
        let since: string[] = [];
        for (const act of acts) {
          const next = after(state, act);
          if (next === undefined) continue;
          since = next === "draft" ? [] : [...since, act];
          state = next;
          if (state === "approved") expect(since).to.deep.equal(["submit", "pass", "approve"]);
        }
      }),
    );
  });

  it("ends where a newer version took its place", () => {
    for (const act of VERSION_ACTS) expect(after("superseded", act)).to.equal(undefined);
    for (const state of VERSION_STATES.filter((s) => s !== "superseded")) expect(after(state, "replace")).to.equal("superseded");
  });
});

describe("what the state of a material allows", () => {
  const standing = (over: Partial<Standing>): Standing => ({ latest: "draft", latest_version_id: "v1", approved_version_id: null, retired: false, ...over });

  it("lets a retired material only be brought back", () => {
    fc.assert(
      fc.property(fc.constantFrom(...VERSION_STATES), fc.constantFrom("v1", null), (latest, approved) => {
        expect([...actsOpen(standing({ latest, approved_version_id: approved, retired: true }))]).to.deep.equal(["restore"]);
      }),
    );
  });

  it("lets an approval be taken back while a newer version is on its way, and leaves that one alone", () => {
    const inUse = standing({ latest: "submitted", latest_version_id: "v2", approved_version_id: "v1" });
    expect(actsOpen(inUse).has("withdraw")).to.equal(true);
    expect(afterWithdrawal(inUse)).to.equal("superseded");
    expect(afterWithdrawal(standing({ latest: "approved", approved_version_id: "v1" }))).to.equal("draft");
  });

  it("opens approval only for a passed version", () => {
    for (const latest of VERSION_STATES) {
      expect(actsOpen(standing({ latest })).has("approve"), latest).to.equal(latest === "passed");
    }
  });

  it("is the state of the newest version, or retired", () => {
    expect(stateOf({ latest: "passed", retired: false })).to.equal("passed");
    expect(stateOf({ latest: "passed", retired: true })).to.equal("retired");
  });
});

describe("whose turn it is", () => {
  const facts = { has_other_head: true, leaders_besides_uploader: 2, leaders: 3 };

  it("is the uploader's, the group's, the leader's, then nobody's", () => {
    expect(turnOf({ ...facts, state: "draft" })).to.equal("uploader");
    expect(turnOf({ ...facts, state: "submitted" })).to.equal("head");
    expect(turnOf({ ...facts, state: "passed" })).to.equal("leader");
    expect(turnOf({ ...facts, state: "approved" })).to.equal("nobody");
    expect(turnOf({ ...facts, state: "retired" })).to.equal("nobody");
  });

  it("is a leader's where nobody else heads the subject's group", () => {
    expect(turnOf({ ...facts, state: "submitted", has_other_head: false })).to.equal("leader");
  });

  it("is the lone leader's own where the only leader uploaded it", () => {
    expect(turnOf({ state: "passed", has_other_head: true, leaders_besides_uploader: 0, leaders: 1 })).to.equal("lone_leader");
  });

  it("is told to be nobody's yet where the school has no leader", () => {
    expect(turnOf({ state: "passed", has_other_head: true, leaders_besides_uploader: 0, leaders: 0 })).to.equal("no_leader");
  });

  it("is somebody's as long as a version is on its way", () => {
    fc.assert(
      fc.property(fc.constantFrom("draft", "submitted", "passed"), fc.boolean(), fc.nat(3), (state, head, leaders) => {
        expect(turnOf({ state, has_other_head: head, leaders_besides_uploader: leaders, leaders } as Parameters<typeof turnOf>[0])).to.not.equal("nobody");
      }),
    );
  });
});

describe("own uploads", () => {
  it("are those of the material and those of the version that waits", () => {
    expect(isOwnUpload("nam", { uploaded_by: "huong", latest_uploaded_by: "nam" })).to.equal(true);
    expect(isOwnUpload("huong", { uploaded_by: "huong", latest_uploaded_by: "nam" })).to.equal(true);
    expect(isOwnUpload("mai", { uploaded_by: "huong", latest_uploaded_by: "nam" })).to.equal(false);
  });

  it("are noted where the only leader approves one", () => {
    expect(notesOf("approve", { own: true, heads_subject: false })).to.deep.equal({ lone_leader: true });
    expect(notesOf("approve", { own: false, heads_subject: false })).to.deep.equal({});
    expect(notesOf("pass", { own: false, heads_subject: false })).to.deep.equal({ for_group: true });
    expect(notesOf("pass", { own: false, heads_subject: true })).to.deep.equal({});
  });
});

describe("whether a material counts for a lesson (DOMAIN §2.2)", () => {
  const approved = { approved_version_id: "v1", retired_at: null };

  it("needs approval, the link, a file that opens, and no retirement", () => {
    expect(countsFor(approved, true, true)).to.equal(true);
    expect(countsFor(approved, false, true)).to.equal(false);
    expect(countsFor(approved, true, false)).to.equal(false);
    expect(countsFor({ ...approved, approved_version_id: null }, true, true)).to.equal(false);
    expect(countsFor({ ...approved, retired_at: "2026-11-24T02:00:00.000Z" }, true, true)).to.equal(false);
  });
});

describe("what need not be typed", () => {
  const kind = (name: string, family: string, lesson?: string): string => guessKind(fold(name), family, lesson);

  it("is the kind, from the file and its name", () => {
    expect(kind("Phiếu học tập số 2.docx", "document")).to.equal("worksheet");
    expect(kind("Đề kiểm tra giữa kì I.pdf", "pdf")).to.equal("test_paper");
    expect(kind("Bài giảng Tập hợp.pptx", "slides")).to.equal("slides");
    expect(kind("Phiếu nghe.mp3", "audio")).to.equal("audio");
    expect(kind("tap-hop.pdf", "pdf")).to.equal("slides");
    expect(kind("noi dung.pdf", "pdf", "test")).to.equal("test_paper");
    expect(kind("Hình tam giác.ggb", "geogebra")).to.equal("simulation");
  });

  it("is the title, from the file's name or, where that says nothing, from the lesson", () => {
    const title = (stem: string): string => titleFrom(stem, fold(stem), "Tập hợp");
    expect(title("Bài_giảng_Tập_hợp_lớp_6")).to.equal("Bài giảng Tập hợp lớp 6");
    expect(title("IMG_20261124_0930")).to.equal("Tập hợp");
    expect(title("scan 001 (2)")).to.equal("Tập hợp");
    expect(title("Tài liệu (1)")).to.equal("Tập hợp");
    expect(titleFrom("IMG_1", "img_1", undefined)).to.equal("IMG 1");
  });
});

describe("what covers a lesson (FIRSTS F16: own and adopted work are two counters)", () => {
  const linked = fc.record({
    approved_version_id: fc.constantFrom(null, "v1"),
    retired_at: fc.constantFrom(null, "2026-11-24T02:00:00.000Z"),
    origin: fc.constantFrom(...MATERIAL_ORIGINS),
  });
  const approved = (origin: (typeof MATERIAL_ORIGINS)[number]) => ({ origin, approved_version_id: "v1", retired_at: null });

  it("is own work where there is any, be it made here or copied and changed; adopted only where there is nothing else", () => {
    expect(coverOf([approved("adopted"), approved("own")])).to.equal("own");
    expect(coverOf([approved("adopted"), approved("derived")])).to.equal("own");
    expect(coverOf([approved("adopted"), approved("adopted")])).to.equal("adopted");
    expect(coverOf([])).to.equal("none");
  });

  it("is nothing by what is not approved or is retired", () => {
    expect(coverOf([{ ...approved("own"), approved_version_id: null }, { ...approved("own"), retired_at: "2026-11-24T02:00:00.000Z" }])).to.equal("none");
  });

  it("does not depend on the order in which the materials came, and one more never takes anything away", () => {
    const rank = { none: 0, adopted: 1, own: 2 };
    fc.assert(
      fc.property(fc.array(linked, { maxLength: 6 }), linked, (some, more) => {
        expect(coverOf([...some].reverse())).to.equal(coverOf(some));
        expect(rank[coverOf([...some, more])]).to.be.at.least(rank[coverOf(some)]);
      }),
    );
  });
});

import { expect } from "chai";
import { loadActor } from "../../server/access/store.ts";
import { materialRefusal } from "../../server/access/policy.ts";
import { viewerOf, whereVisible, wherePublic } from "../../server/materials/access.ts";
import { loadMaterial } from "../../server/materials/store.ts";
import { insertAll, type Db } from "../../server/platform/db.ts";
import { fold } from "../../server/platform/text.ts";
import { ENGINE, freshDatabase } from "../support/database.ts";
import { buildWorld, id, NOW, W } from "../support/world.ts";

const SCOPES = ["class", "school", "cluster", "province", "public"] as const;
/** Every standing that a material can have; the last is taken down, and therefore retired. */
const STANDINGS = [
  { state: "draft", approved: false },
  { state: "submitted", approved: true },
  { state: "passed", approved: false },
  { state: "approved", approved: true },
  { state: "retired", approved: true },
  { state: "retired", approved: true, taken_down_at: NOW },
] as const;

const FAR = { school: id("farsch00j"), department: id("fardepartment"), alone: id("a10nesch00j"), campus: id("campvs") };
const MORE = { farTeacher: id("farteacher"), aloneTeacher: id("a10neteacher"), aloneParent: id("a10neparent"), campusTeacher: id("campvsteacher"), former: id("f0rmer") };

/** Besides the world: a school of the province in no cluster, a site of Trần Phú, a school of another province, one who left. */
async function build(db: Db): Promise<void> {
  await buildWorld(db);
  const unit = (own: string, kind: string, parent: string | null, path: string) => ({ id: own, kind, name: own, code: own.slice(0, 12), parent_id: parent, path, opened_on: "2020-09-01", search_text: own, created_at: NOW });
  await insertAll(db, "units", [unit(FAR.department, "department", null, `/${FAR.department}/`)]);
  await insertAll(db, "units", [
    unit(FAR.school, "school", FAR.department, `/${FAR.department}/${FAR.school}/`),
    unit(FAR.alone, "school", W.otherCommune, `/${W.department}/${W.otherCommune}/${FAR.alone}/`),
    unit(FAR.campus, "campus", W.tranPhu, `/${W.department}/${W.commune}/${W.tranPhu}/${FAR.campus}/`),
  ]);
  const person = (own: string) => ({ id: own, name: own, sort_key: own, search_text: fold(own), username: own, created_at: NOW });
  await insertAll(db, "persons", Object.values(MORE).map(person));
  const role = (who: string, what: string, unitId: string, to: string | null = null) => ({ id: id(`r${who}`.slice(0, 26)), person_id: who, role: what, unit_id: unitId, from_on: "2026-08-01", to_on: to });
  await insertAll(db, "memberships", [
    role(MORE.farTeacher, "teacher", FAR.school),
    role(MORE.aloneTeacher, "teacher", FAR.alone),
    role(MORE.aloneParent, "parent", FAR.alone),
    role(MORE.campusTeacher, "teacher", FAR.campus),
    role(MORE.former, "teacher", W.tranPhu, "2026-10-01"),
  ]);
  const hash = "0".repeat(64);
  await db("blobs").insert({ hash, size_bytes: 1, mime: "application/pdf", created_at: NOW });
  const materials: Record<string, unknown>[] = [];
  const versions: Record<string, unknown>[] = [];
  const shown: Record<string, unknown>[] = [];
  let n = 0;
  for (const [school, by, course, lesson] of [
    [W.tranPhu, W.huong, W.toan6A, W.toanLesson(1)],
    [W.leLoi, W.quang, W.leLoiToan6A, W.leLoiLesson(1)],
    [FAR.alone, MORE.aloneTeacher, undefined, undefined],
    [FAR.school, MORE.farTeacher, undefined, undefined],
  ] as const) {
    for (const scope of SCOPES) {
      for (const { approved, ...standing } of STANDINGS) {
        for (const attached of course === undefined ? [false] : [false, true]) {
          const own = id(`m${(n += 1)}`);
          const version = id(`v${n}`);
          const uploader = n % 7 === 0 ? MORE.former : by;
          materials.push({ id: own, school_id: school, uploaded_by: uploader, title: `${n}`, subject_code: "TOAN", grade: 6, kind: "slides", scope, ...standing, latest_version_id: version, approved_version_id: approved ? version : null, search_text: "", created_at: NOW, updated_at: NOW });
          versions.push({ id: version, material_id: own, number: 1, state: "approved", blob_hash: hash, file_name: "a.pdf", mime: "application/pdf", size_bytes: 1, uploaded_by: by, uploaded_at: NOW });
          if (attached) shown.push({ course_id: course, plan_lesson_id: lesson, material_id: own, attached_by: by, attached_at: NOW });
        }
      }
    }
  }
  await insertAll(db, "materials", materials);
  await insertAll(db, "material_versions", versions);
  await insertAll(db, "lesson_attachments", shown);
}

describe(`how far a material is shared, on ${ENGINE}`, function () {
  let db: Db;
  before(async () => {
    db = await freshDatabase("scopes", build);
  });
  after(() => db.destroy());

  const query = (): ReturnType<Db["select"]> => db("materials as m").join("units as s", "s.id", "m.school_id").orderBy("m.id").select("m.*");

  async function listed(personId: string): Promise<{ id: string; scope: string; school_id: string; state: string }[]> {
    const actor = await loadActor(db, personId, NOW);
    if (actor === undefined) throw new Error(personId);
    const found = query();
    whereVisible(found, actor);
    return (await found) as never;
  }

  it("is decided the same by the policy and by the filter of lists, for everybody and every standing", async () => {
    const ids = ((await db("materials").orderBy("id").select("id")) as { id: string }[]).map((row) => row.id);
    const people = (await db("persons").orderBy("id").select("id")) as { id: string }[];
    expect(ids.length * people.length).to.be.greaterThan(4000);
    for (const person of people) {
      const actor = await loadActor(db, person.id, NOW);
      if (actor === undefined) throw new Error(person.id);
      const allowed: string[] = [];
      for (const one of ids) {
        const row = await loadMaterial(db, one, viewerOf(actor, NOW));
        if (row && materialRefusal(actor, "read", row) === undefined) allowed.push(one);
      }
      expect((await listed(person.id)).map((row) => row.id), person.id).to.deep.equal(allowed);
    }
  });

  it("reaches from outside the school only what is approved and in use", async () => {
    for (const who of [W.quang, W.lan, W.vy, W.ha, W.dung, MORE.aloneTeacher, MORE.farTeacher, W.minh, W.thu]) {
      const foreign = (await listed(who)).filter((row) => row.school_id === W.tranPhu && row.state === "draft");
      const shownByTheirTeacher = [W.minh, W.thu].includes(who as typeof W.minh);
      expect(foreign.length === 0 || shownByTheirTeacher, who).to.equal(true);
    }
  });

  const scopesSeen = async (who: string, school: string): Promise<string[]> => {
    const own = await listed(who);
    return SCOPES.filter((scope) => own.some((row) => row.scope === scope && row.school_id === school && row.state === "approved"));
  };

  it("is the class, the school, the cluster, the province or everybody", async () => {
    expect(await scopesSeen(W.quang, W.tranPhu), "a teacher of the cluster").to.deep.equal(["cluster", "province", "public"]);
    expect(await scopesSeen(MORE.aloneTeacher, W.tranPhu), "a teacher of the province").to.deep.equal(["province", "public"]);
    expect(await scopesSeen(MORE.farTeacher, W.tranPhu), "a teacher of another province").to.deep.equal(["public"]);
    expect(await scopesSeen(W.vy, W.tranPhu), "a pupil of another school").to.deep.equal(["public"]);
    expect(await scopesSeen(MORE.aloneParent, W.tranPhu), "a parent of another school").to.deep.equal(["public"]);
    expect(await scopesSeen(W.khoi, W.tranPhu), "a pupil of another class").to.deep.equal(["school", "cluster", "province", "public"]);
    expect(await scopesSeen(W.minh, W.tranPhu), "a pupil of the class").to.deep.equal([...SCOPES]);
    expect(await scopesSeen(MORE.campusTeacher, W.tranPhu), "a teacher at a site of the school").to.deep.equal([...SCOPES]);
    expect(await scopesSeen(W.ngan, W.tranPhu), "an officer of another commune").to.deep.equal(["province", "public"]);
  });

  it("ends at once when a school leaves the cluster", async () => {
    await db("cluster_members").where({ school_id: W.leLoi }).update({ to_on: "2026-11-24" });
    expect(await scopesSeen(W.quang, W.tranPhu)).to.deep.equal(["province", "public"]);
    await db("cluster_members").where({ school_id: W.leLoi }).update({ to_on: null });
  });

  it("shows without signing in what is public, approved and in use, and nothing else", async () => {
    const found = query();
    wherePublic(found);
    const rows = (await found) as { scope: string; state: string; approved_version_id: string | null }[];
    expect(rows.length).to.be.greaterThan(0);
    for (const row of rows) {
      expect(row.scope).to.equal("public");
      expect(row.approved_version_id).to.not.equal(null);
      expect(row.state).to.not.equal("retired");
    }
  });
});

import { expect } from "chai";
import { afterEach, beforeEach, describe, it } from "mocha";
import { z } from "zod";
import { reconcileAll } from "../../server/measures/recount/jobs.ts";
import { startApp, type Running } from "../support/app.ts";
import { digitise, holdLiveClass } from "../support/ledger.ts";
import { NOW, W, YEAR } from "../support/world.ts";

const PATH = `/api/v1/schools/${W.tranPhu}/measures`;

describe("the API", () => {
  let app: Running;
  beforeEach(async () => {
    app = await startApp();
    await digitise(app.db, [W.toanLesson(1)], "2026-11-01T00:00:00.000Z");
    await reconcileAll(app.db, NOW);
    await holdLiveClass(app.db, { carries: [{ course: W.toan6A, lesson: W.toanLesson(1), number: 1 }], starts: "2026-11-23T00:00:00.000Z", minutes: 45, present: { minh: 45, an: 45 } });
    await app.settle();
  });
  afterEach(() => app.stop());

  it("answers the figures of the dashboard in the shape that the OpenAPI file promises", async () => {
    const file = JSON.parse((await app.visitor().get("/api/v1/openapi.json")).text);
    expect(file.openapi).to.equal("3.1.0");
    expect(file.paths).to.have.property("/api/v1/schools/{id}/measures");
    const promised = z.fromJSONSchema(file.components.schemas.Measures);
    const answer = await (await app.as("nam")).get(`${PATH}?year=${YEAR}&date=2026-11-24`);
    expect(answer.status).to.equal(200);
    const figures = JSON.parse(answer.text);
    expect(promised.safeParse(figures).success, answer.text).to.equal(true);
    expect(promised.safeParse({ ...figures, online: { ...figures.online, answer: "perhaps" } }).success).to.equal(false);
    expect(figures.online).to.deep.include({ year: { counted_periods: 1, planned_periods: 42, rate_bp: 238 }, answer: "met", periods_still_needed: 0 });
    expect(figures.digitised).to.deep.include({ school: { lessons_covered: 1, own_lessons: 1, adopted_lessons: 0, lessons_planned: 16, rate_bp: 625 }, answer: "not_met", whole_school_answer: "met" });
    expect(figures.targets).to.deep.equal({ online_share_bp: 200, digitised_bp: 500, source: "KH 1027/KH-SGDĐT" });
  });

  it("answers as of a day", async () => {
    const nam = await app.as("nam");
    const before = JSON.parse((await nam.get(`${PATH}?date=2026-11-22`)).text);
    expect(before.online).to.deep.include({ answer: "not_met", periods_still_needed: 1 });
    const earlier = JSON.parse((await nam.get(`${PATH}?date=2026-10-22`)).text);
    expect(earlier.digitised.school.lessons_covered).to.equal(0);
  });

  it("takes a token that a person made, for reading only, until it is revoked", async () => {
    const dung = await app.as("dung");
    expect((await dung.post("/api-tokens", { name: " " })).status).to.equal(422);
    expect((await dung.post("/api-tokens", { name: "Phần mềm báo cáo" })).status).to.equal(303);
    const page = await dung.get("/api-tokens");
    const token = /hl_[\w-]{20,}/.exec(page.text)?.[0] ?? "";
    expect((await dung.get("/api-tokens")).text).not.to.contain(token); // shown once
    const program = app.visitor();
    const bearer = { authorization: `Bearer ${token}`, accept: "application/json" };
    expect((await program.get(PATH, bearer)).status).to.equal(200);
    expect((await program.get(`/schools/${W.tranPhu}/measures`, bearer)).status).to.equal(303); // pages are for people
    expect((await program.get(PATH, { authorization: `Bearer ${token}x` })).status).to.equal(401);
    const id = String((await app.db("api_tokens").first())?.id);
    expect((await (await app.as("nam")).post(`/api-tokens/${id}/revocation`)).status).to.equal(404);
    expect((await dung.post(`/api-tokens/${id}/revocation`)).status).to.equal(303);
    expect((await program.get(PATH, bearer)).status).to.equal(401);
    expect(JSON.stringify(await app.db("api_tokens"))).not.to.contain(token);
  });

  it("refuses in JSON: nobody 401, pupils 403, strangers 404, wrong parameters 422", async () => {
    const stranger = await app.visitor().get(PATH);
    expect([stranger.status, JSON.parse(stranger.text).error]).to.deep.equal([401, "not_signed_in"]);
    expect((await (await app.as("minh")).get(PATH)).status).to.equal(403);
    const lan = await (await app.as("lan")).get(PATH);
    expect([lan.status, JSON.parse(lan.text).error]).to.deep.equal([404, "not_found"]);
    const nam = await app.as("nam");
    expect((await nam.get(`${PATH}?date=2026-02-30`)).status).to.equal(422);
    expect((await nam.get(`${PATH}?year=2026`)).status).to.equal(422);
    expect((await nam.get(`${PATH}?year=2019-2020`)).status).to.equal(404);
    expect((await nam.get("/api/v1/schools/1/measures")).status).to.equal(404);
  });
});

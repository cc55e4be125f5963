import { expect } from "chai";
import { startApp, type Running } from "../support/app.ts";

describe("signing in", () => {
  let app: Running;
  before(async () => {
    app = await startApp();
  });
  after(() => app.stop());

  it("takes a teacher to the page she wanted", async () => {
    const visitor = app.visitor();
    const answer = await visitor.post("/sign-in", { login: "huong", password: "Tieng-trong-truong-2026", next: "/courses" });
    expect(answer.status).to.equal(303);
    expect(answer.location).to.equal("/courses");
  });

  it("answers an unknown name and a wrong password with the same words", async () => {
    const unknown = await app.visitor().post("/sign-in", { login: "khongco", password: "x" });
    const wrong = await app.visitor().post("/sign-in", { login: "huong", password: "x" });
    expect(unknown.status).to.equal(422);
    expect(wrong.status).to.equal(422);
    expect(unknown.text.replace("khongco", "huong")).to.equal(wrong.text);
  });

  it("never leads to another host afterwards", async () => {
    const answer = await app.visitor().post("/sign-in", { login: "huong", password: "Tieng-trong-truong-2026", next: "//evil.vn" });
    expect(answer.location).to.equal("/");
  });

  it("refuses a form sent from another site", async () => {
    const answer = await app.visitor().post("/sign-in", { login: "huong", password: "x" }, { "sec-fetch-site": "cross-site" });
    expect(answer.status).to.equal(403);
  });
});

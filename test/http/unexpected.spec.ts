import { expect } from "chai";
import { startApp, type Running } from "../support/app.ts";

describe("when the database cannot be asked who is there", () => {
  let app: Running;
  before(async () => {
    app = await startApp();
  });
  after(() => app.stop());

  it("the answer is a calm page with a reference number, in the language of the browser, and nothing of the inside", async () => {
    const huong = await app.as("huong");
    await app.db.schema.renameTable("sessions", "sessions_away");
    const answers = [await huong.get("/"), await huong.get("/", { "accept-language": "en" })];
    const asked = await huong.get("/api/v1/schools");
    await app.db.schema.renameTable("sessions_away", "sessions");
    for (const answer of answers) {
      expect(answer.status).to.equal(500);
      expect(answer.text).to.include(answer.headers.get("x-request-id") ?? "no id");
      expect(answer.text).not.to.match(/sessions|SQLITE|select |at .*\.ts/i);
    }
    expect(answers[0]?.text).to.include('lang="vi"');
    expect(answers[1]?.text).to.include('lang="en"');
    expect(JSON.parse(asked.text)).to.include({ error: "unexpected", reference: asked.headers.get("x-request-id") });
    expect((await huong.get("/")).status).to.equal(200);
  });
});

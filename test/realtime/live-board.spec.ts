import { expect } from "chai";
import { Readable } from "node:stream";
import type { Socket } from "socket.io-client";
import { LIVE_GROUP } from "../../server/live/socket.ts";
import { addMinutes } from "../../server/platform/clock.ts";
import { startApp, type Running } from "../support/app.ts";
import type { Client } from "../support/client.ts";
import { digitise } from "../support/ledger.ts";
import { NOW, W } from "../support/world.ts";
import { ask, closeAll, connected, heard, liveClass, type Answered } from "./room.ts";

interface Drawn {
  seq: number;
  kind?: string;
  by?: string;
  body?: { of?: number[]; t?: string };
  html?: string;
}
type Board = Answered & { drawn?: Drawn[]; more?: boolean };

describe("the board, the questions and the order of a room", () => {
  let app: Running;
  let live: string;
  let huong: Client;
  before(async () => {
    app = await startApp();
    huong = await app.as("huong");
  });
  beforeEach(async () => {
    app.time.now = NOW;
    live = await liveClass(app);
  });
  afterEach(async () => {
    closeAll();
    await app.db("live_classes").where({ state: "open" }).update({ state: "cancelled" });
  });
  after(() => app.stop());

  const enter = async (login: string): Promise<{ socket: Socket; state: Answered; client: Client }> => {
    const client = await app.as(login);
    const socket = await connected(app, client);
    return { socket, client, state: await ask(socket, "live:enter", { id: live, since: 0 }) };
  };
  const ink = { kind: "ink", body: { c: 1, w: 2, d: "oGoGeGGA" } };
  const draw = (socket: Socket, key: string, drawn: object = ink, page = 1): Promise<Board> => ask(socket, "live:draw", { key, page, drawn });
  const act = (noun: string, form: Record<string, string> = {}) => huong.post(`/live-classes/${live}/${noun}`, form);

  describe("the board", () => {
    it("is the same for everybody, in the order of the server, and whole for who comes late", async () => {
      const [teacher, pupil] = [await enter("huong"), await enter("minh")];
      const news = heard<Drawn>(pupil.socket, "live:drawn");
      expect(await draw(teacher.socket, "stroke-1")).to.include({ ok: true, seq: 1 });
      expect(await news).to.deep.include({ seq: 1, kind: "ink", by: W.huong });
      await draw(teacher.socket, "stroke-2", { kind: "formula", body: { c: 0, w: 2, x: 10, y: 10, t: "\\frac{1}{2}<img src=x onerror=alert(1)>" } });
      const late = await enter("an");
      const board = (await ask(late.socket, "live:board", { since: 0 })) as Board;
      expect(board.drawn?.map((one) => one.seq)).to.deep.equal([1, 2]);
      expect(board.drawn?.[1]?.html).to.contain("<math").and.not.contain("<img");
      expect(((await ask(late.socket, "live:board", { since: 1 })) as Board).drawn?.map((one) => one.seq)).to.deep.equal([2]);
    });

    it("keeps a stroke that is sent again after a lost line only once", async () => {
      const { socket } = await enter("huong");
      expect((await draw(socket, "stroke-1")).seq).to.equal(1);
      expect((await draw(socket, "stroke-1")).seq).to.equal(1);
      expect((await draw(socket, "stroke-2")).seq).to.equal(2);
    });

    it("lets pupils draw when they are invited, and take away only what is their own", async () => {
      const [teacher, pupil] = [await enter("huong"), await enter("minh")];
      await draw(teacher.socket, "stroke-1");
      expect((await draw(pupil.socket, "pupil-01")).code).to.equal("live_may_not_draw");
      expect((await act("people", { person: W.minh, act: "draw" })).status).to.equal(303);
      expect((await draw(pupil.socket, "pupil-01")).seq).to.equal(2);
      expect((await draw(pupil.socket, "pupil-02", { kind: "hide", body: { of: [1] } })).code).to.equal("not_found");
      expect((await draw(pupil.socket, "pupil-03", { kind: "hide", body: { of: [2] } })).ok).to.equal(true);
      expect((await draw(teacher.socket, "stroke-2", { kind: "hide", body: { of: [1, 2] } })).ok).to.equal(true);
    });

    it("refuses what is no drawing, and another page than there can be", async () => {
      const { socket } = await enter("huong");
      for (const drawn of [{ kind: "ink", body: { c: 1, w: 2, d: "oGo" } }, { kind: "ink", body: { c: 9, w: 2, d: "oGoGeGGA" } }, { kind: "text", body: { c: 0, w: 1, x: 0, y: 0, t: "a".repeat(501) } }, { kind: "html", body: {} }]) {
        expect((await draw(socket, "stroke-1", drawn)).code).to.equal("invalid");
      }
      expect((await draw(socket, "stroke-1", ink, 5000)).code).to.equal("invalid");
      expect(await app.db("live_drawings").where({ live_class_id: live })).to.have.length(0);
    });

    it("gives one pupil a part of the board only, and the teacher the rest", async () => {
      const [teacher, pupil] = [await enter("huong"), await enter("minh")];
      await act("people", { person: W.minh, act: "draw" });
      await app.db("live_drawings").insert({ live_class_id: live, seq: 1001, person_id: W.minh, page: 1, kind: "ink", body: "x".repeat(300_000), client_key: "pupil-00", at: NOW });
      expect((await draw(pupil.socket, "pupil-01")).code).to.equal("live_board_full");
      expect((await draw(teacher.socket, "teacher-1")).ok).to.equal(true);
    });

    it("takes a pupil out of the room of a group at once, also a browser that does not ask anew", async () => {
      const [minh, an] = [await enter("minh"), await enter("an")];
      const dealt = [heard(minh.socket, "live:regroup"), heard(an.socket, "live:regroup")];
      await act("groups", { count: "1", minutes: "10" });
      await Promise.all(dealt);
      for (const one of [minh, an]) await ask(one.socket, "live:enter", { id: live, since: 0 });
      await app.db("live_members").where({ live_class_id: live, person_id: W.minh }).update({ group_number: 2 });
      const told = heard(minh.socket, "live:regroup");
      app.app.signals.tell(LIVE_GROUP, `${live} ${W.minh} 1`);
      await told;
      const hidden = heard<object>(minh.socket, "live:message");
      await ask(an.socket, "live:say", { key: "an-000001", text: "Chỉ nhóm một" });
      expect(await hidden).to.deep.equal({ seq: 1, hidden: true });
      expect((await ask(minh.socket, "live:older", { before: 10 })).messages).to.deep.equal([{ seq: 1, hidden: true }]);
    });

    it("shows a file that is a teacher's to show, and takes none from a pupil", async () => {
      const [theirs, other] = [await digitise(app.db, [W.toanLesson(1)], NOW), await digitise(app.db, [], NOW, { state: "draft" })];
      await app.db("materials").where({ id: other }).update({ uploaded_by: W.son });
      const { hash, size } = await app.blobs.put(Readable.from(["%PDF-1.4"]));
      await app.db("blobs").insert({ hash, size_bytes: size, mime: "application/pdf", created_at: NOW }).onConflict("hash").ignore();
      await app.db("material_versions").whereIn("material_id", [theirs, other]).update({ blob_hash: hash, size_bytes: size });
      const [teacher, pupil] = [await enter("huong"), await enter("minh")];
      await act("people", { person: W.minh, act: "draw" });
      const picture = (m: string) => ({ kind: "picture", body: { x: 0, y: 0, x2: 500, y2: 300, m } });
      const read = async (m: string): Promise<number> => (await pupil.client.get(`/live-classes/${live}/files/${m}`)).status;
      for (const m of [theirs, other]) {
        expect((await draw(pupil.socket, `pupil-${m}`, picture(m))).code).to.equal("not_found");
        await app.db("live_drawings").insert({ live_class_id: live, seq: m === theirs ? 1001 : 1002, person_id: W.minh, page: 1, kind: "picture", body: JSON.stringify(picture(m).body), client_key: `old-${m}`, at: NOW });
        expect(await read(m)).to.equal(404);
      }
      expect((await draw(teacher.socket, "teacher-1", picture(other))).code).to.equal("not_found");
      expect((await draw(teacher.socket, "teacher-2", picture(theirs))).ok).to.equal(true);
      expect([await read(theirs), await read(other)]).to.deep.equal([200, 404]);
    });

    it("keeps the board of a group, and its chat, among the group and the teacher", async () => {
      const [teacher, minh, an] = [await enter("huong"), await enter("minh"), await enter("an")];
      const told = [heard(minh.socket, "live:regroup"), heard(an.socket, "live:regroup")];
      expect((await act("groups", { count: "2", minutes: "10" })).status).to.equal(303);
      await Promise.all(told);
      for (const one of [minh, an]) await ask(one.socket, "live:enter", { id: live, since: 0 });
      const { group_number: group } = await app.db("live_members").where({ live_class_id: live, person_id: W.minh }).first("group_number");
      expect((await draw(minh.socket, "group-01", ink, -1000 - group)).ok).to.equal(true);
      expect((await draw(an.socket, "group-02", ink, -1000 - group)).code).to.equal("live_may_not_draw");
      await ask(minh.socket, "live:say", { key: "minh-0001", text: "Chỉ nhóm mình" });
      const seen = (socket: Socket) => ask(socket, "live:enter", { id: live, since: 0 });
      expect((await seen(an.socket)).messages).to.deep.equal([{ seq: 1, hidden: true }]);
      expect((await seen(teacher.socket)).messages?.[0]?.text).to.equal("Chỉ nhóm mình");
      expect(((await ask(an.socket, "live:board", { since: 0 })) as Board).drawn).to.deep.equal([{ seq: 1 }]);
      expect(((await ask(teacher.socket, "live:board", { since: 0 })) as Board).drawn?.[0]?.kind).to.equal("ink");
    });

    it("shows a group that was dealt anew nothing of the group that had its number before", async () => {
      const [teacher, minh, an] = [await enter("huong"), await enter("minh"), await enter("an")];
      const dealt = async (): Promise<number[]> => {
        const told = [heard(minh.socket, "live:regroup"), heard(an.socket, "live:regroup")];
        await act("groups", { count: "1", minutes: "10" });
        await Promise.all(told);
        for (const one of [minh, an]) await ask(one.socket, "live:enter", { id: live, since: 0 });
        return app.db("live_members").where({ live_class_id: live }).whereIn("person_id", [W.minh, W.an]).pluck("group_number");
      };
      const [before] = await dealt();
      await ask(minh.socket, "live:say", { key: "minh-0001", text: "Nhóm lần một" });
      expect((await draw(minh.socket, "group-01", ink, -1000 - (before ?? 0))).ok).to.equal(true);
      expect((await ask(an.socket, "live:enter", { id: live, since: 0 })).messages?.[0]?.text).to.equal("Nhóm lần một");
      const [again] = await dealt();
      expect(again).not.to.equal(before);
      expect((await ask(an.socket, "live:enter", { id: live, since: 0 })).messages).to.deep.equal([{ seq: 1, hidden: true }]);
      expect(((await ask(an.socket, "live:board", { since: 0 })) as Board).drawn).to.deep.equal([{ seq: 1 }]);
      expect((await draw(an.socket, "group-02", ink, -1000 - (before ?? 0))).code).to.equal("live_may_not_draw");
      expect((await ask(teacher.socket, "live:say", { key: "huong-001", text: "Các em ơi", group: before })).code).to.equal("live_group_over");
      expect((await ask(teacher.socket, "live:say", { key: "huong-002", text: "Các em ơi", group: again })).ok).to.equal(true);
    });
  });

  describe("order", () => {
    it("sends a pupil out with a reason: the socket closes, nothing opens again until allowed", async () => {
      const pupil = await enter("duy");
      expect((await act("people", { person: W.duy, act: "remove", reason: "" })).status).to.equal(422);
      const closed = heard(pupil.socket, "disconnect");
      expect((await act("people", { person: W.duy, act: "remove", reason: "Nói tục trong giờ" })).status).to.equal(303);
      await closed;
      const page = await pupil.client.get(`/live-classes/${live}`);
      expect([page.status, page.text.includes("Nói tục trong giờ")]).to.deep.equal([403, true]);
      expect((await enter("duy")).state.code).to.equal("live_removed");
      expect(await app.db("audit_entries").where({ subject_id: live, action: "live.person_remove" })).to.have.length(1);
      const ways = (await huong.get(`/live-classes/${live}`)).text;
      expect(ways).to.contain("Mời em này ra khỏi lớp? Em không vào lại được").and.to.contain("Chọn học sinh").and.not.to.contain('<option value="remove"');
      await act("people", { person: W.duy, act: "allow" });
      expect((await enter("duy")).state.ok).to.equal(true);
    });

    it("locks the room against who was not inside, and lets back in who was", async () => {
      await enter("minh");
      await act("order", { chat_mode: "open", locked: "yes" });
      expect((await enter("an")).state.code).to.equal("live_locked");
      expect((await (await app.as("an")).get(`/live-classes/${live}`)).status).to.equal(409);
      expect((await enter("minh")).state.ok).to.equal(true);
      expect((await enter("nam")).state.ok).to.equal(true);
    });

    it("lets pupils wait at the door until the teacher lets them in", async () => {
      await act("order", { chat_mode: "open", waiting_room: "yes" });
      const pupil = await enter("chau");
      expect(pupil.state).to.include({ ok: true, state: "waits" });
      expect((await ask(pupil.socket, "live:say", { key: "chau-0001", text: "Cô ơi" })).code).to.equal("live_not_entered");
      expect((await pupil.client.get(`/live-classes/${live}`)).text).to.contain("Em đang chờ ở cửa lớp");
      expect((await huong.get(`/live-classes/${live}`)).text).to.contain("Cho Đặng Minh Châu vào lớp");
      const told = heard(pupil.socket, "live:reload");
      await act("people", { person: W.chau, act: "admit" });
      await told;
      expect((await ask(pupil.socket, "live:enter", { id: live, since: 0 })).state).to.equal("open");
      expect(await app.db("presence_marks").where({ live_class_id: live, person_id: W.chau })).to.have.length(1);
    });

    it("gives whom it keeps out nothing of the room over any other address, and what is theirs once they are in", async () => {
      await app.db("live_messages").insert({ live_class_id: live, seq: 1, person_id: W.minh, body: "Chỉ trong lớp", client_key: "minh-0001", at: NOW });
      const question = (await act("questions", { kind: "yes_no", prompt: "Hiểu chưa?", a: "", b: "", right: "" })) && (await app.db("live_questions").where({ live_class_id: live }).first("id")).id;
      const an = await app.as("an");
      const at = `/live-classes/${live}`;
      const reads = ["/messages", "/slides", "/question", `/files/${W.toanLesson(1)}`, "/sound"];
      const writes = ["/messages", "/hand", "/hand-removal", `/questions/${question}/answer`, "/check-answers"];
      for (const [how, word] of [["waiting_room", "Em hãy chờ thầy cô cho vào lớp."], ["locked", "Thầy cô đã khóa lớp"]] as const) {
        await act("order", { chat_mode: "open", [how]: "yes" });
        for (const read of reads) expect((await an.get(at + read)).status, `${how} ${read}`).to.equal(409);
        for (const write of writes) expect((await an.post(at + write, { text: "", key: "an-000001", answer: "yes" })).status, `${how} ${write}`).to.equal(409);
        const refused = await an.post(`${at}/messages`, { text: "", key: "an-000001" });
        expect(refused.text).to.contain(word).and.not.contain("Chỉ trong lớp");
      }
      await act("people", { person: W.an, act: "admit" });
      expect((await an.get(`${at}/messages`)).text).to.contain("Chỉ trong lớp");
      expect((await an.post(`${at}/hand`)).status).to.equal(303);
    });

    it("lets whoever sat in the lobby of a class with a waiting room in through its door only", async () => {
      live = await liveClass(app, { state: "scheduled" });
      await act("order", { chat_mode: "open", waiting_room: "yes" });
      const [pupil, teacher] = [await enter("chau"), await enter("huong")];
      expect(pupil.state.state).to.equal("scheduled");
      const told = [heard(pupil.socket, "live:reload"), heard(teacher.socket, "live:reload")];
      app.time.now = addMinutes(NOW, 1);
      expect((await act("opening")).status).to.equal(303);
      await Promise.all(told);
      expect((await ask(pupil.socket, "live:here", { away: false })).ok).to.equal(false);
      expect((await ask(pupil.socket, "live:board", { since: 0 })).ok).to.equal(false);
      expect((await ask(pupil.socket, "live:enter", { id: live, since: 0 })).state).to.equal("waits");
      expect((await ask(teacher.socket, "live:enter", { id: live, since: 0 })).state).to.equal("open");
    });

    it("lets pupils write to the teacher alone, or not at all", async () => {
      const [minh, an, teacher] = [await enter("minh"), await enter("an"), await enter("huong")];
      await act("order", { chat_mode: "private" });
      const hidden = heard<object>(an.socket, "live:message");
      const whole = heard<{ text?: string }>(teacher.socket, "live:message");
      await ask(minh.socket, "live:say", { key: "minh-0001", text: "Riêng với cô" });
      expect(await hidden).to.deep.equal({ seq: 1, hidden: true });
      expect((await whole).text).to.equal("Riêng với cô");
      expect((await an.client.get(`/live-classes/${live}`)).text).not.to.contain("Riêng với cô");
      await act("order", { chat_mode: "off" });
      expect((await ask(minh.socket, "live:say", { key: "minh-0002", text: "x" })).code).to.equal("live_chat_off");
      await act("order", { chat_mode: "open" });
      await act("people", { person: W.minh, act: "mute" });
      expect((await ask(minh.socket, "live:say", { key: "minh-0003", text: "x" })).code).to.equal("live_muted");
    });

    it("marks a question of the chat as answered, for everybody", async () => {
      const [teacher, pupil] = [await enter("huong"), await enter("minh")];
      await ask(pupil.socket, "live:say", { key: "minh-0001", text: "Vì sao 0 thuộc N?", question: true });
      const news = heard<{ answered?: boolean }>(pupil.socket, "live:message", (one) => one.answered === true);
      expect((await ask(pupil.socket, "live:answered", { seq: 1 })).code).to.equal("not_your_course");
      await ask(teacher.socket, "live:answered", { seq: 1 });
      await news;
      expect((await huong.get(`/live-classes/${live}`)).text).to.contain("(Đã trả lời)");
    });
  });

  describe("questions", () => {
    const ask6A = async (form: Record<string, string> = {}): Promise<string> => {
      const answer = await act("questions", { kind: "choice", prompt: "2 + 2 = ?", a: "3", b: "4", right: "b", ...form });
      expect(answer.status).to.equal(303);
      const row = await app.db("live_questions").where({ live_class_id: live }).orderBy("id", "desc").first("id");
      return row.id;
    };

    it("take one answer a pupil, changeable until closed, and tell only the teacher until shown", async () => {
      const [minh, an] = [await app.as("minh"), await app.as("an")];
      const question = await ask6A();
      const reply = (who: Client, answer: string) => who.post(`/live-classes/${live}/questions/${question}/answer`, { answer });
      expect((await reply(minh, "A")).status).to.equal(303);
      expect((await reply(minh, "B")).status).to.equal(303);
      expect((await reply(an, "A")).status).to.equal(303);
      expect((await reply(an, "C")).status).to.equal(422);
      expect((await reply(await app.as("khoi"), "A")).status).to.equal(404);
      expect((await huong.get(`/live-classes/${live}/question`)).text).to.contain("2 em đã trả lời").and.contain("đáp án đúng");
      expect((await minh.get(`/live-classes/${live}/question`)).text).not.to.contain("đáp án đúng");
      await huong.post(`/live-classes/${live}/questions/${question}/result`);
      expect((await minh.get(`/live-classes/${live}/question`)).text).to.contain("đáp án đúng");
      expect((await reply(minh, "A")).status).to.equal(409);
      const csv = await huong.get(`/live-classes/${live}/answers.csv`);
      expect(csv.text).to.contain('"Lê Đức Minh","B. 4"').and.contain('"đáp án đúng","B. 4"');
    });

    it("close when the next is asked; an exit ticket stays open after the class", async () => {
      const first = await ask6A();
      const exit = await ask6A({ kind: "short", prompt: "Em học được gì?", right: "", exit: "yes" });
      const minh = await app.as("minh");
      expect((await minh.post(`/live-classes/${live}/questions/${first}/answer`, { answer: "A" })).status).to.equal(409);
      await act("closing");
      expect((await minh.post(`/live-classes/${live}/questions/${exit}/answer`, { answer: "Tập hợp" })).status).to.equal(303);
    });

    it("say at the top what is wrong, and keep what was typed", async () => {
      const wrong = await act("questions", { kind: "truth", prompt: "0 là số tự nhiên?", right: "chắc vậy" });
      expect(wrong.status).to.equal(422);
      expect(wrong.text).to.contain("Đáp án đúng: Hãy chọn một mục").and.contain('value="0 là số tự nhiên?"');
    });

    it("call at random somebody who is here, nobody twice before all were once", async () => {
      expect((await act("calls")).status).to.equal(409);
      await enter("minh");
      await enter("an");
      await act("calls");
      await act("calls");
      expect(await app.db("live_members").where({ live_class_id: live }).orderBy("person_id").pluck("calls")).to.deep.equal([1, 1]);
    });

    it("ask whether everybody is there, and see who answers", async () => {
      const pupil = await enter("minh");
      await enter("an");
      const told = heard<{ check: string | null }>(pupil.socket, "live:room", (room) => room.check !== null);
      await act("checks");
      await act("timer", { minutes: "5" });
      const plain = (await pupil.client.get(`/live-classes/${live}`)).text;
      expect(plain, "without script").to.match(/data-check>/).and.to.contain("Hết giờ lúc");
      await told;
      expect((await pupil.client.post(`/live-classes/${live}/check-answers`)).status).to.equal(303);
      expect((await huong.get(`/live-classes/${live}/tools-now`)).text).to.contain("1 trên 2 em").and.contain("Chưa trả lời: Bùi Bảo An");
    });
  });

  it("gives no other class, school or forged address anything", async () => {
    for (const [login, status] of [["khoi", 404], ["vy", 404], ["son", 403]] as const) {
      const client = await app.as(login);
      for (const noun of ["order", "people", "questions", "groups", "timer"]) expect((await client.post(`/live-classes/${live}/${noun}`, {})).status, `${login} ${noun}`).to.equal(status);
      expect((await client.get(`/live-classes/${live}/question`)).status).to.equal(status);
    }
    expect((await huong.post(`/live-classes/${live}/people`, { person: W.vy, act: "draw" })).status).to.equal(404);
    expect((await huong.get(`/live-classes/${live}/files/${W.toanLesson(1)}`)).status).to.equal(404);
  });

  it("is not disturbed by a flood of 1,000 strokes and a line of 1 MB", async () => {
    const [teacher, pupil, other] = [await enter("huong"), await enter("minh"), await enter("an")];
    await act("people", { person: W.minh, act: "draw" });
    const closed = heard(pupil.socket, "disconnect");
    for (let i = 0; i < 1000; i += 1) pupil.socket.emit("live:draw", { key: `flood-${1000 + i}`, page: 1, drawn: ink });
    await closed;
    const big = heard(other.socket, "disconnect");
    other.socket.emit("live:say", { key: "an-000001", text: "x".repeat(1024 * 1024) });
    await big;
    expect((await draw(teacher.socket, "stroke-1")).ok).to.equal(true);
    expect(Number((await app.db("live_drawings").where({ live_class_id: live }).count({ n: "*" }).first())?.["n"])).to.be.lessThan(100);
  });
});

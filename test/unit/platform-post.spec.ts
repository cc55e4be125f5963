import { expect } from "chai";
import { makeLog } from "../../server/platform/log.ts";
import { NoAnswer, Post } from "../../server/platform/post.ts";

/** A Redis whose every word is written down. */
function line() {
  const hearers = new Map<string, ((text: string) => void)[]>();
  const said: { channel: string; text: string }[] = [];
  const put = (channel: string, text: string): number => {
    hearers.get(channel)?.forEach((hear) => hear(text));
    return hearers.get(channel)?.length ?? 0;
  };
  return {
    said,
    put,
    send: (channel: string, text: string) => Promise.resolve((said.push({ channel, text }), put(channel, text))),
    receive: (channel: string, hear: (text: string) => void) => Promise.resolve(void hearers.set(channel, [...(hearers.get(channel) ?? []), hear])),
  };
}

describe("letters between web processes", () => {
  const open = async (bus: ReturnType<typeof line>, secret = "of this installation") => {
    const post = new Post({ bus, log: makeLog("silent"), secret });
    const heard: unknown[] = [];
    await post.open((body, by) => Promise.resolve({ to: by, body }), (body) => heard.push(body));
    return { post, heard };
  };

  it("are answered to whoever asked, and told to whom they are for", async () => {
    const bus = line();
    const [a, b] = [await open(bus), await open(bus)];
    expect(await a.post.ask(b.post.me, { ask: "slots" })).to.deep.equal({ to: a.post.me, body: { ask: "slots" } });
    b.post.tell(a.post.me, "gone");
    expect([a.heard, b.heard]).to.deep.equal([["gone"], []]);
  });

  it("say at once when there is nobody", async () => {
    const a = await open(line());
    const failed: unknown = await a.post.ask("somebody", {}).catch((error: unknown) => error);
    expect(failed).to.be.instanceOf(NoAnswer);
  });

  it("are not heard without a proof, with one by another secret, changed, a second time, or at another process", async () => {
    const bus = line();
    const [a, b, c, foreign] = [await open(bus), await open(bus), await open(bus), await open(bus, "of another installation")];
    foreign.post.tell(b.post.me, "close");
    a.post.tell(b.post.me, "hello");
    const letter = bus.said.at(-1) ?? expect.fail("nothing was said");
    bus.put(letter.channel, letter.text);
    bus.put(letter.channel, letter.text.replace("hello", "close"));
    bus.put(letter.channel, letter.text.slice(43));
    bus.put(`hoc-lieu:to:${c.post.me}`, letter.text);
    for (const noise of ["", "x", "é".repeat(50), "x".repeat(1_000_000), `${"A".repeat(43)}{}`]) bus.put(letter.channel, noise);
    expect([b.heard, c.heard]).to.deep.equal([["hello"], []]);
  });
});

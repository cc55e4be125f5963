import { expect } from "chai";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import fc from "fast-check";
import { DOOR_LIMITS, RelayDoor } from "../../server/live/media/relay-door.ts";
import { hasNoTieBreaker, isProven, readBindingRequest, rewritten, type BindingRequest } from "../../server/live/media/stun.ts";
import { until } from "../support/until.ts";

/** The request of RFC 5769 §2.1, with the name "evtj:h6vY". */
const EXAMPLE = Buffer.from(
  "000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74002400046e0001ff80290008932ff9b151263b36000600096576746a3a68367659202020000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a280280004e57a3bcf",
  "hex",
);
const PASSWORD = "VOkJxbRl1RmTxUk/WvJxBt";
const [TIE_BREAKER, PRIORITY] = [0x932f_f9b1_5126_3b36n, 0x6e00_01ff];

function read(packet: Buffer): BindingRequest {
  return readBindingRequest(packet) ?? expect.fail("this is a request to bind");
}

/** As Chromium asks over a relay by TCP. @param to four letters */
function without(password = PASSWORD, to = "evtj"): Buffer {
  const packet = Buffer.from(EXAMPLE);
  packet.write(to, packet.indexOf("evtj"), "latin1");
  return rewritten(packet, read(packet), password, { tieBreaker: 0n, priority: PRIORITY });
}

describe("a request to bind without a tie-breaker", () => {
  it("is told from one with, and by whom it was proven, by the example of RFC 5769", () => {
    expect(read(EXAMPLE).ufrag).to.equal("evtj");
    expect(hasNoTieBreaker(EXAMPLE, read(EXAMPLE))).to.equal(false);
    expect(isProven(EXAMPLE, read(EXAMPLE), PASSWORD)).to.equal(true);
    expect(isProven(EXAMPLE, read(EXAMPLE), `${PASSWORD}x`)).to.equal(false);
    expect(hasNoTieBreaker(without(), read(without()))).to.equal(true);
  });

  it("becomes, given one, letter for letter what its sender would have written with it", () => {
    expect(rewritten(without(), read(without()), PASSWORD, { tieBreaker: TIE_BREAKER, priority: PRIORITY }).toString("hex")).to.equal(EXAMPLE.toString("hex"));
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 0xffff_ffff_ffff_ffffn }), fc.integer({ min: 0, max: 0x7fff_ffff }), fc.string({ minLength: 1, maxLength: 40 }), (tieBreaker, priority, password) => {
        const changed = rewritten(without(), read(without()), password, { tieBreaker, priority });
        expect(read(changed)).to.deep.equal(read(EXAMPLE));
        expect(isProven(changed, read(changed), password)).to.equal(true);
        expect(changed.readBigUInt64BE(read(changed).tieBreakerAt)).to.equal(tieBreaker);
        expect(changed.readUInt32BE(read(changed).priorityAt)).to.equal(priority);
      }),
    );
  });

  it("is not proven any more once a byte of it was changed, and nothing that comes is read with a throw", () => {
    fc.assert(
      fc.property(fc.nat(EXAMPLE.length - 9), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const changed = Buffer.from(EXAMPLE);
        changed[at] = (changed[at] ?? 0) ^ by;
        const request = readBindingRequest(changed);
        expect(request !== undefined && isProven(changed, request, PASSWORD)).to.equal(false);
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), fc.nat(EXAMPLE.length), fc.boolean(), (bytes, cut, likely) => {
        const packet = likely ? Buffer.concat([EXAMPLE.subarray(0, cut), Buffer.from(bytes)]) : Buffer.from(bytes);
        if (likely && packet.length >= 4) packet.writeUInt16BE(Math.max(0, packet.length - 20) & 0xfffc, 2);
        readBindingRequest(packet);
      }),
    );
  });
});

describe("the door for browsers behind relays", () => {
  const sockets: Socket[] = [];
  let inside: Socket;
  let door: RelayDoor;
  let now = 0;
  /** What came through, and from where the library would see it. */
  let came: { packet: Buffer; port: number }[];

  const socket = async (): Promise<Socket> => {
    const made = createSocket("udp4");
    made.bind(0, "127.0.0.1");
    await once(made, "listening");
    sockets.push(made);
    return made;
  };
  const knock = (from: Socket, packet: Buffer): void => from.send(packet, door.port, "127.0.0.1");
  /** Everything sent before has been dealt with once this came through, from one more address. */
  const settled = async (): Promise<void> => {
    const before = came.length;
    door.know("last", PASSWORD);
    knock(await socket(), without(PASSWORD, "last"));
    await until(() => came.slice(before).some(({ packet }) => packet.includes("last:")));
    door.forget("last");
  };

  beforeEach(async () => {
    [inside, came, now] = [await socket(), [], 0];
    inside.on("message", (packet, { port }) => came.push({ packet, port }));
    door = await RelayDoor.open(0, inside.address().port, () => now);
  });
  afterEach(() => {
    door.close();
    for (const one of sockets.splice(0)) one.close();
  });

  it("gives a proven request a tie-breaker, and passes on what follows and what is answered", async () => {
    const browser = await socket();
    door.know("evtj", PASSWORD);
    knock(browser, without());
    await until(() => came.length === 1);
    const [first] = came;
    if (!first) return expect.fail("nothing came");
    expect(hasNoTieBreaker(first.packet, read(first.packet))).to.equal(false);
    expect(isProven(first.packet, read(first.packet), PASSWORD)).to.equal(true);
    knock(browser, Buffer.from("sound"));
    await until(() => came.length === 2);
    expect(came[1]?.packet.toString()).to.equal("sound");
    const heard = once(browser, "message") as Promise<[Buffer]>;
    inside.send("picture", first.port, "127.0.0.1");
    expect((await heard)[0].toString()).to.equal("picture");
  });

  it("opens to nobody else: no stranger, no wrong proof, nobody who has a tie-breaker, and answers none of them", async () => {
    const stranger = await socket();
    stranger.on("message", () => expect.fail("a stranger was answered"));
    door.know("evtj", PASSWORD);
    for (const packet of [without("somebody else's password"), without(PASSWORD, "evtx"), EXAMPLE, Buffer.from("sound"), Buffer.alloc(0)]) knock(stranger, packet);
    await settled();
    expect(came.length).to.equal(1);
    expect(door.size).to.equal(0);
  });

  it("closes with the connection, after a minute of silence, and lets one browser have a few addresses only", async () => {
    door.know("evtj", PASSWORD);
    for (let i = 0; i < DOOR_LIMITS.placesOfConnection + 3; i += 1) knock(await socket(), without());
    await until(() => door.size === DOOR_LIMITS.placesOfConnection);
    now = DOOR_LIMITS.idleMs + 1;
    door.closeIdle();
    expect(door.size).to.equal(0);
    knock(await socket(), without());
    await until(() => door.size === 1);
    door.forget("evtj");
    expect(door.size).to.equal(0);
    knock(await socket(), without());
    await settled();
    expect(door.size).to.equal(0);
  });
});

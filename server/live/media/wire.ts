import { isIPv4 } from "node:net";
import { networkInterfaces } from "node:os";
import library, { type Track } from "node-datachannel";
import type { Answer, MakeWire, Wire, WireEvents, WireLine } from "./parts.ts";
import type { RelayDoor } from "./relay-door.ts";

export interface WireSettings {
  /** The one UDP port that everything goes through. */
  port: number;
  /** `address` or `address:port` under which browsers reach it; empty: every address of this machine. */
  announced: readonly string[];
}

const OPUS = 111;
const VP8 = 96;
/** Sound in 24 kbit/s that repeats itself against loss and says nothing while nobody speaks. */
const OPUS_HOW = "minptime=10;useinbandfec=1;usedtx=1;stereo=0;maxaveragebitrate=24000";
const LEVEL = "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level";
const OFFER_MS = 5_000;

/** Connections by libdatachannel: ICE, DTLS and SRTP are its work, everything above is ours. */
export function wiresOf(settings: WireSettings, door?: RelayDoor): MakeWire {
  library.initLogger("Error", () => undefined);
  const candidates = candidatesOf(settings, door?.port);
  return async (lines, events) => {
    const connection = new library.PeerConnection("browser", {
      iceServers: [],
      enableIceUdpMux: true,
      portRangeBegin: settings.port,
      portRangeEnd: settings.port,
      disableAutoNegotiation: true,
      forceMediaTransport: true,
    });
    const tracks = new Map<string, Track>();
    for (const line of lines) tracks.set(line.mid, connection.addTrack(mediaOf(line)));
    for (const [mid, track] of tracks) track.onMessage((packet) => events.onPacket(mid, packet));
    const offered = new Promise<string>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error("no offer was made")), OFFER_MS);
      connection.onLocalDescription((sdp) => {
        clearTimeout(timer);
        resolve(sdp);
      });
    });
    connection.setLocalDescription("offer");
    const sdp = await offered.catch((error: unknown) => {
      connection.close();
      throw error;
    });
    const wire = wireOf(connection, tracks, lines, events);
    return { wire: door ? throughDoor(door, sdp, wire) : wire, offer: withCandidates(sdp, candidates) };
  };
}

/** Browsers behind a relay may come by the door for as long as the connection stands. */
function throughDoor(door: RelayDoor, sdp: string, wire: Wire): Wire {
  const [ufrag, password] = [/^a=ice-ufrag:(\S+)/m.exec(sdp)?.[1], /^a=ice-pwd:(\S+)/m.exec(sdp)?.[1]];
  if (ufrag === undefined || password === undefined) return wire;
  door.know(ufrag, password);
  return {
    ...wire,
    close() {
      door.forget(ufrag);
      wire.close();
    },
  };
}

function wireOf(connection: InstanceType<typeof library.PeerConnection>, tracks: ReadonlyMap<string, Track>, lines: readonly WireLine[], events: WireEvents): Wire {
  let isClosed = false;
  connection.onStateChange((state) => {
    if (!isClosed && (state === "failed" || state === "closed")) events.onEnd();
  });
  return {
    accept: (answer) => connection.setRemoteDescription(describe(lines, answer), "answer"),
    send(mid, packet) {
      const track = tracks.get(mid);
      if (isClosed || !track?.isOpen()) return;
      try {
        track.sendMessageBinary(packet);
      } catch {
        // The connection ended in this very moment; its state says so next.
      }
    },
    close() {
      if (isClosed) return;
      isClosed = true;
      connection.close();
    },
  };
}

function mediaOf(line: WireLine): InstanceType<typeof library.Audio> {
  const media = line.sort === "audio" ? new library.Audio(line.mid, line.ssrc === undefined ? "RecvOnly" : "SendOnly") : new library.Video(line.mid, line.ssrc === undefined ? "RecvOnly" : "SendOnly");
  if (media instanceof library.Audio) {
    media.addOpusCodec(OPUS, OPUS_HOW);
    media.parseSdpLine(`a=rtcp-fb:${OPUS} nack`);
    media.parseSdpLine(LEVEL);
  } else {
    media.addVideoCodec(VP8, "VP8");
  }
  if (line.ssrc !== undefined) media.addSSRC(line.ssrc, "class", line.mid, line.mid);
  return media as InstanceType<typeof library.Audio>;
}

/** The description that a browser would have sent: ours, turned around, with its own keys in it. */
export function describe(lines: readonly WireLine[], answer: Answer): string {
  const parts = lines.map((line) => {
    const [payload, map] = line.sort === "audio" ? [OPUS, `opus/48000/2`] : [VP8, `VP8/90000`];
    const ssrc = new Map<string, number>(Object.entries(answer.ssrcs)).get(line.mid);
    return [
      `m=${line.sort} 9 UDP/TLS/RTP/SAVPF ${payload}`,
      "c=IN IP4 0.0.0.0",
      `a=mid:${line.mid}`,
      line.ssrc === undefined ? "a=sendonly" : "a=recvonly",
      "a=rtcp-mux",
      `a=rtpmap:${payload} ${map}`,
      ...(line.sort === "audio" ? [`a=fmtp:${payload} ${OPUS_HOW}`, LEVEL] : [`a=rtcp-fb:${payload} nack pli`]),
      `a=rtcp-fb:${payload} nack`,
      "a=setup:active",
      `a=ice-ufrag:${answer.ufrag}`,
      `a=ice-pwd:${answer.pwd}`,
      `a=fingerprint:sha-256 ${answer.fingerprint}`,
      ...(line.ssrc === undefined && ssrc !== undefined ? [`a=ssrc:${ssrc} cname:browser`] : []),
    ].join("\r\n");
  });
  const head = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", `a=group:BUNDLE ${lines.map((line) => line.mid).join(" ")}`, "a=msid-semantic:WMS *"];
  return `${[...head, ...parts].join("\r\n")}\r\n`;
}

/** Our addresses stand in the offer from the start; a browser's own are learned from its first packet. */
function withCandidates(sdp: string, candidates: readonly string[]): string {
  const lines = sdp.split(/\r?\n/).filter((line) => line !== "" && !/^a=(candidate|end-of-candidates)/.test(line));
  const first = lines.findIndex((line) => line.startsWith("m="));
  const second = lines.findIndex((line, i) => i > first && line.startsWith("m="));
  lines.splice(second < 0 ? lines.length : second, 0, ...candidates, "a=end-of-candidates");
  return `${lines.join("\r\n")}\r\n`;
}

/** The door comes first (`relay-door.ts`), and nobody waits for it: who is not behind a relay hears nothing there. It lies one port above this one. */
function candidatesOf({ port, announced }: WireSettings, doorPort: number | undefined): string[] {
  const places = (announced.length > 0 ? announced : ownAddresses()).map((place) => placeOf(place, port));
  const doors = doorPort === undefined ? [] : places.filter(([address]) => isIPv4(address)).map(([address, own]): [string, number] => [address, own === port ? doorPort : own + 1]);
  return [...doors, ...places].map(([address, own], i) => `a=candidate:${i + 1} 1 UDP ${2_122_260_223 - i * 256} ${address} ${own} typ host`);
}

function placeOf(place: string, port: number): [string, number] {
  const match = /^(\[?[0-9a-fA-F.:]+?\]?):(\d+)$/.exec(place);
  const isAddressOnly = !match || (place.includes(":") && !place.includes(".") && !place.startsWith("["));
  return isAddressOnly ? [place, port] : [(match[1] ?? "").replace(/[[\]]/g, ""), Number(match[2])];
}

/** Every address that others can reach; that of the machine itself where there is no other, or beside it for a browser here. */
function ownAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const outside = all.filter((one) => !one.internal && !one.address.startsWith("fe80")).map((one) => one.address);
  return [...outside, "127.0.0.1"];
}

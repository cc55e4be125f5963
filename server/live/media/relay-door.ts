import { randomBytes } from "node:crypto";
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { hasNoTieBreaker, isProven, readBindingRequest, rewritten } from "./stun.ts";

export const DOOR_LIMITS = { places: 2_000, placesOfConnection: 6, idleMs: 60_000 };
const SWEEP_MS = 10_000;
/** The highest that there is (RFC 8445 §5.1.2): the library takes this way, not the one on which it refuses to answer. */
const PRIORITY = 0x7eff_ffff;

interface Place {
  ufrag: string;
  address: string;
  port: number;
  /** By which the library sees whoever is at this place. */
  inner: Socket;
  heardAt: number;
}

/**
 * A second way in, for browsers that reach us over a relay by TCP or TLS. Chromium asks from there with a tie-breaker of
 * zero, which is allowed (RFC 8445 §16.1), and which libjuice takes for a missing one and refuses (libjuice issue 355). What
 * comes here is passed on to the library's own port, and such requests with a tie-breaker of ours.
 *
 * Such a browser asks at the library's own port too. It is refused there, and the library would yet send that way, were it
 * not that the door is offered first and that what comes by it has a higher priority.
 *
 * Nothing is opened and nothing answered but for a request that is proven by the password of a connection that we offered:
 * it stands in the offer, which only the browser has. A request with a tie-breaker is not taken from new places either,
 * since it is served at the library's own port, without this detour.
 */
export class RelayDoor {
  /** UDP port of the door. */
  readonly port: number;
  private readonly front: Socket;
  private readonly target: number;
  private readonly passwords = new Map<string, string>();
  private readonly places = new Map<string, Place>();
  private readonly tieBreaker = randomBytes(8).readBigUInt64BE() | 1n;
  private readonly clock: () => number;
  private readonly sweep: NodeJS.Timeout;

  /** @throws Error where the port is taken @param target the library's port on this machine */
  static async open(port: number, target: number, clock: () => number = () => performance.now()): Promise<RelayDoor> {
    const front = createSocket("udp4");
    await new Promise<void>((resolve, reject) => {
      front.once("error", reject);
      front.bind(port, () => resolve());
    });
    front.removeAllListeners("error");
    return new RelayDoor(front, target, clock);
  }

  private constructor(front: Socket, target: number, clock: () => number) {
    [this.front, this.port, this.target, this.clock] = [front, front.address().port, target, clock];
    front.on("message", (packet, from) => this.cameIn(packet, from));
    front.on("error", () => undefined); // a packet could not be sent: UDP loses some
    this.sweep = setInterval(() => this.closeIdle(), SWEEP_MS).unref();
  }

  /** How many addresses are connected through here. */
  get size(): number {
    return this.places.size;
  }

  /** A connection was offered under this name. */
  know(ufrag: string, password: string): void {
    this.passwords.set(ufrag, password);
  }

  forget(ufrag: string): void {
    this.passwords.delete(ufrag);
    for (const [key, place] of this.places) if (place.ufrag === ufrag) this.closePlace(key, place);
  }

  close(): void {
    clearInterval(this.sweep);
    for (const [key, place] of this.places) this.closePlace(key, place);
    this.front.close();
  }

  closeIdle(): void {
    for (const [key, place] of this.places) if (this.clock() - place.heardAt > DOOR_LIMITS.idleMs) this.closePlace(key, place);
  }

  private cameIn(packet: Buffer, from: RemoteInfo): void {
    const key = `${from.address}:${from.port}`;
    const known = this.places.get(key);
    const request = readBindingRequest(packet);
    if (!request || !hasNoTieBreaker(packet, request)) {
      if (known) this.passOn(known, packet);
      return;
    }
    const password = this.passwords.get(request.ufrag);
    if (password === undefined || !isProven(packet, request, password)) return;
    if (known && known.ufrag !== request.ufrag) this.closePlace(key, known); // a relay gave the address to somebody else
    const place = this.places.get(key) ?? this.openPlace(key, request.ufrag, from);
    if (place) this.passOn(place, rewritten(packet, request, password, { tieBreaker: this.tieBreaker, priority: PRIORITY }));
  }

  private openPlace(key: string, ufrag: string, { address, port }: RemoteInfo): Place | undefined {
    const ofConnection = [...this.places.values()].filter((one) => one.ufrag === ufrag);
    if (this.places.size >= DOOR_LIMITS.places || ofConnection.length >= DOOR_LIMITS.placesOfConnection) return undefined;
    const inner = createSocket("udp4");
    const place: Place = { ufrag, address, port, inner, heardAt: this.clock() };
    this.places.set(key, place);
    inner.on("message", (packet, { port: by }) => by === this.target && this.front.send(packet, port, address));
    inner.on("error", () => this.closePlace(key, place));
    inner.bind(0, "127.0.0.1");
    return place;
  }

  private passOn(place: Place, packet: Buffer): void {
    place.heardAt = this.clock();
    place.inner.send(packet, this.target, "127.0.0.1");
  }

  private closePlace(key: string, place: Place): void {
    if (this.places.get(key) === place) this.places.delete(key);
    place.inner.removeAllListeners("error").on("error", () => undefined).close();
  }
}

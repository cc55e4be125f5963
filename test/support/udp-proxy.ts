import { createSocket, type Socket } from "node:dgram";
import type { AddressInfo } from "node:net";

/** What the line between browsers and the media server is like; may be changed while it runs. */
export interface LineSettings {
  delayMs: number;
  /** Of packets, 0 to 1, each way. */
  loss: number;
  /** Bytes a second towards the browsers; what does not fit waits, and is dropped after a second. */
  bytesPerSecond: number;
  cut: boolean;
}

/** A bad line: a UDP relay with delay, loss, a bottleneck and cuts. Losses come from a fixed series, the same in each run. */
export class UdpProxy {
  readonly line: LineSettings = { delayMs: 0, loss: 0, bytesPerSecond: Infinity, cut: false };
  port = 0;
  packets = 0;
  private target = 0;
  private seed = 7;
  private readonly front: Socket = createSocket("udp4");
  private readonly backs = new Map<string, { socket: Socket; freeAt: number }>();

  async start(target = 0): Promise<number> {
    this.target = target;
    this.front.on("message", (packet, from) => this.later(() => this.backOf(from.address, from.port).send(packet, this.target, "127.0.0.1")));
    await new Promise<void>((resolve) => this.front.bind(0, "127.0.0.1", resolve));
    this.port = (this.front.address() as AddressInfo).port;
    return this.port;
  }

  /** Where the media server is. */
  to(target: number): void {
    this.target = target;
  }

  /** Every browser comes from another port from now on, as after a change of network. */
  changeNetwork(): void {
    for (const back of this.backs.values()) back.socket.close();
    this.backs.clear();
  }

  stop(): void {
    this.changeNetwork();
    this.front.close();
  }

  private backOf(address: string, port: number): Socket {
    const key = `${address}:${port}`;
    const had = this.backs.get(key);
    if (had) return had.socket;
    const back = { socket: createSocket("udp4"), freeAt: 0 };
    this.backs.set(key, back);
    back.socket.on("message", (packet) => {
      const now = performance.now();
      const waits = Math.max(0, back.freeAt - now);
      if (waits > 1000) return;
      back.freeAt = now + waits + (packet.length / this.line.bytesPerSecond) * 1000;
      this.later(() => this.front.send(packet, port, address), waits);
    });
    back.socket.bind(0, "127.0.0.1");
    return back.socket;
  }

  private later(send: () => void, waits = 0): void {
    if (this.line.cut || this.chance() < this.line.loss) return;
    this.packets += 1;
    const guarded = (): void => {
      try {
        send();
      } catch {
        // The relay was closed meanwhile.
      }
    };
    if (this.line.delayMs + waits === 0) guarded();
    else setTimeout(guarded, this.line.delayMs + waits);
  }

  private chance(): number {
    this.seed = (this.seed * 1103515245 + 12345) & 0x7fffffff;
    return this.seed / 0x7fffffff;
  }
}

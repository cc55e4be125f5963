import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import type { Bus } from "./bus.ts";
import { newId } from "./ids.ts";
import type { Log } from "./log.ts";

const ANSWER_MS = 6_000;
const TEXT_MAX = 512 * 1024;
const MAC_LENGTH = 43;
const SENDERS_MAX = 1_000;

const Envelope = z.strictObject({
  by: z.string().min(1).max(40),
  to: z.string().min(1).max(40),
  /** Grows with everything that its sender says to anybody: what was heard once is not heard again. */
  n: z.number().int().min(1),
  kind: z.enum(["ask", "reply", "tell"]),
  /** What is asked and its reply have the same. */
  about: z.number().int().min(0),
  body: z.unknown(),
});
type Envelope = z.infer<typeof Envelope>;

export interface PostDeps {
  bus: Pick<Bus, "send" | "receive">;
  log: Log;
  /** Known to the web processes of this installation alone: whatever comes by Redis without a proof by it was not said by one of them. */
  secret: string;
}

/** Nobody answers: the process is gone, or cannot be reached. */
export class NoAnswer extends Error {}

/**
 * Letters between web processes of one installation. Each is proven (HMAC), names its receiver, and counts once: what
 * others write into Redis, write down and say again, or say to somebody else, is not heard. What is in them is still
 * checked by whoever reads it.
 */
export class Post {
  /** The name of this process for as long as it lives. */
  readonly me = newId();
  private readonly deps: PostDeps;
  private readonly key: Buffer;
  private numbers = 0;
  private readonly waiting = new Map<number, (envelope: Envelope) => void>();
  private readonly heard = new Map<string, number>();

  constructor(deps: PostDeps) {
    this.deps = deps;
    this.key = createHmac("sha256", deps.secret).update("hoc-lieu post between web processes").digest();
  }

  /** @param answer to what another process asks @param hear what it tells */
  async open(answer: (body: unknown, by: string) => Promise<unknown>, hear: (body: unknown, by: string) => void): Promise<void> {
    await this.deps.bus.receive(channelOf(this.me), (text) => {
      const envelope = this.read(text);
      if (!envelope) return;
      const { by, kind, about, body } = envelope;
      if (kind === "reply") return this.waiting.get(about)?.(envelope);
      if (kind === "tell") return hear(body, by);
      answer(body, by)
        .then((reply) => this.say(by, "reply", about, reply))
        .catch((error: unknown) => this.deps.log.error({ error: String(error) }, "another process could not be answered"));
    });
  }

  tell(to: string, body: unknown): void {
    this.say(to, "tell", 0, body).catch((error: unknown) => this.deps.log.warn({ error: String(error) }, "another process could not be told"));
  }

  /** @throws NoAnswer */
  async ask(to: string, body: unknown): Promise<unknown> {
    const about = (this.numbers += 1);
    let timer: NodeJS.Timeout | undefined;
    const reply = new Promise<unknown>((resolve, reject) => {
      timer = setTimeout(() => reject(new NoAnswer("no answer in time")), ANSWER_MS);
      this.waiting.set(about, (envelope) => (envelope.by === to ? resolve(envelope.body) : undefined));
    });
    try {
      const sent = this.say(to, "ask", about, body).then((hearers) => {
        if (hearers === 0) throw new NoAnswer("nobody hears it");
        return reply;
      });
      return await Promise.race([sent, reply]);
    } finally {
      clearTimeout(timer);
      this.waiting.delete(about);
    }
  }

  private say(to: string, kind: Envelope["kind"], about: number, body: unknown): Promise<number> {
    const text = JSON.stringify({ by: this.me, to, n: (this.numbers += 1), kind, about, body: body ?? null } satisfies Envelope);
    return this.deps.bus.send(channelOf(to), `${this.mac(text)}${text}`);
  }

  private read(said: string): Envelope | undefined {
    const [mac, text] = [said.slice(0, MAC_LENGTH), said.slice(MAC_LENGTH)];
    if (said.length > TEXT_MAX || mac.length < MAC_LENGTH || !timingSafeEqual(Buffer.from(this.mac(text)), Buffer.from(mac.padEnd(MAC_LENGTH).slice(0, MAC_LENGTH), "latin1"))) return undefined;
    const { data } = Envelope.safeParse(JSON.parse(text));
    if (data?.to !== this.me || data.n <= (this.heard.get(data.by) ?? 0)) return undefined;
    this.heard.delete(data.by); // whoever spoke last stands last
    this.heard.set(data.by, data.n);
    if (this.heard.size > SENDERS_MAX) for (const [oldest] of this.heard) if (this.heard.delete(oldest)) break;
    return data;
  }

  private mac(text: string): string {
    return createHmac("sha256", this.key).update(text).digest("base64url");
  }
}

function channelOf(process: string): string {
  return `hoc-lieu:to:${process}`;
}
